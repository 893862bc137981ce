// What every header of ctnn begins with: the check for C++20, ctnn's version, and the namespace that keeps apart what was
// compiled in different ways.
#pragma once

// An #error would be followed by hundreds more, of every header behind it; a file that is not there ends the compilation.
#if __cplusplus < 202002L
#include "ctnn: needs C++20; compile with -std=c++20 or later"
#endif

#define CTNN_VERSION_MAJOR 0
#define CTNN_VERSION_MINOR 3
#define CTNN_VERSION_PATCH 0
/// ctnn's version as one number: `#if CTNN_VERSION >= 300` is 0.3.0 or later.
#define CTNN_VERSION (CTNN_VERSION_MAJOR * 10000 + CTNN_VERSION_MINOR * 100 + CTNN_VERSION_PATCH)

// The instructions that a file is compiled for, where ctnn or the compiler chooses by them.
#if defined(CTNN_NO_VECTOR_REGISTERS)
#define CTNN_VARIANT_INSTRUCTIONS plain
#elif defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
#define CTNN_VARIANT_INSTRUCTIONS avx512
#elif defined(__AVX512F__)
#define CTNN_VARIANT_INSTRUCTIONS avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define CTNN_VARIANT_INSTRUCTIONS avx2_fma
#elif defined(__AVX2__)
#define CTNN_VARIANT_INSTRUCTIONS avx2
#elif defined(__AVX__)
#define CTNN_VARIANT_INSTRUCTIONS avx
#elif defined(__SSE4_1__)
#define CTNN_VARIANT_INSTRUCTIONS sse4
#elif defined(__SSE2__)
#define CTNN_VARIANT_INSTRUCTIONS sse2
#elif defined(__ARM_FEATURE_SVE)
#define CTNN_VARIANT_INSTRUCTIONS sve
#elif defined(__ARM_NEON)
#define CTNN_VARIANT_INSTRUCTIONS neon
#else
#define CTNN_VARIANT_INSTRUCTIONS plain
#endif
#ifdef _OPENMP
#define CTNN_VARIANT_THREADS _openmp
#else
#define CTNN_VARIANT_THREADS
#endif
// Each of -ffast-math's parts counts: results differ by it.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#define CTNN_VARIANT_MATH _fast_math
#else
#define CTNN_VARIANT_MATH
#endif
#define CTNN_JOIN(a, b, c) a##b##c
#define CTNN_JOIN_EXPANDED(a, b, c) CTNN_JOIN(a, b, c)
/// The inline namespace of all that code is made from. Files of one program may be compiled with different -march, -fopenmp or
/// -ffast-math: each then has functions of its own, in place of whichever the linker meets first.
#define CTNN_VARIANT CTNN_JOIN_EXPANDED(CTNN_VARIANT_INSTRUCTIONS, CTNN_VARIANT_THREADS, CTNN_VARIANT_MATH)
