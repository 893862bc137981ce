// The target's shape is not the output's.
// expect: ctnn: a batch's axes after the first must equal the network's input or output shape
// expect: shapes_agree<at_target, expects<Shape<4>>, gets<Shape<3>>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
using X = xt::xtensor_fixed<float, xt::xshape<5, 3>>;
#ifdef ACCEPTED
using Y = xt::xtensor_fixed<float, xt::xshape<5, 4>>;
#else
using Y = xt::xtensor_fixed<float, xt::xshape<5, 3>>;
#endif
float train(Model<Sequential<Dense<3, 4>>>& model, const X& x, const Y& y) {
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  return trainer.train_on_batch(x, y);
}
