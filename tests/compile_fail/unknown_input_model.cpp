// expect: ctnn: a network's input shape must be known
// expect: input_is_known<Sequential<Dense<4>, Tanh>>
#include <ctnn/ctnn.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<3, 4>, Tanh>;
#else
using Net = Sequential<Dense<4>, Tanh>;
#endif
void train() {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  trainer.train_on_batch(xt::xtensor<float, 2>::from_shape({5, 3}), xt::xtensor<float, 2>::from_shape({5, 4}));
}
