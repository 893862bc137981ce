// expect: ctnn: a sample must have as many values as the network's input
// expect: shapes_agree<at_input, expects<Shape<3>>, gets<Shape<2>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Sample = std::array<float, 3>;
#else
using Sample = std::array<float, 2>;
#endif
auto answer(const StaticModel<Sequential<Dense<3, 4>>>& model, const Sample& x) { return model(x); }
