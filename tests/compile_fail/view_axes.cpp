// A view shows how many axes it has.
// expect: ctnn: a batch of inputs must have one axis more than the network's input shape
// expect: axes_agree<at_input, expects<Shape<3>>, axes<1>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
auto answer(const Model<Sequential<Dense<3, 4>>>& model, const xt::xtensor<float, 2>& x) {
#ifdef ACCEPTED
  return model.predict(xt::view(x, xt::range(0, 1), xt::all()));
#else
  return model.predict(xt::view(x, 0, xt::all()));
#endif
}
