// BasicLearner: a model and its trainer as one value without heap, which may be copied, kept as a constant and gone on from.
#pragma once

#include "basic_trainer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A StaticModel that trains itself: parameters, the optimizer's state and the number of steps are one value. A copy trains its own
/// model. A constant one is gone on from by a copy, which is how training in constant expressions passes a compiler's limit:
///
///   constexpr auto begun = learn(BasicLearner{StaticModel<Net>{Seed{1}}, Adam{}, MeanSquaredError{}});
///   constexpr auto more = learn(begun);
///
/// It answers a sample as its model does, and has a BasicTrainer's functions. The options are not checked: ask its problem().
template <class Model, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class BasicLearner : public BasicTrainer<detail::Owned<Model>, OptimizerType, LossType, Metrics...> {
  using Base = BasicTrainer<detail::Owned<Model>, OptimizerType, LossType, Metrics...>;

 public:
  template <MetricOrLoss... Given>
  constexpr BasicLearner(const Model& model, const OptimizerType& optimizer, const LossType& loss, const Given&... metrics)
      : Base(model, optimizer, loss, detail::metric_of(metrics)...) {
    detail::check_metric_targets<LossType, typename Base::Output, Metrics...>();
  }

  /// The model's output for one sample.
  CTNN_INLINE constexpr typename Model::Output operator()(const typename Model::Sample& sample) const {
    return this->model()(sample);
  }
};

template <class Model, class OptimizerType, class LossType, class... Metrics>
BasicLearner(const Model&, const OptimizerType&, const LossType&, const Metrics&...)
    -> BasicLearner<Model, OptimizerType, LossType, detail::MetricOf<Metrics>...>;

/// By its network: StaticLearner<Net, Adam, MeanSquaredError> learner{StaticModel<Net>{}, Adam{}, MeanSquaredError{}}.
template <class Net, Optimizer OptimizerType, Loss LossType, MetricOrLoss... Metrics>
using StaticLearner = BasicLearner<StaticModel<Net>, OptimizerType, LossType, detail::MetricOf<Metrics>...>;

}  // namespace ctnn::inline CTNN_VARIANT
