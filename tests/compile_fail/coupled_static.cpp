// What couples samples keeps the whole batch, for which a model in place has no memory.
// expect: ctnn: a network with BatchNormalization must be trained as a Model, since it keeps what the whole batch became
// expect: can_grow<Sequential<Dense<1, 4>, BatchNormalization<
#include <ctnn/ctnn.hpp>
using namespace ctnn;
using Net = Sequential<Dense<1, 4>, BatchNormalization<>, Dense<2>>;
#ifdef ACCEPTED
Model<Net> model;
#else
StaticModel<Net> model;
#endif
auto trainer = model.compile(SGD{}, MeanSquaredError{});
