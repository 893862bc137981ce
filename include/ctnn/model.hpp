// Model: a network's parameters on the heap, with batches in and out of xtensor. A value: a copy is deep, a model
// moved from is empty and says so, and trainers follow the parameters to where they were moved.
#pragma once

#include <algorithm>
#include <boost/hana/integral_constant.hpp>
#include <iostream>
#include <memory>
#include <utility>

#include "batch_forward.hpp"
#include "batches.hpp"
#include "heap.hpp"
#include "layer_view.hpp"
#include "static_model.hpp"
#include "summary.hpp"
#include "threads.hpp"
#include "training/history.hpp"
#include "xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

template <class Net, class Scalar, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class Trainer;
template <class Net, class Scalar>
class Model;

namespace detail {

/// Where a model is, null once it is gone: a cell on the heap that the model takes along when it is moved, to which trainers refer
/// in the model's place.
template <class Net, class Scalar>
struct ModelPlace {
  using Parameters = BasicModel<Net, Scalar, OnHeap>;
  using network = typename Parameters::network;
  using scalar = Scalar;
  using storage = OnHeap;
  using Sample = typename Parameters::Sample;
  /// Its trainer spares the compiler the passes that only a constant expression takes.
  using never_constant = void;

  Model<Net, Scalar>* model;

  Scalar* data() const { return model->data(); }
};

}  // namespace detail

/// The options of predict.
struct PredictOptions {
  std::size_t threads = 1;  ///< that share the batch, if the program is compiled with OpenMP; the result is the same
};

/// Whether a summary is still to be written to a stream.
template <class Stream>
inline constexpr bool takes_summary = false;
/// Whether what is given are the options.
template <class Options, class Given, class... Rest>
inline constexpr bool are_options = std::is_same_v<Options, Given>;

namespace detail {

/// What summary gives, which has printed by itself.
struct AlreadyPrinted {
  template <class Stream>
  friend Stream& operator<<(Stream& out, AlreadyPrinted) {
    static_assert(takes_summary<Stream>, "ctnn: summary must be called by itself, as model.summary() or model.summary(std::cerr)");
    return out;
  }
};

/// What Keras's model does by itself is here a trainer's: says so.
template <class Model, class Scalar>
struct Uncompiled {
  template <class... Arguments>
  History fit(const Arguments&...) const {
    refuse<Arguments...>();
    return {};
  }
  template <class X, class Y, class... Rest>
  History fit(const X&, const Y&, const FitOptions&, const Rest&...) const {
    refuse<X, Y>();
    return {};
  }
  template <class... Arguments>
  Scalar evaluate(const Arguments&...) const {
    refuse<Arguments...>();
    return {};
  }
  template <class X, class Y>
  Scalar evaluate(const X&, const Y&, const EvaluateOptions&) const {
    refuse<X, Y>();
    return {};
  }
  template <class... Arguments>
  Scalar train_on_batch(const Arguments&...) const {
    refuse<Arguments...>();
    return {};
  }

 private:
  template <class... Arguments>
  static constexpr void refuse() {
    static_assert(is_compiled<Model, Arguments...>,
                  "ctnn: a model must be compiled, and it is the trainer that is trained and evaluated: auto trainer = "
                  "model.compile(Adam{}, MeanSquaredError{}); trainer.fit(x, y)");
  }
};

}  // namespace detail

/// A network with parameters: `Model<Net> model{Seed{1}}`.
template <class Net, class Scalar = float>
class Model : public BasicModel<Net, Scalar, OnHeap>, public detail::Uncompiled<Model<Net, Scalar>, Scalar> {
  using Base = BasicModel<Net, Scalar, OnHeap>;
  using In = typename Net::input_shape;
  using Out = typename Net::output_shape;

 public:
  using Base::Base;
  Model(const Model& other) : Base(other) {}
  Model(Model&& other) noexcept : Base(std::move(other)), place_(std::move(other.place_)) { settle(this); }
  /// The trainers of a model that is assigned to go on with its new values.
  Model& operator=(const Model& other) {
    Base::operator=(other);
    return *this;
  }
  /// So they do where `other` has no trainers; else its trainers come with it, and those of the values that are lost have no model.
  Model& operator=(Model&& other) noexcept {
    Base::operator=(std::move(other));
    if (other.place_ && this != &other) {
      settle(nullptr);
      place_ = std::move(other.place_);
      settle(this);
    }
    return *this;
  }
  ~Model() { settle(nullptr); }

  /// The outputs for a batch, as Predictions: axes (batch, …input shape) in, (batch, …output shape) out. A plain (batch) of
  /// one-number samples gives a plain (batch) where the output is one number too and x has one axis by its type, which a view or
  /// an expression of xt::xtensor shows, and an xt::xarray does not.
  /// Throws ShapeError for other axes, OptionError for options out of range.
  template <Tensor Batch>
  auto predict(const Batch& x, const PredictOptions& options = {}) const {
    detail::check_tensor<at_input, Batch>();
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

  // What is no tensor, or no options, is refused by a sentence.
  template <class Batch>
  xt::xarray<Scalar> predict(const Batch&, const PredictOptions& = {}) const {
    detail::check_tensor<at_input, Batch>();
    return {};
  }
  xt::xarray<Scalar> predict(detail::Braces, const PredictOptions& = {}) const {
    detail::check_tensor<at_input, detail::in_braces<Scalar>>();
    return {};
  }
  xt::xarray<Scalar> predict(const detail::Anything&, const detail::OtherOptions&) const {
    static_assert(are_options<PredictOptions, Scalar>,
                  "ctnn: predict's only option is threads, a number, as in predict(x, {.threads = 4})");
    return {};
  }
  template <class Batch, class Given>
  xt::xarray<Scalar> predict(const Batch&, const Given&) const {
    static_assert(are_options<PredictOptions, Given>,
                  "ctnn: predict's only option is threads, a number, as in predict(x, {.threads = 4})");
    return {};
  }
  xt::xarray<Scalar> predict(const detail::Anything&, ...) const;

  /// Adapts every layer that adapts to data, as Normalization<>, each to what comes to it of x: LayerView's adapt
  /// (layer_view.hpp) of all layers at once. To be called before training.
  template <class Batch>
  void adapt(const Batch& x) {
    require_parameters("adapt");
    LayerView<Net, In, Scalar>(this->data()).adapt(x);
  }
  void adapt(detail::Braces) { detail::check_tensor<at_input, detail::in_braces<Scalar>>(); }

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

  /// A trainer for this model (training/trainer.hpp), which refers to it, also after it was moved. Throws OptionError for options
  /// out of range.
  template <Optimizer OptimizerType, Loss LossType, MetricOrLoss... Metrics>
  Trainer<Net, Scalar, OptimizerType, LossType, detail::MetricOf<Metrics>...> compile(const OptimizerType& optimizer,
                                                                                      const LossType& loss,
                                                                                      const Metrics&... metrics) & {
    detail::check_metric_targets<LossType, Out, detail::MetricOf<Metrics>...>();
    Base::chain::template name_functions<detail::BatchLane<Scalar>>();
    require_parameters("compile");
    return Trainer<Net, Scalar, OptimizerType, LossType, detail::MetricOf<Metrics>...>(*this, optimizer, loss,
                                                                                       detail::metric_of(metrics)...);
  }
  /// A temporary model would be gone before its first step, and a const one cannot be trained.
  template <class... Parts>
  RefusedTrainer<Scalar> compile(const Parts&...) const& = delete;
  // What is no optimizer, loss or metric is refused by a sentence.
  template <class... Parts>
  RefusedTrainer<Scalar> compile(const Parts&...) & {
    static_cast<void>(detail::RefusedParts<Parts...>{});
    return {};
  }
  template <class OptimizerType, class LossType>
  RefusedTrainer<Scalar> compile(const OptimizerType&, const LossType&, detail::Braces) & {
    static_assert(metrics_follow_one_by_one<LossType>, "ctnn: compile's metrics must follow the loss one by one, not in braces");
    return {};
  }

  template <class Stream>
  friend Stream& operator<<(Stream& out, const Model&) {
    static_assert(is_printed<Model, Stream>,
                  "ctnn: a model must be printed by model.summary(), and its weights as std::get<0>(model[0_c].weights())");
    return out;
  }

  /// Prints the layers, their output shapes and parameters.
  detail::AlreadyPrinted summary(std::ostream& out = std::cout) const {
    print_summary<Net, Scalar>(out);
    return {};
  }

  /// Throws EmptyModelError if the model was moved from.
  void require_parameters(const char* where) const {
    if (this->empty()) [[unlikely]]
      throw_empty(where);
  }

 private:
  template <class, class, Optimizer, Loss, Metric...>
  friend class Trainer;

  const std::shared_ptr<detail::ModelPlace<Net, Scalar>>& place() {
    if (!place_) place_ = std::make_shared<detail::ModelPlace<Net, Scalar>>(this);
    return place_;
  }
  /// Tells the trainers, if there were any, where the model is.
  void settle(Model* here) noexcept {
    if (place_) place_->model = here;
  }

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
    if constexpr (Plan::on_heap || detail::has_threads) {
      const detail::ThreadWorkers<Lane, Plan::memory, 0> workers(threads);
      detail::for_each_part<Plan::part>(
          count, workers,
          [&](std::size_t first, std::size_t size, std::size_t worker) {
            detail::forward_samples<Chain, In::size, Lane>(x, first, size, this->data(), output, workers.memory(worker));
          },
          [](std::size_t, std::size_t) {});
    }
  }

  std::shared_ptr<detail::ModelPlace<Net, Scalar>> place_;
};

// Of values, where a network is a type: refused by a sentence (static_model.hpp).
template <class... Given>
Model(const Given&...) -> Model<value_of<Given...>>;
template <class First, class... Rest>
Model(const Sequential<value_of<First>, value_of<Rest>...>&) -> Model<Sequential<value_of<First>, value_of<Rest>...>>;

namespace detail {

/// In place of a layer of a refused model.
template <class Scalar>
struct RefusedLayer {
  std::tuple<xt::xarray<Scalar>, xt::xarray<Scalar>> weights() const { return {}; }
  template <class... Arrays>
  void set_weights(const Arrays&...) const {}
  template <class Batch>
  void adapt(const Batch&) const {}
  template <class Index>
  RefusedLayer operator[](Index) const {
    return {};
  }
};

}  // namespace detail

/// A model that cannot be (static_model.hpp).
template <class Net, class Scalar>
  requires(!detail::makes_model<Net, Scalar>)
class Model<Net, Scalar> : public BasicModel<Net, Scalar, OnHeap> {
  using Base = BasicModel<Net, Scalar, OnHeap>;
  using Number = typename Base::scalar;

 public:
  using Base::Base;

  template <class Batch>
  xt::xarray<Number> predict(const Batch&, const PredictOptions& = {}) const {
    return {};
  }
  template <class Batch>
  void adapt(const Batch&) {}
  template <class Index>
  detail::RefusedLayer<Number> operator[](Index) const {
    return {};
  }
  detail::AlreadyPrinted summary(std::ostream& = std::cout) const { return {}; }
};

}  // namespace ctnn::inline CTNN_VARIANT
