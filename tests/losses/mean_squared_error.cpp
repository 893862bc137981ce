#include <ctnn/losses/mean_squared_error.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("MeanSquaredError: value, scale and gradient") {
  static_assert(Loss<MeanSquaredError>);
  const double predicted[] = {3, -1}, target[] = {1, -1.5};
  double gradient[2];
  const MeanSquaredError loss;
  CHECK(loss.evaluate<Shape<2>>(predicted, target, 1.0, gradient) == doctest::Approx((3 - 1) * (3 - 1) / 2.0 + 0.25 / 2));
  const double whole[] = {gradient[0], gradient[1]};
  loss.evaluate<Shape<2>>(predicted, target, 0.25, gradient);
  CHECK(gradient[0] == doctest::Approx(whole[0] / 4));
  CHECK(gradient[1] == doctest::Approx(whole[1] / 4));
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<2>>>(loss);
}
