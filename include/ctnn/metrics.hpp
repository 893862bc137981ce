// The catalogue of metrics: includes only. Every loss is a metric, too (losses.hpp).
#pragma once

#include "metrics/accuracy.hpp"
#include "metrics/auc.hpp"
#include "metrics/binary_accuracy.hpp"
#include "metrics/categorical_accuracy.hpp"
#include "metrics/confusion_matrix.hpp"
#include "metrics/f1_score.hpp"
#include "metrics/fbeta_score.hpp"
#include "metrics/precision.hpp"
#include "metrics/r2_score.hpp"
#include "metrics/recall.hpp"
#include "metrics/root_mean_squared_error.hpp"
#include "metrics/sparse_categorical_accuracy.hpp"
#include "metrics/sparse_top_k_categorical_accuracy.hpp"
#include "metrics/top_k_categorical_accuracy.hpp"
#include "metrics/weighted.hpp"
