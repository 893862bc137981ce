// The arrow form is checked like the list.
// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<2>, expects<Shape<3>>, gets<Shape<4>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = decltype(Dense<1, 4>{} >> Tanh{} >> Dense<4, 1>{});
#else
using Net = decltype(Dense<1, 4>{} >> Tanh{} >> Dense<3, 1>{});
#endif
static_assert(Net::layer_count == 3);
