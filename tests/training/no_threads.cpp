#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

#ifndef _OPENMP
TEST_CASE("a program without OpenMP is told that it cannot have threads") {
  Model<Sequential<Dense<1, 1>>> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const xt::xtensor<float, 1> x = xt::ones<float>({5});
  CHECK_THROWS_WITH_AS(trainer.fit(x, x, {.threads = 2}),
                       "ctnn: fit: threads must be 1 in a program that is compiled without OpenMP (-fopenmp), but is 2",
                       OptionError);
  CHECK_THROWS_AS(trainer.evaluate(x, x, {.threads = 2}), OptionError);
  CHECK_THROWS_AS(model.predict(x, {.threads = 2}), OptionError);
}
#endif
