#include <ctnn/plot/figure.hpp>

#include "shared.hpp"
// After the others: the order of includes carries no meaning.
#include <doctest/doctest.h>

#include <ctnn/layers/tanh.hpp>

TEST_CASE("two translation units share one model type") {
  ctnn::Model<odr::Net> model{ctnn::Seed{1}};
  auto trainer = model.compile(ctnn::SGD{}, ctnn::MeanSquaredError{});
  const xt::xtensor<float, 1> x{1, 2, 3};
  const float before = odr::train_elsewhere(model);
  CHECK(trainer.train_on_batch(x, x) < before);
}
