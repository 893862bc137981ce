// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<1>, expects<Shape<28, 28, 1>>, gets<Shape<28, 28>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<28, 28, 1>, MaxPooling2D<>, Flatten, Dense<10>>;
#else
using Net = Sequential<Input<28, 28>, MaxPooling2D<>, Flatten, Dense<10>>;
#endif
StaticModel<Net> model;
