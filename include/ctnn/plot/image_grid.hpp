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
#include "../number_text.hpp"
#include "figure.hpp"

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
      detail::fail("the number drawn white must be positive and finite, but is " + ctnn::detail::number_text(white));
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
    if (layout.width > largest || layout.height > largest) {
      detail::fail("a picture must be at most " + std::to_string(largest) + " pixels wide and high, but " +
                   std::to_string(images_.size()) + " images need " + std::to_string(layout.width) + " by " +
                   std::to_string(layout.height));
    }
    detail::draw(path, format, layout.width, layout.height, script(layout));
  }

 private:
  static constexpr std::size_t largest = 16384;

  struct Image {
    std::vector<unsigned char> levels;
    std::string caption;
    bool wrong;
  };

  /// Where everything goes, in pixels of the picture.
  struct Layout {
    static constexpr std::size_t line = 16, letter = 7, gap = 10, heading = 30;

    explicit Layout(const ImageGrid& grid) {
      // An image is drawn about 84 pixels wide, each of its own a whole number of the picture's.
      scale = std::max<std::size_t>(1, 84 / std::max(grid.height_, grid.width_));
      std::size_t letters = 0, lines = 0;
      for (const Image& image : grid.images_) {
        std::size_t in_line = 0, count = image.caption.empty() ? 0 : 1;
        for (const char byte : image.caption) {
          if (byte == '\n') {
            in_line = 0;
            ++count;
          } else if ((static_cast<unsigned char>(byte) & 0xc0) != 0x80) {
            letters = std::max(letters, ++in_line);
          }
        }
        lines = std::max(lines, count);
      }
      cell_width = std::max(grid.width_ * scale, letters * letter) + gap;
      cell_height = grid.height_ * scale + lines * line + gap;
      columns = std::min(grid.columns_, grid.images_.size());
      top = grid.title_.empty() ? gap : heading;
      width = columns * cell_width + gap;
      height = (grid.images_.size() + columns - 1) / columns * cell_height + top;
    }

    std::size_t scale, cell_width, cell_height, columns, top, width, height;
  };

  std::string script(const Layout& layout) const {
    const auto text = [](auto value) { return detail::number_text(static_cast<double>(value)); };
    // gnuplot draws no image of a single row or column: then each pixel is given as four.
    const std::size_t repeat = height_ == 1 || width_ == 1 ? 2 : 1;
    const double step = static_cast<double>(layout.scale) / static_cast<double>(repeat);
    // The axes count the picture's own pixels, from its upper left corner.
    std::string data, plot, labels;
    const auto label = [&](const std::string& what, double x, double y, const char* color, const char* size) {
      labels += "set label " + detail::quoted(what) + " at " + text(x) + ',' + text(y) + " center noenhanced textcolor rgb '" +
                color + "' font '," + size + "'\n";
    };
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
      if (!image.caption.empty()) label(image.caption, middle, below, image.wrong ? "#d62728" : "#444444", "12");
    }
    if (!title_.empty())
      label(title_, static_cast<double>(layout.width) / 2, static_cast<double>(layout.heading) / 2, "#000000", "14");
    return "set encoding utf8\nset lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen 1\nset bmargin at screen 0\n"
           "unset border\nunset tics\nunset key\nunset colorbox\nset palette gray\nset cbrange [0:255]\nset xrange [0:" +
           text(layout.width) + "]\nset yrange [" + text(layout.height) + ":0]\n" + labels + data + plot + '\n';
  }

  std::size_t height_, width_, columns_;
  double white_;
  std::string title_;
  std::vector<Image> images_;
};

}  // namespace ctnn::plot::inline CTNN_VARIANT
