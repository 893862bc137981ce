// The catalogue of losses: includes only.
#pragma once

#include "losses/binary_crossentropy.hpp"
#include "losses/categorical_crossentropy.hpp"
#include "losses/huber.hpp"
#include "losses/mean_absolute_error.hpp"
#include "losses/mean_squared_error.hpp"
#include "losses/sparse_categorical_crossentropy.hpp"
