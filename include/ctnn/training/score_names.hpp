// ScoreNames: from a trainer's scores to the logs that callbacks and the history read.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "../errors.hpp"
#include "logs.hpp"
#include "objective.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// The logs' names in the order of a trainer's scores, and the place of each among them sorted.
template <class... Metrics>
struct ScoreNames {
  static constexpr std::size_t count = 1 + sizeof...(Metrics);
  using Means = Scores<double, sizeof...(Metrics)>;

  std::vector<std::string> names = log_names({Metrics::name...});
  std::array<std::size_t, count> place{};

  [[gnu::cold]] ScoreNames() {
    for (std::size_t i = 0; i < count; ++i) {
      place[i] = static_cast<std::size_t>(
          std::count_if(names.begin(), names.end(), [&](const std::string& other) { return other < names[i]; }));
    }
  }

  [[gnu::cold]] Logs logs() const {
    Logs result;
    for (const std::string& name : names) result.set(name, 0);
    result.sort();
    return result;
  }
  /// Writes means to such logs; allocates nothing.
  void write(Logs& logs, const Means& means) const {
    logs.value(place[0]) = means.loss;
    for (std::size_t i = 1; i < count; ++i) logs.value(place[i]) = means.metrics[i - 1];
  }
  [[gnu::cold]] void add_validation(Logs& logs, const Means& means) const {
    for (std::size_t i = 0; i < count; ++i) {
      logs.set(concat("val_", names[i]), i == 0 ? means.loss : means.metrics[i - 1]);
    }
    logs.sort();
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
