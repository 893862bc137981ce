// Workers: who computes the parts of a batch. A part's samples depend on the type and the batch alone, and results are put
// together in the order of the parts, so that they are the same to the bit for any number of workers.
#pragma once

#include <cstddef>

#include "kernels/arrays.hpp"
#include "storage.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

using kernels::ScalarOf;

/// The most workers that share a batch.
inline constexpr std::size_t most_workers = 64;

/// One worker: the calling thread.
template <class Lane>
struct SerialWorker {
  Lane* lanes;                  ///< what the work needs
  ScalarOf<Lane>* partial_sum;  ///< Net::parameter_count numbers

  static constexpr std::size_t most = 1;
  static constexpr std::size_t size() { return 1; }
  Lane* memory(std::size_t) const { return lanes; }
  ScalarOf<Lane>* partial(std::size_t) const { return partial_sum; }
  template <class Work>
  void run(std::size_t, const Work& work) const {
    work(std::size_t{0});
  }
};

/// The calling thread, where no worker's memory is needed.
struct NoWorkers {
  static constexpr std::size_t most = 1;
  static constexpr std::size_t size() { return 1; }
  template <class Work>
  CTNN_INLINE constexpr void run(std::size_t, const Work& work) const {
    work(std::size_t{0});
  }
};

/// Numbers [first, last) of an array.
struct Range {
  std::size_t first = 0, last = 0;

  /// What number `part` of `parts` workers has of it: whole registers, but for the end, so that every number is computed in the
  /// same way whatever their count is.
  template <class Scalar>
  constexpr Range share(std::size_t part, std::size_t parts) const {
    if (parts == 1) return *this;
    const std::size_t each = padded<Scalar>((last - first + parts - 1) / parts), from = first + part * each;
    return {from < last ? from : last, from + each < last ? from + each : last};
  }
};

/// work(part, parts) by as many workers as `count` numbers keep busy longer than it takes to call them.
template <class Workers, class Work>
CTNN_INLINE constexpr void share_numbers(std::size_t count, const Workers& workers, const Work& work) {
  constexpr std::size_t least = 4096;
  const std::size_t most = count / least + 1, parts = most < workers.size() ? most : workers.size();
  workers.run(parts, [&](std::size_t part) CTNN_INLINE_LAMBDA { work(part, parts); });
}

/// Adds what workers [from, to) have of a sum of `count` numbers, which stands `offset` numbers behind the beginning of theirs.
/// What is rounded away is added to `lost`, if that is not null.
template <class Scalar, class Workers>
void add_partials(const Workers& workers, std::size_t from, std::size_t to, std::size_t offset, std::size_t count, Scalar* sum,
                  Scalar* lost) {
  if (from == to) return;
  share_numbers(count, workers, [&](std::size_t part, std::size_t parts) {
    const Range own = Range{0, count}.share<Scalar>(part, parts);
    for (std::size_t worker = from; worker < to; ++worker) {
      const Scalar* const addend = workers.partial(worker) + offset + own.first;
      if (lost) {
        kernels::add_to(sum + own.first, lost + own.first, addend, own.last - own.first);
      } else {
        kernels::add_to(sum + own.first, addend, own.last - own.first);
      }
    }
  });
}

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

}  // namespace ctnn::inline CTNN_VARIANT::detail
