#ifndef PETL_ATTENTION_H
#define PETL_ATTENTION_H
#include <stddef.h>

// Turns rows of scores into probabilities in place: softmax(scale s). log_sum[r] receives
// log(sum(exp(scale s))) for the row, from which the backward pass finds them again.
void ck_attention_softmax(float *s, float *log_sum, float scale, size_t rows, size_t n);
// s = exp(scale s - log_sum[row])
void ck_attention_probabilities(float *s, const float *log_sum, float scale, size_t rows,
                                size_t n);
// dp = scale p (dp - sum(p dp)) for each row
void ck_attention_scores_gradient(float *dp, const float *p, float scale, size_t rows,
                                  size_t n);
#endif
