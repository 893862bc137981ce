// ScoreNames: from a trainer's scores to the logs that callbacks and the history read.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "../errors.hpp"
#include "logs.hpp"
#include "objective.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// The logs' names in the order of a trainer's scores, and the place of each among them sorted. What is more than a number is not
/// logged.
template <class... Metrics>
struct ScoreNames {
  static constexpr std::size_t count = 1 + sizeof...(Metrics);
  static constexpr std::array<bool, count> is_logged{true, is_number<Metrics>...};

  std::vector<std::string> names = log_names({Metrics::name...}, {is_weighted<Metrics>...});
  std::array<std::size_t, count> place{};

  [[gnu::cold]] ScoreNames() {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t other = 0; other < count; ++other) place[i] += is_logged[other] && names[other] < names[i];
    }
  }

  [[gnu::cold]] Logs logs() const {
    Logs result;
    for (std::size_t i = 0; i < count; ++i) {
      if (is_logged[i]) result.set(names[i], 0);
    }
    result.sort();
    return result;
  }
  /// Writes scores to such logs; allocates nothing.
  template <class Output>
  void write(Logs& logs, const Scores<double, Output, Metrics...>& scores) const {
    logs.value(place[0]) = scores.loss;
    for (std::size_t i = 1; i < count; ++i) {
      if (is_logged[i]) logs.value(place[i]) = scores.metrics[i - 1];
    }
  }
  template <class Output>
  [[gnu::cold]] void add_validation(Logs& logs, const Scores<double, Output, Metrics...>& scores) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (is_logged[i]) logs.set(concat("val_", names[i]), i == 0 ? scores.loss : scores.metrics[i - 1]);
    }
    logs.sort();
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
