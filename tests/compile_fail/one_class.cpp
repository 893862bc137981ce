// A single class is no choice: its loss would always be 0.
// expect: ctnn: what judges classes must find at least two in the output's last axis
// expect: has_classes<class_count_is<1>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
using Batch = xt::xtensor<float, 2>;
#ifdef ACCEPTED
using Judge = BinaryCrossentropy;
#else
using Judge = CategoricalCrossentropy;
#endif
float train(Model<Sequential<Dense<3, 1>, Sigmoid>>& model, const Batch& x, const Batch& y) {
  auto trainer = model.compile(SGD{}, Judge{}, Accuracy{});
  return trainer.train_on_batch(x, y) + trainer.test_on_batch(x, y);
}
