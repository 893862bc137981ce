// The catalogue of layers: includes only.
#pragma once

#include "layers/dense.hpp"
#include "layers/elu.hpp"
#include "layers/gelu.hpp"
#include "layers/input.hpp"
#include "layers/leaky_relu.hpp"
#include "layers/linear.hpp"
#include "layers/regularized.hpp"
#include "layers/relu.hpp"
#include "layers/sigmoid.hpp"
#include "layers/silu.hpp"
#include "layers/softmax.hpp"
#include "layers/softplus.hpp"
#include "layers/tanh.hpp"
