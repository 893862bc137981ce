// ModelCheckpoint
#pragma once

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>

#include "../training/callbacks/monitor.hpp"
#include "checkpoint_path.hpp"
#include "weights.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's ModelCheckpoint with save_weights_only: writes the model's weights after each epoch, or only after one that is
/// better than all before, by `save_weights(model, path)` (weights.hpp). A directory that is missing is made.
/// `ModelCheckpoint{.filepath = "run/{epoch:02d}-{val_loss:.2f}.weights.h5", .save_best_only = true}`. As in Keras, a second
/// fit goes on with the best of the first. fit throws OptionError for options out of range or a monitor that is not among
/// the logs, and FileError where the file cannot be written.
struct ModelCheckpoint {
  /// Ends in .weights.h5. {epoch:02d} stands for the epoch, counted from 1, {val_loss:.2f} and the like for numbers of the
  /// logs, in Python's format.
  std::string filepath;
  std::string monitor = "val_loss";
  int verbose = 0;  ///< 1 tells of every file
  bool save_best_only = false;
  std::string mode = "auto";                        ///< "min", "max", or by the monitor's name
  std::optional<double> initial_value_threshold{};  ///< only what is better than this counts as best

  // What it has seen.
  std::optional<double> best{};  ///< of the monitored numbers
  detail::Improvement improves{};

  template <class Trainer>
  void on_train_begin([[maybe_unused]] Trainer& trainer) {
    if (!filepath.ends_with(".weights.h5")) {
      throw OptionError(detail::concat("ctnn: ModelCheckpoint: filepath must end in .weights.h5, but is \"", filepath, "\""));
    }
    if (!save_best_only) return;
    improves = detail::Improvement::of("ModelCheckpoint", monitor, mode, 0, trainer.log_names());
    detail::check_monitor("ModelCheckpoint", monitor, trainer);
    if (initial_value_threshold && math::is_nan(*initial_value_threshold)) {
      throw OptionError("ctnn: ModelCheckpoint: initial_value_threshold must be a number, but is NaN");
    }
    if (!best) best = initial_value_threshold;
  }

  template <class Trainer>
  void on_epoch_end(Trainer& trainer, std::size_t epoch, const Logs& logs) {
    const std::filesystem::path path = detail::checkpoint_path(filepath, epoch + 1, logs);
    std::optional<double> current;
    if (save_best_only) {
      current = detail::monitored("ModelCheckpoint", monitor, logs);
      if (!improves(*current, best)) {
        tell(epoch, detail::concat(monitor, " did not improve from ", number_text(best)));
        return;
      }
    }
    if (path.has_parent_path()) {
      std::error_code error;
      std::filesystem::create_directories(path.parent_path(), error);
      if (error) {
        throw FileError(detail::concat("ctnn: ModelCheckpoint: cannot make the directory ", path.parent_path().string(), ": ",
                                       error.message()));
      }
    }
    const auto& model = trainer.model();
    save_weights(model, path);
    // What is not in a file is not the best, and nothing to tell of.
    std::string what = detail::concat("saving model to ", path.string());
    if (current) what = detail::concat(monitor, " improved from ", number_text(best), " to ", number_text(current), ", ", what);
    if (current) best = current;
    tell(epoch, what);
  }

 private:
  void tell(std::size_t epoch, const std::string& what) const {
    if (verbose > 0) std::cout << detail::concat("Epoch ", std::to_string(epoch + 1), ": ", what, "\n");
  }
  static std::string number_text(const std::optional<double>& number) {
    return number ? detail::python_text(*number, 'f', 5) : "None";
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
