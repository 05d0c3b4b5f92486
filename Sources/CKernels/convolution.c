#include "convolution.h"
#include "clones.h"
#include <string.h>

// The taps of an output step that fall inside the sequence: [*begin, *end).
static void inside(
    const ck_convolution_shape *s, size_t step, size_t *begin, size_t *end) {
  size_t start = step * s->stride;
  *begin = start < s->left ? s->left - start : 0;
  *end = start + s->taps <= s->time + s->left ? s->taps
         : start < s->time + s->left         ? s->time + s->left - start
                                             : 0;
  if (*begin > *end) *begin = *end;
}

void ck_convolution_unfold(
    float *columns, const float *x, const ck_convolution_shape *shape, size_t first,
    size_t rows) {
  const ck_convolution_shape s = *shape;
  for (size_t r = 0; r < rows; r++, columns += s.taps * s.width) {
    size_t begin, end;
    inside(shape, first + r, &begin, &end);
    memset(columns, 0, begin * s.width * sizeof(float));
    memset(columns + end * s.width, 0, (s.taps - end) * s.width * sizeof(float));
    if (begin == end) continue;
    const float *in = x + ((first + r) * s.stride + begin - s.left) * s.channels;
    if (s.width == s.channels) {
      memcpy(columns + begin * s.width, in, (end - begin) * s.width * sizeof(float));
      continue;
    }
    for (size_t j = begin; j < end; j++, in += s.channels) {
      memcpy(columns + j * s.width, in, s.width * sizeof(float));
    }
  }
}

CK_CLONES void ck_convolution_fold(
    float *x, const float *columns, const ck_convolution_shape *shape, size_t first,
    size_t rows) {
  const ck_convolution_shape s = *shape;
  for (size_t r = 0; r < rows; r++, columns += s.taps * s.width) {
    size_t begin, end;
    inside(shape, first + r, &begin, &end);
    if (begin == end) continue;
    float *out = x + ((first + r) * s.stride + begin - s.left) * s.channels;
    for (size_t j = begin; j < end; j++, out += s.channels) {
      const float *in = columns + j * s.width;
      float *restrict target = out;
      for (size_t i = 0; i < s.width; i++) target[i] += in[i];
    }
  }
}

void ck_convolution_swap(
    float *to, const float *from, size_t outer, size_t inner, size_t taps) {
  for (size_t o = 0; o < outer; o++, to += inner * taps, from += inner * taps) {
    for (size_t j = 0; j < taps; j++) {
      for (size_t i = 0; i < inner; i++) to[j * inner + i] = from[i * taps + j];
    }
  }
}
