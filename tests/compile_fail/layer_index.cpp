// expect: ctnn: a layer's index must be less than the network's number of layers
// expect: layer_exists<at_layer<4>, layer_count_is<4>>
#include <ctnn/ctnn.hpp>
using namespace ctnn;
using namespace ctnn::literals;
using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
#ifdef ACCEPTED
auto weights(Model<Net>& model) { return model[3_c].weights(); }
#else
auto weights(Model<Net>& model) { return model[4_c].weights(); }
#endif
