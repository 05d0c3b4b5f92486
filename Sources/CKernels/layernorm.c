#include "layernorm.h"
#include "clones.h"
#include <math.h>

CK_CLONES void ck_layernorm_forward(float *y, float *normalised, float *rstd, const float *x,
                                    const float *gamma, const float *beta, float eps,
                                    size_t rows, size_t n) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * n;
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += row[i];
    float mean = sum / (float)n;
    float squares = 0;
    for (size_t i = 0; i < n; i++) {
      float d = row[i] - mean;
      squares += d * d;
    }
    float scale = 1.0f / sqrtf(squares / (float)n + eps);
    float *out = y + r * n;
    if (normalised) {
      float *keep = normalised + r * n;
      for (size_t i = 0; i < n; i++) {
        float v = (row[i] - mean) * scale;
        keep[i] = v;
        out[i] = v * gamma[i] + beta[i];
      }
      rstd[r] = scale;
    } else {
      for (size_t i = 0; i < n; i++) out[i] = (row[i] - mean) * scale * gamma[i] + beta[i];
    }
  }
}

CK_CLONES void ck_layernorm_backward_input(float *dx, const float *dy, const float *normalised,
                                           const float *rstd, const float *gamma,
                                           int accumulate, size_t rows, size_t n) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++) {
    const float *g = dy + r * n, *v = normalised + r * n;
    float sum = 0, dot = 0;
    for (size_t i = 0; i < n; i++) {
      float t = g[i] * gamma[i];
      sum += t;
      dot += t * v[i];
    }
    float a = sum / (float)n, b = dot / (float)n, scale = rstd[r];
    float *out = dx + r * n;
    if (accumulate)
      for (size_t i = 0; i < n; i++) out[i] += scale * (g[i] * gamma[i] - a - v[i] * b);
    else
      for (size_t i = 0; i < n; i++) out[i] = scale * (g[i] * gamma[i] - a - v[i] * b);
  }
}

CK_CLONES void ck_layernorm_backward_gamma(float *dgamma, const float *dy,
                                           const float *normalised, size_t rows, size_t width,
                                           size_t stride) {
  for (size_t c = 0; c < width; c += 64) {
    size_t w = width - c < 64 ? width - c : 64;
    float sum[64] = {0};
    for (size_t r = 0; r < rows; r++) {
      const float *g = dy + r * stride + c, *v = normalised + r * stride + c;
      for (size_t i = 0; i < w; i++) sum[i] += g[i] * v[i];
    }
    for (size_t i = 0; i < w; i++) dgamma[c + i] += sum[i];
  }
}
