#include "dropout.h"
#include "clones.h"

CK_CLONES void ck_dropout(
    float *y, const float *x, float scale, uint32_t threshold, uint64_t seed, uint64_t first,
    size_t n) {
  for (size_t i = 0; i < n; i++) {
    // The output function of splitmix64 (Steele, Lea and Flood, 2014) on its i-th state.
    uint64_t z = seed + (first + i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    y[i] = (uint32_t)(z >> 32) >= threshold ? x[i] * scale : 0;
  }
}
