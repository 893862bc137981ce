// A convolution's kernel size has no default.
// expect: ctnn: Conv2D must be given its kernel's size, as in Conv2D<16, Kernel<3>>
// expect: kernel_is_given<Conv2D<16,
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
using Net = Sequential<Input<8, 8, 1>, Conv2D<16, Kernel<3>, Same>, Flatten, Dense<2>>;
#else
using Net = Sequential<Input<8, 8, 1>, Conv2D<16, Same>, Flatten, Dense<2>>;
#endif
StaticModel<Net> model;
