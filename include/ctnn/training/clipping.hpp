// Clipping of gradients, with Keras's meaning: by the norm of each array of parameters, by the norm of all together, or number by
// number. What does not exceed its bound stays as it is, to the bit.
#pragma once

#include "../kernels/square_root.hpp"
#include "variables.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

// The passes over an array are functions of their own, which all networks share.

/// An array's Euclidean norm. Where squares overflow or vanish, the array is measured in units of its largest number.
template <class Scalar>
CTNN_NOINLINE constexpr double norm(const Scalar* values, std::size_t count) {
  using Limits = std::numeric_limits<Scalar>;
  if (!std::is_constant_evaluated()) {
    const Scalar sum = sum_of(values, count, [](auto g) CTNN_INLINE_LAMBDA { return g * g; });
    if (math::is_finite(sum) && sum > (Limits::min)() / Limits::epsilon()) [[likely]]
      return math::sqrt(static_cast<double>(sum));
  }
  double largest = 0, sum = 0;
  for (std::size_t i = 0; i < count; ++i) largest = (math::max)((math::abs)(static_cast<double>(values[i])), largest);
  if (largest == 0) return 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double part = static_cast<double>(values[i]) / largest;
    sum += part * part;
  }
  return largest * math::sqrt(sum);
}

template <class Scalar>
CTNN_NOINLINE constexpr void scale(Scalar* values, std::size_t count, double factor) {
  const auto rounded = static_cast<Scalar>(factor);
  for_each_register<Scalar>(
      0, count, [&]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA { store(load<Lane>(values + i) * Lane(rounded), values + i); });
}

template <class Scalar>
constexpr void clip_to_norm(Scalar* values, std::size_t count, double longest) {
  const double length = norm(values, count);
  if (length > longest) scale(values, count, longest / length);
}

template <class Scalar>
CTNN_NOINLINE constexpr void clip_to_value(Scalar* values, std::size_t count, double largest) {
  const auto bound = static_cast<Scalar>(largest);
  for_each_register<Scalar>(0, count, [&]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA {
    store((math::max)(Lane(-bound), (math::min)(Lane(bound), load<Lane>(values + i))), values + i);
  });
}

/// Clips each trainable array of a network's gradient.
template <class Net, class Scalar>
constexpr void clip_norms(Scalar* gradient, double longest) {
  for (const Variable& variable : variables<Net>) {
    if (variable.trainable) clip_to_norm(gradient + variable.first, variable.size, longest);
  }
}

/// Clips all of the trainable gradient together.
template <class Net, class Scalar>
constexpr void clip_global_norm(Scalar* gradient, double longest) {
  // The norm of the norms: no square of theirs may overflow either.
  std::array<double, trainable_ranges<Net>.size()> norms{};
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const Range& range = trainable_ranges<Net>[i];
    norms[i] = norm(gradient + range.first, range.last - range.first);
  }
  const double length = norms.size() == 1 ? norms[0] : norm(norms.data(), norms.size());
  if (!(length > longest)) return;
  for (const Range& range : trainable_ranges<Net>) scale(gradient + range.first, range.last - range.first, longest / length);
}

/// Clips every number of the trainable gradient.
template <class Net, class Scalar>
constexpr void clip_values(Scalar* gradient, double largest) {
  for (const Range& range : trainable_ranges<Net>) clip_to_value(gradient + range.first, range.last - range.first, largest);
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
