// ImageGrid: small grey images in rows and columns, each with a caption.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "../kernels/arithmetic.hpp"
#include "gnuplot.hpp"
#include "script.hpp"

namespace ctnn::plot::inline CTNN_VARIANT {

/// Images of one size, row by row: `ImageGrid(28, 28).add(pixels, "7").add(other, "3, not 5", true).save("digits.png")`.
/// Captions are UTF-8 and drawn as they are.
class ImageGrid {
 public:
  /// For images of so many rows and columns of pixels, so many of them in a row; `white` is the number drawn white, where 0
  /// is black. Throws PlotError for sizes of 0 and a white that is not positive.
  ImageGrid(std::size_t height, std::size_t width, std::size_t columns = 10, double white = 1)
      : height_(height), width_(width), columns_(columns), white_(white) {
    if (height == 0 || width == 0 || columns == 0)
      detail::fail("images must have at least one pixel and one column, but have none");
    if (!(white > 0 && math::is_finite(white))) {
      detail::fail("the number drawn white must be positive and finite, but is " + detail::number_text(white));
    }
  }

  ImageGrid& title(std::string text) { return title_ = std::move(text), *this; }

  /// Adds an image: its height · width numbers by rows, brought into [0, white]. The caption stands below it, red where it
  /// tells of something wrong. Throws PlotError for another number of them, or one that is NaN.
  template <Numbers Pixels>
  ImageGrid& add(const Pixels& pixels, const std::string& caption = "", bool wrong = false) {
    Image image{{}, caption, wrong};
    const auto end = std::end(pixels);
    for (auto value = std::begin(pixels); value != end; ++value) {
      const double level = static_cast<double>(*value) / white_;
      if (math::is_nan(level)) detail::fail("an image's pixels must be numbers, but one is NaN");
      image.levels.push_back(static_cast<unsigned char>(std::lround(255 * std::clamp(level, 0.0, 1.0))));
    }
    if (image.levels.size() != height_ * width_) {
      detail::fail("an image must have " + std::to_string(height_ * width_) + " pixels, but has " +
                   std::to_string(image.levels.size()));
    }
    images_.push_back(std::move(image));
    return *this;
  }

  /// Writes an .svg or a .png file. Throws PlotError for another extension, where there is no image or they are too many for
  /// one picture, for a path that cannot be written, and if gnuplot is missing or fails.
  void save(const std::filesystem::path& path) const {
    const detail::Format& format = detail::format_of(path);
    if (images_.empty()) detail::fail("there is nothing to draw; add an image");
    const Layout layout(*this);
    detail::check_fits(layout.size);
    detail::draw(path, format, layout.size, script(layout));
  }

 private:
  struct Image {
    std::vector<unsigned char> levels;
    std::string caption;
    bool wrong;
  };

  /// Where everything goes, in pixels of the picture.
  struct Layout {
    static constexpr std::size_t font_size = 14, line = 16, title_size = 18, title_line = 22, gap = 10, heading = 30;

    explicit Layout(const ImageGrid& grid) {
      // An image is drawn about 84 pixels wide, each of its own a whole number of the picture's.
      scale = std::max<std::size_t>(1, 84 / std::max(grid.height_, grid.width_));
      std::size_t text = 0, lines = 0;
      for (const Image& image : grid.images_) {
        const detail::Extent extent = detail::extent_of(image.caption, font_size);
        text = std::max(text, extent.width);
        lines = std::max(lines, extent.lines);
      }
      cell_width = std::max(grid.width_ * scale, text) + gap;
      cell_height = grid.height_ * scale + lines * line + gap;
      columns = std::min(grid.columns_, grid.images_.size());
      const detail::Extent title = detail::extent_of(grid.title_, title_size);
      top = title.lines == 0 ? gap : heading + (title.lines - 1) * title_line;
      size = {.width = std::max(columns * cell_width + gap, title.width + 2 * gap),
              .height = (grid.images_.size() + columns - 1) / columns * cell_height + top};
    }

    std::size_t scale, cell_width, cell_height, columns, top;
    Size size;
  };

  std::string script(const Layout& layout) const {
    const auto text = [](auto value) { return detail::number_text(static_cast<double>(value)); };
    // gnuplot draws no image of a single row or column: then each pixel is given as four.
    const std::size_t repeat = height_ == 1 || width_ == 1 ? 2 : 1;
    const double step = static_cast<double>(layout.scale) / static_cast<double>(repeat);
    std::string data, plot, labels;
    for (std::size_t i = 0; i < images_.size(); ++i) {
      const Image& image = images_[i];
      const double middle = static_cast<double>(i % layout.columns * layout.cell_width + (layout.cell_width + layout.gap) / 2);
      const double left = middle - static_cast<double>(width_ * layout.scale) / 2;
      const double upper = static_cast<double>(layout.top + i / layout.columns * layout.cell_height);
      const std::string name = "$i" + std::to_string(i);
      data += name + " << EOD\n";
      for (std::size_t row = 0; row < height_ * repeat; ++row) {
        for (std::size_t column = 0; column < width_ * repeat; ++column) {
          data += std::to_string(image.levels[row / repeat * width_ + column / repeat]) + ' ';
        }
        data += '\n';
      }
      data += "EOD\n";
      plot += (i == 0 ? "plot " : ", ") + name + " matrix using (" + text(left + step / 2) + "+$1*" + text(step) + "):(" +
              text(upper + step / 2) + "+$2*" + text(step) + "):3 with image";
      const double below = upper + static_cast<double>(height_ * layout.scale + layout.line / 2 + 2);
      if (!image.caption.empty()) {
        labels += detail::label(
            image.caption, {.x = middle, .y = below, .font_size = Layout::font_size, .color = image.wrong ? "#d62728" : "#444444"});
      }
    }
    if (!title_.empty()) {
      labels += detail::label(title_, {.x = static_cast<double>(layout.size.width) / 2,
                                       .y = static_cast<double>(Layout::heading) / 2,
                                       .font_size = Layout::title_size});
    }
    return detail::pixel_axes(layout.size.width, layout.size.height) + "unset colorbox\nset palette gray\nset cbrange [0:255]\n" +
           labels + data + plot + '\n';
  }

  std::size_t height_, width_, columns_;
  double white_;
  std::string title_;
  std::vector<Image> images_;
};

}  // namespace ctnn::plot::inline CTNN_VARIANT
