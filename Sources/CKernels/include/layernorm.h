#ifndef PETL_LAYERNORM_H
#define PETL_LAYERNORM_H
#include <stddef.h>

// For each row: normalised = (x - mean) rstd, y = normalised gamma + beta.
// `normalised` and `rstd` may be NULL when the backward pass will not need them.
void ck_layernorm_forward(float *y, float *normalised, float *rstd, const float *x,
                          const float *gamma, const float *beta, float eps, size_t rows,
                          size_t n);

// dx (+)= rstd (g - mean(g) - normalised mean(g normalised)), g = dy gamma
void ck_layernorm_backward_input(float *dx, const float *dy, const float *normalised,
                                 const float *rstd, const float *gamma, int accumulate,
                                 size_t rows, size_t n);

// dgamma += sum over rows of dy normalised; columns [0, width) of rows `stride` apart
void ck_layernorm_backward_gamma(float *dgamma, const float *dy, const float *normalised,
                                 size_t rows, size_t width, size_t stride);
#endif
