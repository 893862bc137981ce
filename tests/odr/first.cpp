#include <ctnn/ctnn.hpp>
#include <ctnn/plot/figure.hpp>

#include "shared.hpp"

float odr::train_elsewhere(ctnn::Model<Net>& model) {
  auto trainer = model.compile(ctnn::SGD{}, ctnn::MeanSquaredError{});
  return trainer.train_on_batch(xt::xtensor<float, 1>{1, 2, 3}, xt::xtensor<float, 1>{1, 2, 3});
}
