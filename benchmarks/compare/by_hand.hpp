// What the programs that do without a library of networks share: where layers' arrays lie among all parameters, and Adam over flat
// arrays. Each is built with flags of its own, so it has a copy of its own.
#pragma once

#include <cmath>
#include <cstddef>

#include "peer.hpp"

namespace by_hand {

/// Where the arrays of two dense layers lie among all parameters.
struct TwoLayers {
  std::size_t in, hidden, out;

  constexpr std::size_t bias_1() const { return in * hidden; }
  constexpr std::size_t kernel_2() const { return bias_1() + hidden; }
  constexpr std::size_t bias_2() const { return kernel_2() + hidden * out; }
  constexpr std::size_t size() const { return bias_2() + out; }
};

/// Adam, a plain loop for the compiler to vectorise.
class Adam {
 public:
  explicit Adam(std::size_t size) : m_(size), v_(size) {}

  /// To be called once before the updates of a step.
  void begin_step() {
    power_1_ *= compare::adam_beta_1;
    power_2_ *= compare::adam_beta_2;
    alpha_ = static_cast<float>(compare::adam_rate * std::sqrt(1 - power_2_) / (1 - power_1_));
  }

  /// Updates `count` of the parameters, those from `first` on; the gradient is that of these alone.
  void update(float* parameters, std::size_t first, const float* __restrict gradient, std::size_t count) {
    constexpr auto rest_1 = static_cast<float>(1 - compare::adam_beta_1), rest_2 = static_cast<float>(1 - compare::adam_beta_2),
                   epsilon = static_cast<float>(compare::adam_epsilon);
    float* __restrict p = parameters + first;
    float* __restrict m = m_.data() + first;
    float* __restrict v = v_.data() + first;
    const float alpha = alpha_;
    for (std::size_t i = 0; i < count; ++i) {
      const float g = gradient[i];
      m[i] += (g - m[i]) * rest_1;
      v[i] += (g * g - v[i]) * rest_2;
      p[i] -= alpha * m[i] / (std::sqrt(v[i]) + epsilon);
    }
  }

 private:
  compare::Array<float> m_, v_;
  double power_1_ = 1, power_2_ = 1;
  float alpha_ = 0;
};

}  // namespace by_hand
