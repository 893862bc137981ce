// Learner: a model and its trainer as one value, for a member of a class.
#pragma once

#include <utility>

#include "trainer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A model and its trainer, which may be copied and moved together:
///
///   class Controller {
///     Learner<Net, Adam, MeanSquaredError> learner_{Model<Net>{Seed{1}}, Adam{.learning_rate = 0.01}, MeanSquaredError{}};
///   };
///
/// A copy trains its own model, from the same state of the optimizer on. Throws OptionError for options out of range. Its numbers
/// are floats; static_learner.hpp has the same without heap.
template <class Net, Optimizer OptimizerType, Loss LossType, MetricOrLoss... Metrics>
class Learner {
 public:
  Model<Net> model;
  Trainer<Net, float, OptimizerType, LossType, detail::MetricOf<Metrics>...> trainer;

  Learner(Model<Net> start, const OptimizerType& optimizer, const LossType& loss, const Metrics&... metrics)
      : model(std::move(start)), trainer(model.compile(optimizer, loss, metrics...)) {}
  Learner(const Learner& other) : model(other.model), trainer(model, other.trainer) {}
  Learner(Learner&&) = default;
  Learner& operator=(const Learner& other) {
    if (this != &other) *this = Learner(other);
    return *this;
  }
  Learner& operator=(Learner&&) = default;
  ~Learner() = default;
};

}  // namespace ctnn::inline CTNN_VARIANT
