#include "tanh.h"
#include "clones.h"
#include "vector_math.h"

CK_CLONES void ck_tanh_forward(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = ck_tanh(x[i]);
}

CK_CLONES void ck_tanh_backward(
    float *dx, const float *dy, const float *y, size_t n) {
  for (size_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
}
