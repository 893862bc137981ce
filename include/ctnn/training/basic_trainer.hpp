// BasicTrainer: a model, a loss and an optimizer, without heap or exceptions. Trainer (trainer.hpp) adds xtensor
// batches, fit and errors.
#pragma once

#include "../static_model.hpp"
#include "batch_scores.hpp"

namespace ctnn {

/// Trains a model in place. Refers to the model, which must outlive it; holds the gradient and the optimizer's state.
template <class Model, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class BasicTrainer {
 public:
  using network = typename Model::network;
  using scalar = typename Model::scalar;

  using scores = Scores<scalar, sizeof...(Metrics)>;
  /// What one target is: the loss's target_shape.
  using Target = std::array<scalar, TargetShape<LossType, typename network::output_shape>::size>;

  constexpr BasicTrainer(Model& model, const OptimizerType& optimizer, const LossType& loss, const Metrics&... metrics)
      : model_(&model),
        optimizer_(optimizer),
        objective_{loss, boost::hana::basic_tuple<Metrics...>(metrics...)},
        state_(optimizer.slots_in_use() > 0) {}

  /// One optimizer step on `count` ≥ 1 samples. Returns the batch's scores before the step. Where the loss or its gradient
  /// is infinite or NaN, nothing changes, the count of iterations neither.
  CTNN_INLINE constexpr scores step(const Samples<scalar>& x, const Samples<scalar>& y, std::size_t count) {
    const scores result =
        detail::batch_scores<network, true>(objective_, model_->data(), x, y, count, gradient_.data(), lanes_.data());
    if (math::is_finite(result.loss) && gradient_is_finite()) [[likely]]
      update();
    return result;
  }

  /// The scores of `count` ≥ 1 samples.
  CTNN_INLINE constexpr scores evaluate(const Samples<scalar>& x, const Samples<scalar>& y, std::size_t count) const {
    return detail::batch_scores<network, false>(objective_, model_->data(), x, y, count, static_cast<scalar*>(nullptr),
                                                static_cast<scalar*>(nullptr));
  }

  /// One step on arrays of samples and targets; as `step`.
  template <std::size_t Count>
  constexpr scores train_on_batch(const std::array<typename Model::Sample, Count>& x, const std::array<Target, Count>& y) {
    static_assert(Count > 0, "ctnn: a batch must have at least one sample");
    if (std::is_constant_evaluated()) {
      // A constant expression may not step from one array into the next.
      const auto flat_x = flat(x);
      const auto flat_y = flat(y);
      return step({.data = flat_x.data(), .stride = std::ssize(x[0])}, {.data = flat_y.data(), .stride = std::ssize(y[0])}, Count);
    }
    return step({.data = x[0].data(), .stride = std::ssize(x[0])}, {.data = y[0].data(), .stride = std::ssize(y[0])}, Count);
  }

  /// The gradient of the last step, laid out as the model's parameters.
  constexpr const scalar* gradient() const { return gradient_.data(); }
  /// Steps done.
  constexpr std::uint64_t iterations() const { return iterations_; }

  constexpr Model& model() const { return *model_; }
  constexpr const OptimizerType& optimizer() const { return optimizer_; }
  constexpr OptimizerType& optimizer() { return optimizer_; }
  constexpr const Objective<LossType, Metrics...>& objective() const { return objective_; }

 private:
  using Storage = typename Model::storage;
  static constexpr std::size_t parameter_count = network::parameter_count;
  static constexpr std::size_t padded = detail::padded<scalar>(parameter_count);

  /// By the sum of magnitudes, which nothing can bring back from infinity or NaN.
  CTNN_INLINE constexpr bool gradient_is_finite() const {
    const scalar* const gradient = gradient_.data();
    // Few are taken one by one: a register could not be loaded before all of them have reached the memory.
    if constexpr (parameter_count > 16 && kernels::width_of<kernels::NativeLane<scalar>> > 1) {
      if (!std::is_constant_evaluated()) {
        using Lane = kernels::NativeLane<scalar>;
        Lane total(0);
        // The padding is zero.
        for (std::size_t i = 0; i < padded; i += kernels::width_of<Lane>) total += math::abs(Lane::load(gradient + i));
        return math::is_finite(kernels::sum(total));
      }
    }
    scalar even = 0, odd = 0;
    constexpr std::size_t pairs = parameter_count / 2;
    if constexpr (parameter_count <= 16) {
      CTNN_UNROLL
      for (std::size_t i = 0; i < pairs; ++i) even += math::abs(gradient[2 * i]), odd += math::abs(gradient[2 * i + 1]);
    } else {
      for (std::size_t i = 0; i < pairs; ++i) even += math::abs(gradient[2 * i]), odd += math::abs(gradient[2 * i + 1]);
    }
    if constexpr (parameter_count % 2 == 1) even += math::abs(gradient[parameter_count - 1]);
    return math::is_finite(even + odd);
  }

  template <std::size_t Count, std::size_t Size>
  static constexpr auto flat(const std::array<std::array<scalar, Size>, Count>& rows) {
    std::array<scalar, Count * Size> result{};
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = rows[i / Size][i % Size];
    return result;
  }

  CTNN_INLINE constexpr void update() {
    ++iterations_;
    if constexpr (OptimizerType::slots > 0) {
      if (state_.empty() || optimizer_.slots_in_use() == 0) return update_with<0>();
    }
    update_with<OptimizerType::slots>();
  }

  template <std::size_t InUse>
  CTNN_INLINE constexpr void update_with() {
    using Lane = kernels::NativeLane<scalar>;
    constexpr std::size_t width = kernels::width_of<Lane>;
    if (parameter_count <= 16 || width == 1 || std::is_constant_evaluated()) {
      if constexpr (parameter_count <= 16) {
        CTNN_UNROLL
        for (std::size_t i = 0; i < parameter_count; ++i) update_at<InUse, scalar>(i);
      } else {
        for (std::size_t i = 0; i < parameter_count; ++i) update_at<InUse, scalar>(i);
      }
    } else {
      // Parameters, gradient and state are padded to whole registers; what lies in the padding is never read.
      for (std::size_t i = 0; i < padded; i += width) update_at<InUse, Lane>(i);
    }
  }

  template <std::size_t InUse, class Lane>
  CTNN_INLINE constexpr void update_at(std::size_t i) {
    scalar* const parameters = model_->data();
    Lane state[InUse == 0 ? 1 : InUse];
    if constexpr (kernels::width_of<Lane> == 1) {
      for (std::size_t k = 0; k < InUse; ++k) state[k] = state_.data()[k * padded + i];
      optimizer_.template update<InUse>(parameters[i], gradient_.data()[i], state, iterations_);
      for (std::size_t k = 0; k < InUse; ++k) state_.data()[k * padded + i] = state[k];
    } else {
      for (std::size_t k = 0; k < InUse; ++k) state[k] = Lane::load(state_.data() + k * padded + i);
      Lane parameter = Lane::load(parameters + i);
      optimizer_.template update<InUse>(parameter, Lane::load(gradient_.data() + i), state, iterations_);
      parameter.store(parameters + i);
      for (std::size_t k = 0; k < InUse; ++k) state[k].store(state_.data() + k * padded + i);
    }
  }

  Model* model_;
  OptimizerType optimizer_;
  Objective<LossType, Metrics...> objective_;
  std::uint64_t iterations_ = 0;
  typename Storage::template Array<scalar, parameter_count> gradient_;
  typename Storage::template Array<scalar, OptimizerType::slots * padded> state_;
  // Gradient sums in lanes, where they are too many for the stack.
  typename Storage::template Array<scalar, detail::stored_lanes<network, scalar>> lanes_{detail::stored_lanes<network, scalar> > 0};

  static_assert(has_parameters<network>, "ctnn: a network must have parameters to be trained");
};

}  // namespace ctnn
