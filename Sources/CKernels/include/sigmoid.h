#ifndef PETL_SIGMOID_H
#define PETL_SIGMOID_H
#include <stddef.h>

// y = 1 / (1 + e^-x)
void ck_sigmoid_forward(float *y, const float *x, size_t n);
// dx = dy * y * (1 - y)
void ck_sigmoid_backward(float *dx, const float *dy, const float *y, size_t n);
#endif
