// Two translation units with the whole library, linked together: odr/first.cpp and odr/second.cpp.
#pragma once

#include <ctnn/ctnn.hpp>

namespace odr {

using Net = ctnn::Sequential<ctnn::Dense<1, 2>, ctnn::Tanh, ctnn::Dense<1>>;

/// Trains a model of the other translation unit by one step.
float train_elsewhere(ctnn::Model<Net>& model);

}  // namespace odr
