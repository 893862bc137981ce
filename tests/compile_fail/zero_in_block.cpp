// expect: ctnn: a layer's sizes must be at least 1
// expect: sizes_are_positive<at_layer<1, 0>, gets<Shape<0>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<3>, Sequential<Dense<1>, Dense<2>>>;
#else
using Net = Sequential<Input<3>, Sequential<Dense<0>, Dense<2>>>;
#endif
StaticModel<Net> model;
