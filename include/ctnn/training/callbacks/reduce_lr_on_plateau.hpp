// ReduceLROnPlateau
#pragma once

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <limits>
#include <optional>
#include <string>

#include "../../kernels/arithmetic.hpp"
#include "../../number_text.hpp"
#include "monitor.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's ReduceLROnPlateau: multiplies the learning rate by `factor` when a number has not improved for `patience` epochs.
/// Sets "learning_rate" in the logs. fit throws OptionError for options out of range, where the monitor is not among the
/// logs, and where "auto" cannot tell the better direction.
struct ReduceLROnPlateau {
  std::string monitor = "val_loss";
  double factor = 0.1;        ///< in (0, 1)
  std::size_t patience = 10;  ///< in epochs
  int verbose = 0;            ///< 1 tells when it acts
  std::string mode = "auto";  ///< "min", "max", or by the monitor's name
  double min_delta = 1e-4;    ///< what is to count as an improvement must be larger
  std::size_t cooldown = 0;   ///< epochs after a reduction that do not count as waiting
  double min_lr = 0;          ///< the rate never goes below, ≥ 0

  // What it has seen; every fit begins anew.
  std::size_t wait = 0;              ///< epochs since the last improvement
  std::size_t cooldown_counter = 0;  ///< epochs of the cooldown left
  std::optional<double> best{};      ///< of the monitored numbers
  detail::Improvement improves{};

  template <class Trainer>
  void on_train_begin(Trainer& trainer) {
    if (!(factor > 0 && factor < 1)) {
      throw OptionError(detail::concat("ctnn: ReduceLROnPlateau: factor must lie in (0, 1), but is ", detail::number_text(factor)));
    }
    if (!(min_lr >= 0 && math::is_finite(min_lr))) {
      throw OptionError(
          detail::concat("ctnn: ReduceLROnPlateau: min_lr must be finite and not negative, but is ", detail::number_text(min_lr)));
    }
    wait = cooldown_counter = 0;
    best.reset();
    improves = detail::Improvement::of("ReduceLROnPlateau", monitor, mode, min_delta, trainer.log_names());
    detail::check_monitor("ReduceLROnPlateau", monitor, trainer);
  }

  template <class Trainer>
  void on_epoch_end(Trainer& trainer, std::size_t epoch, Logs& logs) {
    const double rate = trainer.learning_rate();
    logs.set("learning_rate", rate);
    const double current = detail::monitored("ReduceLROnPlateau", monitor, logs);
    if (cooldown_counter > 0) {
      --cooldown_counter;
      wait = 0;
    }
    if (improves(current, best)) {
      best = current;
      wait = 0;
    } else if (cooldown_counter == 0 && ++wait >= patience && rate > min_lr) {
      const double reduced = std::max(rate * factor, min_lr);
      wait = 0;
      // A rate so small that the model's numbers cannot hold it trains nothing; Keras's would go on to 0.
      if (reduced < static_cast<double>(std::numeric_limits<typename Trainer::scalar>::min())) return;
      trainer.set_learning_rate(reduced);
      if (verbose > 0) {
        std::cout << detail::concat("Epoch ", std::to_string(epoch + 1), ": ReduceLROnPlateau reducing learning rate to ",
                                    detail::short_text(reduced), ".\n");
      }
      cooldown_counter = cooldown;
      wait = 0;
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
