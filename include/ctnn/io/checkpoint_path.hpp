// The name of a checkpoint's file: a text with Python's placeholders, as {epoch:02d} and {val_loss:.2f}.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "../errors.hpp"
#include "../kernels/arithmetic.hpp"
#include "../training/logs.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// What may stand behind a placeholder's colon, of Python's format language: [0][width][.precision][type], type one of d for
/// the epoch, and e, f, g, E, F, G for numbers.
struct PlaceholderFormat {
  bool zeros = false, valid = true;
  int width = 0, precision = -1;
  char type = 0;

  explicit PlaceholderFormat(std::string_view text) {
    const auto digits = [&](int& number) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc()) text.remove_prefix(static_cast<std::size_t>(end - text.data()));
      return error == std::errc() && number >= 0 && number <= 100;
    };
    if (text.starts_with('0')) zeros = true, text.remove_prefix(1);
    if (!text.empty() && text[0] >= '0' && text[0] <= '9') valid = digits(width);
    if (text.starts_with('.')) text.remove_prefix(1), valid = valid && digits(precision);
    if (!text.empty()) type = text[0], text.remove_prefix(1);
    valid = valid && text.empty();
  }
};

inline std::string padded_left(std::string text, const PlaceholderFormat& format) {
  const auto width = static_cast<std::size_t>(format.width);
  if (text.size() >= width) return text;
  // Zeros come behind the sign.
  const std::size_t at = format.zeros && text.starts_with('-') ? 1 : 0;
  return text.insert(at, width - text.size(), format.zeros ? '0' : ' ');
}

/// A number as Python's format gives it, whatever the locale.
inline std::string python_text(double number, char type, int precision) {
  if (math::is_nan(number)) return type >= 'E' && type <= 'G' ? "NAN" : "nan";
  char text[512];
  const auto written = [&](auto... how) { return std::string(text, std::to_chars(text, text + sizeof text, number, how...).ptr); };
  if (type != 0) {
    const char lower = static_cast<char>(type | 0x20);
    const auto notation = lower == 'e'   ? std::chars_format::scientific
                          : lower == 'f' ? std::chars_format::fixed
                                         : std::chars_format::general;
    std::string result = written(notation, precision < 0 ? 6 : precision);
    for (char& letter : result) {
      if (type != lower && letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 0x20);
    }
    return result;
  }
  if (!math::is_finite(number)) return written();
  // As repr, or as "g" of so many digits; but without an exponent a number has at least one digit behind the point.
  const int digits = precision < 0 ? 17 : std::max(precision, 1);
  std::string result = precision < 0 ? written(std::chars_format::scientific) : written(std::chars_format::scientific, digits - 1);
  const std::size_t e = result.find('e');
  const int exponent = std::atoi(result.c_str() + e + 1);
  if (exponent < -4 || exponent >= digits - 1) {
    std::size_t end = e;
    if (result.find('.') < e) {
      while (result[end - 1] == '0') --end;
      if (result[end - 1] == '.') --end;
    }
    return result.erase(end, e - end);
  }
  result = precision < 0 ? written(std::chars_format::fixed) : written(std::chars_format::general, digits);
  return result.find('.') == std::string::npos ? result + ".0" : result;
}

/// Puts the epoch, counted from 1, and the logs into a text as Python's str.format does. Throws OptionError, in the name of
/// ModelCheckpoint, for a placeholder that is not in the logs or of another form.
inline std::string checkpoint_path(const std::string& pattern, std::size_t epoch, const Logs& logs) {
  const auto fail = [&](const std::string& what) {
    throw OptionError(concat("ctnn: ModelCheckpoint: filepath must have placeholders as {epoch:02d} and {val_loss:.2f}, but ", what,
                             " in \"", pattern, "\""));
  };
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char letter = pattern[i];
    // A brace twice over stands for itself.
    if ((letter == '{' || letter == '}') && i + 1 < pattern.size() && pattern[i + 1] == letter) {
      result += letter, ++i;
    } else if (letter == '}') {
      fail("a \"}\" has no \"{\"");
    } else if (letter != '{') {
      result += letter;
    } else {
      const std::size_t end = pattern.find('}', i);
      if (end == std::string::npos) fail("a \"{\" has no \"}\"");
      const std::string_view inner = std::string_view(pattern).substr(i + 1, end - i - 1);
      const std::size_t colon = std::min(inner.find(':'), inner.size());
      const std::string name(inner.substr(0, colon));
      const PlaceholderFormat format(inner.substr(std::min(colon + 1, inner.size())));
      const bool whole = name == "epoch" && (format.type == 0 || format.type == 'd') && format.precision < 0;
      const bool known =
          whole || (format.type == 0 && name != "epoch") || std::string_view("eEfFgG").find(format.type) != std::string_view::npos;
      if (!format.valid || !known) fail(concat("\"{", std::string(inner), "}\" came"));
      const double* const value = logs.find(name);
      if (name != "epoch" && !value) fail(concat("\"", name, "\" is not among epoch, ", name_list(logs)));
      if (whole) {
        result += padded_left(std::to_string(epoch), format);
      } else {
        const double number = value ? *value : static_cast<double>(epoch);
        result += padded_left(python_text(number, format.type, format.precision), format);
      }
      i = end;
    }
  }
  return result;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
