// Scores: what a batch or a data set comes to, the loss and the metrics.
#pragma once

#include <array>
#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "../metrics/metric.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether a metric is among those given to compile, once.
template <class Wanted, class... Metrics>
inline constexpr bool is_scored = (0 + ... + std::is_same_v<detail::MetricOf<Wanted>, Metrics>) == 1;

namespace detail {

/// In the place of the table of a metric that has none.
struct NoTable {};
template <class MetricType, class Output, class Scalar>
struct TableOf {
  using type = NoTable;
};
template <class MetricType, class Output, class Scalar>
  requires requires(const Unweighted<MetricType>& metric, const Scalar* sums) { metric.template table<Output, Scalar>(sums); }
struct TableOf<MetricType, Output, Scalar> {
  using type =
      decltype(std::declval<const Unweighted<MetricType>&>().template table<Output, Scalar>(std::declval<const Scalar*>()));
};

}  // namespace detail

/// The means over a batch or a data set: the loss and, in the order given to `compile`, the metrics. Stands for its loss where a
/// number is wanted; `const auto [loss, metrics] = …` takes it apart.
template <class Scalar, class Output, class... Metrics>
struct Scores {
  Scalar loss{};
  std::array<Scalar, sizeof...(Metrics)> metrics{};
  /// What metrics come to that are more than a number, and detail::NoTable of others.
  [[no_unique_address]] boost::hana::basic_tuple<typename detail::TableOf<Metrics, Output, Scalar>::type...> tables{};

  constexpr operator Scalar() const { return loss; }

  /// What a metric came to, by its type: scores.get<Recall>(). That is a number or, of a ConfusionMatrix, its table.
  template <class MetricType>
  constexpr auto get() const {
    static_assert(is_scored<MetricType, Metrics...>, "ctnn: a score must be asked for by the type of one metric given to compile");
    constexpr std::size_t place = [] {
      const bool is_it[] = {std::is_same_v<detail::MetricOf<MetricType>, Metrics>..., true};
      std::size_t i = 0;
      while (!is_it[i]) ++i;
      return i;
    }();
    if constexpr (place == sizeof...(Metrics)) {
      return Scalar();
    } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(boost::hana::at_c<place>(tables))>, detail::NoTable>) {
      return metrics[place];
    } else {
      return boost::hana::at_c<place>(tables);
    }
  }
};

/// The parts of scores for a structured binding: the loss and the metrics.
template <std::size_t I, class Scalar, class Output, class... Metrics>
constexpr auto& get(const Scores<Scalar, Output, Metrics...>& scores) {
  if constexpr (I == 0) {
    return scores.loss;
  } else {
    return scores.metrics;
  }
}

}  // namespace ctnn::inline CTNN_VARIANT

template <class Scalar, class Output, class... Metrics>
struct std::tuple_size<ctnn::Scores<Scalar, Output, Metrics...>> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I, class Scalar, class Output, class... Metrics>
struct std::tuple_element<I, ctnn::Scores<Scalar, Output, Metrics...>> {
  using type = std::conditional_t<I == 0, const Scalar, const std::array<Scalar, sizeof...(Metrics)>>;
};
