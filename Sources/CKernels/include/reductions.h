#ifndef PETL_REDUCTIONS_H
#define PETL_REDUCTIONS_H
#include <stddef.h>

// y[0..<n] += sum over rows of x, rows `stride` elements apart
void ck_sum_rows(float *y, const float *x, size_t rows, size_t n, size_t stride);
#endif
