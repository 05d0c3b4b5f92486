#include "gelu.h"
#include "clones.h"
#include "vector_math.h"

CK_CLONES void ck_gelu_forward(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float v = x[i];
    y[i] = 0.5f * v * (1.0f + ck_erf(v * 0.70710678118654752f));
  }
}

static inline float gelu_slope(float v) {
  float cumulative = 0.5f * (1.0f + ck_erf(v * 0.70710678118654752f));
  float density = 0.3989422804014327f * ck_exp(-0.5f * v * v);
  return cumulative + v * density;
}

CK_CLONES void ck_gelu_backward(float *dx, const float *dy, const float *x, int accumulate,
                                size_t n) {
  if (accumulate)
    for (size_t i = 0; i < n; i++) dx[i] += dy[i] * gelu_slope(x[i]);
  else
    for (size_t i = 0; i < n; i++) dx[i] = dy[i] * gelu_slope(x[i]);
}
