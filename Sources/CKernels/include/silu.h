#ifndef PETL_SILU_H
#define PETL_SILU_H
#include <stddef.h>

// y = x * sigmoid(x)
void ck_silu_forward(float *y, const float *x, size_t n);
// dx = dy * s * (1 + x * (1 - s)), s = sigmoid(x)
void ck_silu_backward(float *dx, const float *dy, const float *x, size_t n);
#endif
