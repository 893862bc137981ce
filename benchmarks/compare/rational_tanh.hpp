// The rational tanh that Eigen and TensorFlow use, for numbers and vectors of them.
#pragma once

namespace rational_tanh {

/// Beyond it, the quotient at it.
inline constexpr float limit = 7.90531110763549805f;

/// tanh x for |x| ≤ limit, to 5 ulp: an odd polynomial of degree 13 over an even one of degree 6.
template <class V>
[[gnu::always_inline]] inline V quotient(V x) {
  const V t = x * x;
  V p = t * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = t * p + -8.60467152213735e-11f;
  p = t * p + 5.12229709037114e-08f;
  p = t * p + 1.48572235717979e-05f;
  p = t * p + 6.37261928875436e-04f;
  p = t * p + 4.89352455891786e-03f;
  V q = t * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = t * q + 2.26843463243900e-03f;
  q = t * q + 4.89352518554385e-03f;
  return x * p / q;
}

}  // namespace rational_tanh
