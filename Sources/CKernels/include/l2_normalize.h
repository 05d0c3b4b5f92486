// Division by the Euclidean norm along the middle of x [outer, n, inner].
#ifndef PETL_L2_NORMALIZE_H
#define PETL_L2_NORMALIZE_H
#include <stddef.h>

// y[., i, .] = x[., i, .] / (r + epsilon), r = sqrt(sum over i of x^2)
void ck_l2_normalize_forward(
    float *y, const float *x, float epsilon, size_t outer, size_t n, size_t inner);
// dx = dy / d - x * (sum over i of dy * x) / (r * d^2), d = r + epsilon
void ck_l2_normalize_backward(
    float *dx, const float *dy, const float *x, float epsilon, size_t outer, size_t n,
    size_t inner);
#endif
