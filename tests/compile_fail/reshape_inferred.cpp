// expect: shapes_agree<at_layer<1>, expects<Shape<16>>, gets<Shape<15>>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<16>, Reshape<-1, 4>, Dense<2>>;
#else
using Net = Sequential<Input<15>, Reshape<-1, 4>, Dense<2>>;
#endif
StaticModel<Net> model;
