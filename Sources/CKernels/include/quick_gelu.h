#ifndef PETL_QUICK_GELU_H
#define PETL_QUICK_GELU_H
#include <stddef.h>

// y = x * sigmoid(1.702 x)
void ck_quick_gelu_forward(float *y, const float *x, size_t n);
// dx = dy * s * (1 + 1.702 x * (1 - s)), s = sigmoid(1.702 x)
void ck_quick_gelu_backward(float *dx, const float *dy, const float *x, size_t n);
#endif
