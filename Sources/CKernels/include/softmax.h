// Softmax along the middle of x [outer, n, inner].
#ifndef PETL_SOFTMAX_H
#define PETL_SOFTMAX_H
#include <stddef.h>

// y[., i, .] = e^(x[., i, .] - max) / sum over i of the same
void ck_softmax_forward(float *y, const float *x, size_t outer, size_t n, size_t inner);
// dx = y * (dy - sum over i of dy * y)
void ck_softmax_backward(
    float *dx, const float *dy, const float *y, size_t outer, size_t n, size_t inner);
#endif
