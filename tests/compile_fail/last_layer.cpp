// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<2>, expects<Shape<3>>, gets<Shape<4>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Dense<1, 4>, Tanh, Dense<4, 1>>;
#else
using Net = Sequential<Dense<2, 4>, Tanh, Dense<3, 1>>;
#endif
StaticModel<Net> model{Seed{1}};
auto trainer = model.compile(SGD{}, MeanSquaredError{});
