#include "batch_norm.h"
#include "clones.h"

// Channels are worked on in blocks whose double-precision sums stay in registers.
enum { BLOCK = 16 };

CK_CLONES void ck_batch_norm_sums(
    double *sums, const float *x, size_t rows, size_t channels) {
  for (size_t first = 0; first < channels; first += BLOCK) {
    size_t width = channels - first < BLOCK ? channels - first : BLOCK;
    double sum[BLOCK] = {0}, square[BLOCK] = {0};
    if (width == BLOCK) {
      for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * channels + first;
        for (size_t c = 0; c < BLOCK; c++) {
          double v = row[c];
          sum[c] += v;
          square[c] += v * v;
        }
      }
    } else {
      for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * channels + first;
        for (size_t c = 0; c < width; c++) {
          double v = row[c];
          sum[c] += v;
          square[c] += v * v;
        }
      }
    }
    for (size_t c = 0; c < width; c++) {
      sums[first + c] = sum[c];
      sums[channels + first + c] = square[c];
    }
  }
}

CK_CLONES void ck_batch_norm_apply(
    float *y, const float *x, const float *mean, const float *scale, const float *shift,
    size_t rows, size_t channels) {
  for (size_t r = 0; r < rows; r++) {
    const float *in = x + r * channels;
    float *restrict out = y + r * channels;
    for (size_t c = 0; c < channels; c++) out[c] = (in[c] - mean[c]) * scale[c] + shift[c];
  }
}

CK_CLONES void ck_batch_norm_gradient_sums(
    double *sums, const float *dy, const float *x, const float *mean, size_t rows,
    size_t channels) {
  for (size_t first = 0; first < channels; first += BLOCK) {
    size_t width = channels - first < BLOCK ? channels - first : BLOCK;
    double sum[BLOCK] = {0}, product[BLOCK] = {0};
    float centre[BLOCK] = {0};
    for (size_t c = 0; c < width; c++) centre[c] = mean[first + c];
    if (width == BLOCK) {
      for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * channels + first, *g = dy + r * channels + first;
        for (size_t c = 0; c < BLOCK; c++) {
          double v = g[c];
          sum[c] += v;
          product[c] += v * (double)(in[c] - centre[c]);
        }
      }
    } else {
      for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * channels + first, *g = dy + r * channels + first;
        for (size_t c = 0; c < width; c++) {
          double v = g[c];
          sum[c] += v;
          product[c] += v * (double)(in[c] - centre[c]);
        }
      }
    }
    for (size_t c = 0; c < width; c++) {
      sums[first + c] = sum[c];
      sums[channels + first + c] = product[c];
    }
  }
}

CK_CLONES void ck_batch_norm_gradient(
    float *dx, const float *dy, const float *x, const float *mean, const float *scale,
    const float *slope, const float *shift, size_t rows, size_t channels) {
  for (size_t r = 0; r < rows; r++) {
    const float *in = x + r * channels, *g = dy + r * channels;
    float *restrict out = dx + r * channels;
    for (size_t c = 0; c < channels; c++) {
      out[c] = g[c] * scale[c] + ((in[c] - mean[c]) * slope[c] + shift[c]);
    }
  }
}
