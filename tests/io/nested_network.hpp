// The network of keras.weights.h5.
#pragma once

#include <cstddef>
#include <ctnn/core.hpp>

template <std::size_t Units>
using NestedBlock = ctnn::Sequential<ctnn::Dense<Units>, ctnn::Tanh, ctnn::Dense<3>>;
using NestedNetwork = ctnn::Sequential<ctnn::Dense<2, 3>, ctnn::LeakyReLU<>, NestedBlock<4>, ctnn::Dense<3>, NestedBlock<2>,
                                       ctnn::Dense<2>, ctnn::Softmax>;
