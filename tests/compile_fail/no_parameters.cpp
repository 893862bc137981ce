// expect: ctnn: a network must have parameters to be trained
// expect: has_parameters<Sequential<Input<2>, Tanh>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<2, 1>, Tanh>;
#else
using Net = Sequential<Input<2>, Tanh>;
#endif
void train(StaticModel<Net>& model) { auto trainer = model.compile(SGD{}, MeanSquaredError{}); }
