// Only the first of two breaks is reported.
// expect: shapes_agree<at_layer<1>, expects<Shape<3>>, gets<Shape<2>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<1, 2>, Dense<2, 4>, Dense<4, 1>>;
#else
using Net = Sequential<Dense<1, 2>, Dense<3, 4>, Dense<5, 1>>;
#endif
static_assert(Net::layer_count == 3);
