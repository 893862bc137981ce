// Where a model's and a trainer's numbers live: in the object itself, or (heap.hpp) on the heap. Either way one
// aligned block, padded to whole registers.
#pragma once

#include <cstddef>

#include "kernels/config.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// `count` numbers or lanes, rounded up to whole alignment units, at least one.
template <class Number>
constexpr std::size_t padded(std::size_t count) {
  constexpr std::size_t unit = sizeof(Number) < kernels::alignment ? kernels::alignment / sizeof(Number) : 1;
  return count == 0 ? unit : (count + unit - 1) / unit * unit;
}

}  // namespace detail

/// Storage policy: in the object. No heap, usable in constant expressions.
struct InPlace {
  template <class Scalar, std::size_t Count>
  class Array {
   public:
    constexpr Array() = default;
    constexpr explicit Array(bool) {}

    constexpr Scalar* data() { return values_; }
    constexpr const Scalar* data() const { return values_; }
    constexpr bool empty() const { return false; }

   private:
    alignas(kernels::alignment) Scalar values_[detail::padded<Scalar>(Count)]{};
  };
};

}  // namespace ctnn::inline CTNN_VARIANT
