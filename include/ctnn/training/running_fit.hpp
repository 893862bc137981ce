// What a trainer knows of the fit that runs, and of fits inside its callbacks.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "../version.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// The running or last fit of a trainer.
struct FitState {
  /// Whether it is to end.
  bool stop = false;
  /// Fits, one inside a callback of another.
  std::size_t running = 0;
  std::vector<std::string> log_names;
};

/// A fit that runs. One inside a callback of another leaves to that what is the other's.
class RunningFit {
 public:
  explicit RunningFit(FitState& state) : state_(state), stop_(std::exchange(state.stop, false)), inside_(state.running++ > 0) {
    if (inside_) log_names_.swap(state.log_names);
  }
  RunningFit(const RunningFit&) = delete;
  RunningFit& operator=(const RunningFit&) = delete;
  ~RunningFit() {
    --state_.running;
    if (!inside_) return;
    state_.stop = stop_;
    log_names_.swap(state_.log_names);
  }

 private:
  FitState& state_;
  bool stop_, inside_;
  std::vector<std::string> log_names_;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
