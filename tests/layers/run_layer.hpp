// Runs one layer by itself, forward and backward, on numbers of as many samples as a lane holds.
#pragma once

#include "../checks.hpp"

namespace checks {

/// What a layer makes of a register of samples: sample after sample, and the gradient of its parameters summed over them.
template <class Scalar>
struct LayerRun {
  std::vector<Scalar> y, dx, gradient;
};

/// A number of one sample in an array of lanes.
template <class Lane>
auto& element(Lane* lanes, std::size_t index, std::size_t sample) {
  using Scalar = ctnn::ScalarOf<std::remove_const_t<Lane>>;
  return reinterpret_cast<std::conditional_t<std::is_const_v<Lane>, const Scalar, Scalar>*>(lanes + index)[sample];
}

/// `x` and `dy` hold width_of<Lane> samples, one after another. dx is filled with NaN before, so that backward must write it.
template <class Layer, class In, class Lane, class Scalar = ctnn::ScalarOf<Lane>>
LayerRun<Scalar> run_layer(const std::vector<Scalar>& x, const std::vector<Scalar>& parameters, const std::vector<Scalar>& dy) {
  using Chain = typename ctnn::Sequential<Layer>::template chain<In>;
  using Run = ctnn::detail::InMemory<Chain, Lane>;
  using Pass = ctnn::detail::MemoryPass<Lane>;
  using ctnn::detail::Passage;
  constexpr std::size_t width = ctnn::kernels::width_of<Lane>, outputs = Chain::template boundary<1>::size;
  REQUIRE(x.size() == width * In::size);
  REQUIRE(dy.size() == width * outputs);
  REQUIRE(parameters.size() == Chain::plan.offset[1]);
  LayerRun<Scalar> result{.y = std::vector<Scalar>(dy.size()), .dx = std::vector<Scalar>(x.size()), .gradient = parameters};
  std::ranges::fill(result.gradient, Scalar(0));
  std::vector<Lane> input(In::size), inferred(outputs), sums(Chain::plan.lane_offset[1], Lane(0));
  std::vector<Lane> dx(In::size, Lane(std::numeric_limits<Scalar>::quiet_NaN()));
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < In::size; ++i) element(input.data(), i, s) = x[s * In::size + i];
  }
  const auto rest = [&](const Lane* y, Lane* gradient) {
    for (std::size_t s = 0; s < width; ++s) {
      for (std::size_t i = 0; i < outputs; ++i) {
        result.y[s * outputs + i] = element(y, i, s);
        element(gradient, i, s) = dy[s * outputs + i];
      }
    }
  };
  const Lane* const first = input.data();
  std::vector<Lane> memory(Run::template size<Passage::train_input>);
  const ctnn::detail::Gradients<Lane> gradients{sums.data(), result.gradient.data()};
  const Pass pass{.noise = 0, .first = 0, .tiles = 1, .fresh = true, .memory = memory.data()};
  Run::template train<true>(first, parameters.data(), gradients, dx.data(), pass, rest);
  if constexpr (width > 1) Chain::reduce(static_cast<const Lane*>(sums.data()), result.gradient.data());
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < In::size; ++i) result.dx[s * In::size + i] = element(dx.data(), i, s);
  }
  // Inference is a path of its own, for one sample above all.
  Chain::infer(first, parameters.data(), inferred.data());
  std::size_t different = 0;
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < outputs; ++i) {
      const Scalar a = element(inferred.data(), i, s), b = result.y[s * outputs + i];
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
