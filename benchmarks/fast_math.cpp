// The parabola's step as plain loops over arrays, for the compiler to vectorise: built with -O3 -ffast-math.
#include "fast_math.hpp"

#include <cstddef>

namespace {

float rational_tanh(float x) {
  x = x < -7.90531110763549805f ? -7.90531110763549805f : x;
  x = x > 7.90531110763549805f ? 7.90531110763549805f : x;
  const float t = x * x;
  float p = t * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = t * p + -8.60467152213735e-11f;
  p = t * p + 5.12229709037114e-08f;
  p = t * p + 1.48572235717979e-05f;
  p = t * p + 6.37261928875436e-04f;
  p = t * p + 4.89352455891786e-03f;
  float q = t * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = t * q + 2.26843463243900e-03f;
  q = t * q + 4.89352518554385e-03f;
  return x * p / q;
}

}  // namespace

float fast_math::parabola_step(float* __restrict p, const float* __restrict x, const float* __restrict y, std::size_t count,
                               float learning_rate) {
  float g[7] = {}, loss = 0;
  const float w0 = p[0], w1 = p[1], b0 = p[2], b1 = p[3], v0 = p[4], v1 = p[5], c = p[6];
  const float scale = 2 / static_cast<float>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float h0 = rational_tanh(x[i] * w0 + b0), h1 = rational_tanh(x[i] * w1 + b1);
    const float out = rational_tanh(h0 * v0 + h1 * v1 + c), error = out - y[i];
    loss += error * error;
    const float d = error * scale * (1 - out * out), d0 = d * v0 * (1 - h0 * h0), d1 = d * v1 * (1 - h1 * h1);
    g[0] += d0 * x[i];
    g[1] += d1 * x[i];
    g[2] += d0;
    g[3] += d1;
    g[4] += d * h0;
    g[5] += d * h1;
    g[6] += d;
  }
  for (int k = 0; k < 7; ++k) p[k] -= learning_rate * g[k];
  return loss / static_cast<float>(count);
}
