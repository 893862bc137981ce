// Normalization: every feature brought to mean 0 and variance 1, by a mean and a variance that were found out beforehand.
#pragma once

#include <type_traits>

#include "../kernels/features.hpp"
#include "../kernels/map.hpp"
#include "../kernels/square_root.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's invert=True, as an option of Normalization.
struct Invert;

/// Keras's Normalization over the last axis: y = (x − mean) / max(√variance, 1e-7). mean (n) zero, variance (n) one and count (),
/// which Keras keeps for the sake of its older files, are saved with the model, but not trained; so the layer begins as the
/// identity. adapt (adapt.hpp) finds out mean and variance of data; without xtensor they are given to the constructor of a
/// StaticModel or written to its data(), in this order, and count 0 behind them.
/// Normalization<Invert> is the way back, y = mean + x·max(√variance, 1e-7): behind a network's last layer, it lets the network
/// learn targets of any size, to which it is adapted.
template <class Option = void>
struct Normalization {
  static constexpr const char* class_name = "Normalization";
  static constexpr bool in_place = true;
  static constexpr bool inverts = std::is_same_v<Option, Invert>;
  static constexpr bool adapts = true, adapts_to_output = inverts;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return 2 * input.size(); }

  static constexpr std::array<Parameter, 3> parameters(Dimensions input) {
    const std::size_t n = input.known() ? input.last() : 0;
    return {{{"mean", {n}, zeros(), false},
             {"variance", {n}, ones(), false},
             {.name = "count", .shape = {}, .initializer = zeros(), .trainable = false, .is_integer = true}}};
  }
  /// Sums that stay zero: in lanes they need no other way of training, but room.
  static constexpr bool lane_gradient(Dimensions input) { return input.last() <= 64; }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    map<In>(x, parameters, y, [](auto value, auto mean, auto factor) CTNN_INLINE_LAMBDA {
      if constexpr (inverts) {
        return math::mul_add(value, factor, mean);
      } else {
        // Not factor·x − factor·mean, which of a mean far larger than the deviation would leave few digits.
        return (value - mean) * factor;
      }
    });
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Normalization, Lane>&, const ScalarOf<Lane>* parameters, const Lane* dy,
                                             const void*, Lane* dx) {
    map<In>(dy, parameters, dx, [](auto d, auto, auto factor) CTNN_INLINE_LAMBDA { return d * factor; });
  }

 private:
  /// y = function(x, its channel's mean, its channel's factor). Factors are made for some channels at a time, in registers, and
  /// wait on the stack.
  template <class In, class Lane, class Function>
  CTNN_INLINE static constexpr void map(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, const Function& function) {
    constexpr std::size_t n = In::dimensions.last(), together = 64, whole = n / together * together;
    for (std::size_t first = 0; first < whole; first += together)
      map_channels<In, together>(x + first, parameters + first, y + first, function);
    if constexpr (whole < n) map_channels<In, n - whole>(x + whole, parameters + whole, y + whole, function);
  }

  template <class In, std::size_t Channels, class Lane, class Function>
  CTNN_INLINE static constexpr void map_channels(const Lane* x, const ScalarOf<Lane>* mean, Lane* y, const Function& function) {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t n = In::dimensions.last();
    Scalar factor[Channels];
    kernels::map<Channels>(mean + n, static_cast<Scalar*>(factor), [](auto variance) CTNN_INLINE_LAMBDA {
      using Value = decltype(variance);
      // In this order the larger of 1e-7 and NaN is NaN.
      const Value deviation = (math::max)(Value(Scalar(1e-7)), math::sqrt(variance));
      if constexpr (inverts) {
        return deviation;
      } else {
        return Value(Scalar(1)) / deviation;
      }
    });
    for (std::size_t row = 0; row < In::size; row += n) {
      kernels::for_each_feature<Channels, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        step.store(y + row, function(step.load(x + row), step.load_shared(mean), step.load_shared(factor)));
      });
    }
  }

  static_assert(options_in_range<Normalization, (std::is_void_v<Option> || inverts)>,
                "ctnn: Normalization's only option must be Invert, as in Normalization<Invert>");
};

}  // namespace ctnn::inline CTNN_VARIANT
