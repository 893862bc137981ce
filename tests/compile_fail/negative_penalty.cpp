// expect: ctnn: a regularizer must have factors l1 or l2 that are finite and not negative
// expect: is_regularizer<L2{-1.0
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Regularized<Dense<1, 2>, L2{0}>, Tanh>;
#else
using Net = Sequential<Regularized<Dense<1, 2>, L2{-0.01}>, Tanh>;
#endif
StaticModel<Net> model;
