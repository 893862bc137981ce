// The catalogue of learning-rate schedules: includes only.
#pragma once

#include "schedules/cosine_decay.hpp"
#include "schedules/exponential_decay.hpp"
#include "schedules/inverse_time_decay.hpp"
#include "schedules/piecewise_constant_decay.hpp"
#include "schedules/polynomial_decay.hpp"
