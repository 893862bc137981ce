// A window that does not fit into the image leaves no row.
// expect: ctnn: a layer's sizes must be at least 1
// expect: sizes_are_positive<at_layer<1>, gets<Shape<0, 2, 6>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<4, 4, 6>, MaxPooling2D<Pool<4, 2>>, Flatten, Dense<2>>;
#else
using Net = Sequential<Input<4, 4, 6>, MaxPooling2D<Pool<5, 2>>, Flatten, Dense<2>>;
#endif
StaticModel<Net> model;
