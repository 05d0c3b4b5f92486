#include "multiply.h"
#include "clones.h"

CK_CLONES void ck_multiply(float *z, const float *x, const float *y, size_t n) {
  for (size_t i = 0; i < n; i++) z[i] = x[i] * y[i];
}

CK_CLONES void ck_scale(float *y, const float *x, float factor, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] * factor;
}

CK_CLONES double ck_dot(const float *x, const float *y, size_t n) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)y[i];
  return sum;
}
