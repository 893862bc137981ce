// Numbers as text for messages and lines that are printed: the same in every locale, and whatever a stream was told.
#pragma once

#include <charconv>
#include <string>

#include "version.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

template <class... How>
[[gnu::cold]] std::string number_text_as(double value, How... how) {
  // The longest double has 309 digits before its point.
  char text[352];
  return std::string(text, std::to_chars(text, text + sizeof text, value, how...).ptr);
}

/// The shortest text that gives the number back: "0.1", "1e+39", "nan".
inline std::string number_text(double value) { return number_text_as(value); }
/// The same of a float.
[[gnu::cold]] inline std::string number_text(float value) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}
/// With six digits, as a stream prints it: "0.1", "0.333333", "1e-07".
inline std::string short_text(double value) { return number_text_as(value, std::chars_format::general, 6); }
/// With so many digits behind the point: "0.1000".
inline std::string fixed_text(double value, int digits) { return number_text_as(value, std::chars_format::fixed, digits); }
/// The same with an exponent: "1.0000e-04".
inline std::string scientific_text(double value, int digits) {
  return number_text_as(value, std::chars_format::scientific, digits);
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
