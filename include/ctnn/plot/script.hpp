// What a script for gnuplot consists of: numbers, texts that it takes for nothing else, and places counted in pixels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "../errors.hpp"
#include "../number_text.hpp"

namespace ctnn::plot::inline CTNN_VARIANT {

/// A container, range or tensor of numbers.
template <class Range>
concept Numbers = requires(const Range& values) {
  static_cast<double>(*std::begin(values));
  std::end(values);
};

namespace detail {

using ctnn::detail::concat;
using ctnn::detail::number_text;

template <class Values>
[[gnu::cold]] std::vector<double> numbers_of(const Values& values) {
  std::vector<double> result;
  const auto end = std::end(values);
  for (auto value = std::begin(values); value != end; ++value) result.push_back(static_cast<double>(*value));
  return result;
}

/// Whether a text is UTF-8 of characters that XML may hold, too: no surrogates, nothing overlong or beyond U+10FFFF.
[[gnu::cold]] inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > text.size()) return false;
    std::uint32_t character = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      character = character << 6 | (next & 0x3fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xd800 && character < 0xe000, none = character == 0xfffe || character == 0xffff;
    if (character < smallest[length] || surrogate || none || character > 0x10ffff) return false;
    i += length;
  }
  return true;
}

/// The text as a gnuplot string that draws it literally: all but letters and spaces is given by its octal code, since
/// gnuplot runs backquotes inside double quotes, at times expands @macros even inside single ones, and would take a digit
/// for a part of the code before it. What an SVG may not contain, control characters and bytes that are no UTF-8, is drawn
/// as spaces and question marks.
[[gnu::cold]] inline std::string quoted(std::string_view text) {
  const bool valid = is_utf8(text);
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) byte = ' ';
    if (byte >= 0x80 && !valid) byte = '?';
    // gnuplot does not escape ">", but "]]>" is no legal text in XML: a space of no width comes between.
    if (byte == '>' && text.substr(0, i).ends_with("]]")) result += "\u200b";
    const bool plain = byte == ' ' || byte >= 0x80 || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    if (plain) {
      result += static_cast<char>(byte);
    } else {
      result +=
          {'\\', static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8), static_cast<char>('0' + byte % 8)};
    }
  }
  return result + '"';
}

/// How wide a letter is in the fonts that come first with "Sans", in parts of the size.
inline double letter_width(unsigned char lead) {
  constexpr std::string_view narrow = " !'(),-./:;I[]fijlrt|", wide = "#%&+<=>@MWmw~";
  // From U+3000 on, a character's first byte is one of these: East Asia and emoji.
  if (lead >= 0xe3 || wide.find(static_cast<char>(lead)) != wide.npos) return 1;
  if (narrow.find(static_cast<char>(lead)) != narrow.npos) return 0.42;
  return lead >= 'A' && lead <= 'Z' ? 0.79 : 0.65;
}

/// How many lines a text has, and how many pixels its longest one needs.
struct Extent {
  std::size_t width = 0, lines = 0;
};
[[gnu::cold]] inline Extent extent_of(std::string_view text, std::size_t font_size) {
  Extent extent{.width = 0, .lines = text.empty() ? 0u : 1u};
  double in_line = 0;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte == '\n') {
      in_line = 0;
      ++extent.lines;
    } else if ((byte & 0xc0) != 0x80) {
      in_line += letter_width(byte) * static_cast<double>(font_size);
      extent.width = std::max(extent.width, static_cast<std::size_t>(in_line + 1));
    }
  }
  return extent;
}

/// How a picture begins whose axes count its own pixels, from its upper left corner.
[[gnu::cold]] inline std::string pixel_axes(std::size_t width, std::size_t height) {
  return concat(
      "set encoding utf8\nset lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen 1\nset bmargin at screen 0\n"
      "unset border\nunset tics\nunset key\nset xrange [0:",
      std::to_string(width), "]\nset yrange [", std::to_string(height), ":0]\n");
}

/// Where a text stands, and how: "center", "right" or, turned to the left, "center rotate".
struct Label {
  double x, y;
  std::size_t font_size;
  const char* placing = "center";
  const char* color = "#000000";
};
[[gnu::cold]] inline std::string label(std::string_view text, const Label& how) {
  return concat("set label ", quoted(text), " at ", number_text(how.x), ",", number_text(how.y), " ", how.placing,
                " noenhanced textcolor rgb '", how.color, "' font ',", std::to_string(how.font_size), "'\n");
}

}  // namespace detail
}  // namespace ctnn::plot::inline CTNN_VARIANT
