// What a Trainer refuses, by exceptions. These are functions that all networks share: of what is thrown nothing is compiled again
// for another one.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "../errors.hpp"
#include "../number_text.hpp"
#include "../problem.hpp"
#include "../samples.hpp"
#include "../threads.hpp"
#include "history.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Throws OptionError where something is wrong with options.
[[gnu::cold]] inline void check_problem(const Problem& problem, const char* where) {
  if (!problem) return;
  const char* const sentence = problem;
  throw OptionError(
      concat("ctnn: ", where, ": ", sentence, problem.came() ? concat(", but is ", number_text(*problem.came())) : std::string()));
}

[[gnu::cold]] inline void check_batch_size(std::size_t batch_size, const char* where) {
  if (batch_size == 0) throw OptionError(concat("ctnn: ", where, ": batch_size must be at least 1, but is 0"));
}

[[gnu::cold]] inline void check_fit_options(const FitOptions& options) {
  check_batch_size(options.batch_size, "fit");
  check_threads(options.threads, "fit");
  if (options.epochs == 0) throw OptionError("ctnn: fit: epochs must be at least 1, but is 0");
  if (!(options.validation_split >= 0 && options.validation_split < 1)) {
    throw OptionError(concat("ctnn: fit: validation_split must lie in [0, 1), but is ", number_text(options.validation_split)));
  }
  if (options.verbose < 0 || options.verbose > 2) {
    throw OptionError(concat("ctnn: fit: verbose must be 0, 1 or 2, but is ", std::to_string(options.verbose)));
  }
}

/// The samples of a data set that validation_split leaves to train on.
[[gnu::cold]] inline std::size_t samples_to_train_on(std::size_t count, const FitOptions& options) {
  const auto kept = static_cast<std::size_t>(static_cast<double>(count) * (1 - options.validation_split));
  if (kept == 0) {
    throw OptionError(concat("ctnn: fit: validation_split leaves no sample of ", std::to_string(count), " to train on"));
  }
  return kept;
}

/// Warns where validation_split holds back a class that is not trained on, as where samples are sorted by their classes. `y`: class
/// numbers, `kept` of which are trained on.
template <class Scalar>
[[gnu::cold, gnu::noinline]] void warn_of_untrained_class(const Samples<Scalar>& y, std::size_t kept, std::size_t count,
                                                          std::size_t classes) {
  std::vector<bool> trained(classes);
  for (std::size_t i = 0; i < count; ++i) {
    Scalar scratch;
    const Scalar label = *y(i, &scratch);
    // A number of no class gives a loss of NaN.
    if (!math::is_finite(label) || label < 0 || label >= static_cast<Scalar>(classes)) continue;
    const auto number = static_cast<std::size_t>(label);
    if (i < kept) {
      trained[number] = true;
    } else if (!trained[number]) {
      std::cerr << concat("ctnn: fit: warning: validation_split holds back the last ", std::to_string(count - kept), " of ",
                          std::to_string(count), " samples, and with them all of class ", std::to_string(number),
                          ", which is not trained on; train_test_split (ctnn/data/split.hpp) gives each part every class\n");
      return;
    }
  }
}

/// Of tensors that a callback has assigned other numbers of samples to.
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_changed_count(std::size_t count, std::size_t before, const char* where) {
  throw ShapeError(concat("ctnn: ", where, ": x and y must keep their number of samples until fit returns, ",
                          std::to_string(before), ", but a callback made it ", std::to_string(count)));
}

/// Of a trainer that was moved from, or whose model is gone.
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_empty_trainer(bool was_moved, const char* where) {
  throw EmptyModelError(concat("ctnn: ", where,
                               was_moved ? ": the trainer is empty, because it was moved from"
                                         : ": the trainer's model is gone, because it ended or another was moved to it"));
}

/// What a sample and its target are, for who looks for what is wrong with them.
struct SampleSizes {
  std::size_t input, target;  ///< numbers of each
  std::size_t classes;        ///< of targets that are class numbers; else 0
};

/// Why the loss of a batch may not be finite: the first sample or target that is not, or is no class, by its place in the data.
template <class Scalar>
std::string suspect(const SampleBatch<Scalar>& batch, const SampleSizes& sizes) {
  const auto find = [&](const Samples<Scalar>& samples, std::size_t size, const char* name, std::size_t classes) {
    std::vector<Scalar> room(size);
    for (std::size_t i = 0; i < batch.count; ++i) {
      const Scalar* const values = samples(i, room.data());
      const std::string row = std::to_string(samples.order ? samples.order[i] : samples.offset + i);
      for (std::size_t k = 0; k < size; ++k) {
        const auto value = static_cast<double>(values[k]);
        if (!math::is_finite(values[k])) {
          return concat(name, " must be finite, but sample ", row, " has ", number_text(value),
                        size == 1 ? std::string() : concat(" at place ", std::to_string(k)));
        }
        if (classes > 0 && !(value >= 0 && value < static_cast<double>(classes) && value == std::trunc(value))) {
          return concat("labels must be class numbers in [0, ", std::to_string(classes), "), but that of sample ", row, " is ",
                        number_text(value));
        }
      }
    }
    return std::string();
  };
  std::string found = find(batch.x, sizes.input, "x", 0);
  if (found.empty()) found = find(batch.y, sizes.target, "y", sizes.classes);
  return found.empty() ? "a smaller learning rate or scaled inputs may help" : found;
}

template <class Scalar>
[[noreturn, gnu::cold, gnu::noinline]] void throw_non_finite_loss(Scalar loss, const SampleBatch<Scalar>& batch,
                                                                  const SampleSizes& sizes, const char* where) {
  throw NonFiniteLossError(concat("ctnn: ", where, ": the loss must be finite, but is ", number_text(loss),
                                  "; the parameters were left as they are (", suspect(batch, sizes), ")"));
}

/// Of a step that was refused although its loss is finite.
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_non_finite_step(bool gradient_is_finite, const char* where) {
  throw NonFiniteLossError(concat(
      "ctnn: ", where,
      gradient_is_finite ? ": the loss and its gradient are finite, but what the step would leave is not; the parameters were "
                           "left as they are (a smaller learning rate or scaled inputs may help)"
                         : ": the loss is finite, but its gradient is not; the parameters were left as they are (scaled "
                           "inputs may help)"));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_rate(double rate, std::uint64_t step, const char* where) {
  throw OptionError(concat("ctnn: ", where, ": the schedule's learning rate of step ", std::to_string(step),
                           " must be a finite number, not negative, but is ", number_text(rate),
                           "; the parameters were left as they are"));
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
