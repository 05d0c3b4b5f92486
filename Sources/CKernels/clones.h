// Compiles a function for AVX-512, AVX2 with FMA, and baseline x86-64; the loader picks.
#ifndef PETL_CLONES_H
#define PETL_CLONES_H
#if defined(__x86_64__)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif
#endif
