// y[i] = f(x[i]) for the functions of vector_math.h. x and y may be the same.
#ifndef PETL_VECTOR_FUNCTIONS_H
#define PETL_VECTOR_FUNCTIONS_H
#include <stddef.h>

void ck_exp_each(float *y, const float *x, size_t n);
void ck_sigmoid_each(float *y, const float *x, size_t n);
void ck_tanh_each(float *y, const float *x, size_t n);
void ck_erf_each(float *y, const float *x, size_t n);
#endif
