#include "weighted_sum.h"
#include "clones.h"

CK_CLONES void ck_weighted_rows(
    float *y, const float *x, const float *weight, size_t stride, int beta, size_t rows,
    size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float w = weight[r * stride];
    const float *in = x + r * columns;
    float *restrict out = y + r * columns;
    if (beta) {
      for (size_t c = 0; c < columns; c++) out[c] += w * in[c];
    } else {
      for (size_t c = 0; c < columns; c++) out[c] = w * in[c];
    }
  }
}

CK_CLONES void ck_row_dots(
    float *out, size_t stride, const float *a, const float *b, size_t rows, size_t columns) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++) {
    const float *x = a + r * columns, *y = b + r * columns;
    float sum = 0;
    for (size_t c = 0; c < columns; c++) sum += x[c] * y[c];
    out[r * stride] = sum;
  }
}
