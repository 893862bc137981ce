// All that firmware, a real-time thread or a constant expression needs: networks, StaticModel and its training.
// No heap, no exceptions, no I/O, no xtensor.
#pragma once

#include "layers.hpp"
#include "losses.hpp"
#include "metrics.hpp"
#include "optimizers.hpp"
#include "sequential.hpp"
#include "static_model.hpp"
#include "training/static_learner.hpp"
