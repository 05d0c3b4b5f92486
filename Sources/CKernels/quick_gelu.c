#include "quick_gelu.h"
#include "clones.h"
#include "vector_math.h"

CK_CLONES void ck_quick_gelu_forward(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] * ck_sigmoid(1.702f * x[i]);
}

CK_CLONES void ck_quick_gelu_backward(
    float *dx, const float *dy, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float s = ck_sigmoid(1.702f * x[i]);
    dx[i] = dy[i] * s * (1 + 1.702f * x[i] * (1 - s));
  }
}
