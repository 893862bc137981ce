// Interrupt: Ctrl-C as a question that a loop can ask.
//
// The handler counts and takes itself away, which a signal handler may do: a second Ctrl-C ends the program as usual. All
// that run at the time see the same count move, each from where it began.
#pragma once

#include <signal.h>

#include <atomic>
#include <mutex>

#include "../version.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// While one lives, the first SIGINT is noted instead of ending the program; unless the program, its parent or another
/// library has given the signal a meaning of its own, which is left alone.
class Interrupt {
 public:
  explicit Interrupt(bool wanted) {
    if (!wanted) return;
    const std::lock_guard lock(mutex_);
    // Before the handler is there: what comes from then on is seen.
    start_ = count_.load(std::memory_order_relaxed);
    if (acts(SIG_DFL)) {
      set(&note);
    } else if (!acts(&note)) {
      return;
    }
    active_ = true;
    ++users_;
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt() {
    if (!active_) return;
    const std::lock_guard lock(mutex_);
    if (--users_ == 0 && acts(&note)) set(SIG_DFL);
  }

  /// Whether SIGINT came since this was made.
  bool came() const { return active_ && count_.load(std::memory_order_relaxed) != start_; }

 private:
  using Action = void (*)(int);

  /// Whether this is what SIGINT does.
  static bool acts(Action action) {
    struct sigaction current{};
    ::sigaction(SIGINT, nullptr, &current);
    return (current.sa_flags & SA_SIGINFO) == 0 && current.sa_handler == action;
  }
  static void set(Action action) {
    struct sigaction wanted{};
    wanted.sa_handler = action;
    sigemptyset(&wanted.sa_mask);
    wanted.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &wanted, nullptr);
  }
  static void note(int) {
    count_.fetch_add(1, std::memory_order_relaxed);
    // By hand, not by SA_RESETHAND, which ThreadSanitizer does not notice.
    set(SIG_DFL);
  }

  static inline std::atomic<unsigned> count_ = 0;
  static_assert(std::atomic<unsigned>::is_always_lock_free, "a signal handler may not wait for a lock");
  static inline std::mutex mutex_;
  static inline unsigned users_ = 0;

  bool active_ = false;
  unsigned start_ = 0;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
