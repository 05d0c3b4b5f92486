#include "reductions.h"
#include "clones.h"

CK_CLONES void ck_sum_rows(float *y, const float *x, size_t rows, size_t n, size_t stride) {
  // Blocks of 64 columns stay in registers while the rows stream by.
  for (size_t c = 0; c < n; c += 64) {
    size_t width = n - c < 64 ? n - c : 64;
    float sum[64] = {0};
    if (width == 64) {
      for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * stride + c;
        for (size_t i = 0; i < 64; i++) sum[i] += row[i];
      }
    } else {
      for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * stride + c;
        for (size_t i = 0; i < width; i++) sum[i] += row[i];
      }
    }
    for (size_t i = 0; i < width; i++) y[c + i] += sum[i];
  }
}
