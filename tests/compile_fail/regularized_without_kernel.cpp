// expect: ctnn: a regularized layer must have parameters named kernel
// expect: has_kernel<Tanh>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Regularized<Dense<1, 2>, L2{0.01}>, Tanh>;
#else
using Net = Sequential<Dense<1, 2>, Regularized<Tanh, L2{0.01}> >;
#endif
StaticModel<Net> model;
