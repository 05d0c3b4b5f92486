#include "softmax.h"
#include "clones.h"
#include "vector_math.h"

enum { BLOCK = 64 };

// Along contiguous elements.
CK_INLINE void forward_row(float *y, const float *x, size_t n) {
  float top = x[0];
  for (size_t i = 1; i < n; i++) top = x[i] > top ? x[i] : top;
  float sum = 0;
  {
#pragma clang fp reassociate(on)
    for (size_t i = 0; i < n; i++) {
      float e = ck_exp(x[i] - top);
      y[i] = e;
      sum += e;
    }
  }
  float scale = 1 / sum;
  for (size_t i = 0; i < n; i++) y[i] *= scale;
}

CK_INLINE void backward_row(float *dx, const float *dy, const float *y, size_t n) {
  float dot = 0;
  {
#pragma clang fp reassociate(on)
    for (size_t i = 0; i < n; i++) dot += dy[i] * y[i];
  }
  for (size_t i = 0; i < n; i++) dx[i] = y[i] * (dy[i] - dot);
}

// Along a stride, `width` neighbours at once.
CK_INLINE void forward_block(
    float *y, const float *x, size_t n, size_t inner, size_t width) {
  float top[BLOCK], sum[BLOCK];
  for (size_t c = 0; c < width; c++) top[c] = x[c], sum[c] = 0;
  for (size_t i = 1; i < n; i++) {
    for (size_t c = 0; c < width; c++) {
      float v = x[i * inner + c];
      top[c] = v > top[c] ? v : top[c];
    }
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < width; c++) {
      float e = ck_exp(x[i * inner + c] - top[c]);
      y[i * inner + c] = e;
      sum[c] += e;
    }
  }
  for (size_t c = 0; c < width; c++) sum[c] = 1 / sum[c];
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < width; c++) y[i * inner + c] *= sum[c];
  }
}

CK_INLINE void backward_block(
    float *dx, const float *dy, const float *y, size_t n, size_t inner, size_t width) {
  float dot[BLOCK] = {0};
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < width; c++) dot[c] += dy[i * inner + c] * y[i * inner + c];
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < width; c++) {
      size_t k = i * inner + c;
      dx[k] = y[k] * (dy[k] - dot[c]);
    }
  }
}

CK_CLONES void ck_softmax_forward(
    float *y, const float *x, size_t outer, size_t n, size_t inner) {
  for (size_t o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    if (inner == 1) {
      forward_row(y, x, n);
      continue;
    }
    for (size_t c = 0; c < inner; c += BLOCK) {
      forward_block(y + c, x + c, n, inner, inner - c < BLOCK ? inner - c : BLOCK);
    }
  }
}

CK_CLONES void ck_softmax_backward(
    float *dx, const float *dy, const float *y, size_t outer, size_t n, size_t inner) {
  for (size_t o = 0; o < outer; o++, dx += n * inner, dy += n * inner, y += n * inner) {
    if (inner == 1) {
      backward_row(dx, dy, y, n);
      continue;
    }
    for (size_t c = 0; c < inner; c += BLOCK) {
      backward_block(dx + c, dy + c, y + c, n, inner, inner - c < BLOCK ? inner - c : BLOCK);
    }
  }
}
