// Dense works on the last axis, as in Keras: without Flatten every pixel is classified, and wants a target.
// expect: ctnn: a batch of targets must have one axis more than the loss wants a target to have (class numbers are targets of
// SparseCategoricalCrossentropy; images become rows by Flatten) expect: axes_agree<at_target, expects<Shape<28, 28>>, axes<1>>
#include <ctnn/ctnn.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<28, 28, 1>, Flatten, Dense<10>, Softmax>;
#else
using Net = Sequential<Input<28, 28, 1>, Dense<10>, Softmax>;
#endif
float train(Model<Net>& model, const xt::xtensor<float, 4>& images, const xt::xtensor<int, 1>& labels) {
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  return trainer.train_on_batch(images, labels);
}
