// Softmax over one class is 1 whatever the input, so that nothing would be learnt.
// expect: ctnn: Softmax must have at least two classes in the last axis
// expect: has_classes<class_count_is<1>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
using Batch = xt::xtensor<float, 2>;
#ifdef ACCEPTED
using Net = Sequential<Dense<2, 1>, Sigmoid>;
#else
using Net = Sequential<Dense<2, 1>, Softmax>;
#endif
float train(Model<Net>& model, const Batch& x, const Batch& y) {
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  return trainer.train_on_batch(x, y) + trainer.test_on_batch(x, y);
}
