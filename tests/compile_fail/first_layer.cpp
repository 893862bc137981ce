// The first layer's shape is wrong for the input that is named.
// expect: error
// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<1>, expects<Shape<3>>, gets<Shape<2>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<3>, Dense<3, 4>, Tanh>;
#else
using Net = Sequential<Input<2>, Dense<3, 4>, Tanh>;
#endif
StaticModel<Net> model;
