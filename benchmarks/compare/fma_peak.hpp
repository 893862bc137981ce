// The most multiply-adds that one core can do: a loop over registers alone, the limit that other rates are shares of.
#pragma once

#include <cstddef>
#include <ctnn/kernels/elementary.hpp>
#include <ctnn/kernels/reduction.hpp>

namespace fma_peak {

using Lane = ctnn::kernels::NativeLane<float>;

/// Sums in flight: more than latency times units of any processor, and with the two factors no more than 16 registers.
inline constexpr std::size_t chains = 14;
inline constexpr std::size_t rounds = 1000;
/// Operations of one run.
inline constexpr double flops = 2.0 * chains * rounds * ctnn::kernels::width_of<Lane>;

/// Each sum is multiplied by `factor` and `addend` added, again and again. The caller must hide the arguments and the result
/// from the compiler.
CTNN_NOINLINE inline float run(float factor, float addend) {
  const Lane a(factor), b(addend);
  Lane sums[chains];
  CTNN_UNROLL
  for (std::size_t i = 0; i < chains; ++i) sums[i] = Lane(static_cast<float>(i));
  for (std::size_t round = 0; round < rounds; ++round) {
    CTNN_UNROLL
    for (std::size_t i = 0; i < chains; ++i) sums[i] = ctnn::math::mul_add(sums[i], a, b);
  }
  Lane total = sums[0];
  for (std::size_t i = 1; i < chains; ++i) total += sums[i];
  return ctnn::kernels::sum(total);
}

}  // namespace fma_peak
