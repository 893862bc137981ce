// LayerNormalization: each sample's features brought to mean 0 and variance 1, then scaled and shifted.
#pragma once

#include "../kernels/features.hpp"
#include "../kernels/reciprocal_root.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's LayerNormalization over the last axis, y = γ·x̂ + β with x̂ = (x − mean x) / √(var x + Epsilon) and the
/// population's variance (Ba, Kiros and Hinton 2016); gamma (n) one, beta (n) zero.
/// dx = (g − mean g − x̂·mean(g·x̂)) / √(var x + Epsilon), where g = γ·dy.
template <double Epsilon = 1e-3>
struct LayerNormalization {
  static constexpr const char* class_name = "LayerNormalization";
  static constexpr bool keeps_input = true;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return 8 * input.size(); }
  /// The mean and the reciprocal of the standard deviation of each row.
  static constexpr std::size_t tape_size(Dimensions input) { return input.size() / input.last() * 2; }

  static constexpr std::array<Parameter, 2> parameters(Dimensions input) {
    const std::size_t features = input.known() ? input.last() : 0;
    return {{{"gamma", {features}, ones()}, {"beta", {features}, zeros()}}};
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    constexpr std::size_t features = In::dimensions.last();
    for (std::size_t row = 0; row < In::size; row += features) {
      Lane unused[2];
      forward_training<Shape<features>>(x + row, parameters, y + row, static_cast<Lane*>(unused));
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, Lane* record) {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t features = In::dimensions.last();
    constexpr Scalar part = Scalar(1) / static_cast<Scalar>(features);
    const Scalar *const gamma = parameters, *const beta = parameters + features;
    for (std::size_t row = 0; row < In::size / features; ++row, x += features, y += features, record += 2) {
      const Lane mean =
          Lane(part) * kernels::sum_features<features, Lane>([&](auto step) CTNN_INLINE_LAMBDA { return step.load(x); });
      const Lane variance = Lane(part) * kernels::sum_features<features, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
                              const auto away = step.load(x) - ValueOf<decltype(step), Lane>(mean);
                              return away * away;
                            });
      const Lane scale = math::rsqrt(variance + Lane(Scalar(Epsilon)));
      kernels::for_each_feature<features, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        using Value = ValueOf<decltype(step), Lane>;
        const auto normal = (step.load(x) - Value(mean)) * Value(scale);
        step.store(y, math::mul_add(normal, step.load_shared(gamma), step.load_shared(beta)));
      });
      record[0] = mean;
      record[1] = scale;
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void parameter_gradient(const Tape<LayerNormalization, Lane>& tape, const Lane* dy, Lane* gradient) {
    constexpr std::size_t features = In::dimensions.last();
    for (std::size_t row = 0; row < In::size / features; ++row) {
      kernels::for_each_feature<features, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        add<features>(step, normal<features>(step, tape, row), step.load(dy + row * features), gradient);
      });
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<LayerNormalization, Lane>& tape, const ScalarOf<Lane>* parameters,
                                             const Lane* dy, Lane* gradient, Lane* dx) {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t features = In::dimensions.last();
    constexpr Scalar part = Scalar(1) / static_cast<Scalar>(features);
    const Scalar* const gamma = parameters;
    for (std::size_t row = 0; row < In::size / features; ++row, dy += features, dx += features) {
      const Lane mean = Lane(part) * kernels::sum_features<features, Lane>(
                                         [&](auto step) CTNN_INLINE_LAMBDA { return step.load(dy) * step.load_shared(gamma); });
      const Lane slope = Lane(part) * kernels::sum_features<features, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
                           return step.load(dy) * step.load_shared(gamma) * normal<features>(step, tape, row);
                         });
      kernels::for_each_feature<features, Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        using Value = ValueOf<decltype(step), Lane>;
        const auto x = normal<features>(step, tape, row), d = step.load(dy);
        add<features>(step, x, d, gradient);
        const auto centred = math::mul_add(d, step.load_shared(gamma), -Value(mean));
        step.store(dx, math::mul_add(-x, Value(slope), centred) * Value(tape.record[2 * row + 1]));
      });
    }
  }

 private:
  template <class Step, class Lane>
  using ValueOf = decltype(std::declval<Step>().load(static_cast<const Lane*>(nullptr)));

  /// x̂ of a row.
  template <std::size_t Features, class Step, class Kept>
  CTNN_INLINE static constexpr auto normal(Step step, const Kept& tape, std::size_t row) {
    using Value = decltype(step.load(tape.input));
    return (step.load(tape.input + row * Features) - Value(tape.record[2 * row])) * Value(tape.record[2 * row + 1]);
  }

  /// Adds to the gradients of gamma and beta.
  template <std::size_t Features, class Step, class Value, class Lane>
  CTNN_INLINE static constexpr void add(Step step, Value normal, Value dy, Lane* gradient) {
    step.store(gradient, math::mul_add(normal, dy, step.load(gradient)));
    step.store(gradient + Features, step.load(gradient + Features) + dy);
  }

  static_assert(Epsilon > 0, "ctnn: LayerNormalization's epsilon must be positive");
};

}  // namespace ctnn::inline CTNN_VARIANT
