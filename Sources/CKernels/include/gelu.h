#ifndef PETL_GELU_H
#define PETL_GELU_H
#include <stddef.h>

// y = x (1 + erf(x / sqrt 2)) / 2
void ck_gelu_forward(float *y, const float *x, size_t n);
// dx (+)= dy (Phi(x) + x phi(x))
void ck_gelu_backward(float *dx, const float *dy, const float *x, int accumulate, size_t n);
#endif
