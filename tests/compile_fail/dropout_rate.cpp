// A rate of 1 would leave nothing.
// expect: ctnn: Dropout's rate must lie in [0, 1)
// expect: options_in_range<Dropout<1.0
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<2, 4>, Dropout<0.5>, Dense<2>>;
#else
using Net = Sequential<Dense<2, 4>, Dropout<1.0>, Dense<2>>;
#endif
StaticModel<Net> model;
