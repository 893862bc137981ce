// Axis: how one axis of a Figure is divided and numbered.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "../kernels/arithmetic.hpp"
#include "../number_text.hpp"
#include "script.hpp"

namespace ctnn::plot::inline CTNN_VARIANT::detail {

/// The numbers that are drawn along an axis, from the least to the greatest.
struct Interval {
  double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();

  void add(double value) { low = std::min(low, value), high = std::max(high, value); }
};

struct Axis {
  bool logarithmic = false;
  bool whole = false;  ///< numbered in whole steps, unless it is logarithmic

  /// Whether a number has a place on it.
  bool holds(double value) const { return math::is_finite(value) && (!logarithmic || (value >= least && value <= greatest)); }

  /// The commands that set up the axis `name`, "x" or "y", for these numbers, whatever it was before.
  [[gnu::cold]] std::string settings(std::string_view name, const Interval& drawn) const {
    if (logarithmic) {
      const double margin = std::max(0.05 * (std::log10(drawn.high) - std::log10(drawn.low)), 0.01);
      const Interval range{.low = std::max(drawn.low * std::pow(10, -margin), least),
                           .high = std::min(drawn.high * std::pow(10, margin), greatest)};
      return concat("set logscale ", name, "\nset ", name, "range [", number_text(range.low), ":", number_text(range.high),
                    "]\nset ", name, "tics (", logarithmic_tics(range), ")\n");
    }
    return concat("unset logscale ", name, "\nset autoscale ", name, whole ? "fix" : "", "\nset ", name, "tics ",
                  whole ? number_text(whole_step(drawn)) : "autofreq", "\n");
  }

 private:
  // Between these gnuplot computes logarithms, and what lies beyond 2^1023 it does not draw at all.
  static constexpr double least = std::numeric_limits<double>::min(), greatest = 0x1p1023;

  /// 1, 2, 5, 10 … so that there are about ten.
  static double whole_step(const Interval& drawn) {
    double step = 1;
    // The difference itself may be beyond the largest number.
    for (int i = 0; drawn.high / step - drawn.low / step > 10; ++i) step *= i % 3 == 1 ? 2.5 : 2;
    return step;
  }

  /// Powers of ten and, where they are few, what lies between; gnuplot's own choice are powers of ten and nothing else.
  [[gnu::cold]] static std::string logarithmic_tics(const Interval& range) {
    const double low = std::log10(range.low), high = std::log10(range.high), decades = high - low;
    std::string tics;
    const auto add = [&](double value, bool numbered) {
      if (value < range.low || value > range.high) return;
      // Not all digits: 3 · 0.1 is to be read as 0.3.
      const std::string text = ctnn::detail::number_text_as(value, std::chars_format::general, decades < 1 ? 12 : 6);
      tics += concat(tics.empty() ? "" : ", ", "'", numbered ? text : "", "' ", text, numbered ? "" : " 1");
    };
    if (decades < 1) {
      // Nearly as on a linear axis.
      double step = std::pow(10, std::floor(std::log10(range.high - range.low)));
      if ((range.high - range.low) / step < 4) step /= (range.high - range.low) / step < 2 ? 5 : 2;
      const double first = std::ceil(range.low / step);
      for (int i = 0; i < 16; ++i) add((first + i) * step, true);
      return tics;
    }
    int step = 1;
    for (int i = 0; decades / step > 10; ++i) step = i % 3 == 1 ? step * 5 / 2 : step * 2;
    for (int power = static_cast<int>(std::floor(low / step)) * step; power <= high; power += step) {
      add(std::pow(10, power), true);
      if (step > 1) continue;
      for (int digit = 2; digit < 10; ++digit) add(digit * std::pow(10, power), decades < 3 && (digit == 2 || digit == 5));
    }
    return tics;
  }
};

}  // namespace ctnn::plot::inline CTNN_VARIANT::detail
