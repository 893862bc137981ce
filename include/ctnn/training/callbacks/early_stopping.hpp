// EarlyStopping
#pragma once

#include <cstddef>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "../../kernels/arithmetic.hpp"
#include "monitor.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's EarlyStopping: ends fit when a number has not improved for `patience` epochs.
/// `EarlyStopping{.monitor = "val_loss", .patience = 3, .restore_best_weights = true}`. fit throws OptionError where the
/// monitor is not among the logs, and where "auto" cannot tell the better direction.
struct EarlyStopping {
  std::string monitor = "val_loss";
  double min_delta = 0;       ///< what is to count as an improvement must be larger
  std::size_t patience = 0;   ///< in epochs
  int verbose = 0;            ///< 1 tells when it acts
  std::string mode = "auto";  ///< "min", "max", or by the monitor's name
  /// Only what is better than this begins a new wait; the best weights are those of the best epoch all the same.
  std::optional<double> baseline{};
  /// Gives the model the weights of the best epoch when fit ends, also by Ctrl-C or by a loss that is infinite or NaN.
  bool restore_best_weights = false;
  std::size_t start_from_epoch = 0;  ///< earlier epochs are not looked at

  // What it has seen; every fit begins anew.
  std::size_t wait = 0;           ///< epochs since the last improvement
  std::size_t stopped_epoch = 0;  ///< the epoch, from 0, that it stopped after, or 0
  std::optional<double> best{};   ///< of the monitored numbers
  std::size_t best_epoch = 0;
  detail::Improvement improves{};
  std::vector<std::byte> best_weights{};

  template <class Trainer>
  void on_train_begin(Trainer& trainer) {
    wait = stopped_epoch = best_epoch = 0;
    best.reset();
    best_weights.clear();
    improves = detail::Improvement::of("EarlyStopping", monitor, mode, min_delta, trainer.log_names());
    detail::check_monitor("EarlyStopping", monitor, trainer);
    if (baseline && math::is_nan(*baseline)) throw OptionError("ctnn: EarlyStopping: baseline must be a number, but is NaN");
  }

  template <class Trainer>
  void on_epoch_end(Trainer& trainer, std::size_t epoch, const Logs& logs) {
    if (epoch < start_from_epoch) return;
    const double current = detail::monitored("EarlyStopping", monitor, logs);
    if (restore_best_weights && best_weights.empty()) keep(trainer, epoch);
    ++wait;
    if (improves(current, best)) {
      best = current;
      best_epoch = epoch;
      if (restore_best_weights) keep(trainer, epoch);
      if (!baseline || improves(current, baseline)) wait = 0;
    } else if (wait >= patience && epoch > 0) {
      stopped_epoch = epoch;
      trainer.stop_training();
    }
  }

  template <class Trainer>
  void on_train_end(Trainer& trainer) {
    if (stopped_epoch > 0 && verbose > 0) {
      std::cout << detail::concat("Epoch ", std::to_string(stopped_epoch + 1), ": early stopping\n");
    }
    if (!restore_best_weights || best_weights.empty()) return;
    if (verbose > 0) {
      std::cout << detail::concat("Restoring model weights from the end of the best epoch: ", std::to_string(best_epoch + 1),
                                  ".\n");
    }
    std::memcpy(trainer.model().data(), best_weights.data(), best_weights.size());
  }

 private:
  template <class Trainer>
  void keep(const Trainer& trainer, std::size_t epoch) {
    using Model = std::remove_cvref_t<decltype(trainer.model())>;
    best_weights.resize(Model::network::parameter_count * sizeof(typename Model::scalar));
    std::memcpy(best_weights.data(), trainer.model().data(), best_weights.size());
    best_epoch = epoch;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
