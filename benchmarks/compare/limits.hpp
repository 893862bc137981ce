// What one core can do at most, the limits that rates are shares of: multiply-adds in registers, loads from each level of memory,
// and ctnn's own tanh; and the functions that tanh and its like are timed by.
#pragma once

#include <cstddef>
#include <ctnn/kernels/elementary.hpp>
#include <ctnn/kernels/reduction.hpp>
#include <memory>
#include <string>
#include <vector>

#include "fma_peak.hpp"
#include "peer.hpp"

namespace limits {

using Lane = ctnn::kernels::NativeLane<float>;
inline constexpr std::size_t width = ctnn::kernels::width_of<Lane>;

/// Compiler and registers.
inline std::string build() {
  std::string result =
#if defined(__clang__)
      "Clang " + std::to_string(__clang_major__);
#else
      "GCC " + std::to_string(__GNUC__);
#endif
#if defined(__AVX512F__)
  result += ", AVX-512";
#elif defined(__AVX2__)
  result += ", AVX2";
#elif defined(__SSE2__)
      result += ", SSE2";
#endif
  return result;
}

/// Numbers in whole registers.
class Values {
 public:
  Values(std::size_t size, float first, float last) : lanes_(size / width) {
    for (std::size_t i = 0; i < size; ++i) {
      const float share = (static_cast<float>(i) + 0.5f) / static_cast<float>(size);
      reinterpret_cast<float*>(lanes_.data())[i] = first + (last - first) * share;
    }
  }
  std::size_t size() const { return lanes_.size(); }
  Lane& operator[](std::size_t i) { return lanes_[i]; }
  const Lane& operator[](std::size_t i) const { return lanes_[i]; }

 private:
  std::vector<Lane> lanes_;
};

inline constexpr std::size_t mapped = 1024;

/// The function of the first 1024 values; results begin one and a half times as far behind, since addresses that differ by a
/// multiple of 4096 are mistaken for each other by the processor for a while.
template <class Function>
CTNN_NOINLINE void map(const Function& function, Values& values) {
  constexpr std::size_t lanes = mapped / width;
  for (std::size_t i = 0; i < lanes; i += 4) {
    CTNN_UNROLL
    for (std::size_t k = 0; k < 4; ++k) values[lanes + lanes / 2 + i + k] = function(values[i + k]);
  }
  compare::keep(values);
}

/// The sum of all values, loaded as fast as they come.
CTNN_NOINLINE inline float load_all(const Values& values) {
  constexpr std::size_t together = 4;
  Lane sums[together];
  for (Lane& sum : sums) sum = Lane(0);
  for (std::size_t i = 0; i + together <= values.size(); i += together) {
    CTNN_UNROLL
    for (std::size_t k = 0; k < together; ++k) sums[k] += values[i + k];
  }
  return ctnn::kernels::sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// Adds the limits as tasks; the names end in how much an iteration does.
inline void add(compare::Peer& peer) {
  peer.measure("limit: multiply-adds, flops " + std::to_string(static_cast<std::size_t>(fma_peak::flops)), [] {
    return [factor = 0.999f, addend = 0.001f]() mutable {
      compare::keep(factor);
      compare::keep(addend);
      float result = fma_peak::run(factor, addend);
      compare::keep(result);
    };
  });
  // As much as networks have: from what the first-level cache holds to what none does.
  for (const std::size_t kilobytes : std::initializer_list<std::size_t>{16, 33, 130, 400, 1000, 2500, 8000, 18000, 256000}) {
    const std::size_t bytes = kilobytes << 10;
    peer.measure("limit: loads, bytes " + std::to_string(bytes), [bytes] {
      return [values = std::make_shared<Values>(bytes / sizeof(float), 0.0f, 1.0f)] {
        float result = load_all(*values);
        compare::keep(result);
      };
    });
  }
}

}  // namespace limits
