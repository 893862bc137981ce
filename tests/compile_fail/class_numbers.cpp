// Class numbers come where one-hot targets are wanted.
// expect: ctnn: a batch of targets must have one axis more than the loss wants a target to have (class numbers are targets of
// SparseCategoricalCrossentropy; images become rows by Flatten) expect: axes_agree<at_target, expects<Shape<4>>, axes<1>>
#include <ctnn/ctnn.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Targets = xt::xtensor<float, 2>;
#else
using Targets = xt::xtensor<int, 1>;
#endif
float train(Model<Sequential<Dense<3, 4>, Softmax>>& model, const xt::xtensor<float, 2>& x, const Targets& y) {
  auto trainer = model.compile(SGD{}, CategoricalCrossentropy{});
  return trainer.train_on_batch(x, y);
}
