// Element-wise products and the sums that their gradients need.
#ifndef PETL_MULTIPLY_H
#define PETL_MULTIPLY_H
#include <stddef.h>

// z = x * y
void ck_multiply(float *z, const float *x, const float *y, size_t n);
// y = x * factor
void ck_scale(float *y, const float *x, float factor, size_t n);
// sum of x * y
double ck_dot(const float *x, const float *y, size_t n);
#endif
