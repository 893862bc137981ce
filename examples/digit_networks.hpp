// The networks of the MNIST examples: a program each trains one, and classify_digit answers with either.
#pragma once

#include <ctnn/core.hpp>

namespace digits {

using namespace ctnn;

// [readme]
using DenseNet = Sequential<Input<28, 28, 1>, Flatten, Dense<128>, ReLU, Dropout<0.2>, Dense<10>, Softmax>;

using ConvNet = Sequential<Input<28, 28, 1>,                                  // rows, columns, channels
                           Conv2D<6, Kernel<5>, Same>, ReLU, MaxPooling2D<>,  // 14 × 14 × 6
                           Conv2D<16, Kernel<5>>, ReLU, MaxPooling2D<>,       // 5 × 5 × 16
                           Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>, Softmax>;
// [/readme]

}  // namespace digits
