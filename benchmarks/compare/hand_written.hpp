// What a careful engineer would write for one network in particular, with the compiler's vector types: the yardstick
// of these benchmarks. No layer, no template over shapes; each function is one network.
#pragma once

#include <array>
#include <cstddef>
#include <ctnn/kernels/min_max.hpp>
#include <type_traits>

#include "rational_tanh.hpp"

namespace hand_written {

#if defined(__AVX512F__)
inline constexpr std::size_t width = 16;
#elif defined(__AVX__)
inline constexpr std::size_t width = 8;
#else
inline constexpr std::size_t width = 4;
#endif
typedef float Floats __attribute__((vector_size(4 * width)));
typedef float Four __attribute__((vector_size(16)));
typedef float Eight __attribute__((vector_size(32)));
typedef int Ints __attribute__((vector_size(4 * width)));

template <class V>
[[gnu::always_inline]] inline V load(const float* source) {
  V result;
  __builtin_memcpy(&result, source, sizeof result);
  return result;
}
template <class V>
[[gnu::always_inline]] inline void store(float* target, V value) {
  __builtin_memcpy(target, &value, sizeof value);
}
/// The sum of a vector's elements, by halves.
template <std::size_t Width, class V>
[[gnu::always_inline]] inline float sum(V value) {
  if constexpr (Width == 16) {
    return sum<8>(__builtin_shufflevector(value, value, 0, 1, 2, 3, 4, 5, 6, 7) +
                  __builtin_shufflevector(value, value, 8, 9, 10, 11, 12, 13, 14, 15));
  } else if constexpr (Width == 8) {
    return sum<4>(__builtin_shufflevector(value, value, 0, 1, 2, 3) + __builtin_shufflevector(value, value, 4, 5, 6, 7));
  } else {
    const V pairs = value + __builtin_shufflevector(value, value, 2, 3, 0, 1);
    return pairs[0] + pairs[1];
  }
}
/// The value, kept within ±limit. By instructions of that name: GCC 12 makes comparisons and masked moves of conditionals.
template <class V>
[[gnu::always_inline]] inline V clamp(V value, float limit) {
  const V high = V{} + limit;
  return ctnn::kernels::detail::max_native(-high, ctnn::kernels::detail::min_native(high, value));
}

struct RationalTanh {
  template <class V>
  [[gnu::always_inline]] V operator()(V x) const {
    return rational_tanh::quotient(clamp(x, rational_tanh::limit));
  }
};

/// 1-2-1 with tanh, mean squared error and SGD: kernel, bias, kernel, bias.
struct Parabola {
  float parameters[7];

  template <class Tanh = RationalTanh>
  float step(const float* x, const float* y, std::size_t count, float learning_rate) {
    const Tanh tanh;
    const float *w1 = parameters, *b1 = parameters + 2, *w2 = parameters + 4, b2 = parameters[6];
    const float scale = 2 / static_cast<float>(count);
    Floats gw1[2] = {}, gb1[2] = {}, gw2[2] = {}, gb2 = {}, loss = {};
    const auto tile = [&](std::size_t first, Floats mask) __attribute__((always_inline)) {
      const Floats in = load<Floats>(x + first);
      const Floats h0 = tanh(in * w1[0] + b1[0]), h1 = tanh(in * w1[1] + b1[1]);
      const Floats out = tanh(h0 * w2[0] + (h1 * w2[1] + b2));
      const Floats error = (out - load<Floats>(y + first)) * mask;
      loss += error * error;
      const Floats d2 = error * scale * (1 - out * out);
      gb2 += d2;
      gw2[0] += d2 * h0;
      gw2[1] += d2 * h1;
      const Floats d0 = d2 * w2[0] * (1 - h0 * h0), d1 = d2 * w2[1] * (1 - h1 * h1);
      gb1[0] += d0;
      gb1[1] += d1;
      gw1[0] += d0 * in;
      gw1[1] += d1 * in;
    };
    std::size_t first = 0;
    for (; first + width <= count; first += width) tile(first, Floats{} + 1);
    if (first < count) {
      // The last samples again, those seen already masked out.
      Floats mask;
      for (std::size_t i = 0; i < width; ++i) mask[i] = i < first + width - count ? 0.0f : 1.0f;
      tile(count - width, mask);
    }
    parameters[0] -= learning_rate * sum<width>(gw1[0]);
    parameters[1] -= learning_rate * sum<width>(gw1[1]);
    parameters[2] -= learning_rate * sum<width>(gb1[0]);
    parameters[3] -= learning_rate * sum<width>(gb1[1]);
    parameters[4] -= learning_rate * sum<width>(gw2[0]);
    parameters[5] -= learning_rate * sum<width>(gw2[1]);
    parameters[6] -= learning_rate * sum<width>(gb2);
    return sum<width>(loss) / static_cast<float>(count);
  }

  float answer(float x) const {
    const float* p = parameters;
    // Both hidden values share one register.
    const Four hidden = RationalTanh{}(Four{x * p[0] + p[2], x * p[1] + p[3], 0, 0});
    return RationalTanh{}(Four{hidden[0] * p[4] + (hidden[1] * p[5] + p[6]), 0, 0, 0})[0];
  }
};

/// 1-8-8-1 with tanh on the hidden layers.
inline float answer_1_8_8_1(const float* p, float x) {
  const RationalTanh tanh;
  float hidden[8];
  store(hidden, tanh(load<Eight>(p) * x + load<Eight>(p + 8)));
  const float* const k = p + 16;
  Eight sums[4] = {load<Eight>(p + 80)};
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i) sums[i % 4] += load<Eight>(k + 8 * i) * hidden[i];
  const Eight last = tanh((sums[0] + sums[1]) + (sums[2] + sums[3])) * load<Eight>(p + 88);
  return sum<8>(last) + p[96];
}

/// A dense layer of `In` inputs and `Out` outputs, a multiple of the width of V, with `Parts` sums in flight for each register.
template <class V, std::size_t In, std::size_t Out, std::size_t Parts>
[[gnu::always_inline]] inline void dense(const float* kernel, const float* bias, const float* x, float* y) {
  constexpr std::size_t w = sizeof(V) / sizeof(float);
  constexpr std::size_t block = Out / w < 4 ? Out / w : 4;
  for (std::size_t o = 0; o < Out; o += block * w) {
    V sums[Parts][block] = {};
    for (std::size_t v = 0; v < block; ++v) sums[0][v] = load<V>(bias + o + v * w);
    for (std::size_t i = 0; i < In; i += Parts) {
#pragma GCC unroll 16
      for (std::size_t part = 0; part < Parts; ++part) {
#pragma GCC unroll 16
        for (std::size_t v = 0; v < block; ++v) sums[part][v] += load<V>(kernel + (i + part) * Out + o + v * w) * x[i + part];
      }
    }
#pragma GCC unroll 16
    for (std::size_t v = 0; v < block; ++v) {
      V total = sums[0][v];
#pragma GCC unroll 16
      for (std::size_t part = 1; part < Parts; ++part) total += sums[part][v];
      store(y + o + v * w, total);
    }
  }
}

/// Three layers of 16 with ReLU. Two registers of eight, where there are any: what a register of sixteen stores comes
/// back later to be broadcast.
inline std::array<float, 16> answer_16_relu(const float* p, const std::array<float, 16>& x) {
  using V = std::conditional_t<width == 4, Four, Eight>;
  constexpr std::size_t w = sizeof(V) / sizeof(float);
  alignas(64) std::array<float, 16> a = x, b;
  for (int layer = 0; layer < 3; ++layer, p += 272) {
    dense<V, 16, 16, 4>(p, p + 256, a.data(), b.data());
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 16; i += w) {
      const V value = load<V>(b.data() + i);
      store(a.data() + i, value > 0 ? value : V{});
    }
  }
  return a;
}

/// Two layers of 64 with tanh.
inline std::array<float, 64> answer_64_tanh(const float* p, const std::array<float, 64>& x) {
  const RationalTanh tanh;
  alignas(64) std::array<float, 64> a = x, b;
  for (int layer = 0; layer < 2; ++layer, p += 65 * 64) {
    dense<Floats, 64, 64, 2>(p, p + 64 * 64, a.data(), b.data());
    for (std::size_t i = 0; i < 64; i += width) store(a.data() + i, tanh(load<Floats>(b.data() + i)));
  }
  return a;
}

}  // namespace hand_written
