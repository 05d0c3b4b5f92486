// Element-wise loops and reductions of the engine, compiled for several vector units.
#ifndef PETL_ELEMENTWISE_H
#define PETL_ELEMENTWISE_H
#include <stddef.h>
#include <stdint.h>

// y += x
void ck_add_into(float *restrict y, const float *restrict x, size_t n);
// z = x + y
void ck_sum(float *z, const float *x, const float *y, size_t n);
#endif
