// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<1>, expects<Shape<16>>, gets<Shape<3, 5>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<2, 8>, Reshape<4, 4>, Dense<2>>;
#else
using Net = Sequential<Input<3, 5>, Reshape<4, 4>, Dense<2>>;
#endif
StaticModel<Net> model;
