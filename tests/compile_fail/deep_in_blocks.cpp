// However deep a break lies, its place is the whole path.
// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1>, expects<Shape<3>>, gets<Shape<4>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Block = Sequential<ReLU, Dense<4, 2>>;
#else
using Block = Sequential<ReLU, Dense<3, 2>>;
#endif
template <class Inner, int Depth>
struct Inside {
  using type = typename Inside<Sequential<Inner, Linear>, Depth - 1>::type;
};
template <class Inner>
struct Inside<Inner, 0> {
  using type = Inner;
};
using Net = Sequential<Input<4>, Inside<Sequential<ReLU, Tanh, Block>, 10>::type, Dense<1>>;
StaticModel<Net> model;
