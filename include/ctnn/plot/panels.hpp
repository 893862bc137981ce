// Panels: figures side by side in one picture.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "figure.hpp"
#include "gnuplot.hpp"

namespace ctnn::plot::inline CTNN_VARIANT {

/// Figures row by row, all of one size: `Panels().add(left).add(right).save("both.svg")`.
class Panels {
 public:
  /// So many figures in a row, each of so many pixels. Throws PlotError for no column, OptionError for less than 240 or more
  /// than 16384 pixels either way.
  explicit Panels(std::size_t columns = 2, Size each = {.width = 640, .height = 480})
      : columns_(columns), size_(detail::checked(each)) {
    if (columns == 0) detail::fail("panels must have at least one column, but have 0");
  }

  Panels& add(Figure figure) { return figures_.push_back(std::move(figure)), *this; }

  /// Writes an .svg or a .png file. Throws PlotError as Figure does, and where the picture would have more than 16384 pixels either
  /// way; figures without a point are left empty.
  void save(const std::filesystem::path& path) const {
    const detail::Format& format = detail::format_of(path);
    if (std::all_of(figures_.begin(), figures_.end(), [](const Figure& figure) { return figure.empty(); })) {
      detail::fail("there is nothing to draw; add a figure with a finite point");
    }
    const std::size_t columns = std::min(columns_, figures_.size()), rows = (figures_.size() + columns - 1) / columns;
    const Size size{.width = size_.width * columns, .height = size_.height * rows};
    detail::check_fits(size);
    std::string script = "set multiplot layout " + std::to_string(rows) + ',' + std::to_string(columns) + '\n';
    for (const Figure& figure : figures_) script += figure.empty() ? std::string("set multiplot next\n") : figure.script(size_);
    detail::draw(path, format, size, script + "unset multiplot\n");
  }

 private:
  std::size_t columns_;
  Size size_;
  std::vector<Figure> figures_;
};

}  // namespace ctnn::plot::inline CTNN_VARIANT
