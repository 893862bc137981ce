// plot::confusion_matrix: how often each class was taken for which, as a picture.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "../kernels/arithmetic.hpp"
#include "../number_text.hpp"
#include "gnuplot.hpp"
#include "script.hpp"

namespace ctnn::plot::inline CTNN_VARIANT {

struct ConfusionMatrixOptions {
  std::string title{};
  bool normalize = false;  ///< divides each row by its sum, so that the diagonal shows each class's recall
};

/// What xtensor's containers, views and expressions have in common.
template <class Type>
concept Tensor = requires(const Type& tensor, std::size_t index) {
  tensor.dimension();
  tensor.shape(index);
  static_cast<double>(tensor(index, index));
};

namespace detail {

/// A confusion matrix as it is drawn: numbers on a ground that is the darker the larger they are.
class ConfusionMatrix {
 public:
  /// `counts` by rows.
  [[gnu::cold]] ConfusionMatrix(std::vector<double> counts, std::vector<std::string> names, const ConfusionMatrixOptions& options)
      : classes_(names.size()),
        counts_(std::move(counts)),
        names_(std::move(names)),
        title_(options.title),
        normalized_(options.normalize) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] >= 0 && math::is_finite(counts_[i])) continue;
      fail(concat("counts must be finite and not negative, but that of true class ", std::to_string(i / classes_),
                  " and predicted class ", std::to_string(i % classes_), " is ", number_text(counts_[i])));
    }
    // A line break in a name would reach into the next row.
    for (std::string& name : names_) std::replace(name.begin(), name.end(), '\n', ' ');
    if (normalized_) normalize();
    for (const double count : counts_) texts_.push_back(text_of(count, normalized_));
    place();
  }

  void save(const std::filesystem::path& path) const {
    const Format& format = format_of(path);
    check_fits(size_);
    draw(path, format, size_, script());
  }

 private:
  static constexpr std::size_t font_size = 14, line = 18, title_size = 18, title_line = 22, gap = 12;
  using Color = std::array<double, 3>;

  void normalize() {
    for (std::size_t row = 0; row < classes_; ++row) {
      double* const first = counts_.data() + row * classes_;
      // The sum itself may be beyond the largest number.
      const double largest_count = *std::max_element(first, first + classes_);
      if (largest_count == 0) continue;
      double sum = 0;
      for (std::size_t i = 0; i < classes_; ++i) sum += first[i] /= largest_count;
      for (std::size_t i = 0; i < classes_; ++i) first[i] /= sum;
    }
  }

  static std::string text_of(double count, bool is_share) {
    if (count == 0) return "0";
    if (is_share) return ctnn::detail::fixed_text(count, 2);
    const bool whole = count == std::floor(count) && count < 1e15;
    return whole ? ctnn::detail::fixed_text(count, 0) : ctnn::detail::number_text_as(count, std::chars_format::general, 3);
  }

  /// Finds the size of the cells, and of what stands around them.
  void place() {
    const auto width_of = [](const std::string& text) { return extent_of(text, font_size).width; };
    std::size_t number = 0, name = 0;
    for (const std::string& text : texts_) number = std::max(number, width_of(text));
    for (const std::string& text : names_) name = std::max(name, width_of(text));
    cell_ = std::max({number + gap, std::size_t{36}, 280 / classes_});
    upright_ = name + gap <= cell_;
    left_ = gap + line + gap + name + gap;
    const Extent title = extent_of(title_, title_size);
    top_ = gap + (title.lines > 0 ? title.lines * title_line + gap : 0);
    const std::size_t side = classes_ * cell_, below = (upright_ ? line : name) + gap;
    size_ = {.width = std::max(left_ + side, title.width + gap) + gap, .height = top_ + side + below + line + gap};
  }

  /// White to dark blue, ColorBrewer's "Blues", for a number from 0 to 1.
  static Color shade(double level) {
    static constexpr Color stops[] = {{247, 251, 255}, {107, 174, 214}, {8, 48, 107}};
    const std::size_t stop = level < 0.5 ? 0 : 1;
    const double beyond = 2 * level - static_cast<double>(stop);
    Color color;
    for (std::size_t i = 0; i < 3; ++i) color[i] = std::round(stops[stop][i] + beyond * (stops[stop + 1][i] - stops[stop][i]));
    return color;
  }

  /// Whether white letters stand out more than black ones, by the contrast ratio of the Web Content Accessibility Guidelines 2.
  static bool is_dark(const Color& color) {
    double luminance = 0;
    constexpr double parts[] = {0.2126, 0.7152, 0.0722};
    for (std::size_t i = 0; i < 3; ++i) {
      const double level = color[i] / 255;
      luminance += parts[i] * (level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4));
    }
    return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05;
  }

  std::string script() const {
    const auto at = [](std::size_t pixels) { return static_cast<double>(pixels); };
    const std::size_t side = classes_ * cell_;
    std::string labels;
    if (!title_.empty()) {
      labels += label(title_, {.x = at(size_.width) / 2, .y = at(gap + title_line / 2), .font_size = title_size});
    }
    labels += label("true class",
                    {.x = at(gap + line / 2), .y = at(top_ + side / 2), .font_size = font_size, .placing = "center rotate"});
    labels += label("predicted class", {.x = at(left_ + side / 2), .y = at(size_.height - gap - line / 2), .font_size = font_size});
    for (std::size_t i = 0; i < classes_; ++i) {
      const double middle = at(i * cell_) + at(cell_) / 2, below = at(top_ + side + gap / 2);
      labels += label(names_[i], {.x = at(left_ - gap / 2), .y = at(top_) + middle, .font_size = font_size, .placing = "right"});
      labels += upright_
                    ? label(names_[i], {.x = at(left_) + middle, .y = below + at(line / 2), .font_size = font_size})
                    : label(names_[i], {.x = at(left_) + middle, .y = below, .font_size = font_size, .placing = "right rotate"});
    }
    const double most = normalized_ ? 1 : *std::max_element(counts_.begin(), counts_.end());
    std::string cells = "$cells << EOD\n";
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const std::size_t x = left_ + i % classes_ * cell_, y = top_ + i / classes_ * cell_;
      const Color color = shade(most > 0 ? counts_[i] / most : 0);
      const double packed = (color[0] * 256 + color[1]) * 256 + color[2];
      cells += concat(number_text(at(x) + at(cell_) / 2), " ", number_text(at(y) + at(cell_) / 2), " ", std::to_string(x + 1), " ",
                      std::to_string(x + cell_ - 1), " ", std::to_string(y + 1), " ", std::to_string(y + cell_ - 1), " ",
                      ctnn::detail::fixed_text(packed, 0), " ", texts_[i], " ", is_dark(color) ? "16777215" : "0", "\n");
    }
    return concat(pixel_axes(size_.width, size_.height), "set style fill solid noborder\n", labels, cells,
                  "EOD\nplot $cells using 1:2:3:4:5:6:7 with boxxyerror linecolor rgb variable, "
                  "$cells using 1:2:(stringcolumn(8)):9 with labels textcolor rgb variable font ',",
                  std::to_string(font_size), "'\n");
  }

  std::size_t classes_;
  std::vector<double> counts_;
  std::vector<std::string> names_, texts_;
  std::string title_;
  bool normalized_;
  std::size_t cell_ = 0, left_ = 0, top_ = 0;  ///< in pixels
  bool upright_ = false;                       ///< whether names stand below columns as they are, or turned
  Size size_{};
};

/// The classes' names, their numbers where none are given. Throws PlotError unless the counts' shape is (k, k) for k names.
[[gnu::cold]] inline std::vector<std::string> names_of_classes(const std::vector<std::size_t>& shape,
                                                               std::vector<std::string> names) {
  if (shape.size() != 2 || shape[0] != shape[1] || shape[0] == 0) {
    std::string text;
    for (const std::size_t length : shape) text += concat(text.empty() ? "" : ", ", std::to_string(length));
    fail(concat("counts must have shape (classes, classes) with a class at least, but have shape (", text, ")"));
  }
  if (names.empty()) {
    for (std::size_t i = 0; i < shape[0]; ++i) names.push_back(std::to_string(i));
  }
  if (names.size() != shape[0]) {
    fail(concat("there must be as many class names as classes, ", std::to_string(shape[0]), ", or none, but there are ",
                std::to_string(names.size())));
  }
  return names;
}

}  // namespace detail

/// Draws a confusion matrix into an .svg or a .png file: `plot::confusion_matrix(counts, {"cat", "dog"}, "confusion.svg")`.
/// `counts` has axes (true class, predicted class) and holds integers or other numbers; without `class_names` classes are called
/// by their number. Throws PlotError for other axes, another number of names than of classes, a count that is negative, infinite
/// or NaN, more classes than have a place in one picture, another extension, a path that cannot be written, and if gnuplot is
/// missing or fails.
template <Tensor Counts>
void confusion_matrix(const Counts& counts, std::vector<std::string> class_names, const std::filesystem::path& path,
                      const ConfusionMatrixOptions& options = {}) {
  std::vector<std::size_t> shape;
  shape.reserve(counts.dimension());
  for (std::size_t axis = 0; axis < counts.dimension(); ++axis) shape.push_back(static_cast<std::size_t>(counts.shape(axis)));
  class_names = detail::names_of_classes(shape, std::move(class_names));
  std::vector<double> numbers;
  numbers.reserve(shape[0] * shape[1]);
  for (std::size_t row = 0; row < shape[0]; ++row) {
    for (std::size_t column = 0; column < shape[1]; ++column) numbers.push_back(static_cast<double>(counts(row, column)));
  }
  detail::ConfusionMatrix(std::move(numbers), std::move(class_names), options).save(path);
}
/// The same of what the metric ConfusionMatrix gives: plot::confusion_matrix(scores.get<ConfusionMatrix>(), {}, "confusion.svg").
template <class Number, std::size_t Classes>
void confusion_matrix(const std::array<std::array<Number, Classes>, Classes>& counts, std::vector<std::string> class_names,
                      const std::filesystem::path& path, const ConfusionMatrixOptions& options = {}) {
  class_names = detail::names_of_classes({Classes, Classes}, std::move(class_names));
  std::vector<double> numbers;
  for (const auto& row : counts) numbers.insert(numbers.end(), row.begin(), row.end());
  detail::ConfusionMatrix(std::move(numbers), std::move(class_names), options).save(path);
}

}  // namespace ctnn::plot::inline CTNN_VARIANT
