// expect: ctnn: a layer must be given each option only once, and only one of Same and Valid
// expect: takes_option_once<AveragePooling2D<
// expect: detail::Valid>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<8, 8, 1>, AveragePooling2D<Same, Pool<2>>, Flatten, Dense<2>>;
#else
using Net = Sequential<Input<8, 8, 1>, AveragePooling2D<Same, Pool<2>, Valid>, Flatten, Dense<2>>;
#endif
StaticModel<Net> model;
