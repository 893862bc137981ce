// expect: ctnn: a layer's sizes must be at least 1
// expect: sizes_are_positive<at_layer<0>, gets<Shape<0>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<3, 4>>;
#else
using Net = Sequential<Dense<0, 4>>;
#endif
static_assert(Net::layer_count == 1);
