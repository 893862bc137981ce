// The tutorial's parabola from twenty starts. A network of seven parameters cannot beat the least-squares parabola by
// much, and from some starts gradient descent stays on a plateau: in Keras, too, about two of twenty.
#include <algorithm>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <numeric>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("the parabola is learned from most of twenty starts, to the noise and no further") {
  xt::random::seed(42);
  const xt::xtensor<float, 1> x = xt::linspace(-0.5f, 0.5f, 200);
  const xt::xtensor<float, 1> noise = xt::random::randn<float>({200}, 0.0f, 0.02f);
  const xt::xtensor<float, 1> y = xt::square(x) + noise;
  const double noise_power = xt::mean(xt::square(noise))();
  std::vector<double> costs;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Model<Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>> model{Seed{seed}};
    auto trainer = model.compile(SGD{.learning_rate = 0.3}, MeanSquaredError{});
    float cost = 0;
    for (int step = 0; step <= 6000; ++step) cost = trainer.train_on_batch(x, y);
    costs.push_back(static_cast<double>(cost));
  }
  std::sort(costs.begin(), costs.end());
  INFO("best ", costs.front(), ", median ", costs[10], ", worst ", costs.back(), ", noise ", noise_power);
  CHECK(costs.front() > 0.9 * noise_power);
  CHECK(costs[10] < 1.2 * noise_power);
  CHECK(std::count_if(costs.begin(), costs.end(), [](double cost) { return cost < 1e-3; }) >= 15);
  CHECK(costs.back() < 0.0065);  // a constant output
  MESSAGE("mean ", std::accumulate(costs.begin(), costs.end(), 0.0) / 20, ", median ", costs[10], ", noise ", noise_power);
}
