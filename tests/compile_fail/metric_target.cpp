// The loss has one-hot targets, the metric takes class numbers.
// expect: ctnn: a metric must take the targets that the loss takes; what is named Sparse takes class numbers
// expect: shapes_agree<at_target, expects<Shape<1>>, gets<Shape<4>>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
using Batch = xt::xtensor<float, 2>;
#ifdef ACCEPTED
using Top = TopKCategoricalAccuracy;
#else
using Top = SparseTopKCategoricalAccuracy;
#endif
float train(Model<Sequential<Dense<3, 4>, Softmax>>& model, const Batch& x, const Batch& y) {
  auto trainer = model.compile(SGD{}, CategoricalCrossentropy{}, Accuracy{}, Top{.k = 2});
  return trainer.train_on_batch(x, y) + trainer.test_on_batch(x, y);
}
