#include "channel_sums.h"
#include "clones.h"

CK_CLONES void ck_channel_sums(double *sums, const float *x, size_t rows, size_t channels) {
  for (size_t c = 0; c < channels; c++) sums[c] = 0;
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * channels;
    for (size_t c = 0; c < channels; c++) sums[c] += (double)row[c];
  }
}
