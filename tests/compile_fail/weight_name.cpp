// A weight that the network has not.
// expect: ctnn: a weight must be named by its layer and array as in model.summary() and Keras, as "dense_1/kernel"
#include <ctnn/core.hpp>
#include <ctnn/weight.hpp>
using namespace ctnn;
using Small = StaticModel<Sequential<Dense<3, 2>, Tanh, Dense<1>>>;
#ifdef ACCEPTED
float first(const Small& model) { return weight<"dense_1/kernel">(model)[0]; }
#else
float first(const Small& model) { return weight<"dense_2/kernel">(model)[0]; }
#endif
