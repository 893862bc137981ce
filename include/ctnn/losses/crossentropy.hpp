// What the crossentropies share. A target is a weight for each class; a sparse one has a single weight of 1.
#pragma once

#include "../diagnostics.hpp"
#include "../kernels/softmax.hpp"
#include "loss.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Keras's epsilon: probabilities are kept this far from 0 and 1.
inline constexpr double probability_margin = 1e-7;

/// A probability brought into [ε, 1 − ε]; NaN for NaN.
template <class Lane>
CTNN_INLINE constexpr Lane clip_probability(Lane probability) {
  using Scalar = ScalarOf<Lane>;
  return (math::max)(Lane(Scalar(probability_margin)), (math::min)(Lane(Scalar(1 - probability_margin)), probability));
}

/// `value` where `probability` is in [ε, 1 − ε], else zero.
template <class Lane>
CTNN_INLINE constexpr Lane where_not_clipped(Lane probability, Lane value) {
  using Scalar = ScalarOf<Lane>;
  const Lane above = math::select(probability >= Lane(Scalar(probability_margin)), value, Lane(0));
  return math::select(probability <= Lane(Scalar(1 - probability_margin)), above, Lane(0));
}

constexpr bool is_label_smoothing(double value) { return value >= 0 && value <= 1; }

/// The classes of a network's output: its last axis.
template <class Output>
struct Classes {
  static constexpr std::size_t count = Output::dimensions.last();
  static constexpr std::size_t positions = Output::size / count;
  static_assert(has_classes<class_count_is<count>>,
                "ctnn: what judges classes must find at least two in the output's last axis; one probability is judged by "
                "BinaryCrossentropy and BinaryAccuracy");
};

/// The shape of class numbers: the output's without its last axis, one number if nothing is left.
template <class Output, class = std::make_index_sequence<Output::rank - 1>>
struct ClassNumbersOf;
template <class Output, std::size_t... Axis>
struct ClassNumbersOf<Output, std::index_sequence<Axis...>> {
  using type = Shape<Output::dimensions.axes[Axis]...>;
};
template <class Output>
struct ClassNumbersOf<Output, std::index_sequence<>> {
  using type = Shape<1>;
};
template <class Output>
using ClassNumbers = typename ClassNumbersOf<Output>::type;

/// The loss of one position, and the sum of its target's weights.
template <class Lane>
struct Crossentropy {
  Lane loss;
  Lane weight;
};

/// −Σ w·ln softmax(logits), with w = weight(class); gradient is factor · its derivative by the logits, softmax·Σw − w.
/// `probabilities` may be `gradient`.
template <std::size_t Count, class Lane, class Weight>
CTNN_INLINE constexpr Crossentropy<Lane> crossentropy_of_logits(const Lane* logits, Lane factor, const Weight& weight,
                                                                Lane* probabilities, Lane* gradient) {
  const auto normalizer = kernels::softmax<Count>(logits, probabilities);
  Lane sum = weight(0);
  Lane expected = sum * (logits[0] - normalizer.largest);
  for (std::size_t i = 1; i < Count; ++i) {
    const Lane w = weight(i);
    sum += w;
    expected = math::mul_add(w, logits[i] - normalizer.largest, expected);
  }
  for (std::size_t i = 0; i < Count; ++i) gradient[i] = factor * (probabilities[i] * sum - weight(i));
  return {sum * math::log(normalizer.total) - expected, sum};
}

/// −Σ w·ln clip(q) with q = predicted / Σ predicted; gradient is factor · its derivative by `predicted`, which is zero by
/// every q that is clipped.
template <std::size_t Count, class Lane, class Weight>
CTNN_INLINE constexpr Crossentropy<Lane> crossentropy_of_probabilities(const Lane* predicted, Lane factor, const Weight& weight,
                                                                       Lane* gradient) {
  Lane total = predicted[0];
  for (std::size_t i = 1; i < Count; ++i) total += predicted[i];
  const Lane normalizer = Lane(1) / total;
  Lane loss(0), sum(0), unclipped(0);
  for (std::size_t i = 0; i < Count; ++i) {
    const Lane probability = predicted[i] * normalizer, clipped = clip_probability(probability), w = weight(i);
    const Lane active = where_not_clipped(probability, w);
    loss -= w * math::log(clipped);
    sum += w;
    unclipped += active;
    gradient[i] = active / clipped;
  }
  for (std::size_t i = 0; i < Count; ++i) gradient[i] = factor * normalizer * (unclipped - gradient[i]);
  return {loss, sum};
}

/// The mean of row(first, position, factor) over the positions of an output, each with `Classes::count` numbers from `first` on.
template <class Output, class Lane, class Row>
CTNN_INLINE constexpr Lane mean_of_positions(ScalarOf<Lane> scale, const Row& row) {
  using C = Classes<Output>;
  constexpr auto share = ScalarOf<Lane>(1) / ScalarOf<Lane>(C::positions);
  const Lane factor(scale * share);
  Lane total(0);
  for (std::size_t position = 0; position < C::positions; ++position) total += row(position * C::count, position, factor);
  return C::positions == 1 ? total : total * Lane(share);
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
