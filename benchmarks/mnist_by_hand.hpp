// What the networks in Eigen and OpenBLAS share. The files that include this are built with flags of their own, so each gets a
// copy of its own, in an unnamed namespace.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "mnist_peers.hpp"

namespace mnist {
namespace {

/// Where the arrays of two dense layers lie among all parameters.
struct TwoLayers {
  std::size_t in, hidden, out;

  constexpr std::size_t bias_1() const { return in * hidden; }
  constexpr std::size_t kernel_2() const { return bias_1() + hidden; }
  constexpr std::size_t bias_2() const { return kernel_2() + hidden * out; }
  constexpr std::size_t size() const { return bias_2() + out; }
};

/// Adam over all parameters in one pass, a plain loop for the compiler to vectorise.
class Adam {
 public:
  explicit Adam(std::size_t size) : m_(size), v_(size) {}

  void update(float* __restrict parameters, const float* __restrict gradient) {
    power_1_ *= adam_beta_1;
    power_2_ *= adam_beta_2;
    const float alpha = adam_rate * std::sqrt(1 - power_2_) / (1 - power_1_);
    float* __restrict m = m_.data();
    float* __restrict v = v_.data();
    const std::size_t size = m_.size();
    for (std::size_t i = 0; i < size; ++i) {
      const float g = gradient[i];
      m[i] += (g - m[i]) * (1 - adam_beta_1);
      v[i] += (g * g - v[i]) * (1 - adam_beta_2);
      parameters[i] -= alpha * m[i] / (std::sqrt(v[i]) + adam_epsilon);
    }
  }

 private:
  std::vector<float> m_, v_;
  float power_1_ = 1, power_2_ = 1;
};

}  // namespace
}  // namespace mnist
