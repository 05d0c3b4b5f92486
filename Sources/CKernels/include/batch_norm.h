// Loops of batch norm and of group norm with one channel a group. x, dy: [rows, channels];
// everything per channel has `channels` elements. Sums are kept in double precision.
#ifndef PETL_BATCH_NORM_H
#define PETL_BATCH_NORM_H
#include <stddef.h>

// sums[c] = sum of x[., c], sums[channels + c] = sum of x[., c]^2
void ck_batch_norm_sums(double *sums, const float *x, size_t rows, size_t channels);
// y = (x - mean) * scale + shift
void ck_batch_norm_apply(
    float *y, const float *x, const float *mean, const float *scale, const float *shift,
    size_t rows, size_t channels);
// sums[c] = sum of dy[., c], sums[channels + c] = sum of dy[., c] * (x[., c] - mean[c])
void ck_batch_norm_gradient_sums(
    double *sums, const float *dy, const float *x, const float *mean, size_t rows,
    size_t channels);
// dx = dy * scale + (x - mean) * slope + shift
void ck_batch_norm_gradient(
    float *dx, const float *dy, const float *x, const float *mean, const float *scale,
    const float *slope, const float *shift, size_t rows, size_t channels);
#endif
