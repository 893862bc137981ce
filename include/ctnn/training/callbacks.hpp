// The callbacks that need nothing but the core. io/model_checkpoint.hpp has another, which writes files of weights.
#pragma once

#include "callbacks/csv_logger.hpp"
#include "callbacks/early_stopping.hpp"
#include "callbacks/learning_rate_scheduler.hpp"
#include "callbacks/reduce_lr_on_plateau.hpp"
