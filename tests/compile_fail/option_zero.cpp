// expect: ctnn: an option's height and width must be at least 1
// expect: option_is_positive<MaxPooling2D<
// expect: detail::Strides<2, 0>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<8, 8, 1>, MaxPooling2D<Pool<2>, Strides<2, 1>>, Flatten, Dense<2>>;
#else
using Net = Sequential<Input<8, 8, 1>, MaxPooling2D<Pool<2>, Strides<2, 0>>, Flatten, Dense<2>>;
#endif
StaticModel<Net> model;
