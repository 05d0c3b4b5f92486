#ifndef PETL_CHANNEL_SUMS_H
#define PETL_CHANNEL_SUMS_H
#include <stddef.h>

// sums[c] = sum of x[., c]; x [rows, channels].
void ck_channel_sums(double *sums, const float *x, size_t rows, size_t channels);
#endif
