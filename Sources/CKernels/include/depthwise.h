// Depthwise convolution along time for one example and one block of channels.
#ifndef PETL_DEPTHWISE_H
#define PETL_DEPTHWISE_H
#include <stddef.h>

// Channels of a block. All blocks are this wide; the last one is filled up with zeros.
enum { CK_DEPTHWISE_BLOCK = 16 };

// Copies `width` channels of x [time, stride] to padded [left + time + right, BLOCK], with
// zeros around.
void ck_depthwise_pad(
    float *padded, const float *x, size_t stride, size_t width, size_t time, size_t left,
    size_t right);
// y[t, c] = bias[c] + sum over j < taps of weight[j, c] * padded[t + j, c]; y [time, stride],
// of which `width` channels are written. weight [taps, BLOCK], bias [BLOCK].
void ck_depthwise_forward(
    float *y, size_t stride, size_t width, const float *padded, const float *weight,
    const float *bias, size_t time, size_t taps);
// dweight[j, c] = sum over t of dy[t, c] * padded[t + j, c]; dy [time, BLOCK].
void ck_depthwise_weight_gradient(
    float *dweight, const float *dy, const float *padded, size_t time, size_t taps);
#endif
