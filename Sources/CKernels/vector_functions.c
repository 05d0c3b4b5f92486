#include "vector_functions.h"
#include "clones.h"
#include "vector_math.h"

CK_CLONES void ck_exp_each(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = ck_exp(x[i]);
}

CK_CLONES void ck_sigmoid_each(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = ck_sigmoid(x[i]);
}

CK_CLONES void ck_tanh_each(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = ck_tanh(x[i]);
}

CK_CLONES void ck_erf_each(float *y, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = ck_erf(x[i]);
}
