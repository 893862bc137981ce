// expect: ctnn: a batch's axes after the first must equal the network's input or output shape
// expect: shapes_agree<at_input, expects<Shape<3>>, gets<Shape<2>>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Batch = xt::xtensor_fixed<float, xt::xshape<5, 3>>;
#else
using Batch = xt::xtensor_fixed<float, xt::xshape<5, 2>>;
#endif
auto predict(const Model<Sequential<Dense<3, 4>>>& model, const Batch& x) { return model.predict(x); }
