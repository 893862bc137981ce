// expect: ctnn: MaxPooling2D's options must be Pool, Strides, Same or Valid
// expect: takes_option<MaxPooling2D<
// expect: detail::Kernel<3, 3>>
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<8, 8, 1>, MaxPooling2D<Pool<3, 3>, Same>, Flatten, Dense<2>>;
#else
using Net = Sequential<Input<8, 8, 1>, MaxPooling2D<Kernel<3, 3>, Same>, Flatten, Dense<2>>;
#endif
StaticModel<Net> model;
