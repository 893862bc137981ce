// Workers: who computes the parts of a batch. A part's samples depend on the type and the batch alone, and results are put
// together in the order of the parts, so that they are the same to the bit for any number of workers.
#pragma once

#include <cstddef>

#include "kernels/lane.hpp"

namespace ctnn::detail {

using kernels::ScalarOf;

/// The most workers that share a batch.
inline constexpr std::size_t most_workers = 64;

/// One worker: the calling thread.
template <class Lane>
struct SerialWorker {
  Lane* lanes;                  ///< what the work needs
  ScalarOf<Lane>* partial_sum;  ///< Net::parameter_count numbers

  static constexpr std::size_t size() { return 1; }
  Lane* memory(std::size_t) const { return lanes; }
  ScalarOf<Lane>* partial(std::size_t) const { return partial_sum; }
  template <class Work>
  void run(std::size_t, const Work& work) const {
    work(std::size_t{0});
  }
};

/// Cuts a batch into parts of `Part` samples, one to a worker at a time: work(first sample, samples, worker) for each, then
/// finish(workers, first sample) for those that ran together.
template <std::size_t Part, class Workers, class Work, class Finish>
void for_each_part(std::size_t count, const Workers& workers, const Work& work, const Finish& finish) {
  for (std::size_t first = 0; first < count;) {
    const std::size_t left = (count - first + Part - 1) / Part, parts = left < workers.size() ? left : workers.size();
    workers.run(parts, [&](std::size_t worker) {
      const std::size_t from = first + worker * Part;
      work(from, count - from < Part ? count - from : Part, worker);
    });
    finish(parts, first);
    first += parts * Part;
  }
}

}  // namespace ctnn::detail
