// Moves rows of a sequence into matrix rows for a convolution, and back.
#ifndef PETL_CONVOLUTION_H
#define PETL_CONVOLUTION_H
#include <stddef.h>

// One example and one group: `width` of the `channels` columns of x [time, channels], kernels
// of `taps` steps, `left` zeros before the start.
typedef struct {
  size_t time, channels, width, taps, stride, left;
} ck_convolution_shape;

// columns[r] = x[(first + r) * stride - left ..., 0 ..< width], `taps` steps of it; zeros
// outside 0 ..< time. columns [rows, taps * width].
void ck_convolution_unfold(
    float *columns, const float *x, const ck_convolution_shape *shape, size_t first,
    size_t rows);
// The reverse: adds each matrix row to where it came from.
void ck_convolution_fold(
    float *x, const float *columns, const ck_convolution_shape *shape, size_t first,
    size_t rows);
// to[o, j, i] = from[o, i, j]; from [outer, inner, taps].
void ck_convolution_swap(
    float *to, const float *from, size_t outer, size_t inner, size_t taps);
#endif
