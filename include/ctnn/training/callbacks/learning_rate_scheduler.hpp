// LearningRateScheduler
#pragma once

#include <cstddef>
#include <functional>
#include <iostream>
#include <string>

#include "../../number_text.hpp"
#include "../logs.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's LearningRateScheduler: asks a function of the epoch, from 0, and the rate so far for each epoch's learning rate:
/// `LearningRateScheduler{[](std::size_t epoch, double rate) { return epoch < 10 ? rate : 0.9 * rate; }}`. Sets
/// "learning_rate" in the logs. fit throws OptionError for a rate that the optimizer refuses.
struct LearningRateScheduler {
  std::function<double(std::size_t epoch, double rate)> schedule;
  int verbose = 0;  ///< 1 tells each rate

  template <class Trainer>
  void on_epoch_begin(Trainer& trainer, std::size_t epoch) {
    if (!schedule) throw OptionError("ctnn: LearningRateScheduler: schedule must be a function, but is empty");
    const double rate = schedule(epoch, trainer.learning_rate());
    trainer.set_learning_rate(rate);
    if (verbose > 0) {
      std::cout << detail::concat("Epoch ", std::to_string(epoch + 1), ": LearningRateScheduler setting learning rate to ",
                                  detail::short_text(rate), ".\n");
    }
  }

  template <class Trainer>
  void on_epoch_end(Trainer& trainer, std::size_t, Logs& logs) {
    logs.set("learning_rate", trainer.learning_rate());
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
