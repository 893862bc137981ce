// BasicTrainer: a model, a loss and an optimizer, without heap or exceptions. Trainer (trainer.hpp) adds xtensor
// batches, fit and errors.
#pragma once

#include "../static_model.hpp"
#include "batch_loss.hpp"
#include "penalties.hpp"
#include "update.hpp"

namespace ctnn {

/// Trains a model in place. Refers to the model, which must outlive it; holds the gradient and the optimizer's state.
template <class Model, Loss LossType, Optimizer OptimizerType>
class BasicTrainer {
 public:
  using network = typename Model::network;
  using scalar = typename Model::scalar;

  constexpr BasicTrainer(Model& model, const OptimizerType& optimizer, const LossType& loss)
      : model_(&model), optimizer_(optimizer), loss_(loss), state_(optimizer) {}

  /// One optimizer step on `count` ≥ 1 samples. Returns the batch's mean loss before the step, with the penalties of
  /// regularised layers. Where that or the gradient
  /// is infinite or NaN, nothing changes, the count of iterations neither.
  CTNN_INLINE constexpr scalar step(const Samples<scalar>& x, const Samples<scalar>& y, std::size_t count) {
    scalar loss = detail::batch_loss<network, true>(loss_, model_->data(), x, y, count, gradient_.data(), lanes_.data());
    if constexpr (detail::has_penalties<network>) loss += detail::add_penalties<network>(data(), gradient_.data());
    if (math::is_finite(loss) && detail::gradient_is_finite<network>(gradient())) [[likely]]
      detail::update<network>(optimizer_, ++iterations_, model_->data(), gradient_.data(), state_);
    return loss;
  }

  /// The mean loss of `count` ≥ 1 samples, with the penalties of regularised layers.
  CTNN_INLINE constexpr scalar loss(const Samples<scalar>& x, const Samples<scalar>& y, std::size_t count) const {
    scalar loss = detail::batch_loss<network, false>(loss_, model_->data(), x, y, count, static_cast<scalar*>(nullptr),
                                                     static_cast<scalar*>(nullptr));
    if constexpr (detail::has_penalties<network>) loss += detail::penalty<network>(data());
    return loss;
  }

  /// One step on arrays of samples and targets; as `step`.
  template <std::size_t Count>
  constexpr scalar train_on_batch(const std::array<typename Model::Sample, Count>& x,
                                  const std::array<typename Model::Output, Count>& y) {
    static_assert(Count > 0, "ctnn: a batch must have at least one sample");
    if (std::is_constant_evaluated()) {
      // A constant expression may not step from one array into the next.
      const auto flat_x = flat(x);
      const auto flat_y = flat(y);
      return step({.data = flat_x.data(), .stride = std::ssize(x[0])}, {.data = flat_y.data(), .stride = std::ssize(y[0])}, Count);
    }
    return step({.data = x[0].data(), .stride = std::ssize(x[0])}, {.data = y[0].data(), .stride = std::ssize(y[0])}, Count);
  }

  /// The gradient of the last step, clipped if the optimizer clips, laid out as the model's parameters.
  constexpr const scalar* gradient() const { return gradient_.data(); }
  /// Steps done.
  constexpr std::uint64_t iterations() const { return iterations_; }

  constexpr Model& model() const { return *model_; }
  constexpr const OptimizerType& optimizer() const { return optimizer_; }
  constexpr const LossType& loss_function() const { return loss_; }
  /// The optimizer's state: slot(k) for k < in_use(), each laid out as the model's parameters.
  constexpr auto& state() { return state_; }
  constexpr const auto& state() const { return state_; }

 private:
  using Storage = typename Model::storage;
  static constexpr std::size_t parameter_count = network::parameter_count;

  constexpr const scalar* data() const { return model_->data(); }

  template <std::size_t Count, std::size_t Size>
  static constexpr auto flat(const std::array<std::array<scalar, Size>, Count>& rows) {
    std::array<scalar, Count * Size> result{};
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = rows[i / Size][i % Size];
    return result;
  }

  Model* model_;
  OptimizerType optimizer_;
  LossType loss_;
  std::uint64_t iterations_ = 0;
  typename Storage::template Array<scalar, parameter_count> gradient_;
  detail::OptimizerState<OptimizerType, scalar, parameter_count, Storage> state_;
  // Gradient sums in lanes, where they are too many for the stack.
  typename Storage::template Array<scalar, detail::stored_lanes<network, scalar>> lanes_{detail::stored_lanes<network, scalar> > 0};

  static_assert(has_parameters<network>, "ctnn: a network must have parameters to be trained");
};

}  // namespace ctnn
