#include "adamw.h"
#include "clones.h"
#include <math.h>

CK_CLONES void ck_adamw(float *p, float *m, float *v, const float *g, float beta1, float beta2,
                        float eps, float decay, float rate, float correction, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float slope = g[i];
    float first = m[i] + (1.0f - beta1) * (slope - m[i]);
    float second = v[i] * beta2 + (1.0f - beta2) * slope * slope;
    m[i] = first;
    v[i] = second;
    p[i] = p[i] * decay - rate * first / (sqrtf(second) * correction + eps);
  }
}
