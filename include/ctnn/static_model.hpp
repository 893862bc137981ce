// BasicModel: parameters for a network, and the answer for one sample. StaticModel keeps them in the object: for
// firmware, real-time threads and constant expressions. Model (model.hpp) keeps them on the heap and adds batches.
#pragma once

#include <array>
#include <limits>

#include "initializers.hpp"
#include "losses/loss.hpp"
#include "metrics/metric.hpp"
#include "optimizers/optimizer.hpp"
#include "refused.hpp"
#include "sequential.hpp"
#include "storage.hpp"

namespace ctnn::inline CTNN_VARIANT {

template <class Model, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class BasicTrainer;

namespace detail {

/// How an array of parameters begins.
struct FirstValues {
  std::size_t count = 0;
  Initializer initializer = {};
};

/// Those of a network: a table that a loop reads, where code for each array would grow with the network.
template <class Net>
inline constexpr auto first_values = [] {
  std::array<FirstValues, parameter_arrays<Net>> result{};
  std::size_t next = 0;
  for (const Parameter& parameter : Net::parameters(Net::input_shape::dimensions))
    result[next++] = {parameter.shape.size(), parameter.initializer};
  return result;
}();

}  // namespace detail

/// Parameters for `Net`, flat and contiguous in layer order, at offsets known when the program is compiled.
template <class Net, class Scalar, class Storage>
class BasicModel {
 public:
  using network = Net;
  using scalar = Scalar;
  using storage = Storage;
  using chain = typename network::template chain<typename network::input_shape>;
  using Sample = std::array<Scalar, network::input_shape::size>;
  using Output = std::array<Scalar, network::output_shape::size>;

  /// Draws the first values, each parameter by its layer's initializer.
  constexpr explicit BasicModel(Seed seed = {}) {
    Random random(seed);
    Scalar* next = parameters_.data();
    for (const detail::FirstValues& array : detail::first_values<network>) {
      for (std::size_t i = 0; i < array.count; ++i) *next++ = static_cast<Scalar>(array.initializer(random));
    }
  }
  /// Takes the values from an array, in layer order.
  constexpr explicit BasicModel(const std::array<Scalar, network::parameter_count>& parameters) {
    // With no call in the loop: GCC keeps each one that it evaluates, and of a large network's twice the memory.
    const Scalar* const given = parameters.data();
    Scalar* const own = parameters_.data();
    for (std::size_t i = 0; i < network::parameter_count; ++i) own[i] = given[i];
  }

  // What is neither is refused by a sentence.
  template <class Given>
    requires(!std::is_convertible_v<const Given&, Seed> && !std::is_base_of_v<BasicModel, Given>)
  constexpr explicit BasicModel(const Given&) {
    static_assert(is_seed<Given>,
                  "ctnn: a model must be made of a Seed, as Model<Net> model{Seed{1}}, or of a std::array of all its parameters");
  }

  /// The network's output for one sample. A model that was moved from answers NaN.
  template <std::size_t Size>
  CTNN_INLINE constexpr Output operator()(const std::array<Scalar, Size>& sample) const noexcept(!is_large) {
    static_assert(shapes_agree<at_input, expects<Shape<network::input_shape::size>>, gets<Shape<Size>>>,
                  "ctnn: a sample must have as many values as the network's input");
    Output output;
    if constexpr (Size == network::input_shape::size) infer(sample.data(), output.data());
    return output;
  }
  /// Of an array or numbers in braces: model({1.f, 2.f}).
  template <std::size_t Size>
  CTNN_INLINE constexpr Output operator()(const Scalar (&sample)[Size]) const noexcept(!is_large) {
    static_assert(shapes_agree<at_input, expects<Shape<network::input_shape::size>>, gets<Shape<Size>>>,
                  "ctnn: a sample must have as many values as the network's input");
    Output output;
    if constexpr (Size == network::input_shape::size) infer(sample, output.data());
    return output;
  }
  // What is no sample is refused by a sentence.
  template <class Given>
  constexpr Output operator()(const Given&) const {
    static_assert(is_sample<expects<Sample>, gets<Given>>,
                  "ctnn: what a model is called with must be one sample, a std::array of its numbers; batches are for predict");
    return {};
  }
  /// The same from and to memory that do not overlap: as many values as the network's input and output have. What lies between
  /// is on the stack; of a Model, where that would take more than a megabyte of it, on the heap.
  CTNN_INLINE constexpr void infer(const Scalar* sample, Scalar* output) const noexcept(!is_large) {
    if (parameters_.empty()) [[unlikely]] {
      for (std::size_t i = 0; i < network::output_shape::size; ++i) output[i] = std::numeric_limits<Scalar>::quiet_NaN();
      return;
    }
    if constexpr (is_large) {
      if (!std::is_constant_evaluated()) return infer_large(sample, output);
    }
    chain::infer(sample, parameters_.data(), output);
  }

  /// A trainer for this model (training/basic_trainer.hpp). It refers to the model, which must stay where it is and outlive
  /// the trainer. The options are not checked: ask their problem().
  template <Optimizer OptimizerType, Loss LossType, MetricOrLoss... Metrics>
  constexpr BasicTrainer<BasicModel, OptimizerType, LossType, detail::MetricOf<Metrics>...> compile(const OptimizerType& optimizer,
                                                                                                    const LossType& loss,
                                                                                                    const Metrics&... metrics) & {
    detail::check_metric_targets<LossType, typename network::output_shape, detail::MetricOf<Metrics>...>();
    return BasicTrainer<BasicModel, OptimizerType, LossType, detail::MetricOf<Metrics>...>(*this, optimizer, loss,
                                                                                           detail::metric_of(metrics)...);
  }
  /// A temporary model would be gone before its first step, and a const one cannot be trained.
  template <class... Parts>
  constexpr RefusedTrainer<Scalar> compile(const Parts&...) const& = delete;
  // What is no optimizer, loss or metric is refused by a sentence.
  template <class... Parts>
  constexpr RefusedTrainer<Scalar> compile(const Parts&...) & {
    static_cast<void>(detail::RefusedParts<Parts...>{});
    return {};
  }
  template <class OptimizerType, class LossType>
  constexpr RefusedTrainer<Scalar> compile(const OptimizerType&, const LossType&, detail::Braces) & {
    static_assert(metrics_follow_one_by_one<LossType>, "ctnn: compile's metrics must follow the loss one by one, not in braces");
    return {};
  }

  /// All parameters, in layer order: `network::parameter_count` numbers; null in a model that was moved from.
  constexpr Scalar* data() { return parameters_.data(); }
  constexpr const Scalar* data() const { return parameters_.data(); }
  /// Whether the model was moved from.
  constexpr bool empty() const { return parameters_.empty(); }

 private:
  static constexpr bool is_large = requires { typename Storage::template Scratch<Scalar>; } &&
                                   chain::template memory<Scalar, detail::Passage::infer> * sizeof(Scalar) > (std::size_t{1} << 20);

  CTNN_NOINLINE void infer_large(const Scalar* sample, Scalar* output) const {
    typename Storage::template Scratch<Scalar> memory;
    detail::InMemory<chain, Scalar>::template infer<detail::Passage::infer>(
        sample, data(), output, {0, 0, 1, false, memory.require(chain::template memory<Scalar, detail::Passage::infer>)});
  }

  typename Storage::template Array<Scalar, network::parameter_count> parameters_;
};

/// A model that cannot be, which says why unless its network has.
template <class Net, class Scalar, class Storage>
  requires(!detail::makes_model<Net, Scalar>)
class BasicModel<Net, Scalar, Storage> : public RefusedModel<std::conditional_t<is_float_or_double<Scalar>, Scalar, float>> {
 public:
  using BasicModel::RefusedModel::RefusedModel;

 private:
  static_assert(is_network<Net>, "ctnn: a model must be given a network, as Model<Sequential<Dense<4, 3>>>");
  static_assert(
      input_is_known<detail::IfSound<Net>>,
      "ctnn: a network's input shape must be known; begin with Input<…> or a layer that names it, as Dense<In, Out> does");
  static_assert(fits_into_memory<detail::IfKnown<Net>, numbers<detail::count_numbers<detail::IfKnown<Net>>()>>,
                "ctnn: a network's parameters must fit into memory");
  static_assert(is_float_or_double<Scalar>, "ctnn: a model's numbers must be float or double");
};

/// A model whose parameters lie in the object: no heap, constexpr.
template <class Net, class Scalar = float>
using StaticModel = BasicModel<Net, Scalar, InPlace>;

}  // namespace ctnn::inline CTNN_VARIANT
