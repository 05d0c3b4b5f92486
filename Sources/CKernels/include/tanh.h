#ifndef PETL_TANH_H
#define PETL_TANH_H
#include <stddef.h>

// y = tanh(x)
void ck_tanh_forward(float *y, const float *x, size_t n);
// dx = dy * (1 - y^2)
void ck_tanh_backward(float *dx, const float *dy, const float *y, size_t n);
#endif
