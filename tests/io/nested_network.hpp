// The networks of keras.weights.h5 and keras_adapted.weights.h5.
#pragma once

#include <cstddef>
#include <ctnn/core.hpp>

template <std::size_t Units>
using NestedBlock = ctnn::Sequential<ctnn::Dense<Units>, ctnn::Tanh, ctnn::Dense<3>>;
using NestedNetwork = ctnn::Sequential<ctnn::Dense<2, 3>, ctnn::LeakyReLU<>, NestedBlock<4>, ctnn::Dense<3>, NestedBlock<2>,
                                       ctnn::Dense<2>, ctnn::Softmax>;
using AdaptedNetwork = ctnn::Sequential<ctnn::Input<2>, ctnn::Rescaling<0.5, 1>, ctnn::Normalization<>, ctnn::Dense<2>,
                                        ctnn::Normalization<ctnn::Invert>>;
