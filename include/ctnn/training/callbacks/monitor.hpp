// What EarlyStopping, ReduceLROnPlateau and ModelCheckpoint share: a number of the logs, and when it is better than before
// (keras/src/callbacks/monitor_callback.py).
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../../kernels/arithmetic.hpp"
#include "../logs.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Whether a metric of Keras's is better when larger (1) or smaller (-1), by its name; 0 where the name does not say.
inline int direction(std::string_view metric) {
  static constexpr std::string_view up[] = {"auc",       "concordance_correlation", "cosine_similarity", "f1_score", "fbeta_score",
                                            "precision", "pearson_correlation",     "r2_score",          "recall"};
  static constexpr std::string_view down[] = {"loss", "hinge", "huber", "kl_divergence", "log_cosh", "logcosh", "poisson"};
  // binary_accuracy, mean_io_u; categorical_crossentropy, mean_squared_error, squared_hinge …
  const bool is_share = metric.ends_with("accuracy") || metric.ends_with("io_u");
  if (is_share || std::find(std::begin(up), std::end(up), metric) != std::end(up)) return 1;
  const bool is_error = metric.ends_with("_error") || metric.ends_with("crossentropy") || metric.ends_with("_hinge");
  return is_error || std::find(std::begin(down), std::end(down), metric) != std::end(down) ? -1 : 0;
}

/// When a number is better than an earlier one: by more than min_delta.
struct Improvement {
  int sign = -1;  ///< 1 where larger is better
  double min_delta = 0;

  /// Throws OptionError, in the name of `callback`, for an unknown mode, and for "auto" where the name does not say; `logged` are
  /// the names that the logs have before callbacks add theirs.
  static Improvement of(const char* callback, const std::string& monitor, const std::string& mode, double min_delta,
                        const std::vector<std::string>& logged) {
    if (math::is_nan(min_delta)) throw OptionError(concat("ctnn: ", callback, ": min_delta must be a number, but is NaN"));
    if (mode == "min") return {-1, std::abs(min_delta)};
    if (mode == "max") return {1, std::abs(min_delta)};
    if (mode != "auto") {
      throw OptionError(concat("ctnn: ", callback, ": mode must be \"auto\", \"min\" or \"max\", but is \"", mode, "\""));
    }
    const int sign = direction(monitor.starts_with("val_") ? std::string_view(monitor).substr(4) : monitor);
    if (sign == 0 && std::find(logged.begin(), logged.end(), monitor) == logged.end()) {
      throw OptionError(concat("ctnn: ", callback, ": monitor must be one of ", name_list(logged), ", but is \"", monitor,
                               "\" (for what a callback sets in the logs, mode must be \"min\" or \"max\")"));
    }
    if (sign == 0) {
      throw OptionError(concat("ctnn: ", callback, ": mode must be \"min\" or \"max\" to monitor \"", monitor,
                               "\", whose better direction its name does not say, but is \"auto\""));
    }
    return {sign, std::abs(min_delta)};
  }

  /// Anything is better than nothing.
  bool operator()(double value, const std::optional<double>& reference) const {
    if (!reference) return true;
    return sign > 0 ? value - min_delta > *reference : value + min_delta < *reference;
  }
};

/// A monitor that cannot come is refused before the first epoch: validation data that fit was not given.
template <class Trainer>
void check_monitor(const char* callback, const std::string& monitor, const Trainer& trainer) {
  const auto& names = trainer.log_names();
  const auto logged = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  if (monitor.starts_with("val_") && !logged(monitor) && logged(std::string_view(monitor).substr(4))) {
    throw OptionError(concat("ctnn: ", callback, ": fit must have validation data to monitor \"", monitor, "\", but has none"));
  }
}

/// The number to monitor. Throws OptionError, naming what there is, where the logs do not have it.
inline double monitored(const char* callback, const std::string& monitor, const Logs& logs) {
  if (const double* const value = logs.find(monitor)) return *value;
  throw OptionError(concat("ctnn: ", callback, ": monitor must be one of ", name_list(logs), ", but is \"", monitor, "\""));
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
