#include "attention.h"
#include "clones.h"
#include "vector_math.h"
#include <math.h>

CK_CLONES void ck_attention_softmax(float *s, float *norms, float scale, size_t rows,
                                    size_t n) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++) {
    float *row = s + r * n;
    float top = row[0];
    for (size_t i = 0; i < n; i++) top = row[i] > top ? row[i] : top;
    float sum = 0, shift = top * scale;
    for (size_t i = 0; i < n; i++) {
      float e = ck_exp(row[i] * scale - shift);
      row[i] = e;
      sum += e;
    }
    float inverse = 1.0f / sum;
    for (size_t i = 0; i < n; i++) row[i] *= inverse;
    norms[2 * r] = shift;
    norms[2 * r + 1] = inverse;
  }
}

CK_CLONES void ck_attention_probabilities(float *s, const float *norms, float scale,
                                          size_t rows, size_t n) {
  for (size_t r = 0; r < rows; r++) {
    float *row = s + r * n, shift = norms[2 * r], inverse = norms[2 * r + 1];
    for (size_t i = 0; i < n; i++) row[i] = ck_exp(row[i] * scale - shift) * inverse;
  }
}

CK_CLONES void ck_attention_scores_gradient(float *dp, const float *p, float scale,
                                            size_t rows, size_t n) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++) {
    float *g = dp + r * n;
    const float *q = p + r * n;
    float dot = 0;
    for (size_t i = 0; i < n; i++) dot += q[i] * g[i];
    for (size_t i = 0; i < n; i++) g[i] = scale * q[i] * (g[i] - dot);
  }
}
