// The memory that an evaluation needs, for any number of threads that evaluate with one trainer.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "../threads.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Whether somebody uses a trainer's memory for an evaluation. What was moved begins unused.
class InUse {
 public:
  InUse() = default;
  InUse(InUse&&) noexcept {}
  InUse& operator=(InUse&&) noexcept { return *this; }

  /// False where it is taken already.
  bool take() const { return !taken_.test_and_set(std::memory_order_acquire); }
  void give_back() const { taken_.clear(std::memory_order_release); }

 private:
  mutable std::atomic_flag taken_;
};

/// The memory of an evaluation: the BasicTrainer's, which costs nothing, or, while another thread has that, some of its own.
template <class Basic>
class EvaluationMemory {
  using Lane = typename Basic::BatchLane;
  using Own = ThreadWorkers<Lane, Basic::worker_memory(), 0>;
  static constexpr bool is_needed = Basic::worker_memory() > 0;

 public:
  explicit EvaluationMemory(const InUse& in_use) : in_use_(in_use) {
    if constexpr (is_needed) {
      if (!in_use_.take()) own_ = std::make_unique<Own>(std::size_t{1});
    }
  }
  EvaluationMemory(const EvaluationMemory&) = delete;
  EvaluationMemory& operator=(const EvaluationMemory&) = delete;
  ~EvaluationMemory() {
    if constexpr (is_needed) {
      if (!own_) in_use_.give_back();
    }
  }

  bool has_own() const { return own_ != nullptr; }
  /// Where it has some, as a worker's.
  SerialWorker<Lane> own() const { return {own_->memory(0), nullptr}; }

 private:
  const InUse& in_use_;
  // (GCC 12 takes a std::optional in its place for one that is not initialized.)
  std::unique_ptr<Own> own_;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
