// How parameters begin, and the generator that draws them. Values, not types: a layer's parameter list names
// one initializer for each parameter.
#pragma once

#include <cstddef>
#include <cstdint>

#include "shape.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// What a model's random numbers start from: the same seed gives the same bits.
struct Seed {
  std::uint64_t value = 0;
};

/// SplitMix64 (Steele, Lea and Flood 2014): small, constexpr, and the same on every platform.
class Random {
 public:
  constexpr explicit Random(Seed seed) : state_(seed.value) {}

  constexpr std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, 1).
  constexpr double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  /// Uniform in [0, bound), bound > 0.
  constexpr std::size_t below(std::size_t bound) {
    // Draws past the last whole multiple of the bound would favour small results and are drawn again.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t draw = bits();
    while (draw >= limit) draw = bits();
    return static_cast<std::size_t>(draw % bound);
  }

 private:
  std::uint64_t state_;
};

namespace detail {

/// What random numbers are drawn for, beside a model's first values, which come from the seed as it is.
enum class Purpose : std::uint64_t { shuffling = 1, layers = 2, splitting = 3 };

/// A seed for one purpose at one step. Each of the three is hashed before the next is added, so that neighbouring seeds and steps
/// give sequences that have nothing in common.
constexpr Seed derived(Seed seed, Purpose purpose, std::uint64_t step) {
  const std::uint64_t of_seed = Random(seed).bits(),
                      of_purpose = Random(Seed{of_seed ^ static_cast<std::uint64_t>(purpose)}).bits();
  return Seed{Random(Seed{of_purpose ^ step}).bits()};
}

/// Newton's iteration, since <cmath>'s root is not constexpr.
constexpr double square_root(double x) {
  double root = x < 1 ? 1 : x;
  for (double before = 0; root != before && root * root > x;) {
    before = root;
    root = 0.5 * (root + x / root);
  }
  return root;
}

}  // namespace detail

/// Draws a parameter's first values: `constant`, or uniform in ±limit where that is not 0.
struct Initializer {
  double constant = 0;
  double limit = 0;

  constexpr double operator()(Random& random) const { return limit == 0 ? constant : (2 * random.uniform() - 1) * limit; }
};

/// All zeros: Keras's bias_initializer.
constexpr Initializer zeros() { return {}; }
/// All ones.
constexpr Initializer ones() { return {.constant = 1}; }
/// Uniform in ±√(6 / (fan_in + fan_out)): Keras's kernel_initializer (Glorot and Bengio 2010).
constexpr Initializer glorot_uniform(std::size_t fan_in, std::size_t fan_out) {
  return {.limit = detail::square_root(6.0 / static_cast<double>(fan_in + fan_out))};
}

}  // namespace ctnn::inline CTNN_VARIANT
