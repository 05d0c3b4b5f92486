// Exponential, logistic, tanh and erf in single precision without branches or table look-ups,
// so that a loop over them becomes vector code. NaN in gives NaN out.
//
// The polynomials are near-minimax fits made for these intervals; the tests compare every
// function with the double-precision one of libm over its whole range. Include this outside
// any `#pragma clang fp reassociate` block: the rounding below relies on the order written.
#ifndef PETL_VECTOR_MATH_H
#define PETL_VECTOR_MATH_H
#include <stdint.h>
#include <string.h>

#define CK_INLINE static inline __attribute__((always_inline, unused))

CK_INLINE int32_t ck_bits(float x) {
  int32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

CK_INLINE float ck_float(int32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// 2^n for n in [-126, 127]; any other n gives some float.
CK_INLINE float ck_power_of_two(int32_t n) {
  return ck_float((int32_t)((uint32_t)(n + 127) << 23));
}

CK_INLINE float ck_abs(float x) { return ck_float(ck_bits(x) & 0x7fffffff); }

CK_INLINE float ck_copy_sign(float magnitude, float sign) {
  return ck_float((ck_bits(magnitude) & 0x7fffffff) | (ck_bits(sign) & (int32_t)0x80000000));
}

// e^x within 1.5 ulp, denormal results included; overflows to infinity above 88.72.
CK_INLINE float ck_exp(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.5f ? -104.5f : x;
  // Adding 1.5 * 2^23 rounds to an integer, which is then in the low bits.
  const float magic = 12582912.0f;
  float shifted = x * 1.44269504f + magic;
  float n = shifted - magic;
  int32_t k = ck_bits(shifted) - 0x4b400000;
  // ln 2 in two parts, the first short enough for n * part to be exact.
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 0x1.6dbc6p-10f;
  p = p * r + 0x1.124148p-7f;
  p = p * r + 0x1.555454p-5f;
  p = p * r + 0x1.555486p-3f;
  p = p * r + 0.5f;
  p = p * (r * r) + r + 1.0f;
  // In two steps, since 2^k itself may be out of range where the result is not.
  int32_t half = k >> 1;
  return p * ck_power_of_two(half) * ck_power_of_two(k - half);
}

// 1 / (1 + e^-x)
CK_INLINE float ck_sigmoid(float x) { return 1.0f / (1.0f + ck_exp(-x)); }

// Within 1e-7 everywhere, and within 2 ulp near zero.
CK_INLINE float ck_tanh(float x) {
  float t = ck_abs(x), z = t * t;
  float p = -0x1.76abc6p-8f;
  p = p * z + 0x1.5256c4p-6f;
  p = p * z + -0x1.b84446p-5f;
  p = p * z + 0x1.110768p-3f;
  p = p * z + -0x1.555534p-2f;
  float near = t + t * z * p;
  float far = 1.0f - 2.0f / (ck_exp(2.0f * t) + 1.0f);
  return ck_copy_sign(t > 0.625f ? far : near, x);
}

// 2/sqrt(pi) * integral of e^-u^2 from 0 to x, within 1e-7.
CK_INLINE float ck_erf(float x) {
  float t = ck_abs(x);
  float z = t * t;
  float p = 0x1.4ae4bap-14f;
  p = p * z + -0x1.a485e4p-11f;
  p = p * z + 0x1.5419f4p-8f;
  p = p * z + -0x1.b7fbb4p-6f;
  p = p * z + 0x1.ce2d2p-4f;
  p = p * z + -0x1.81273ep-2f;
  p = p * z + 0x1.06eba8p-3f;
  float near = t + t * p;
  // 1 - e^-q(t), with q = -log erfc; from 4 on the result rounds to 1.
  t = t > 4.0f ? 4.0f : t;
  float q = -0x1.919e22p-13f;
  q = q * t + 0x1.89288ap-9f;
  q = q * t + -0x1.694d18p-6f;
  q = q * t + 0x1.a835eap-4f;
  q = q * t + 0x1.46737ep-1f;
  q = q * t + 0x1.209fp+0f;
  q = q * t + 0x1.0ce16ap-12f;
  float far = 1.0f - ck_exp(-q);
  return ck_copy_sign(t > 1.0f ? far : near, x);
}
#endif
