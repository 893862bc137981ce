// Plain scalar loops over arrays of constant size, for the compiler to vectorise. Built with -O3 -ffast-math.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>

#include "by_hand.hpp"
#include "peer.hpp"
#include "rational_tanh.hpp"

using compare::Batch, compare::Data, compare::Method;

namespace {

/// Eigen's. GCC vectorises std::tanh as well, by glibc's, with which the parabola's step takes half again as long. (Clang would
/// not, unless told to.)
inline float tanh(float x) {
  x = x < -rational_tanh::limit ? -rational_tanh::limit : x;
  return rational_tanh::quotient(x > rational_tanh::limit ? rational_tanh::limit : x);
}

// Training.

template <std::size_t Count>
float line_step(float* __restrict p, const float* __restrict x, const float* __restrict y, float rate) {
  const float w = p[0], b = p[1];
  float loss = 0, gw = 0, gb = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    const float error = x[i] * w + b - y[i];
    loss += error * error;
    gw += error * x[i];
    gb += error;
  }
  constexpr float scale = 1 / static_cast<float>(Count);
  p[0] -= rate * 2 * scale * gw;
  p[1] -= rate * 2 * scale * gb;
  return loss * scale;
}

template <std::size_t Count>
float parabola_step(float* __restrict p, const float* __restrict x, const float* __restrict y, float rate) {
  float g[7] = {}, loss = 0;
  const float w0 = p[0], w1 = p[1], b0 = p[2], b1 = p[3], v0 = p[4], v1 = p[5], c = p[6];
  for (std::size_t i = 0; i < Count; ++i) {
    const float h0 = tanh(x[i] * w0 + b0), h1 = tanh(x[i] * w1 + b1);
    const float out = tanh(h0 * v0 + h1 * v1 + c), error = out - y[i];
    loss += error * error;
    const float d = error * (1 - out * out), d0 = d * v0 * (1 - h0 * h0), d1 = d * v1 * (1 - h1 * h1);
    g[0] += d0 * x[i];
    g[1] += d1 * x[i];
    g[2] += d0;
    g[3] += d1;
    g[4] += d * h0;
    g[5] += d * h1;
    g[6] += d;
  }
  constexpr float scale = 1 / static_cast<float>(Count);
  for (std::size_t k = 0; k < 7; ++k) p[k] -= rate * 2 * scale * g[k];
  return loss * scale;
}

/// c (Rows, Columns) = start + a·b, a (Rows, Inner) or, transposed, (Inner, Rows); `Block` rows at a time, whose sums stay in
/// registers. Loops over columns are not to be unrolled: GCC and Clang would do so before they vectorise, and then vectorise less
/// well.
template <std::size_t Rows, std::size_t Columns, std::size_t Inner, bool Transposed, std::size_t Block>
[[gnu::always_inline]] inline void multiply(const float* __restrict a, const float* __restrict b, float* __restrict c,
                                            const float* __restrict start) {
  for (std::size_t first = 0; first < Rows; first += Block) {
    float sums[Block][Columns];
    for (std::size_t r = 0; r < Block; ++r) {
#pragma GCC unroll 1
      for (std::size_t j = 0; j < Columns; ++j) sums[r][j] = start ? start[j] : 0.0f;
    }
    for (std::size_t k = 0; k < Inner; ++k) {
#pragma GCC unroll 16
      for (std::size_t r = 0; r < Block; ++r) {
        const float factor = Transposed ? a[k * Rows + first + r] : a[(first + r) * Inner + k];
#pragma GCC unroll 1
        for (std::size_t j = 0; j < Columns; ++j) sums[r][j] += factor * b[k * Columns + j];
      }
    }
    for (std::size_t r = 0; r < Block; ++r) {
#pragma GCC unroll 1
      for (std::size_t j = 0; j < Columns; ++j) c[(first + r) * Columns + j] = sums[r][j];
    }
  }
}

/// 1-16-16-1 with tanh, mean squared error and Adam. Units are next to each other, not samples: 16 fill a register of AVX-512, and
/// neither product sums up over the lanes of one.
class Curve {
 public:
  explicit Curve(const Data& data) : adam_(size) { std::copy_n(data.parameters.data(), size, parameters_); }

  float step(const float* x, const float* y) {
    const float loss = make_gradient(x, y);
    adam_.begin_step();
    adam_.update(parameters_, 0, gradient_, size);
    return loss;
  }

 private:
  static constexpr std::size_t width = 16, count = 32;
  /// Where the arrays lie among all parameters.
  static constexpr std::size_t bias_1 = width, kernel_2 = 2 * width, bias_2 = kernel_2 + width * width, kernel_3 = bias_2 + width,
                               bias_3 = kernel_3 + width, size = bias_3 + 1;

  float make_gradient(const float* __restrict x, const float* __restrict y) {
    // All of them restricted, or Clang takes one part of the object for another.
    const float* __restrict w1 = parameters_;
    const float* __restrict b1 = parameters_ + bias_1;
    const float* __restrict w2 = parameters_ + kernel_2;
    const float* __restrict b2 = parameters_ + bias_2;
    const float* __restrict w3 = parameters_ + kernel_3;
    float* __restrict gw1 = gradient_;
    float* __restrict gb1 = gradient_ + bias_1;
    float* __restrict gw2 = gradient_ + kernel_2;
    float* __restrict gb2 = gradient_ + bias_2;
    float* __restrict gw3 = gradient_ + kernel_3;
    float* __restrict h1 = h1_;
    float* __restrict h2 = h2_;
    float* __restrict d1 = d1_;
    float* __restrict d2 = d2_;
    float* __restrict error = error_;

    for (std::size_t i = 0; i < count; ++i) {
#pragma GCC unroll 1
      for (std::size_t k = 0; k < width; ++k) h1[i * width + k] = tanh(x[i] * w1[k] + b1[k]);
    }
    multiply<count, width, width, false, 4>(h1, w2, h2, b2);
    for (std::size_t i = 0; i < count * width; ++i) h2[i] = tanh(h2[i]);
    for (std::size_t i = 0; i < count; ++i) {
      float out = parameters_[bias_3];
      for (std::size_t k = 0; k < width; ++k) out += h2[i * width + k] * w3[k];
      error[i] = out - y[i];
    }
    float loss = 0, sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      loss += error[i] * error[i];
      sum += error[i];
    }
    constexpr float scale = 1 / static_cast<float>(count);
    gradient_[bias_3] = 2 * scale * sum;

    float sums[2][width] = {};
    for (std::size_t i = 0; i < count; ++i) {
      const float d = 2 * scale * error[i];
#pragma GCC unroll 1
      for (std::size_t k = 0; k < width; ++k) {
        const float h = h2[i * width + k];
        d2[i * width + k] = d * w3[k] * (1 - h * h);
        sums[0][k] += d * h;
        sums[1][k] += d2[i * width + k];
      }
    }
    for (std::size_t k = 0; k < width; ++k) {
      gw3[k] = sums[0][k];
      gb2[k] = sums[1][k];
    }
    multiply<width, width, count, true, 8>(h1, d2, gw2, nullptr);
    float transposed[width * width];
    for (std::size_t i = 0; i < width; ++i) {
      for (std::size_t k = 0; k < width; ++k) transposed[i * width + k] = w2[k * width + i];
    }
    multiply<count, width, width, false, 4>(d2, transposed, d1, nullptr);
    float first_sums[2][width] = {};
    for (std::size_t i = 0; i < count; ++i) {
#pragma GCC unroll 1
      for (std::size_t k = 0; k < width; ++k) {
        const float h = h1[i * width + k], d = d1[i * width + k] * (1 - h * h);
        first_sums[0][k] += d * x[i];
        first_sums[1][k] += d;
      }
    }
    for (std::size_t k = 0; k < width; ++k) {
      gw1[k] = first_sums[0][k];
      gb1[k] = first_sums[1][k];
    }
    return loss * scale;
  }

  alignas(64) float parameters_[size];
  alignas(64) float gradient_[size];
  alignas(64) float h1_[count * width];
  alignas(64) float h2_[count * width];
  alignas(64) float d1_[count * width];
  alignas(64) float d2_[count * width];
  alignas(64) float error_[count];
  by_hand::Adam adam_;
};

// Single samples.

/// A dense layer, Block outputs at a time, with Parts sums of each in flight. Wide blocks may be unrolled: that is done after they
/// are vectorised, and keeps the sums in registers.
template <std::size_t In, std::size_t Out, std::size_t Block, std::size_t Parts>
[[gnu::always_inline]] inline void dense(const float* __restrict p, const float* __restrict x, float* __restrict y) {
  const float* __restrict bias = p + In * Out;
  for (std::size_t first = 0; first < Out; first += Block) {
    float sums[Parts][Block] = {};
    for (std::size_t i = 0; i < In; i += Parts) {
#pragma GCC unroll 16
      for (std::size_t part = 0; part < Parts; ++part) {
        const float factor = x[i + part];
        const float* __restrict kernel = p + (i + part) * Out + first;
        if constexpr (Block % 8 == 0 && Block <= 16) {
#pragma GCC unroll 1
          for (std::size_t o = 0; o < Block; ++o) sums[part][o] += factor * kernel[o];
        } else {
          for (std::size_t o = 0; o < Block; ++o) sums[part][o] += factor * kernel[o];
        }
      }
    }
#pragma GCC unroll 1
    for (std::size_t o = 0; o < Block; ++o) {
      float sum = bias[first + o];
#pragma GCC unroll 16
      for (std::size_t part = 0; part < Parts; ++part) sum += sums[part][o];
      y[first + o] = sum;
    }
  }
}
template <std::size_t Size>
void relu(float* x) {
  for (std::size_t i = 0; i < Size; ++i) x[i] = x[i] > 0 ? x[i] : 0.0f;
}
template <std::size_t Size>
void tanh(float* x) {
  for (std::size_t i = 0; i < Size; ++i) x[i] = tanh(x[i]);
}

std::array<float, 1> answer_parabola(const float* p, const std::array<float, 1>& x) {
  float h[2];
  for (std::size_t k = 0; k < 2; ++k) h[k] = tanh(x[0] * p[k] + p[2 + k]);
  return {tanh(h[0] * p[4] + (h[1] * p[5] + p[6]))};
}

std::array<float, 1> answer_small(const float* p, const std::array<float, 1>& x) {
  alignas(64) float a[8], b[8];
  for (std::size_t k = 0; k < 8; ++k) a[k] = tanh(x[0] * p[k] + p[8 + k]);
  dense<8, 8, 8, 4>(p + 16, a, b);
  tanh<8>(b);
  float out = p[96];
  for (std::size_t k = 0; k < 8; ++k) out += b[k] * p[88 + k];
  return {out};
}

std::array<float, 16> answer_rectifiers(const float* p, const std::array<float, 16>& x) {
  alignas(64) std::array<float, 16> a, b;
  dense<16, 16, 16, 4>(p, x.data(), a.data());
  relu<16>(a.data());
  dense<16, 16, 16, 4>(p + 272, a.data(), b.data());
  relu<16>(b.data());
  dense<16, 16, 16, 4>(p + 2 * 272, b.data(), a.data());
  relu<16>(a.data());
  return a;
}

std::array<float, 64> answer_tanh_64(const float* p, const std::array<float, 64>& x) {
  alignas(64) std::array<float, 64> a, b;
  dense<64, 64, 64, 2>(p, x.data(), a.data());
  tanh<64>(a.data());
  dense<64, 64, 64, 2>(p + 65 * 64, a.data(), b.data());
  tanh<64>(b.data());
  return b;
}

std::array<float, 128> answer_relu_128(const float* p, const std::array<float, 128>& x) {
  alignas(64) std::array<float, 128> a, b;
  dense<128, 128, 128, 1>(p, x.data(), a.data());
  relu<128>(a.data());
  dense<128, 128, 128, 1>(p + 129 * 128, a.data(), b.data());
  relu<128>(b.data());
  return b;
}

std::array<float, 10> answer_dense(const float* p, const std::array<float, 784>& x) {
  alignas(64) float a[128];
  alignas(64) std::array<float, 10> y;
  dense<784, 128, 128, 1>(p, x.data(), a);
  relu<128>(a);
  dense<128, 10, 10, 2>(p + 785 * 128, a, y.data());
  float largest = y[0], sum = 0;
  for (std::size_t i = 1; i < 10; ++i) largest = y[i] > largest ? y[i] : largest;
  for (std::size_t i = 0; i < 10; ++i) y[i] = std::exp(y[i] - largest);
  for (std::size_t i = 0; i < 10; ++i) sum += y[i];
  for (std::size_t i = 0; i < 10; ++i) y[i] /= sum;
  return y;
}

template <std::size_t In, std::size_t Out>
void add_answer(compare::Peer& peer, const compare::Network& network,
                std::array<float, Out> (*function)(const float*, const std::array<float, In>&)) {
  peer.answer<In, Out>(network, [=](const Data& data) {
    return [&data, function](const std::array<float, In>& x) { return function(data.parameters.data(), x); };
  });
}

}  // namespace

int main(int argc, char** argv) {
  compare::Peer peer("plain loops", "arrays of constant size", argc, argv);
  peer.train(compare::line, Method::sgd, 100, [](const Data& data) {
    return [p = std::array{data.parameters[0], data.parameters[1]}, rate = data.network.sgd_rate](const Batch& batch) mutable {
      return line_step<100>(p.data(), batch.x, batch.y, rate);
    };
  });
  peer.train(compare::parabola, Method::sgd, 200, [](const Data& data) {
    std::array<float, 7> parameters;
    std::copy_n(data.parameters.data(), parameters.size(), parameters.data());
    return [p = parameters, rate = data.network.sgd_rate](const Batch& batch) mutable {
      return parabola_step<200>(p.data(), batch.x, batch.y, rate);
    };
  });
  peer.train(compare::curve, Method::adam, 32, [](const Data& data) {
    return [curve = std::make_shared<Curve>(data)](const Batch& batch) { return curve->step(batch.x, batch.y); };
  });
  add_answer(peer, compare::parabola, answer_parabola);
  add_answer(peer, compare::small, answer_small);
  add_answer(peer, compare::rectifiers, answer_rectifiers);
  add_answer(peer, compare::tanh_64, answer_tanh_64);
  add_answer(peer, compare::relu_128, answer_relu_128);
  add_answer(peer, compare::dense, answer_dense);
  return peer.serve();
}
