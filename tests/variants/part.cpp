// A file that is compiled in several ways, each under a name of its own (CTNN_PART): it trains a network and answers.
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "parts.hpp"

using namespace ctnn;

std::vector<double> variants::CTNN_PART(bool refused) {
  using Net = Sequential<Dense<3, 40>, Tanh, Dropout<0.2>, BatchNormalization<>, Dense<4>, Softmax>;
  Model<Net> model{Seed{1}};
  if (refused) model.predict(xt::xarray<float>(xt::zeros<float>({5, 4})));
  xt::xtensor<float, 2> x = xt::zeros<float>({75, 3});
  xt::xtensor<int, 1> y = xt::zeros<int>({75});
  Random random{Seed{2}};
  for (float& value : x) value = static_cast<float>(random.uniform());
  for (int& value : y) value = static_cast<int>(random.below(4));
  auto trainer = model.compile(Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
  for (int step = 0; step < 9; ++step) trainer.train_on_batch(x, y);
  std::vector<double> result;
  for (const float value : model.predict(x)) result.push_back(static_cast<double>(value));
  result.push_back(static_cast<double>(trainer.evaluate(x, y).loss));
  return result;
}
