// expect: ctnn: a layer must have a static constexpr member const char* class_name
// expect: has_class_name<at_layer<1>, int>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<1, 2>, Tanh>;
#else
using Net = Sequential<Dense<1, 2>, int>;
#endif
StaticModel<Net> model;
