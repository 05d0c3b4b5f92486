#ifndef PETL_ATTENTION_H
#define PETL_ATTENTION_H
#include <stddef.h>

// Turns rows of scores into probabilities in place: softmax(scale s). norms[2 r] receives the
// row's largest scaled score and norms[2 r + 1] one over the sum of exp(scale s - largest), from
// which the backward pass finds the same probabilities again.
void ck_attention_softmax(float *s, float *norms, float scale, size_t rows, size_t n);
// s = exp(scale s - norms[2 row]) norms[2 row + 1]
void ck_attention_probabilities(float *s, const float *norms, float scale, size_t rows,
                                size_t n);
// dp = scale p (dp - sum(p dp)) for each row
void ck_attention_scores_gradient(float *dp, const float *p, float scale, size_t rows,
                                  size_t n);
#endif
