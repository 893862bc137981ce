// What tests ask of pictures.
#pragma once

#include <cstddef>
#include <ctnn/data/image.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace checks {

/// How often a text holds another.
inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t result = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++result;
  return result;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// How often an SVG says just this.
inline std::size_t texts(const std::string& svg, const std::string& text) { return count(svg, "<text>" + text + "</text>"); }

/// What stands between each `begin` and the `end` that follows it.
inline std::vector<std::string> all_between(const std::string& text, const std::string& begin, const std::string& end) {
  std::vector<std::string> result;
  for (std::size_t at = text.find(begin); at < text.size(); at = text.find(begin, at)) {
    at += begin.size();
    result.push_back(text.substr(at, text.find(end, at) - at));
    at += result.back().size() + end.size();
  }
  return result;
}

/// All texts of an SVG, one after the other.
inline std::vector<std::string> all_texts(const std::string& svg) { return all_between(svg, "<text>", "</text>"); }

/// Width and height as a PNG's head tells them.
inline std::pair<unsigned, unsigned> size_of_png(const std::string& png) {
  const auto number = [&](std::size_t at) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png[at + i]);
    return value;
  };
  return {number(16), number(20)};
}

/// Whether the outermost pixels of a PNG are white, so that no letter is cut.
inline bool has_white_border(const std::filesystem::path& png) {
  const xt::xtensor<float, 2> image = ctnn::read_image(png);
  bool white = true;
  for (std::size_t row = 0; row < image.shape(0); ++row) {
    const std::size_t step = row == 0 || row + 1 == image.shape(0) ? 1 : image.shape(1) - 1;
    for (std::size_t column = 0; column < image.shape(1); column += step) white = white && image(row, column) == 1;
  }
  return white;
}

}  // namespace checks
