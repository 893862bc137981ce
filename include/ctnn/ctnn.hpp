// All that a desktop program needs.
#pragma once

#include "core.hpp"
#include "data/as_batch.hpp"
#include "model.hpp"
#include "training/callbacks.hpp"
#include "training/learner.hpp"
