// Model: a network's parameters on the heap, with batches in and out of xtensor. A value: a copy is deep, a model
// moved from is empty and says so.
#pragma once

#include <algorithm>
#include <boost/hana/integral_constant.hpp>
#include <iostream>

#include "batch_forward.hpp"
#include "batches.hpp"
#include "heap.hpp"
#include "layer_view.hpp"
#include "static_model.hpp"
#include "summary.hpp"
#include "threads.hpp"
#include "xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

template <class Net, class Scalar, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class Trainer;

/// The options of predict.
struct PredictOptions {
  std::size_t threads = 1;  ///< that share the batch, if the program is compiled with OpenMP; the result is the same
};

/// A network with parameters: `Model<Net> model{Seed{1}}`.
template <class Net, class Scalar = float>
class Model : public BasicModel<Net, Scalar, OnHeap> {
  using Base = BasicModel<Net, Scalar, OnHeap>;
  using In = typename Net::input_shape;
  using Out = typename Net::output_shape;

 public:
  using Base::Base;

  /// The outputs for a batch, as Predictions: axes (batch, …input shape) in, (batch, …output shape) out. A plain (batch) of
  /// one-number samples gives a plain (batch) where the output is one number too and x has one axis by its type, which a view or
  /// an expression of xt::xtensor shows, and an xt::xarray does not.
  /// Throws ShapeError for other axes, OptionError for options out of range.
  template <Tensor Batch>
  auto predict(const Batch& x, const PredictOptions& options = {}) const {
    detail::check_static_shape<at_input, In, Batch>();
    require_parameters("predict");
    detail::check_threads(options.threads, "predict");
    const std::size_t count = detail::batch_size<In>(x, "predict", ": the input x");
    if (count > PTRDIFF_MAX / (Out::size * sizeof(Scalar))) detail::throw_too_many(count);
    constexpr bool plain = is_plain<Batch> && Out::rank == 1 && Out::size == 1;
    constexpr std::size_t rank = plain ? 1 : Out::rank + 1;
    std::array<std::size_t, rank> shape{count};
    for (std::size_t i = 1; i < rank; ++i) shape[i] = Out::dimensions.axes[i - 1];
    auto result = Predictions<Scalar, rank>::from_shape(shape);
    predict_samples(detail::samples_of<In, Scalar>(x), count, result.data(), options.threads);
    return result;
  }

  /// Layer I, as `model[0_c]`: its weights, or the layers of a block.
  template <class Index, Index I>
  auto operator[](boost::hana::integral_constant<Index, I>) & {
    require_parameters("operator[]");
    return detail::layer_view<typename Base::chain, static_cast<std::size_t>(I)>(this->data());
  }
  template <class Index, Index I>
  auto operator[](boost::hana::integral_constant<Index, I>) const& {
    require_parameters("operator[]");
    return detail::layer_view<typename Base::chain, static_cast<std::size_t>(I)>(this->data());
  }

  /// Views into a temporary would dangle.
  template <class Index, Index I>
  void operator[](boost::hana::integral_constant<Index, I>) const&& = delete;

  /// A trainer for this model (training/trainer.hpp), which refers to it and must not outlive it. Throws OptionError for
  /// options out of range.
  template <Optimizer OptimizerType, Loss LossType, MetricOrLoss... Metrics>
  Trainer<Net, Scalar, OptimizerType, LossType, detail::MetricOf<Metrics>...> compile(const OptimizerType& optimizer,
                                                                                      const LossType& loss,
                                                                                      const Metrics&... metrics) & {
    detail::check_metric_targets<LossType, Out, detail::MetricOf<Metrics>...>();
    require_parameters("compile");
    return Trainer<Net, Scalar, OptimizerType, LossType, detail::MetricOf<Metrics>...>(*this, optimizer, loss,
                                                                                       detail::metric_of(metrics)...);
  }
  /// A temporary model would be gone before its first step.
  template <class... Parts>
  void compile(const Parts&...) && = delete;

  /// Prints the layers, their output shapes and parameters.
  void summary(std::ostream& out = std::cout) const { print_summary<Net, Scalar>(out); }

  /// Throws EmptyModelError if the model was moved from.
  void require_parameters(const char* where) const {
    if (this->empty()) [[unlikely]]
      throw_empty(where);
  }

 private:
  [[noreturn, gnu::cold, gnu::noinline]] static void throw_empty(const char* where) {
    throw EmptyModelError(detail::concat("ctnn: ", where, ": the model is empty, because it was moved from"));
  }

  template <class Batch>
  static constexpr bool is_plain = In::rank == 1 && In::size == 1 && detail::static_rank<Batch> == 1;

  void predict_samples(const Samples<Scalar>& x, std::size_t count, Scalar* output, std::size_t threads) const {
    using Chain = typename Base::chain;
    using Lane = detail::BatchLane<Scalar>;
    using Plan = detail::ForwardPlan<Chain, In::size, Lane>;
    if (!Plan::on_heap && threads == 1) {
      return detail::forward_samples<Chain, In::size, Lane>(x, 0, count, this->data(), output, nullptr);
    }
    const detail::ThreadWorkers<Lane, Plan::memory, 0> workers(threads);
    detail::for_each_part<Plan::part>(
        count, workers,
        [&](std::size_t first, std::size_t size, std::size_t worker) {
          detail::forward_samples<Chain, In::size, Lane>(x, first, size, this->data(), output, workers.memory(worker));
        },
        [](std::size_t, std::size_t) {});
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
