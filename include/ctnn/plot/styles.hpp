// How curves are told apart: by colour and, beyond the eighth, by dashes or markers.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>

#include "script.hpp"

namespace ctnn::plot::inline CTNN_VARIANT::detail {

/// Eight colours that the colour-blind, too, can tell apart: M. Petroff, "Accessible Color Sequences for Data Visualization",
/// arXiv:2107.02270 (matplotlib's "petroff8").
inline constexpr const char* colors[] = {"#1845fb", "#ff5e02", "#c91f16", "#c849a9", "#adad7d", "#86c8dd", "#578dff", "#656364"};
/// Solid, dashed, dotted, and the two alternating: the lengths of strokes and gaps.
inline constexpr const char* dashes[] = {"1", "(12,6)", "(3,4)", "(14,5,3,5)"};
/// Circles, squares, triangles upwards and downwards, diamonds.
inline constexpr const char* markers[] = {"7", "5", "9", "11", "13"};

/// How gnuplot draws the curve of this number, from 0: 32 lines, or 40 curves of points, are all different.
[[gnu::cold]] inline std::string style(std::size_t number, bool is_line) {
  const std::size_t round = number / std::size(colors);
  const std::string form = is_line ? concat("lines linewidth 3 dashtype ", dashes[round % std::size(dashes)])
                                   : concat("points pointtype ", markers[round % std::size(markers)], " pointsize 0.8");
  return concat("with ", form, " linecolor rgb '", colors[number % std::size(colors)], "'");
}

}  // namespace ctnn::plot::inline CTNN_VARIANT::detail
