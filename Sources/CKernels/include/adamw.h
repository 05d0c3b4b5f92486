#ifndef PETL_ADAMW_H
#define PETL_ADAMW_H
#include <stddef.h>

// One AdamW update of n numbers: decay is 1 - lr * weight decay, rate is lr / (1 - beta1^t),
// correction is 1 / sqrt(1 - beta2^t).
void ck_adamw(float *p, float *m, float *v, const float *g, float beta1, float beta2, float eps,
              float decay, float rate, float correction, size_t n);
#endif
