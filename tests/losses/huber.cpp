#include <ctnn/losses/huber.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Huber: value, scale and gradient") {
  static_assert(Loss<Huber>);
  const double predicted[] = {3, -1}, target[] = {1, -1.5};
  double gradient[2];
  const Huber loss;
  CHECK(loss.evaluate<Shape<2>>(predicted, target, 1.0, gradient) == doctest::Approx(((2 - 0.5) + 0.125) / 2));
  const double whole[] = {gradient[0], gradient[1]};
  loss.evaluate<Shape<2>>(predicted, target, 0.25, gradient);
  CHECK(gradient[0] == doctest::Approx(whole[0] / 4));
  CHECK(gradient[1] == doctest::Approx(whole[1] / 4));
  CHECK(Huber{.delta = 0.25}.evaluate<Shape<2>>(predicted, target, 1.0, gradient) ==
        doctest::Approx(0.25 * (2 - 0.125 + 0.5 - 0.125) / 2));
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<2>>>(loss);
}
