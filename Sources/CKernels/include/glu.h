#ifndef PETL_GLU_H
#define PETL_GLU_H
#include <stddef.h>

// y[r, i] = x[r, i] * sigmoid(x[r, half + i]); x has 2 * half columns, y half.
void ck_glu_forward(float *y, const float *x, size_t rows, size_t half);
// The gradient of both halves of x, given that of y.
void ck_glu_backward(float *dx, const float *dy, const float *x, size_t rows, size_t half);
#endif
