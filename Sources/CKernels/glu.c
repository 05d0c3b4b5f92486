#include "glu.h"
#include "clones.h"
#include "vector_math.h"

CK_CLONES void ck_glu_forward(float *y, const float *x, size_t rows, size_t half) {
  for (size_t r = 0; r < rows; r++) {
    const float *a = x + r * 2 * half, *b = a + half;
    float *out = y + r * half;
    for (size_t i = 0; i < half; i++) out[i] = a[i] * ck_sigmoid(b[i]);
  }
}

CK_CLONES void ck_glu_backward(
    float *dx, const float *dy, const float *x, size_t rows, size_t half) {
  for (size_t r = 0; r < rows; r++) {
    const float *a = x + r * 2 * half, *b = a + half, *g = dy + r * half;
    float *restrict da = dx + r * 2 * half, *restrict db = da + half;
    for (size_t i = 0; i < half; i++) {
      float s = ck_sigmoid(b[i]);
      da[i] = g[i] * s;
      db[i] = g[i] * a[i] * s * (1 - s);
    }
  }
}
