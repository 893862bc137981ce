#include <ctnn/layers/dense.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// One sample and a batch against the definition, in plain loops.
template <std::size_t In, std::size_t Out, class Scalar>
void check_size() {
  using Net = Sequential<Dense<In, Out>>;
  static_assert(Net::parameter_count == (In + 1) * Out);
  constexpr std::size_t count = 19;
  const auto parameters = checks::numbers<Scalar>(Net::parameter_count, 1);
  const auto x = checks::numbers<Scalar>(In * count, 2);
  const auto dy = checks::numbers<Scalar>(Out * count, 3);
  std::array<Scalar, Net::parameter_count> weights{};
  std::copy(parameters.begin(), parameters.end(), weights.begin());
  const StaticModel<Net, Scalar> model(weights);
  const double tolerance = sizeof(Scalar) == 4 ? 3e-6 : 1e-14;
  INFO(In, " → ", Out, ", ", sizeof(Scalar), " bytes");

  std::vector<Scalar> expected(Out * count);
  double worst = 0;
  for (std::size_t s = 0; s < count; ++s) {
    std::array<Scalar, In> sample{};
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(s * In), In, sample.begin());
    const auto y = model(sample);
    for (std::size_t o = 0; o < Out; ++o) {
      double sum = static_cast<double>(parameters[In * Out + o]);
      for (std::size_t i = 0; i < In; ++i) sum += static_cast<double>(x[s * In + i]) * static_cast<double>(parameters[i * Out + o]);
      expected[s * Out + o] = static_cast<Scalar>(sum);
      worst = std::max(worst, checks::relative_error(static_cast<double>(y[o]), sum, std::sqrt(static_cast<double>(In))));
    }
  }
  CHECK(worst < tolerance);

  // The loss with target y − dy has the gradient 2·dy / (count·Out) by the outputs: the batch kernels' turn.
  std::vector<Scalar> target(Out * count);
  for (std::size_t i = 0; i < target.size(); ++i) target[i] = expected[i] - dy[i];
  const auto gradient = checks::gradient<Net, kernels::NativeLane<Scalar>>(MeanSquaredError{}, parameters, x, target, count);
  worst = 0;
  for (std::size_t o = 0; o < Out; ++o) {
    for (std::size_t i = 0; i <= In; ++i) {
      double sum = 0;
      for (std::size_t s = 0; s < count; ++s) {
        sum += (i < In ? static_cast<double>(x[s * In + i]) : 1.0) * static_cast<double>(dy[s * Out + o]) * 2.0 / (count * Out);
      }
      worst = std::max(worst, checks::relative_error(static_cast<double>(gradient[i * Out + o]), sum, 1.0 / Out));
    }
  }
  CHECK(worst < 4 * tolerance);
}

}  // namespace

TEST_CASE_TEMPLATE("Dense: every kernel against the definition, odd sizes included", Scalar, float, double) {
  check_size<1, 1, Scalar>();
  check_size<1, 2, Scalar>();
  check_size<2, 1, Scalar>();
  check_size<3, 3, Scalar>();
  check_size<5, 7, Scalar>();
  check_size<16, 1, Scalar>();
  check_size<33, 1, Scalar>();
  check_size<71, 1, Scalar>();
  check_size<8, 8, Scalar>();
  check_size<16, 16, Scalar>();
  check_size<13, 20, Scalar>();
  check_size<1, 31, Scalar>();
  check_size<31, 2, Scalar>();
  check_size<64, 64, Scalar>();  // gradients summed over samples at once
  check_size<37, 65, Scalar>();
  check_size<6, 203, Scalar>();
}

TEST_CASE("Dense: gradient by central differences, narrow and wide, on the last axis") {
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<2>>>();
  checks::central_differences<Sequential<Input<3, 2>, Dense<4>, Tanh, Dense<2>>>();
  checks::central_differences<Sequential<Dense<2, 40>, Tanh, Dense<19>, Tanh, Dense<1>>>();
}

TEST_CASE("Dense: the kernel is Glorot-uniform and the bias zero") {
  const StaticModel<Sequential<Dense<30, 50>>, double> model{Seed{3}};
  const double limit = std::sqrt(6.0 / 80), *kernel = model.data();
  double largest = 0, mean = 0;
  for (std::size_t i = 0; i < 1500; ++i) largest = std::max(largest, std::abs(kernel[i])), mean += kernel[i] / 1500;
  CHECK(largest <= limit);
  CHECK(largest > 0.98 * limit);
  CHECK(std::abs(mean) < 0.02);
  for (std::size_t i = 1500; i < 1550; ++i) CHECK(kernel[i] == 0);
}
