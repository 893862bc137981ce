// Lookup: every element of a register picks one of 32 numbers, from two registers that hold them. Only AVX-512 has that in one
// instruction; functions that are built on it keep another way for all other lanes.
#pragma once

#include "lane.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

inline constexpr std::size_t lookup_size = 32;

/// Whether a lane can look up numbers.
template <class Lane>
inline constexpr bool has_lookup = false;

#ifdef __AVX512F__
template <>
inline constexpr bool has_lookup<Vector<float, 16>> = true;

/// table[index % 32] in every element.
CTNN_INLINE Vector<float, 16> lookup(const float (&table)[lookup_size], Vector<std::int32_t, 16> index) {
  using Lane = Vector<float, 16>;
  const auto low = Lane::load(table).native, high = Lane::load(table + 16).native;
#ifdef __clang__
  return Lane::of(__builtin_ia32_vpermi2varps512(low, index.native, high));
#else
  return Lane::of(__builtin_ia32_vpermt2varps512_mask(index.native, low, high, static_cast<unsigned short>(-1)));
#endif
}

/// a·b + c with one rounding, whatever the compiler makes of such an expression by itself.
CTNN_INLINE Vector<float, 16> fused_mul_add(Vector<float, 16> a, Vector<float, 16> b, Vector<float, 16> c) {
  constexpr int current_rounding = 4;
  return Vector<float, 16>::of(
      __builtin_ia32_vfmaddps512_mask(a.native, b.native, c.native, static_cast<unsigned short>(-1), current_rounding));
}

/// The smaller of two integers, in every element.
CTNN_INLINE Vector<std::int32_t, 16> min_of_integers(Vector<std::int32_t, 16> a, Vector<std::int32_t, 16> b) {
#ifdef __clang__
  return Vector<std::int32_t, 16>::of(__builtin_elementwise_min(a.native, b.native));
#else
  // As min_native: a conditional would cost a comparison and a masked move.
  return Vector<std::int32_t, 16>::of(__builtin_ia32_pminsd512_mask(a.native, b.native, a.native, static_cast<unsigned short>(-1)));
#endif
}
#endif

}  // namespace ctnn::inline CTNN_VARIANT::kernels
