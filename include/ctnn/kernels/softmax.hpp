// Softmax of a row of numbers: what the layer and the crossentropies share.
#pragma once

#include "elementary.hpp"
#include "map.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

/// What a softmax divided by: ln y[i] = (x[i] − largest) − ln total.
template <class Lane>
struct SoftmaxNormalizer {
  Lane largest;  ///< max x
  Lane total;    ///< Σ e^(x − largest), from 1 to the number of values
};

/// y = e^(x − max x) / Σ e^(x − max x) over `Count` values, which never overflows.
template <std::size_t Count, class Lane>
CTNN_INLINE constexpr SoftmaxNormalizer<Lane> softmax(const Lane* x, Lane* y) {
  Lane largest = x[0];
  for (std::size_t i = 1; i < Count; ++i) largest = (math::max)(largest, x[i]);
  for (std::size_t i = 0; i < Count; ++i) y[i] = x[i] - largest;
  map<Count>(y, y, [](auto value) CTNN_INLINE_LAMBDA { return math::exp(value); });
  Lane total = y[0];
  for (std::size_t i = 1; i < Count; ++i) total += y[i];
  const Lane scale = Lane(1) / total;
  for (std::size_t i = 0; i < Count; ++i) y[i] *= scale;
  return {largest, total};
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
