// GlobalAveragePooling2D: the mean of each channel.
#pragma once

#include "../kernels/features.hpp"
#include "../layer.hpp"
#include "options_2d.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's GlobalAveragePooling2D: (height, width, channels) → (channels), the mean over all positions.
struct GlobalAveragePooling2D {
  static constexpr const char* class_name = "GlobalAveragePooling2D";

  static constexpr Dimensions expected_input(Dimensions given) { return detail::expected_image(given); }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return {input.last()}; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size() + input.last(); }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    constexpr std::size_t channels = In::dimensions.last(), places = In::size / channels;
    constexpr ScalarOf<Lane> part = ScalarOf<Lane>(1) / static_cast<ScalarOf<Lane>>(places);
    if constexpr (kernels::width_of<Lane> == 1) {
      kernels::for_each_feature<channels, Lane>(
          [&](auto step) CTNN_INLINE_LAMBDA { step.store(y, sum<places, channels>(step, x) * decltype(step.load(x))(part)); });
    } else {
      // A few channels at a time: memory is then read in runs, and their sums do not wait for one another.
      constexpr std::size_t block = 4, whole = channels / block * block;
      for (std::size_t channel = 0; channel < whole; channel += block)
        mean<block, places, channels>(x + channel, part, y + channel);
      if constexpr (whole < channels) mean<channels - whole, places, channels>(x + whole, part, y + whole);
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<GlobalAveragePooling2D, Lane>&, const ScalarOf<Lane>*, const Lane* dy,
                                             const void*, Lane* dx) {
    constexpr std::size_t channels = In::dimensions.last(), places = In::size / channels;
    constexpr ScalarOf<Lane> part = ScalarOf<Lane>(1) / static_cast<ScalarOf<Lane>>(places);
    for (std::size_t place = 0; place < places; ++place) {
      kernels::for_each_feature<channels, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        const auto gradient = step.load(dy);
        step.store(dx + place * channels, gradient * std::remove_const_t<decltype(gradient)>(part));
      });
    }
  }

 private:
  /// A step's sum over `Places` rows, in parts that do not wait for one another.
  template <std::size_t Places, std::size_t Channels, class Step, class Lane>
  CTNN_INLINE static constexpr auto sum(Step step, const Lane* x) {
    constexpr std::size_t parts = Places < 4 ? 1 : 4, whole = Places / parts * parts;
    decltype(step.load(x)) sums[parts] = {};
    for (std::size_t place = 0; place < whole; place += parts) {
      CTNN_UNROLL
      for (std::size_t p = 0; p < parts; ++p) sums[p] += step.load(x + (place + p) * Channels);
    }
    for (std::size_t place = whole; place < Places; ++place) sums[place - whole] += step.load(x + place * Channels);
    CTNN_UNROLL
    for (std::size_t p = 1; p < parts; ++p) sums[0] += sums[p];
    return sums[0];
  }

  template <std::size_t Count, std::size_t Places, std::size_t Channels, class Lane>
  CTNN_INLINE static void mean(const Lane* x, ScalarOf<Lane> part, Lane* y) {
    Lane sums[Count];
    CTNN_UNROLL
    for (std::size_t i = 0; i < Count; ++i) sums[i] = x[i];
    for (std::size_t place = 1; place < Places; ++place) {
      CTNN_UNROLL
      for (std::size_t i = 0; i < Count; ++i) sums[i] += x[place * Channels + i];
    }
    CTNN_UNROLL
    for (std::size_t i = 0; i < Count; ++i) y[i] = sums[i] * Lane(part);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
