// The network that tells three cultivars by the chemistry of their wine.
#pragma once

#include <ctnn/core.hpp>

/// Its first layer knows mean and variance of the 13 numbers, so that it is asked what the analysis says.
using WineNet = ctnn::Sequential<ctnn::Input<13>, ctnn::Normalization<>, ctnn::Dense<32>, ctnn::ReLU, ctnn::Dropout<0.2>,
                                 ctnn::Dense<16>, ctnn::ReLU, ctnn::Dense<3>, ctnn::Softmax>;
