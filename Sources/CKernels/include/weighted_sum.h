// Sums of matrices whose rows are weighted one by one. x, y, a, b: [rows, columns]; the
// weight of a row is read and written every `stride` elements.
#ifndef PETL_WEIGHTED_SUM_H
#define PETL_WEIGHTED_SUM_H
#include <stddef.h>

// y[r, .] = beta * y[r, .] + weight[r * stride] * x[r, .], beta 0 or 1
void ck_weighted_rows(
    float *y, const float *x, const float *weight, size_t stride, int beta, size_t rows,
    size_t columns);
// out[r * stride] = sum of a[r, .] * b[r, .]
void ck_row_dots(
    float *out, size_t stride, const float *a, const float *b, size_t rows, size_t columns);
#endif
