// How far ctnn's numbers are from Keras's.
//
// An array agrees if no element is off by more than a tolerance times the array's largest reference, so that an element
// which nearly cancels is not asked for digits that it cannot have. A loss is an array of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace agreement {

template <class Scalar, std::size_t Count>
double error(const Scalar* values, const std::array<double, Count>& reference) {
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    const double difference = std::abs(static_cast<double>(values[i]) - reference[i]);
    largest = std::max(largest, std::abs(reference[i]));
    if (std::isnan(difference)) return difference;
    worst = std::max(worst, difference);
  }
  return worst / largest;
}

template <class Number>
double error(Number value, double reference) {
  return error(&value, std::array{reference});
}

}  // namespace agreement
