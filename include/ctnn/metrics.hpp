// The catalogue of metrics: includes only. Every loss is a metric, too (losses.hpp).
#pragma once

#include "metrics/accuracy.hpp"
#include "metrics/binary_accuracy.hpp"
#include "metrics/categorical_accuracy.hpp"
#include "metrics/sparse_categorical_accuracy.hpp"
#include "metrics/sparse_top_k_categorical_accuracy.hpp"
#include "metrics/top_k_categorical_accuracy.hpp"
