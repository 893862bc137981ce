#include <ctnn/losses/mean_absolute_error.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("MeanAbsoluteError: value, scale and gradient") {
  static_assert(Loss<MeanAbsoluteError>);
  const double predicted[] = {3, -1}, target[] = {1, -1.5};
  double gradient[2];
  const MeanAbsoluteError loss;
  CHECK(loss.evaluate<Shape<2>>(predicted, target, 1.0, gradient) == doctest::Approx((2 + 0.5) / 2));
  const double whole[] = {gradient[0], gradient[1]};
  loss.evaluate<Shape<2>>(predicted, target, 0.25, gradient);
  CHECK(gradient[0] == doctest::Approx(whole[0] / 4));
  CHECK(gradient[1] == doctest::Approx(whole[1] / 4));
  // At no error the derivative is 0.
  loss.evaluate<Shape<2>>(predicted, predicted, 1.0, gradient);
  CHECK(gradient[0] == 0);
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<2>>>(loss);
}
