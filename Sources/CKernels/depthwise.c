#include "depthwise.h"
#include "clones.h"
#include <string.h>

enum { BLOCK = CK_DEPTHWISE_BLOCK, STEPS = 8 };

CK_CLONES void ck_depthwise_pad(
    float *padded, const float *x, size_t stride, size_t width, size_t time, size_t left,
    size_t right) {
  memset(padded, 0, left * BLOCK * sizeof(float));
  float *out = padded + left * BLOCK;
  for (size_t t = 0; t < time; t++, out += BLOCK) {
    const float *in = x + t * stride;
    if (width == BLOCK) {
      memcpy(out, in, BLOCK * sizeof(float));
    } else {
      for (size_t c = 0; c < BLOCK; c++) out[c] = c < width ? in[c] : 0;
    }
  }
  memset(out, 0, right * BLOCK * sizeof(float));
}

// STEPS outputs at once: each weight is loaded once for all of them, and the sums stay in
// registers.
CK_CLONES void ck_depthwise_forward(
    float *y, size_t stride, size_t width, const float *padded, const float *weight,
    const float *bias, size_t time, size_t taps) {
  size_t t = 0;
  for (; t + STEPS <= time; t += STEPS) {
    float sum[STEPS][BLOCK];
    for (size_t s = 0; s < STEPS; s++) {
      for (size_t c = 0; c < BLOCK; c++) sum[s][c] = bias[c];
    }
    for (size_t j = 0; j < taps; j++) {
      const float *w = weight + j * BLOCK, *in = padded + (t + j) * BLOCK;
#pragma clang loop unroll(full)
      for (size_t s = 0; s < STEPS; s++) {
        for (size_t c = 0; c < BLOCK; c++) sum[s][c] += w[c] * in[s * BLOCK + c];
      }
    }
    for (size_t s = 0; s < STEPS; s++) {
      memcpy(y + (t + s) * stride, sum[s], width * sizeof(float));
    }
  }
  for (; t < time; t++) {
    float sum[BLOCK];
    for (size_t c = 0; c < BLOCK; c++) sum[c] = bias[c];
    for (size_t j = 0; j < taps; j++) {
      const float *w = weight + j * BLOCK, *in = padded + (t + j) * BLOCK;
      for (size_t c = 0; c < BLOCK; c++) sum[c] += w[c] * in[c];
    }
    memcpy(y + t * stride, sum, width * sizeof(float));
  }
}

CK_CLONES void ck_depthwise_weight_gradient(
    float *dweight, const float *dy, const float *padded, size_t time, size_t taps) {
  size_t j = 0;
  for (; j + STEPS <= taps; j += STEPS) {
    float sum[STEPS][BLOCK] = {{0}};
    for (size_t t = 0; t < time; t++) {
      const float *g = dy + t * BLOCK, *in = padded + (t + j) * BLOCK;
#pragma clang loop unroll(full)
      for (size_t s = 0; s < STEPS; s++) {
        for (size_t c = 0; c < BLOCK; c++) sum[s][c] += g[c] * in[s * BLOCK + c];
      }
    }
    memcpy(dweight + j * BLOCK, sum, sizeof sum);
  }
  for (; j < taps; j++) {
    float sum[BLOCK] = {0};
    for (size_t t = 0; t < time; t++) {
      const float *g = dy + t * BLOCK, *in = padded + (t + j) * BLOCK;
      for (size_t c = 0; c < BLOCK; c++) sum[c] += g[c] * in[c];
    }
    memcpy(dweight + j * BLOCK, sum, sizeof sum);
  }
}
