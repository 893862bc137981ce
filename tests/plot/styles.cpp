#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctnn/plot/styles.hpp>
#include <set>
#include <string>
#include <vector>

namespace detail = ctnn::plot::detail;

namespace {

using Color = std::array<double, 3>;

/// "#rrggbb" as light, in [0, 1].
Color light_of(const std::string& text) {
  Color light{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double level = std::stoi(text.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
    light[i] = level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4);
  }
  return light;
}

double luminance(const Color& light) { return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]; }

Color product(const std::array<Color, 3>& matrix, const Color& vector) {
  Color result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) result[i] += matrix[i][k] * vector[k];
  }
  return result;
}

/// CIELAB, in which colours of a distance of 2.3 can just be told apart side by side.
Color lab_of(const Color& light) {
  Color xyz = product({{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}}, light);
  const Color white = {0.9505, 1, 1.089};
  for (std::size_t i = 0; i < 3; ++i) {
    const double share = xyz[i] / white[i];
    xyz[i] = share > 0.008856 ? std::cbrt(share) : 7.787 * share + 16 / 116.0;
  }
  return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

}  // namespace

TEST_CASE("eight colours can be told apart, also by the colour-blind, and from white") {
  // How protanopes, deuteranopes and tritanopes see: G. Machado, M. Oliveira, L. Fernandes, "A Physiologically-based Model for
  // Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), at its greatest severity.
  const std::array<Color, 3> views[] = {
      {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
      {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
      {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
      {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
  };
  REQUIRE(std::size(detail::colors) == 8);
  for (const auto& view : views) {
    std::vector<Color> seen;
    for (const char* text : detail::colors) {
      Color light = product(view, light_of(text));
      for (double& level : light) level = std::clamp(level, 0.0, 1.0);
      seen.push_back(lab_of(light));
      for (std::size_t i = 0; i + 1 < seen.size(); ++i) {
        CAPTURE(text);
        CAPTURE(detail::colors[i]);
        const double distance = std::hypot(seen[i][0] - seen.back()[0], seen[i][1] - seen.back()[1], seen[i][2] - seen.back()[2]);
        CHECK(distance > 17);
      }
    }
  }
  for (const char* text : detail::colors) CHECK(1.05 / (luminance(light_of(text)) + 0.05) > 1.8);
}

TEST_CASE("beyond the eighth, curves differ in dashes or markers") {
  std::set<std::string> lines, points;
  for (std::size_t i = 0; i < 32; ++i) lines.insert(detail::style(i, true));
  for (std::size_t i = 0; i < 40; ++i) points.insert(detail::style(i, false));
  CHECK(lines.size() == 32);
  CHECK(points.size() == 40);
  CHECK(detail::style(0, true) == "with lines linewidth 3 dashtype 1 linecolor rgb '#1845fb'");
  CHECK(detail::style(9, true) == "with lines linewidth 3 dashtype (12,6) linecolor rgb '#ff5e02'");
  CHECK(detail::style(32, true) == detail::style(0, true));
  CHECK(detail::style(16, false) == "with points pointtype 9 pointsize 0.8 linecolor rgb '#1845fb'");
}
