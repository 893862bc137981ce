// A block whose break shows by itself is reported once, for the block.
// expect: shapes_agree<at_layer<1>, expects<Shape<3>>, gets<Shape<5>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Block = Sequential<Dense<4, 5>, Dense<5, 2>>;
#else
using Block = Sequential<Dense<4, 5>, Dense<3, 2>>;
#endif
using Net = Sequential<Input<4>, Block, Dense<2, 1>>;
StaticModel<Net> model;
