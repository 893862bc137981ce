// A block takes its input from outside, so the break shows only in the outer chain: the place is the path to it.
// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<2, 1>, expects<Shape<3>>, gets<Shape<4>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Block = Sequential<ReLU, Dense<4, 2>>;
#else
using Block = Sequential<ReLU, Dense<3, 2>>;
#endif
using Net = Sequential<Input<7>, Sequential<Dense<4>, Tanh>, Block, Dense<1>>;
StaticModel<Net> model;
