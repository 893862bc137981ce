// Runs one layer by itself, forward and backward, on numbers of as many samples as a lane holds.
#pragma once

#include "../checks.hpp"

namespace checks {

/// What a layer makes of a register of samples: sample after sample, and the gradient of its parameters summed over them.
template <class Scalar>
struct LayerRun {
  std::vector<Scalar> y, dx, gradient;
};

/// The number's place among the lanes of a register.
template <class Lane>
ctnn::ScalarOf<Lane>& element(Lane* lanes, std::size_t index, std::size_t sample) {
  return reinterpret_cast<ctnn::ScalarOf<Lane>*>(lanes + index)[sample];
}

/// `x` and `dy` hold width_of<Lane> samples, one after another. dx is filled with NaN before, so that backward must write it.
template <class Layer, class In, class Lane, class Scalar = ctnn::ScalarOf<Lane>>
LayerRun<Scalar> run_layer(const std::vector<Scalar>& x, const std::vector<Scalar>& parameters, const std::vector<Scalar>& dy) {
  using Net = ctnn::Sequential<Layer>;
  using Out = typename Net::template chain<In>::template boundary<1>;
  constexpr std::size_t width = ctnn::kernels::width_of<Lane>;
  constexpr std::size_t parameter_count = ctnn::detail::parameter_count<Layer>(In::dimensions);
  std::vector<Lane> x_lanes(In::size), y(Out::size), dy_lanes(Out::size),
      dx(In::size, Lane(std::numeric_limits<Scalar>::quiet_NaN()));
  std::vector<Lane> record(ctnn::detail::tape_size<Layer>(In::dimensions) + 1), sums(parameter_count + 1, Lane(0));
  std::vector<Scalar> gradient(parameter_count, Scalar(0));
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < In::size; ++i) element(x_lanes.data(), i, s) = x[s * In::size + i];
    for (std::size_t i = 0; i < Out::size; ++i) element(dy_lanes.data(), i, s) = dy[s * Out::size + i];
  }
  using Leaf = ctnn::detail::Leaf<Layer, In>;
  const Lane* const input = x_lanes.data();
  Leaf::template forward_training<true>(input, parameters.data(), y.data(), record.data());
  const ctnn::Tape<Layer, Lane> tape(input, y.data(), record.data());
  Leaf::template backward<true, true>(tape, parameters.data(), dy_lanes.data(), sums.data(), dx.data());
  LayerRun<Scalar> result{.y = std::vector<Scalar>(width * Out::size), .dx = std::vector<Scalar>(width * In::size), .gradient = {}};
  for (std::size_t k = 0; k < parameter_count; ++k) gradient[k] = ctnn::kernels::sum(sums[k]);
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < In::size; ++i) result.dx[s * In::size + i] = element(dx.data(), i, s);
    for (std::size_t i = 0; i < Out::size; ++i) result.y[s * Out::size + i] = element(y.data(), i, s);
  }
  result.gradient = gradient;
  // Inference is a path of its own, for one sample above all.
  std::vector<Lane> inferred(Out::size);
  Leaf::template forward<true>(input, parameters.data(), inferred.data());
  std::size_t different = 0;
  for (std::size_t i = 0; i < Out::size; ++i) {
    for (std::size_t s = 0; s < width; ++s) {
      const Scalar a = element(inferred.data(), i, s), b = result.y[s * Out::size + i];
      different += !(a == b || (std::isnan(a) && std::isnan(b)));
    }
  }
  CHECK(different == 0);
  return result;
}

/// The largest difference of two arrays, relative to the largest reference, or to `scale` where that is larger: the size of
/// the terms that make up a value, where they nearly cancel. NaN where either array has one.
template <class A, class B>
double array_error(const A& values, const B& reference, double scale = 1e-300) {
  REQUIRE(std::size(values) == std::size(reference));
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < std::size(values); ++i) {
    const double difference = std::abs(static_cast<double>(values[i]) - static_cast<double>(reference[i]));
    if (std::isnan(difference)) return difference;
    largest = std::max(largest, std::abs(static_cast<double>(reference[i])));
    worst = std::max(worst, difference);
  }
  return worst / std::max(largest, scale);
}

}  // namespace checks
