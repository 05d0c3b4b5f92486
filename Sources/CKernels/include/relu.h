#ifndef PETL_RELU_H
#define PETL_RELU_H
#include <stddef.h>

// y = max(x, 0); NaN stays NaN.
void ck_relu_forward(float *y, const float *x, size_t n);
// dx = dy where the output y > 0, else 0
void ck_relu_backward(float *dx, const float *dy, const float *y, size_t n);
#endif
