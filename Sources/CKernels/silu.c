#include "silu.h"
#include "clones.h"
#include "vector_math.h"

CK_CLONES void ck_silu_forward(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] * ck_sigmoid(x[i]);
}

CK_CLONES void ck_silu_backward(
    float *dx, const float *dy, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float s = ck_sigmoid(x[i]);
    dx[i] = dy[i] * s * (1 + x[i] * (1 - s));
  }
}
