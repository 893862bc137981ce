// Loops over features that lie side by side in several arrays, whatever the lane: a step is one feature of a register of
// samples, or, for one sample, as many features as fill a register.
#pragma once

#include <type_traits>
#include <utility>

#include "lane.hpp"

namespace ctnn::kernels {

namespace detail {

/// One feature.
template <class Lane>
struct FeatureStep {
  std::size_t index;

  CTNN_INLINE constexpr Lane load(const Lane* row) const { return row[index]; }
  CTNN_INLINE constexpr void store(Lane* row, Lane value) const { row[index] = value; }
};

/// `Count` ≤ Width features of one sample in a register.
template <class Scalar, std::size_t Width, std::size_t Count>
struct RegisterStep {
  std::size_t index;

  CTNN_INLINE Vector<Scalar, Width> load(const Scalar* row) const {
    if constexpr (Count == Width) {
      return Vector<Scalar, Width>::load(row + index);
    } else {
      return Vector<Scalar, Width>::template load_first<Count>(row + index);
    }
  }
  CTNN_INLINE void store(Scalar* row, Vector<Scalar, Width> value) const {
    if constexpr (Count == Width) {
      value.store(row + index);
    } else {
      value.template store_first<Count>(row + index);
    }
  }
};

// As in map.hpp: the widest registers first, and what is left shares one small register.
template <std::size_t First, std::size_t Count, std::size_t Width, class Scalar, class Body>
CTNN_INLINE void each_register(const Body& body) {
  constexpr std::size_t left = Count - First;
  if constexpr (sizeof(Scalar) * Width <= 16 && left < Width) {
    if constexpr (left > 0) body(RegisterStep<Scalar, Width, left>{First});
  } else {
    constexpr std::size_t end = First + left / Width * Width;
    for (std::size_t i = First; i < end; i += Width) body(RegisterStep<Scalar, Width, Width>{i});
    if constexpr (end < Count) each_register<end, Count, (sizeof(Scalar) * Width <= 16 ? Width : Width / 2), Scalar>(body);
  }
}

}  // namespace detail

/// Calls `body(step)` until the steps have covered `Count` features. `step.load(row)` and `step.store(row, value)` reach
/// the step's features of an array of lanes; the values are lanes or vectors of features, so that `body` is generic. A
/// vector's elements beyond the last feature are zero, and are not stored.
template <std::size_t Count, class Lane, class Body>
CTNN_INLINE constexpr void for_each_feature(const Body& body) {
  if constexpr (width_of<Lane> == 1 && register_bytes != 0) {
    if (!std::is_constant_evaluated()) {
      detail::each_register<0, Count, sample_register_bytes(Count * sizeof(Lane)) / sizeof(Lane), Lane>(body);
      return;
    }
  }
  for (std::size_t i = 0; i < Count; ++i) body(detail::FeatureStep<Lane>{i});
}

}  // namespace ctnn::kernels
