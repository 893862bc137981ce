// What Keras takes as a layer's options, and no option is here.
#include <ctnn/core.hpp>
using namespace ctnn;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif
template <class Layer>
using Images = StaticModel<Sequential<Input<8, 8, 1>, Layer, Flatten, Dense<2>>>;

// mistake: a number for the kernel
// expect: ctnn: Conv2D's options must be Kernel, Strides, Dilation, Same or Valid, as in Conv2D<16, Kernel<3>, Same>
// expect: takes_option<Conv2D<16,
// expect: , int>
Images<Conv2D<16, EITHER(Kernel<3>, 3)>> kernel;

// mistake: a text for the padding
// expect: ctnn: Conv2D's options must be Kernel, Strides, Dilation, Same or Valid
// expect: takes_option<Conv2D<8,
// expect: , const char*>
Images<Conv2D<8, Kernel<3>, EITHER(Same, "same")>> padding;

// mistake: as many input channels, as in PyTorch
// expect: ctnn: Conv2D's options must be Kernel, Strides, Dilation, Same or Valid
// expect: takes_option<Conv2D<1,
#ifdef ACCEPTED
Images<Conv2D<1, Kernel<3>>> channels;
#else
Images<Conv2D<1, 16, Kernel<3>>> channels;
#endif

// mistake: a number for Normalization, as Keras's axis
// expect: ctnn: Normalization's only option must be Invert, as in Normalization<Invert>
// expect: options_in_range<Normalization<int>
Images<Normalization<EITHER(void, int)>> axis;

// mistake: a scale that no float holds
// expect: ctnn: Rescaling's scale and offset must be finite numbers that a float can hold
// expect: options_in_range<Rescaling<
Images<Rescaling<EITHER(1.0 / 255, 1e39)>> rescaled;

// mistake: two numbers for the pool
// expect: ctnn: MaxPooling2D's options must be Pool, Strides, Same or Valid, as in MaxPooling2D<Pool<2>, Same>
// expect: takes_option<MaxPooling2D<
// expect: , int>
#ifdef ACCEPTED
Images<MaxPooling2D<Pool<2, 2>>> pool;
#else
Images<MaxPooling2D<2, 2>> pool;
#endif

// mistake: a number behind the pool
// expect: ctnn: AveragePooling2D's options must be Pool, Strides, Same or Valid, as in AveragePooling2D<Pool<2>, Same>
// expect: takes_option<AveragePooling2D<
// expect: , unsigned
Images<AveragePooling2D<Pool<2>, EITHER(Strides<2>, 2u)>> strides;
