// Loops over features that lie side by side in several arrays, whatever the lane: a step is one feature of a register of
// samples, or, for one sample, as many features as fill a register.
#pragma once

#include <type_traits>

#include "reduction.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// One feature.
template <class Lane>
struct FeatureStep {
  std::size_t index;

  CTNN_INLINE constexpr Lane load(const Lane* row) const { return row[index]; }
  CTNN_INLINE constexpr Lane load_shared(const ScalarOf<Lane>* row) const { return Lane(row[index]); }
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
  CTNN_INLINE Vector<Scalar, Width> load_shared(const Scalar* row) const { return load(row); }
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

/// The sum of `term` over steps of `Stride` features from `First` to `End`, in parts that do not wait for one another.
template <std::size_t First, std::size_t End, std::size_t Stride, class Step, class Term>
CTNN_INLINE constexpr auto sum_steps(const Term& term) {
  constexpr std::size_t count = (End - First) / Stride, parts = count < 8 ? 1 : 4, whole = count / parts * parts;
  decltype(term(Step{First})) sums[parts];
  CTNN_UNROLL
  for (std::size_t p = 0; p < parts; ++p) sums[p] = term(Step{First + p * Stride});
  for (std::size_t i = parts; i < whole; i += parts) {
    CTNN_UNROLL
    for (std::size_t p = 0; p < parts; ++p) sums[p] += term(Step{First + (i + p) * Stride});
  }
  CTNN_UNROLL
  for (std::size_t i = whole; i < count; ++i) sums[i - whole] += term(Step{First + i * Stride});
  CTNN_UNROLL
  for (std::size_t p = 1; p < parts; ++p) sums[0] += sums[p];
  return sums[0];
}

// What fills no register is added feature by feature: a term of the zeros behind the last one need not be zero.
template <std::size_t First, std::size_t Count, std::size_t Width, class Scalar, class Term>
CTNN_INLINE Scalar sum_registers(const Term& term) {
  constexpr std::size_t end = First + (Count - First) / Width * Width;
  if constexpr (First == Count) {
    return Scalar(0);
  } else if constexpr (sizeof(Scalar) * Width < 16) {
    return sum_steps<First, Count, 1, FeatureStep<Scalar>>(term);
  } else if constexpr (end == First) {
    return sum_registers<First, Count, Width / 2, Scalar>(term);
  } else {
    return sum(sum_steps<First, end, Width, RegisterStep<Scalar, Width, Width>>(term)) +
           sum_registers<end, Count, Width / 2, Scalar>(term);
  }
}

}  // namespace detail

/// Calls `body(step)` until the steps have covered `Count` features. `step.load(row)` and `step.store(row, value)` reach
/// the step's features of an array of lanes, `step.load_shared(row)` those of an array of numbers that all samples share; the
/// values are lanes or vectors of features, so that `body` is generic. A vector's elements beyond the last feature are zero,
/// and are not stored.
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

/// The sum of `term(step)` over the steps that cover `Count` ≥ 1 features, each once.
template <std::size_t Count, class Lane, class Term>
CTNN_INLINE constexpr Lane sum_features(const Term& term) {
  if constexpr (width_of<Lane> == 1 && register_bytes != 0) {
    if (!std::is_constant_evaluated()) return detail::sum_registers<0, Count, register_bytes / sizeof(Lane), Lane>(term);
  }
  return detail::sum_steps<0, Count, 1, detail::FeatureStep<Lane>>(term);
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
