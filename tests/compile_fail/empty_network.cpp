// expect: ctnn: a network must have at least one layer
// expect: has_layers<Sequential<>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<1, 1>>;
#else
using Net = Sequential<>;
#endif
static_assert(Net::layer_count < 2);
