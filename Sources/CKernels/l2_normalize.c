#include "l2_normalize.h"
#include "clones.h"
#include "vector_math.h"
#include <math.h>

enum { BLOCK = 64 };

// Sums of a * b along n elements `inner` apart, for `width` neighbours.
CK_INLINE void dots(
    float *sum, const float *a, const float *b, size_t n, size_t inner, size_t width) {
  if (inner == 1) {
#pragma clang fp reassociate(on)
    float total = 0;
    for (size_t i = 0; i < n; i++) total += a[i] * b[i];
    sum[0] = total;
    return;
  }
  for (size_t c = 0; c < width; c++) sum[c] = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < width; c++) sum[c] += a[i * inner + c] * b[i * inner + c];
  }
}

CK_CLONES void ck_l2_normalize_forward(
    float *y, const float *x, float epsilon, size_t outer, size_t n, size_t inner) {
  for (size_t o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    for (size_t first = 0; first < inner; first += BLOCK) {
      size_t width = inner - first < BLOCK ? inner - first : BLOCK;
      float scale[BLOCK];
      dots(scale, x + first, x + first, n, inner, width);
      for (size_t c = 0; c < width; c++) scale[c] = 1 / (sqrtf(scale[c]) + epsilon);
      for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < width; c++) {
          y[i * inner + first + c] = x[i * inner + first + c] * scale[c];
        }
      }
    }
  }
}

CK_CLONES void ck_l2_normalize_backward(
    float *dx, const float *dy, const float *x, float epsilon, size_t outer, size_t n,
    size_t inner) {
  for (size_t o = 0; o < outer; o++, dx += n * inner, dy += n * inner, x += n * inner) {
    for (size_t first = 0; first < inner; first += BLOCK) {
      size_t width = inner - first < BLOCK ? inner - first : BLOCK;
      float scale[BLOCK], slope[BLOCK];
      dots(scale, x + first, x + first, n, inner, width);
      dots(slope, dy + first, x + first, n, inner, width);
      for (size_t c = 0; c < width; c++) {
        float r = sqrtf(scale[c]), d = r + epsilon;
        scale[c] = 1 / d;
        // At x = 0 the second term has the limit 0.
        slope[c] = r == 0 ? 0 : slope[c] / (r * d * d);
      }
      for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < width; c++) {
          size_t k = i * inner + first + c;
          dx[k] = dy[k] * scale[c] - x[k] * slope[c];
        }
      }
    }
  }
}
