// What fit records and how it is asked to run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../diagnostics.hpp"
#include "../initializers.hpp"
#include "logs.hpp"
#include "sample_weight.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// The options of fit, with Keras's names and defaults.
struct FitOptions {
  std::size_t batch_size = 32;
  std::size_t epochs = 1;
  bool shuffle = true;
  double validation_split = 0;  ///< the last part of the data, in [0, 1), held back before shuffling
  /// How much a sample counts, by the number of its class, as {1.0, 14.0}; empty where all count alike. Not in validation.
  std::vector<double> class_weight{};
  /// How much each sample counts: its loss is multiplied by that. What validation_split holds back is validated with its weights.
  SampleWeight sample_weight{};
  int verbose = 1;  ///< 0 silent, 1 a progress bar (one line an epoch off a terminal), 2 one line an epoch
  Seed seed{};      ///< of the shuffling, and of what layers draw in training
  /// Ctrl-C ends fit after the running batch, as long as SIGINT has its default action when fit begins; a second one ends
  /// the program. Where false, or where the program handles SIGINT itself, fit leaves the signal alone.
  bool stop_on_interrupt = true;
  /// That share the work, if the program is compiled with OpenMP. A batch is cut into parts of at most some 10⁷ operations, the
  /// same for any number of threads, and so are the results, to the bit; a batch of a single part keeps one thread busy.
  std::size_t threads = 1;
};

/// The options of evaluate, with Keras's names and defaults.
struct EvaluateOptions {
  std::size_t batch_size = 32;
  SampleWeight sample_weight{};  ///< how much each sample counts
  std::size_t threads = 1;       ///< each evaluates batches by itself; the result is the same to the bit
};

/// Data that fit evaluates after every epoch. Refers to x and y, which must not be temporaries unless it is itself one.
template <class X, class Y>
struct ValidationData {
  const X& x;
  const Y& y;
  SampleWeight sample_weight{};  ///< how much each sample counts
};
template <class X, class Y>
ValidationData(const X&, const Y&) -> ValidationData<X, Y>;
template <class X, class Y>
ValidationData(const X&, const Y&, const SampleWeight&) -> ValidationData<X, Y>;

/// What every epoch came to: its batches' losses and metrics weighted by their size, those of the validation data as
/// "val_…", and whatever a callback set in the logs, such as "learning_rate". All are equally long.
struct History {
  std::vector<double> loss;
  std::vector<double> val_loss;  ///< empty without validation
  /// Whether Ctrl-C ended fit. An epoch that it cut short is the last one recorded: with the means over the batches that
  /// were done and, for the validation that was not, NaN.
  bool interrupted = false;

  /// The numbers of a name, epoch by epoch. Throws OptionError, naming what there is, for a name that was not recorded.
  [[gnu::cold]] const std::vector<double>& operator[](std::string_view name) const {
    if (name == "loss") return loss;
    if (name == "val_loss" && !val_loss.empty()) return val_loss;
    for (const auto& series : others_) {
      if (series.first == name) return series.second;
    }
    throw OptionError(
        detail::concat("ctnn: History: the name must be one of ", detail::name_list(names()), ", but is \"", name, "\""));
  }
  /// The names recorded, in the order of the logs.
  const std::vector<std::string>& names() const { return names_; }

  template <class Stream>
  friend Stream& operator<<(Stream& out, const History&) {
    static_assert(is_printed<History, Stream>, "ctnn: a history must be printed by its numbers, as history.loss.back()");
    return out;
  }

  /// Adds an epoch. All series stay equally long: NaN stands for what an epoch's logs lack.
  [[gnu::cold]] void record(const Logs& logs) {
    const std::size_t epochs = loss.size();
    for (const auto& [name, value] : logs) {
      if (std::count(names_.begin(), names_.end(), name) == 0) names_.push_back(name);
      std::vector<double>& series = series_of(name);
      series.resize(epochs, not_recorded);
      series.push_back(value);
    }
    for (const std::string& name : names_) series_of(name).resize(epochs + 1, not_recorded);
  }

 private:
  static constexpr double not_recorded = std::numeric_limits<double>::quiet_NaN();

  [[gnu::cold]] std::vector<double>& series_of(const std::string& name) {
    if (name == "loss") return loss;
    if (name == "val_loss") return val_loss;
    for (auto& series : others_) {
      if (series.first == name) return series.second;
    }
    return others_.emplace_back(name, std::vector<double>()).second;
  }

  std::vector<std::string> names_;
  std::vector<std::pair<std::string, std::vector<double>>> others_;
};

/// A loss, or the gradient of a finite one, that is infinite or NaN and ended a fit.
struct NonFiniteFitError : NonFiniteLossError {
  NonFiniteFitError(const char* message, History so_far) : NonFiniteLossError(message), history(std::move(so_far)) {}

  History history;  ///< of the epochs that the fit had done
};

}  // namespace ctnn::inline CTNN_VARIANT
