// What the compiler is asked for: inlining and unrolling, and the register width of the target.
//
// ctnn's speed rests on a network becoming one function, so that activations and gradient sums of small
// layers live in registers. Inlining is therefore demanded, not hoped for.
#pragma once

#include <cstddef>

#include "../version.hpp"

// A sanitizer looks at every load and store.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define CTNN_IS_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CTNN_IS_SANITIZED
#endif
// Where nothing is optimized, or a sanitizer slows all down, there is no speed to win, and code that is unrolled by inlining takes
// a compiler minutes. Where it is optimized for size, as for a microcontroller, functions are shared and loops stay loops.
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__) && !defined(CTNN_IS_SANITIZED)
/// Demands inlining of a function.
#define CTNN_INLINE [[gnu::always_inline]] inline
/// The same for a lambda; stands behind its parameter list.
#define CTNN_INLINE_LAMBDA __attribute__((always_inline))
#else
#define CTNN_INLINE inline
#define CTNN_INLINE_LAMBDA
#endif
/// Keeps a function out of its callers.
#define CTNN_NOINLINE [[gnu::noinline]]
/// Unrolls the next loop completely; its trip count is a compile-time constant of at most 64.
#if defined(__OPTIMIZE_SIZE__) || defined(CTNN_IS_SANITIZED)
#define CTNN_UNROLL
#else
#define CTNN_UNROLL _Pragma("GCC unroll 64")
#endif

namespace ctnn::inline CTNN_VARIANT::kernels {

/// Bytes of the target's widest vector register; 0 where it has none. A wider type than the target's own
/// would be split by the compiler, and GCC then keeps every part in memory.
#if defined(CTNN_NO_VECTOR_REGISTERS)
// As on a target that has none.
inline constexpr std::size_t register_bytes = 0;
#elif defined(__AVX512F__)
inline constexpr std::size_t register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr std::size_t register_bytes = 32;
#elif defined(__SSE2__) || defined(__ARM_NEON)
inline constexpr std::size_t register_bytes = 16;
#else
inline constexpr std::size_t register_bytes = 0;
#endif

/// Whether functions that take sizes as arguments, which all layers share, stand for those that are made for each layer's sizes.
/// The results are the same to the bit.
#ifdef __OPTIMIZE_SIZE__
inline constexpr bool shares_loops = register_bytes == 0;
#else
inline constexpr bool shares_loops = false;
#endif

/// The widest register for one sample of `bytes` bytes of features, which one layer stores and the next reads back one by one.
/// What was stored from a 64-byte register comes back later, so few features use two of 32 (measured on Zen 4).
constexpr std::size_t sample_register_bytes(std::size_t bytes) { return register_bytes > 32 && bytes < 128 ? 32 : register_bytes; }

/// Vector registers of the target: what a block of sums and its operands must fit into.
#if defined(__AVX512F__) || defined(__ARM_NEON)
inline constexpr std::size_t register_count = 32;
#else
inline constexpr std::size_t register_count = 16;
#endif

/// Leaves the next loop alone where registers are few: Clang would put two rounds side by side, which take more than there are.
#if defined(__AVX512F__) || defined(__ARM_NEON)
#define CTNN_NO_UNROLL
#else
#define CTNN_NO_UNROLL _Pragma("GCC unroll 1")
#endif

/// Every parameter block starts on such a boundary and is padded to a multiple of it: a cache line or, where there are no vector
/// registers to load, the largest number.
inline constexpr std::size_t alignment = register_bytes == 0 ? sizeof(double) : 64;

}  // namespace ctnn::inline CTNN_VARIANT::kernels
