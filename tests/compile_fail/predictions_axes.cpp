// An xt::xarray does not show that it has one axis: what predict gives has two, and does not fit into a tensor of one.
// expect: ctnn: a tensor must have as many axes as the predictions it is given
// expect: holds_predictions<axes<1>, axes<2>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Batch = xt::xtensor<float, 1>;
#else
using Batch = xt::xarray<float>;
#endif
void predict(const Model<Sequential<Dense<1, 1>>>& model, const Batch& x, xt::xtensor<float, 1>& y) { y = model.predict(x); }
