// What the tests share: reference arithmetic in plain loops, and central differences.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <ctnn/core.hpp>
#include <vector>

namespace checks {

/// `count` numbers uniform in [low, high), the same for the same seed.
template <class Scalar>
std::vector<Scalar> numbers(std::size_t count, std::uint64_t seed, double low = -1, double high = 1) {
  ctnn::Random random{ctnn::Seed{seed}};
  std::vector<Scalar> result(count);
  for (Scalar& value : result) value = static_cast<Scalar>(low + (high - low) * random.uniform());
  return result;
}

/// |a − b| relative to the larger of |b| and `scale`.
inline double relative_error(double a, double b, double scale) { return std::abs(a - b) / std::max(std::abs(b), scale); }

/// The gradient of a batch's loss by every parameter, computed as the trainer does, in the lanes given.
template <class Net, class Lane, class Loss, class Scalar = ctnn::ScalarOf<Lane>>
[[gnu::noinline]] std::vector<Scalar> gradient(const Loss& loss, const std::vector<Scalar>& parameters,
                                               const std::vector<Scalar>& x, const std::vector<Scalar>& y, std::size_t count,
                                               Scalar* value = nullptr, const Scalar* weights = nullptr) {
  std::vector<Scalar> result(Net::parameter_count);
  const ctnn::Samples<Scalar> inputs{.data = x.data(), .stride = std::ssize(x) / static_cast<std::ptrdiff_t>(count)};
  const ctnn::Samples<Scalar> targets{.data = y.data(), .stride = std::ssize(y) / static_cast<std::ptrdiff_t>(count)};
  const ctnn::SampleBatch<Scalar> batch{inputs, targets, count, weights};
  const ctnn::Objective<Loss> objective{loss};
  using Plan = ctnn::detail::WidePlan<Net, Loss, Lane>;
  using Couplings = ctnn::detail::CoupledPlan<Net, Loss, Lane>;
  Scalar mean;
  if constexpr (ctnn::detail::couples_samples<Net>) {
    std::vector<Lane> memory(Couplings::memory), kept(Couplings::kept * (count / Plan::width + 1));
    std::vector<Scalar> partial(Net::parameter_count), statistics(Couplings::statistics), lost(Net::parameter_count);
    const ctnn::detail::SerialWorker<Lane> worker{memory.data(), partial.data()};
    mean =
        ctnn::detail::CoupledBatch<Net, Lane, ctnn::detail::SerialWorker<Lane>, Loss>{
            objective,   parameters.data(), batch,
            0,           result.data(),     worker,
            kept.data(), statistics.data(), count > Plan::most_samples ? lost.data() : nullptr}
            .run()
            .loss;
  } else if constexpr (Plan::is_wide) {
    std::vector<Lane> memory(Plan::memory);
    std::vector<Scalar> partial(Net::parameter_count), lost(Net::parameter_count);
    mean = ctnn::detail::wide_sums<Net, true, Lane>(objective, parameters.data(), batch, 0, result.data(),
                                                    ctnn::detail::SerialWorker<Lane>{memory.data(), partial.data()},
                                                    count > Plan::most_samples ? lost.data() : nullptr)
               .loss;
  } else {
    mean = ctnn::detail::narrow_sums<Net, true, Lane>(objective, parameters.data(), batch, 0, result.data()).loss;
  }
  if (value) *value = mean;
  return result;
}

/// Targets of any numbers, and of class numbers.
inline std::vector<double> any_targets(std::size_t count) { return numbers<double>(count, 7, -1.5, 1.5); }
template <std::size_t Classes>
std::vector<double> class_targets(std::size_t count) {
  auto result = numbers<double>(count, 7, 0, Classes);
  for (double& value : result) value = std::floor(value);
  return result;
}

/// Checks the gradient of a network's loss in double against central differences, in lanes and number by number, for
/// batches around the register width. `spread` is the range of inputs; errors are relative to the largest component. Of a network
/// with more than 300 parameters, some 300 are looked at, evenly spread. `weighted`: samples have weights, some of them 0.
template <class Net, class Loss = ctnn::MeanSquaredError>
void central_differences(const Loss& loss = {}, double spread = 2, double tolerance = 1e-10,
                         std::vector<double> (*targets)(std::size_t) = any_targets, bool weighted = false) {
  using Lane = ctnn::kernels::NativeLane<double>;
  constexpr std::size_t in = Net::input_shape::size, out = ctnn::TargetShape<Loss, typename Net::output_shape>::size;
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{3}, ctnn::kernels::width_of<Lane>, ctnn::kernels::width_of<Lane> + 3}) {
    auto parameters = numbers<double>(Net::parameter_count, 11, -1.2, 1.2);
    // What is not trained has no gradient, and may be a variance.
    std::vector<bool> trained(parameters.size(), true);
    for (const auto& variable : ctnn::detail::variables<Net>) {
      for (std::size_t i = variable.first; !variable.trainable && i < variable.last(); ++i) {
        trained[i] = false;
        parameters[i] = 0.5 + std::abs(parameters[i]);
      }
    }
    const auto x = numbers<double>(in * count, 5, -spread, spread);
    const auto y = targets(out * count);
    auto counted = numbers<double>(count, 17, 0.25, 3);
    if (count > 2) counted[1] = 0;
    const double* const weights = weighted ? counted.data() : nullptr;
    const auto in_lanes = gradient<Net, Lane>(loss, parameters, x, y, count, static_cast<double*>(nullptr), weights);
    const auto one_by_one = gradient<Net, double>(loss, parameters, x, y, count, static_cast<double*>(nullptr), weights);
    double scale = 0;
    for (const double g : one_by_one) scale = std::max(scale, std::abs(g));
    double worst = 0, apart = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) apart = std::max(apart, relative_error(in_lanes[i], one_by_one[i], scale));
    for (std::size_t i = 0; i < parameters.size(); i += 1 + parameters.size() / 300) {
      // Richardson's extrapolation of two central differences: its error is of the fourth order.
      const auto slope = [&](double h) {
        double high = 0, low = 0;
        const double value = parameters[i];
        parameters[i] = value + h;
        gradient<Net, double>(loss, parameters, x, y, count, &high, weights);
        parameters[i] = value - h;
        gradient<Net, double>(loss, parameters, x, y, count, &low, weights);
        parameters[i] = value;
        return (high - low) / (2 * h);
      };
      const double difference = trained[i] ? (4 * slope(4e-4) - slope(8e-4)) / 3 : 0;
      worst = std::max(worst, relative_error(one_by_one[i], difference, scale));
    }
    INFO("batch of ", count, ", largest gradient ", scale);
    CHECK(scale > 0);
    CHECK(worst < tolerance);
    CHECK(apart < 1e-13);
  }
}

/// Checks an activation: its values against a formula in every lane width, and its gradient inside a network.
template <class Activation, class Formula>
void activation(const Formula& formula, double tolerance = 1e-6) {
  static_assert(ctnn::Layer<Activation>);
  constexpr std::size_t count = 37;  // 32 + 4 + 1: every register width and a remainder
  const auto x = numbers<float>(count, 3, -6, 6);
  std::array<float, count> sample{};
  std::copy(x.begin(), x.end(), sample.begin());
  using Net = ctnn::Sequential<ctnn::Input<count>, Activation>;
  const auto y = ctnn::StaticModel<Net>{}(sample);
  for (std::size_t i = 0; i < count; ++i) {
    INFO("x = ", x[i]);
    CHECK(relative_error(static_cast<double>(y[i]), formula(static_cast<double>(x[i])), 1e-3) < tolerance);
    // Alone, and in a vector of samples.
    CHECK(relative_error(static_cast<double>(Activation::value(x[i])), static_cast<double>(y[i]), 1e-3) < tolerance);
    CHECK(Activation::value(ctnn::kernels::NativeLane<float>(x[i]))[0] == doctest::Approx(y[i]).epsilon(1e-6).scale(1e-3));
  }
  central_differences<ctnn::Sequential<ctnn::Dense<3, 5>, Activation, ctnn::Dense<2>>>();
}

}  // namespace checks
