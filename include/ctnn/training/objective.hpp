// Objective: what a batch is judged by, a loss and any number of metrics, and the network that is trained for it.
#pragma once

#include <array>
#include <boost/hana/basic_tuple.hpp>

#include "../losses/loss.hpp"
#include "../metrics/metric.hpp"
#include "../sequential.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// The means over a batch or a data set: the loss and, in the order given to `compile`, the metrics. Stands for its loss
/// where a number is wanted.
template <class Scalar, std::size_t Count>
struct Scores {
  Scalar loss{};
  std::array<Scalar, Count> metrics{};

  constexpr operator Scalar() const { return loss; }
  template <class Other>
  constexpr void add(const Scores<Other, Count>& other) {
    loss += static_cast<Scalar>(other.loss);
    for (std::size_t i = 0; i < Count; ++i) metrics[i] += static_cast<Scalar>(other.metrics[i]);
  }
};

/// A loss and metrics.
template <Loss LossType, Metric... Metrics>
struct Objective {
  static constexpr std::size_t metric_count = sizeof...(Metrics);
  using loss_type = LossType;

  LossType loss;
  boost::hana::basic_tuple<Metrics...> metrics;

  constexpr explicit Objective(const LossType& judging, const Metrics&... beside) : loss(judging), metrics(beside...) {}

  /// What is wrong with the options, or null.
  template <class Scalar>
  constexpr Problem problem() const {
    Problem found = problem_of<Scalar>(loss);
    boost::hana::unpack(metrics, [&](const auto&... metric) { ((found = found ? found : problem_of<Scalar>(metric)), ...); });
    return found;
  }

 private:
  template <class Scalar, class Part>
  static constexpr Problem problem_of(const Part& part) {
    if constexpr (requires { part.template problem<Scalar>(); }) {
      return part.template problem<Scalar>();
    } else {
      return nullptr;
    }
  }
};

namespace detail {

template <class Layer>
constexpr Distribution distribution = Distribution::none;
template <class Layer>
  requires requires { Layer::distribution; }
constexpr Distribution distribution<Layer> = Layer::distribution;

/// A network's last layer, in whatever block it is.
template <class Layer>
struct LastLayer {
  using type = Layer;
};
template <IsChain Layer>
struct LastLayer<Layer> : LastLayer<typename Layer::sequential> {};
template <class... Layers>
struct LastLayer<Sequential<Layers...>> : LastLayer<LayerAt<sizeof...(Layers) - 1, Layers...>> {};
template <>
struct LastLayer<Sequential<>> {
  using type = EndOfChain;
};

/// A network without its last layer. That has no parameters, so all others' stay where they are.
template <class Net>
struct Logits : Logits<typename Net::sequential> {};
template <class... Layers>
struct Logits<Sequential<Layers...>> {
  static constexpr std::size_t last = sizeof...(Layers) - 1;
  using Last = LayerAt<last, Layers...>;
  static constexpr auto replacement() {
    if constexpr (IsChain<Last>) {
      return std::type_identity<typename Logits<Last>::type>{};
    } else {
      return std::type_identity<EndOfChain>{};
    }
  }
  using Replacement = typename decltype(replacement())::type;
  template <class Indices>
  struct Replaced;
  template <std::size_t... I>
  struct Replaced<std::index_sequence<I...>> {
    using type = Sequential<std::conditional_t<I == last, Replacement, Layers>...>;
  };
  using type = typename Replaced<std::make_index_sequence<sizeof...(Layers)>>::type;
};

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
