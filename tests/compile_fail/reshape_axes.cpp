// expect: ctnn: Reshape's axes must be one to eight, each at least 1, or −1 for one that follows from the others
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<16>, Reshape<-1, 4>, Dense<2>>;
#else
using Net = Sequential<Input<16>, Reshape<-1, -1, 4>, Dense<2>>;
#endif
StaticModel<Net> model;
