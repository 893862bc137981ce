// BatchNormalization: every channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.
#pragma once

#include "../kernels/reciprocal_root.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's BatchNormalization over the last axis (Ioffe and Szegedy 2015): y = γ·x̂ + β with x̂ = (x − mean) / √(variance + Epsilon).
/// In training, mean and the population's variance are those of the batch, over all its samples and positions, and move the
/// layer's own by 1 − Momentum; these stand in for them outside training. gamma (n) one, beta (n) zero; moving_mean (n) zero and
/// moving_variance (n) one are saved with the model, but not trained.
template <double Momentum = 0.99, double Epsilon = 1e-3>
struct BatchNormalization {
  static constexpr const char* class_name = "BatchNormalization";

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return 2 * input.size(); }

  static constexpr std::array<Parameter, 4> parameters(Dimensions input) {
    const std::size_t n = input.known() ? input.last() : 0;
    return {{{"gamma", {n}, ones()},
             {"beta", {n}, zeros()},
             {"moving_mean", {n}, zeros(), false},
             {"moving_variance", {n}, ones(), false}}};
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    constexpr std::size_t n = In::dimensions.last();
    normalize<In>(x, parameters, parameters + 2 * n, y);
  }

  // Training, in passes over the batch (training/coupled_batch.hpp).

  static constexpr bool couples_samples = true;
  /// What the passes find out about the batch: the mean and the variance of each channel.
  static constexpr std::size_t statistic_count(Dimensions input) { return 2 * input.last(); }

  /// Adds a tile's values (`Pass` 0), or their squared distances from the mean (1), to a sum for each channel.
  template <std::size_t Pass, class In, class Lane>
  CTNN_INLINE static constexpr void add_statistics(const Lane* x, const ScalarOf<Lane>* statistics, Lane* sums) {
    constexpr std::size_t n = In::dimensions.last();
    for (std::size_t i = 0; i < In::size; i += n) {
      for (std::size_t c = 0; c < n; ++c) {
        if constexpr (Pass == 0) {
          sums[c] += x[i + c];
        } else {
          const Lane away = x[i + c] - Lane(statistics[c]);
          sums[c] = math::mul_add(away, away, sums[c]);
        }
      }
    }
  }
  static constexpr std::size_t statistic_passes = 2;

  /// Forward with the statistics given.
  template <class In, class Lane>
  CTNN_INLINE static constexpr void normalize(const Lane* x, const ScalarOf<Lane>* parameters, const ScalarOf<Lane>* statistics,
                                              Lane* y) {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t n = In::dimensions.last();
    Scalar scale[n], shift[n];
    for (std::size_t c = 0; c < n; ++c) {
      scale[c] = parameters[c] * reciprocal_deviation(statistics[n + c]);
      shift[c] = parameters[n + c] - statistics[c] * scale[c];
    }
    for (std::size_t i = 0; i < In::size; i += n) {
      for (std::size_t c = 0; c < n; ++c) y[i + c] = math::mul_add(x[i + c], Lane(scale[c]), Lane(shift[c]));
    }
  }

  /// Adds to a sum for each channel of gamma's gradient, dy·x̂, and then of beta's, dy.
  template <class In, class Lane>
  CTNN_INLINE static constexpr void add_gradients(const Lane* x, const Lane* dy, const ScalarOf<Lane>* statistics, Lane* sums) {
    constexpr std::size_t n = In::dimensions.last();
    ScalarOf<Lane> scale[n];
    for (std::size_t c = 0; c < n; ++c) scale[c] = reciprocal_deviation(statistics[n + c]);
    for (std::size_t i = 0; i < In::size; i += n) {
      for (std::size_t c = 0; c < n; ++c) {
        const Lane normal = (x[i + c] - Lane(statistics[c])) * Lane(scale[c]);
        sums[c] = math::mul_add(dy[i + c], normal, sums[c]);
        sums[n + c] += dy[i + c];
      }
    }
  }

  /// dx = γ·(dy − mean dy − x̂·mean(dy·x̂)) / √(variance + Epsilon); the means are `gradients` divided by the values of a channel
  /// in the batch of `samples`.
  template <class In, class Lane>
  CTNN_INLINE static constexpr void input_gradient(const Lane* x, const Lane* dy, const ScalarOf<Lane>* parameters,
                                                   const ScalarOf<Lane>* statistics, const ScalarOf<Lane>* gradients,
                                                   std::size_t samples, Lane* dx) {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t n = In::dimensions.last();
    const Scalar share = Scalar(1) / static_cast<Scalar>(samples * (In::size / n));
    // dx = a·dy + b·(x − mean) + c for each channel.
    Scalar a[n], b[n], shift[n];
    for (std::size_t c = 0; c < n; ++c) {
      const Scalar scale = reciprocal_deviation(statistics[n + c]), slope = gradients[c] * share * scale;
      a[c] = parameters[c] * scale;
      b[c] = -a[c] * slope;
      shift[c] = -a[c] * gradients[n + c] * share;
    }
    for (std::size_t i = 0; i < In::size; i += n) {
      for (std::size_t c = 0; c < n; ++c) {
        dx[i + c] = math::mul_add(dy[i + c], Lane(a[c]), math::mul_add(x[i + c] - Lane(statistics[c]), Lane(b[c]), Lane(shift[c])));
      }
    }
  }

  /// After a step: what the batch showed moves what is kept.
  template <class In, class Scalar>
  static constexpr void update_state(const Scalar* statistics, Scalar* parameters) {
    constexpr std::size_t n = In::dimensions.last();
    constexpr auto momentum = static_cast<Scalar>(Momentum);
    for (std::size_t i = 0; i < 2 * n; ++i)
      parameters[2 * n + i] = parameters[2 * n + i] * momentum + statistics[i] * (1 - momentum);
  }

 private:
  template <class Scalar>
  CTNN_INLINE static constexpr Scalar reciprocal_deviation(Scalar variance) {
    return math::rsqrt(variance + static_cast<Scalar>(Epsilon));
  }

  static_assert(options_in_range<BatchNormalization, (Momentum >= 0 && Momentum <= 1 && Epsilon > 0)>,
                "ctnn: BatchNormalization's momentum must lie in [0, 1] and its epsilon be positive");
};

}  // namespace ctnn::inline CTNN_VARIANT
