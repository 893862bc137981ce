// The catalogue of optimizers: includes only.
#pragma once

#include "optimizers/sgd.hpp"
