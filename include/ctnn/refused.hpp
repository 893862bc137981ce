// What takes the place of a model or a trainer that was refused, so that the compiler reports the mistake and nothing else:
// whatever the rest of a program does with it is accepted and does nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "braces.hpp"
#include "losses/loss.hpp"
#include "metrics/metric.hpp"
#include "optimizers/optimizer.hpp"
#include "sequential.hpp"

namespace ctnn::inline CTNN_VARIANT {

struct FitOptions;
struct EvaluateOptions;
struct History;

/// Whether a Model's network is one: a Sequential, or a type that inherits from one.
template <class Type>
inline constexpr bool is_network = requires { Type::is_sound; };
/// Whether a model may be made of these numbers.
template <class Type>
inline constexpr bool is_float_or_double = std::is_same_v<Type, float> || std::is_same_v<Type, double>;

template <std::size_t Count>
struct numbers;
/// Whether so many numbers are fewer than memory has addresses.
template <class Network, class Count>
inline constexpr bool fits_into_memory = false;
template <class Network, std::size_t Count>
inline constexpr bool fits_into_memory<Network, numbers<Count>> = Count <= SIZE_MAX / (sizeof(std::size_t) > 4 ? 1 << 18 : 16);

/// Whether what compile was given first is an optimizer, what comes second a loss, and all else metrics or losses.
template <class Type>
inline constexpr bool is_optimizer = Optimizer<Type>;
template <class Type>
inline constexpr bool is_loss = Loss<Type>;
template <class Type>
inline constexpr bool is_metric = MetricOrLoss<Type>;
/// Whether compile was given both an optimizer and a loss.
template <class... Given>
inline constexpr bool are_optimizer_and_loss = sizeof...(Given) >= 2;
/// Whether metrics stand one by one behind this loss, and not in braces.
template <class Loss>
inline constexpr bool metrics_follow_one_by_one = false;

/// Whether what a model is called with is one sample.
template <class Expected, class Given>
inline constexpr bool is_sample = false;
/// Whether a model's first values can be drawn by it.
template <class Given>
inline constexpr bool is_seed = false;

/// Whether what is trained was compiled, as a trainer is and a model is not.
template <class Model, class... Given>
inline constexpr bool is_compiled = false;

namespace detail {

/// A layer for the network of a refused model, a template so that it costs nothing where none is.
template <class Scalar>
struct StandIn {
  static constexpr const char* class_name = "";
  static constexpr bool is_identity = true;
  static constexpr Dimensions expected_input(Dimensions) { return {std::size_t{1}}; }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
};

/// The parameters of a network and the numbers of its input and output, or the largest size where that is less.
template <class Net>
constexpr std::size_t count_numbers() {
  constexpr double largest = 9e18;
  const auto size = [](const Dimensions& shape) {
    double product = 1;
    for (std::size_t i = 0; i < shape.rank; ++i) product *= static_cast<double>(shape.axes[i]);
    return product;
  };
  double sum = size(Net::input_shape::dimensions) + size(Net::output_shape::dimensions);
  for (const Parameter& parameter : Net::parameters(Net::input_shape::dimensions)) sum += size(parameter.shape);
  return sum < largest ? static_cast<std::size_t>(sum) : SIZE_MAX;
}

/// A network that a condition may be asked of where another one is wrong already.
using Beyond = Sequential<StandIn<void>>;

/// A network that can be asked for its input: it is one, and sound. What is wrong with the type itself is reported where it is
/// asked, which is done by a concept so that compilers tell in few words from where.
template <class Net>
concept IsSoundNetwork = requires { requires Net::is_sound; };
/// The network, or one without fault where it has been refused already.
template <class Net>
using IfSound = std::conditional_t<IsSoundNetwork<Net>, Net, Beyond>;
template <class Net>
using IfKnown = std::conditional_t<input_is_known<IfSound<Net>>, IfSound<Net>, Beyond>;

/// Whether there can be a model of a network.
template <class Net, class Scalar>
constexpr bool makes_model = false;
template <class Net, class Scalar>
  requires IsSoundNetwork<Net>
constexpr bool makes_model<Net, Scalar> =
    is_float_or_double<Scalar> && input_is_known<Net> && fits_into_memory<Net, numbers<count_numbers<IfKnown<Net>>()>>;

/// The first of the types that is no metric, which there must be.
template <class First, class... Rest>
struct FirstNonMetric : FirstNonMetric<Rest...> {};
template <class First, class... Rest>
  requires(!MetricOrLoss<First>)
struct FirstNonMetric<First, Rest...> {
  using type = First;
};

/// Refuses what compile was given, by the first part that is wrong.
template <class... Parts>
struct RefusedParts {
  static_assert(are_optimizer_and_loss<Parts...>,
                "ctnn: compile must be given an optimizer and a loss, as compile(Adam{}, MeanSquaredError{})");
};
template <class First, class Second, class... Metrics>
struct RefusedParts<First, Second, Metrics...> {
  static_assert(is_optimizer<First>,
                "ctnn: compile must be given an optimizer first and the loss second, as compile(Adam{}, MeanSquaredError{})");
};
template <Optimizer First, class Second, class... Metrics>
struct RefusedParts<First, Second, Metrics...> {
  static_assert(is_loss<Second>, "ctnn: compile must be given a loss behind the optimizer, as compile(Adam{}, MeanSquaredError{})");
};
template <Optimizer First, Loss Second, class... Metrics>
struct RefusedParts<First, Second, Metrics...> {
  static_assert(is_metric<typename FirstNonMetric<Metrics...>::type>,
                "ctnn: what compile is given behind the loss must be metrics or losses, as Accuracy{}");
};

}  // namespace detail

/// In place of a trainer that was refused.
template <class Scalar>
class RefusedTrainer {
 public:
  using scalar = Scalar;
  /// Scores of whatever metrics.
  struct Result {
    Scalar loss{};
    std::array<Scalar, 16> metrics{};

    constexpr operator Scalar() const { return loss; }
    constexpr Scalar operator[](const char*) const { return loss; }
    template <class MetricType>
    constexpr Scalar get() const {
      return loss;
    }
  };

  template <class... Batch>
  constexpr Result train_on_batch(const Batch&...) const {
    return {};
  }
  template <class... Batch>
  constexpr Result test_on_batch(const Batch&...) const {
    return {};
  }
  template <class... Batch>
  constexpr Result step(const Batch&...) const {
    return {};
  }
  template <class... Arguments>
  constexpr Result evaluate(const Arguments&...) const {
    return {};
  }
  // Options come in braces.
  template <class X, class Y>
  Result evaluate(const X&, const Y&, const EvaluateOptions&) const;
  template <class... Arguments>
  History fit(const Arguments&...) const;
  template <class X, class Y, class... Rest>
  History fit(const X&, const Y&, const FitOptions&, const Rest&...) const;

  constexpr void stop_training() const {}
  constexpr double learning_rate() const { return 0; }
  constexpr void set_learning_rate(double) const {}
  constexpr std::uint64_t iterations() const { return 0; }
  constexpr const Scalar* gradient() const { return nullptr; }
};

/// In place of a model that was refused, with what every model has.
template <class Scalar>
class RefusedModel {
 public:
  using network = Sequential<detail::StandIn<Scalar>>;
  using scalar = Scalar;
  using chain = typename network::template chain<Shape<1>>;
  using Sample = std::array<Scalar, 16>;
  using Output = std::array<Scalar, 16>;

  template <class... Arguments>
  constexpr explicit RefusedModel(const Arguments&...) {}

  template <class Given>
  constexpr Output operator()(const Given&) const {
    return {};
  }
  constexpr void infer(const Scalar*, Scalar*) const {}
  template <class... Parts>
  constexpr RefusedTrainer<Scalar> compile(const Parts&...) const {
    return {};
  }
  template <class OptimizerType, class LossType>
  constexpr RefusedTrainer<Scalar> compile(const OptimizerType&, const LossType&, detail::Braces) const {
    return {};
  }
  constexpr Scalar* data() const { return nullptr; }
  constexpr bool empty() const { return false; }
};

}  // namespace ctnn::inline CTNN_VARIANT
