// expect: ctnn: an array given to set_weights must have the shape of the layer's own
// expect: shapes_agree<at_array<0>, expects<Shape<3, 4>>, gets<Shape<4, 3>>>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
using namespace ctnn;
using namespace ctnn::literals;
#ifdef ACCEPTED
using Weights = xt::xtensor_fixed<float, xt::xshape<3, 4>>;
#else
using Weights = xt::xtensor_fixed<float, xt::xshape<4, 3>>;
#endif
void set(Model<Sequential<Dense<3, 4>>>& model, const Weights& kernel) { model[0_c].set_weights(kernel, xt::zeros<float>({4})); }
