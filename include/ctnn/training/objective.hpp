// Objective: what a batch is judged by, a loss and any number of metrics, and the network that is trained for it.
#pragma once

#include <array>
#include <boost/hana/basic_tuple.hpp>

#include "../kernels/reduction.hpp"
#include "../losses/loss.hpp"
#include "../metrics/metric.hpp"
#include "../problem.hpp"
#include "../sequential.hpp"
#include "scores.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// The mean loss of samples, and the sums of the metrics over them.
template <class Scalar, std::size_t Count>
struct Sums {
  Scalar loss{};
  std::array<Scalar, Count> metrics{};

  /// From the sums in lanes, the loss's first; `scale` is 1 / batch size.
  template <class Lane>
  CTNN_INLINE constexpr void set(const Lane* totals, Scalar scale) {
    loss = kernels::sum(totals[0]) * scale;
    for (std::size_t i = 0; i < Count; ++i) metrics[i] = kernels::sum(totals[1 + i]);
  }
  /// The sums of parts of a batch, whose losses are divided by the size of the whole.
  template <class Other>
  constexpr void add(const Sums<Other, Count>& other) {
    loss += static_cast<Scalar>(other.loss);
    for (std::size_t i = 0; i < Count; ++i) metrics[i] += static_cast<Scalar>(other.metrics[i]);
  }
};
template <class Net, class Scalar, class... Metrics>
using SumsOf = Sums<Scalar, (0 + ... + sum_count<Metrics, typename Net::output_shape>)>;

/// What the sums of a metric over some samples come to.
template <class Output, class MetricType, class Number>
constexpr Number metric_result(const MetricType& metric, const Number* sums, Number samples) {
  const Number total = is_weighted<MetricType> ? sums[sum_count<MetricType, Output> - 1] : samples;
  if constexpr (AddsUp<Unweighted<MetricType>, Output>) {
    return unweighted(metric)->template result<Output>(sums, total);
  } else {
    // Samples may weigh nothing.
    return total == Number(0) ? Number(0) : sums[0] * (Number(1) / total);
  }
}

}  // namespace detail

/// A loss and metrics.
template <Loss LossType, Metric... Metrics>
struct Objective {
  static constexpr std::size_t metric_count = sizeof...(Metrics);
  using loss_type = LossType;

  LossType loss;
  boost::hana::basic_tuple<Metrics...> metrics;

  constexpr explicit Objective(const LossType& judging, const Metrics&... beside) : loss(judging), metrics(beside...) {}

  /// What the sums over `samples` samples come to.
  template <class Scalar, class Output, class Number, std::size_t Count>
  constexpr Scores<Scalar, Output, Metrics...> scores(const detail::Sums<Number, Count>& sums, std::size_t samples) const {
    Scores<Scalar, Output, Metrics...> result;
    result.loss = static_cast<Scalar>(sums.loss);
    if constexpr (sizeof...(Metrics) > 0) {
      boost::hana::unpack(metrics, [&](const Metrics&... metric) {
        const Number* own = sums.metrics.data();
        std::size_t place = 0;
        const auto finish = [&]<class MetricType>(const MetricType& asked) {
          result.metrics[place++] = static_cast<Scalar>(detail::metric_result<Output>(asked, own, static_cast<Number>(samples)));
          own += detail::sum_count<MetricType, Output>;
        };
        (finish(metric), ...);
      });
      write_tables<Scalar, Output>(sums, result.tables, std::index_sequence_for<Metrics...>{});
    }
    return result;
  }

  /// What is wrong with the options, or null.
  template <class Scalar>
  constexpr Problem problem() const {
    return boost::hana::unpack(metrics, [&](const auto&... metric) { return problem_of<Scalar>(loss, metric...); });
  }

 private:
  template <class Scalar, class Output, class Number, std::size_t Count, class Tables, std::size_t... I>
  constexpr void write_tables(const detail::Sums<Number, Count>& sums, Tables& tables, std::index_sequence<I...>) const {
    const Number* own = sums.metrics.data();
    const auto write = [&]<class MetricType, class Table>(const MetricType& metric, Table& table) {
      if constexpr (!std::is_same_v<Table, detail::NoTable>)
        table = detail::unweighted(metric)->template table<Output, Scalar>(own);
      own += detail::sum_count<MetricType, Output>;
    };
    (write(boost::hana::at_c<I>(metrics), boost::hana::at_c<I>(tables)), ...);
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
