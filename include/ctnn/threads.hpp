// ThreadWorkers: workers that are OpenMP's threads.
#pragma once

#include <exception>
#include <string>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "errors.hpp"
#include "heap.hpp"
#include "workers.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

#ifdef _OPENMP
inline constexpr bool has_threads = true;
#else
inline constexpr bool has_threads = false;
#endif

/// Throws OptionError unless so many threads can be had.
inline void check_threads(std::size_t threads, const char* where) {
  if (threads == 0 || threads > most_workers) {
    throw OptionError(
        concat("ctnn: ", where, ": threads must lie in 1 … ", std::to_string(most_workers), ", but is ", std::to_string(threads)));
  }
#ifndef _OPENMP
  if (threads > 1) {
    throw OptionError(concat("ctnn: ", where,
                             ": threads must be 1 in a program that is compiled without OpenMP (-fopenmp), but is ",
                             std::to_string(threads)));
  }
#endif
}

/// `Lanes` lanes and `Numbers` numbers of memory for each thread.
template <class Lane, std::size_t Lanes, std::size_t Numbers>
class ThreadWorkers {
  using Scalar = ScalarOf<Lane>;

 public:
  static constexpr std::size_t most = most_workers;

  explicit ThreadWorkers(std::size_t threads) : own_(threads) {}

  std::size_t size() const { return own_.size(); }
  Lane* memory(std::size_t worker) const { return own_[worker].lanes.data(); }
  Scalar* partial(std::size_t worker) const { return own_[worker].numbers.data(); }

  /// work(0) … work(count − 1), each in a thread of its own. What one of them throws is thrown when all have ended.
  template <class Work>
  void run(std::size_t count, const Work& work) const {
    if (count == 1) return work(std::size_t{0});
    std::exception_ptr thrown;
#ifdef _OPENMP
#pragma omp parallel for num_threads(static_cast<int>(count)) schedule(static, 1)
#endif
    for (std::size_t worker = 0; worker < count; ++worker) {
      try {
        work(worker);
      } catch (...) {
#ifdef _OPENMP
#pragma omp critical(ctnn_thrown)
#endif
        thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
  }

 private:
  struct Own {
    typename OnHeap::template Array<Lane, Lanes> lanes;
    typename OnHeap::template Array<Scalar, Numbers> numbers;
  };
  mutable std::vector<Own> own_;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
