// expect: ctnn: a network's input shape must be known
// expect: input_is_known<Sequential<Dense<4>, Tanh>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<3>, Dense<4>, Tanh>;
#else
using Net = Sequential<Dense<4>, Tanh>;
#endif
StaticModel<Net> model;
