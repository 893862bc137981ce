// Class numbers are wanted, one a sample, and one-hot targets come.
// expect: ctnn: a batch's axes after the first must equal the network's input or output shape
// expect: shapes_agree<at_target, expects<Shape<1>>, gets<Shape<4>>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
using X = xt::xtensor_fixed<float, xt::xshape<5, 3>>;
#ifdef ACCEPTED
using Y = xt::xtensor_fixed<int, xt::xshape<5>>;
#else
using Y = xt::xtensor_fixed<int, xt::xshape<5, 4>>;
#endif
float train(Model<Sequential<Dense<3, 4>, Softmax>>& model, const X& x, const Y& y) {
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  return trainer.train_on_batch(x, y);
}
