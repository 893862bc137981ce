// Random numbers a sample: each is a hash of the step, the layer, the sample and the element, so that they do not depend on
// how samples are spread over lanes, tiles and threads.
#pragma once

#include <array>
#include <type_traits>

#include "arithmetic.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// An unsigned word for each element of a lane, of the element's size, so that masks fit; only 32 bits of it are used.
template <class Lane>
struct WordsOf {
  using type = std::conditional_t<sizeof(Lane) == 4, std::uint32_t, std::uint64_t>;
};
template <class Element, std::size_t Width>
struct WordsOf<Vector<Element, Width>> {
  using type = typename NativeVector<typename WordsOf<Element>::type, Width>::type;
};
template <class Lane>
using Words = typename WordsOf<Lane>::type;

template <class Lane>
inline constexpr bool wide_words = sizeof(ScalarOf<Lane>) == 8;

/// A bijection of 32 bits (the finalizer of MurmurHash3, constants of Ettinger's "lowbias32"), element by element.
template <class Lane>
CTNN_INLINE constexpr Words<Lane> mix(Words<Lane> x) {
  constexpr std::uint32_t all = 0xffffffff;
  x ^= x >> 16;
  x *= 0x7feb352du;
  if constexpr (wide_words<Lane>) x &= all;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  if constexpr (wide_words<Lane>) x &= all;
  x ^= x >> 16;
  return x;
}

}  // namespace detail

/// The random numbers of one layer in one step for the samples of a lane.
template <class Lane>
class SampleRandom {
  using Words = detail::Words<Lane>;

 public:
  /// `key` stands for the step and the layer, `first` is the number in the batch of the lane's first sample.
  CTNN_INLINE constexpr SampleRandom(std::uint64_t key, std::size_t first) {
    const auto low = static_cast<std::uint32_t>(key), high = static_cast<std::uint32_t>(key >> 32);
    Words sample{};
    if constexpr (width_of<Lane> == 1) {
      sample = static_cast<Words>(static_cast<std::uint32_t>(first));
    } else {
      for (std::size_t i = 0; i < width_of<Lane>; ++i) sample[i] = static_cast<std::uint32_t>(first + i);
    }
    key_ = detail::mix<Lane>(detail::mix<Lane>(sample ^ low) ^ high);
  }

  /// A number for element `index` of each sample, uniform in [0, 1): a multiple of 2⁻²⁴.
  CTNN_INLINE constexpr Lane uniform(std::size_t index) const {
    // Weyl's sequence in place of the index itself: neighbours then differ in many bits.
    const Words word = detail::mix<Lane>(key_ ^ (static_cast<std::uint32_t>(index) * 0x9e3779b9u)) >> 8;
    if constexpr (width_of<Lane> == 1) {
      return static_cast<Lane>(word) * Lane(0x1p-24);
    } else {
      using Bits = typename LaneTraits<Lane>::bits;
      return Lane::of(__builtin_convertvector(reinterpret_cast<typename Bits::native_type>(word), typename Lane::native_type)) *
             Lane(ScalarOf<Lane>(0x1p-24));
    }
  }

 private:
  Words key_;
};

}  // namespace ctnn::inline CTNN_VARIANT::kernels
