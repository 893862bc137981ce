#include <ctnn/core.hpp>
using namespace ctnn;
// [readme]
using Wrong = Sequential<Dense<1, 4>, Tanh, Dense<3, 1>>;  // Tanh gives 4 numbers, the last layer wants 3
// [/readme]
static_assert(Wrong::layer_count == 3);
