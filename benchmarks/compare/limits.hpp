// What one core can do at most, the limits that rates are shares of: multiply-adds in registers, loads from each level of memory,
// and ctnn's own tanh; and the functions that tanh and its like are timed by.
#pragma once

#include <cstddef>
#include <ctnn/kernels/elementary.hpp>
#include <ctnn/kernels/reduction.hpp>
#include <memory>
#include <string>
#include <vector>

#include "../fma_peak.hpp"
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
  Lane sums[8];
  CTNN_UNROLL
  for (std::size_t k = 0; k < 8; ++k) sums[k] = Lane(0);
  for (std::size_t i = 0; i < values.size(); i += 8) {
    CTNN_UNROLL
    for (std::size_t k = 0; k < 8; ++k) sums[k] += values[i + k];
  }
  Lane total = sums[0];
  for (std::size_t k = 1; k < 8; ++k) total += sums[k];
  return ctnn::kernels::sum(total);
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
  const std::pair<const char*, std::size_t> levels[] = {
      {"L1", 16 << 10}, {"L2", 512 << 10}, {"L3", 8 << 20}, {"memory", 256 << 20}};
  for (const auto& [name, size] : levels) {
    peer.measure(std::string("limit: loads from ") + name + ", bytes " + std::to_string(size), [bytes = size] {
      return [values = std::make_shared<Values>(bytes / sizeof(float), 0.0f, 1.0f)] {
        float result = load_all(*values);
        compare::keep(result);
      };
    });
  }
}

}  // namespace limits
