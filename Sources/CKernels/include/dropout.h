#ifndef PETL_DROPOUT_H
#define PETL_DROPOUT_H
#include <stddef.h>
#include <stdint.h>

// y[i] = x[i] * scale if the random number of element first + i is at least `threshold`, else
// 0. The number depends on `seed` and the element alone, so that the backward pass can have
// the same mask without keeping it, and threads may share the work in any way.
void ck_dropout(
    float *y, const float *x, float scale, uint32_t threshold, uint64_t seed, uint64_t first,
    size_t n);
#endif
