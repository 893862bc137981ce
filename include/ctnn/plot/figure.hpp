// Figure: points and lines along two axes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "axis.hpp"
#include "gnuplot.hpp"
#include "script.hpp"
#include "styles.hpp"

namespace ctnn::plot::inline CTNN_VARIANT {

/// A picture of 800 × 600 pixels: `Figure().title("…").scatter(x, y, "data").line(x, y_hat, "fit").save("fit.svg")`.
///
/// Texts are UTF-8 and drawn as they are. Points that are infinite or NaN are left out, and part a line in two; so are, along a
/// logarithmic axis, those that are not positive. The first eight curves, points and lines together, differ in colour, further
/// ones in dashes or markers, too. A legend that would need more than half of the picture is left out.
class Figure {
 public:
  Figure& title(std::string text) { return title_ = std::move(text), *this; }
  Figure& x_label(std::string text) { return x_label_ = std::move(text), *this; }
  Figure& y_label(std::string text) { return y_label_ = std::move(text), *this; }
  /// Numbers the horizontal axis in whole steps, as for epochs.
  Figure& whole_x() { return x_axis_.whole = true, *this; }
  /// Makes the horizontal axis logarithmic.
  Figure& log_x() { return x_axis_.logarithmic = true, *this; }
  /// Makes the vertical axis logarithmic.
  Figure& log_y() { return y_axis_.logarithmic = true, *this; }
  /// Makes the picture that large; among Panels it is as large as they are. Throws OptionError for less than 240 or more than
  /// 16384 pixels either way.
  Figure& size(Size pixels) { return size_ = detail::checked(pixels), *this; }

  /// Adds points. Throws PlotError unless x and y are equally long.
  template <Numbers X, Numbers Y>
  Figure& scatter(const X& x, const Y& y, const std::string& legend = "") {
    return add({detail::numbers_of(x), detail::numbers_of(y), legend, false});
  }
  /// Adds a line from point to point in the order given. Throws PlotError unless x and y are equally long.
  template <Numbers X, Numbers Y>
  Figure& line(const X& x, const Y& y, const std::string& legend = "") {
    return add({detail::numbers_of(x), detail::numbers_of(y), legend, true});
  }

  /// Writes an .svg or a .png file. Throws PlotError for another extension, where there is nothing to draw, for a path
  /// that cannot be written, and if gnuplot is missing, fails or does not end within a minute (a large picture has longer).
  void save(const std::filesystem::path& path) const {
    const detail::Format& format = detail::format_of(path);
    if (empty()) {
      const bool logarithmic = x_axis_.logarithmic || y_axis_.logarithmic;
      detail::fail(detail::concat("there is nothing to draw; add a finite point with scatter or line",
                                  logarithmic ? ", positive along a logarithmic axis" : ""));
    }
    detail::draw(path, format, size_, script(size_));
  }

 private:
  friend class Panels;

  struct Curve {
    std::vector<double> x, y;
    std::string legend;
    bool is_line;
  };

  [[gnu::cold]] Figure& add(Curve curve) {
    if (curve.x.size() != curve.y.size()) {
      detail::fail(detail::concat("x and y must be equally long, but have ", std::to_string(curve.x.size()), " and ",
                                  std::to_string(curve.y.size()), " numbers"));
    }
    curves_.push_back(std::move(curve));
    return *this;
  }

  bool has_place(const Curve& curve, std::size_t i) const { return x_axis_.holds(curve.x[i]) && y_axis_.holds(curve.y[i]); }

  bool empty() const {
    for (const Curve& curve : curves_) {
      for (std::size_t i = 0; i < curve.x.size(); ++i) {
        if (has_place(curve, i)) return false;
      }
    }
    return true;
  }

  /// Whether what is said of the curves has a place below them, by about as many pixels as gnuplot takes for it.
  [[gnu::cold]] bool legend_fits(Size size) const {
    std::size_t entries = 0, text = 0;
    for (const Curve& curve : curves_) {
      if (!curve.legend.empty()) ++entries;
      text = std::max(text, detail::extent_of(curve.legend, 16).width);
    }
    const std::size_t columns = std::max<std::size_t>(1, (size.width - 70) / (text + 100)),
                      rows = (entries + columns - 1) / columns;
    return rows * 24 <= size.height / 2;
  }

  [[gnu::cold]] std::string script(Size size) const {
    detail::Interval x, y;
    std::string all_data, plot;
    for (std::size_t number = 0; number < curves_.size(); ++number) {
      const Curve& curve = curves_[number];
      const std::string name = detail::concat("$d", std::to_string(number));
      std::string data = detail::concat(name, " << EOD\n");
      std::size_t drawn = 0;
      for (std::size_t i = 0; i < curve.x.size(); ++i) {
        if (has_place(curve, i)) {
          data += detail::concat(detail::number_text(curve.x[i]), " ", detail::number_text(curve.y[i]), "\n");
          ++drawn, x.add(curve.x[i]), y.add(curve.y[i]);
        } else {
          // A NaN leaves a gap in a line, where an empty row would begin another curve.
          data += "NaN NaN\n";
        }
      }
      // gnuplot takes a curve without any point for an error.
      if (drawn == 0) continue;
      all_data += detail::concat(data, "EOD\n");
      // A line through one point would not be seen.
      plot += detail::concat(plot.empty() ? "plot " : ", ", name, " ", detail::style(number, curve.is_line && drawn > 1), " title ",
                             detail::quoted(curve.legend), " noenhanced");
    }
    return detail::concat(
        "set encoding utf8\nset title ", detail::quoted(title_), " font ',22'\nset xlabel ", detail::quoted(x_label_),
        " offset 0,0.5\nset ylabel ", detail::quoted(y_label_),
        "\nset grid linetype 1 linewidth 1 linecolor rgb '#e4e4e4'\nset border linecolor rgb '#444444'\nset tics nomirror\n",
        x_axis_.settings("x", x), y_axis_.settings("y", y),
        legend_fits(size) ? "set key outside bottom center horizontal reverse Left samplen 4 width 2 height 1\n" : "unset key\n",
        all_data, plot, "\n");
  }

  std::string title_, x_label_, y_label_;
  detail::Axis x_axis_, y_axis_;
  Size size_{.width = 800, .height = 600};
  std::vector<Curve> curves_;
};

}  // namespace ctnn::plot::inline CTNN_VARIANT
