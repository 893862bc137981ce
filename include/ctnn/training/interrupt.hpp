// Interrupt: Ctrl-C as a question that a loop can ask.
//
// The handler counts and takes itself away, which a signal handler may do: a second Ctrl-C ends the program as usual. All
// that run at the time see the same count move, each from where it began.
#pragma once

#include <signal.h>

#include <atomic>
#include <mutex>

namespace ctnn::detail {

/// While one lives, the first SIGINT is noted instead of ending the program; unless the program, its parent or another
/// library has given the signal a meaning of its own, which is left alone.
class Interrupt {
 public:
  explicit Interrupt(bool wanted) {
    if (!wanted) return;
    const std::lock_guard lock(mutex_);
    struct sigaction current{};
    ::sigaction(SIGINT, nullptr, &current);
    if (has_default_action(current)) {
      struct sigaction noted{};
      noted.sa_handler = &note;
      sigemptyset(&noted.sa_mask);
      noted.sa_flags = SA_RESTART;
      if (::sigaction(SIGINT, &noted, nullptr) != 0) return;
      before_ = current;
    } else if (!is_ours(current)) {
      return;
    }
    active_ = true;
    ++users_;
    start_ = count_.load(std::memory_order_relaxed);
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt() {
    if (!active_) return;
    const std::lock_guard lock(mutex_);
    if (--users_ > 0) return;
    struct sigaction current{};
    ::sigaction(SIGINT, nullptr, &current);
    if (is_ours(current)) ::sigaction(SIGINT, &before_, nullptr);
  }

  /// Whether SIGINT came since this was made.
  bool came() const { return active_ && count_.load(std::memory_order_relaxed) != start_; }

 private:
  static bool has_default_action(const struct sigaction& action) {
    return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL;
  }
  static bool is_ours(const struct sigaction& action) { return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == &note; }
  static void note(int) {
    count_.fetch_add(1, std::memory_order_relaxed);
    // By hand, not by SA_RESETHAND, which ThreadSanitizer does not notice.
    struct sigaction usual{};
    usual.sa_handler = SIG_DFL;
    sigemptyset(&usual.sa_mask);
    ::sigaction(SIGINT, &usual, nullptr);
  }

  static inline std::atomic<unsigned> count_ = 0;
  static_assert(std::atomic<unsigned>::is_always_lock_free, "a signal handler may not wait for a lock");
  static inline std::mutex mutex_;
  static inline unsigned users_ = 0;
  static inline struct sigaction before_{};

  bool active_ = false;
  unsigned start_ = 0;
};

}  // namespace ctnn::detail
