// mnist_digit: a picture of a digit, brought into the form that MNIST's digits have, by the procedure that MNIST's authors
// describe at http://yann.lecun.com/exdb/mnist: "size normalized to fit in a 20x20 pixel box while preserving their aspect
// ratio", with "grey levels as a result of the anti-aliasing", then "centered in a 28x28 image by computing the center of mass
// of the pixels". A network that has learnt from MNIST knows no other form.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include "../errors.hpp"
#include "../number_text.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// Half of the values are at most this; the lower one of two in the middle.
inline float median(std::vector<float> values) {
  const auto middle = values.begin() + (std::ssize(values) - 1) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Replaces a picture's pixels by how much ink there is: 0 on the paper, whatever its level. `noise` becomes what the paper's
/// grain may add.
inline void find_ink(xt::xtensor<float, 2>& image, float& noise) {
  const std::size_t rows = image.shape(0), columns = image.shape(1);
  std::vector<float> border;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t step = row == 0 || row + 1 == rows ? 1 : std::max<std::size_t>(columns - 1, 1);
    for (std::size_t column = 0; column < columns; column += step) border.push_back(image(row, column));
  }
  const float paper = median(border);
  const auto [darkest, brightest] = std::minmax_element(image.begin(), image.end());
  const bool dark_ink = paper > (*darkest + *brightest) / 2;
  for (float& level : border) level = std::abs(level - paper);
  // Six standard deviations, were the grain normally distributed.
  noise = 6 * 1.4826f * median(border);
  for (float& pixel : image) pixel = std::max(dark_ink ? paper - pixel : pixel - paper, 0.0f);
}

/// The part of an axis that one pixel of a resized picture covers: `weights` of the pixels from `first` on.
struct Coverage {
  std::size_t first;
  std::vector<double> weights;
};

/// An axis of `from` pixels as one of `to`: the mean over what a pixel covers where it shrinks, else linear interpolation.
inline std::vector<Coverage> resize_axis(std::size_t from, std::size_t to) {
  std::vector<Coverage> result(to);
  const double step = static_cast<double>(from) / static_cast<double>(to), last = static_cast<double>(from - 1);
  for (std::size_t i = 0; i < to; ++i) {
    if (from >= to) {
      const double begin = static_cast<double>(i) * step, end = static_cast<double>(i + 1) * step;
      result[i].first = static_cast<std::size_t>(begin);
      for (std::size_t k = result[i].first; k < from && static_cast<double>(k) < end; ++k) {
        const double covered = std::min(end, static_cast<double>(k + 1)) - std::max(begin, static_cast<double>(k));
        result[i].weights.push_back(covered / step);
      }
    } else {
      const double place = std::clamp((static_cast<double>(i) + 0.5) * step - 0.5, 0.0, last);
      result[i].first = static_cast<std::size_t>(std::min(place, std::max(last - 1, 0.0)));
      const double beyond = place - static_cast<double>(result[i].first);
      result[i].weights = {1 - beyond};
      if (from > 1) result[i].weights.push_back(beyond);
    }
  }
  return result;
}

/// A rectangle of a picture.
struct Box {
  std::size_t top, left, height, width;
};

/// The smallest box around all pixels above a level; there must be one.
inline Box box_above(const xt::xtensor<float, 2>& image, float level) {
  std::size_t top = image.shape(0), bottom = 0, left = image.shape(1), right = 0;
  for (std::size_t row = 0; row < image.shape(0); ++row) {
    for (std::size_t column = 0; column < image.shape(1); ++column) {
      if (!(image(row, column) > level)) continue;
      top = std::min(top, row);
      bottom = std::max(bottom, row + 1);
      left = std::min(left, column);
      right = std::max(right, column + 1);
    }
  }
  return {top, left, bottom - top, right - left};
}

/// A box of a picture, resized to `height` × `width`.
inline xt::xtensor<double, 2> resize(const xt::xtensor<float, 2>& image, const Box& box, std::size_t height, std::size_t width) {
  const std::vector<Coverage> across = resize_axis(box.width, width), down = resize_axis(box.height, height);
  xt::xtensor<double, 2> narrow = xt::zeros<double>({box.height, width}), result = xt::zeros<double>({height, width});
  for (std::size_t row = 0; row < box.height; ++row) {
    for (std::size_t column = 0; column < width; ++column) {
      const Coverage& part = across[column];
      for (std::size_t k = 0; k < part.weights.size(); ++k) {
        narrow(row, column) += part.weights[k] * static_cast<double>(image(box.top + row, box.left + part.first + k));
      }
    }
  }
  for (std::size_t row = 0; row < height; ++row) {
    const Coverage& part = down[row];
    for (std::size_t k = 0; k < part.weights.size(); ++k) {
      for (std::size_t column = 0; column < width; ++column) {
        result(row, column) += part.weights[k] * narrow(part.first + k, column);
      }
    }
  }
  return result;
}

}  // namespace detail

/// A picture of one digit, axes (rows, columns) and levels from 0 to 1 as of read_image, as a batch of one sample in MNIST's
/// form: (1, 28, 28, 1), the paper 0 and the ink up to 1. Ink may be dark on bright paper or bright on dark paper: the border
/// tells which is the paper. Lines a tenth of the digit's height thick are like MNIST's. Throws ShapeError for a picture without
/// pixels, DataError for other levels and for a picture in which nothing is to be seen.
inline xt::xtensor<float, 4> mnist_digit(xt::xtensor<float, 2> image) {
  constexpr std::size_t box_size = 20, size = 28;
  if (image.size() == 0) throw ShapeError("ctnn: mnist_digit: the picture must have a pixel, but has none");
  for (const float pixel : image) {
    if (!(pixel >= 0 && pixel <= 1)) {
      throw DataError(
          detail::concat("ctnn: mnist_digit: the picture's levels must lie in [0, 1], but one is ", detail::number_text(pixel)));
    }
  }
  float noise = 0;
  detail::find_ink(image, noise);
  const float peak = *std::max_element(image.begin(), image.end());
  constexpr float least_contrast = 1 / 16.0f;
  if (peak < least_contrast || peak <= noise) {
    throw DataError(detail::concat("ctnn: mnist_digit: the ink must stand out from the paper by more than ",
                                   detail::number_text(std::max(least_contrast, noise)), ", but does so by ",
                                   detail::number_text(peak)));
  }
  std::replace_if(image.begin(), image.end(), [&](float pixel) { return pixel <= noise; }, 0.0f);

  // The faintest grey around a line does not make the digit larger.
  const detail::Box box = detail::box_above(image, std::max(noise, peak / 10));
  const double scale = static_cast<double>(box_size) / static_cast<double>(std::max(box.height, box.width));
  const auto resized = [&](std::size_t length) {
    return static_cast<std::size_t>(std::max(1l, std::lround(static_cast<double>(length) * scale)));
  };
  const std::size_t height = resized(box.height), width = resized(box.width);
  const xt::xtensor<double, 2> digit = detail::resize(image, box, height, width);

  double mass = 0, row_mass = 0, column_mass = 0, most = 0;
  for (std::size_t row = 0; row < height; ++row) {
    for (std::size_t column = 0; column < width; ++column) {
      mass += digit(row, column);
      row_mass += static_cast<double>(row) * digit(row, column);
      column_mass += static_cast<double>(column) * digit(row, column);
      most = std::max(most, digit(row, column));
    }
  }
  // MNIST's centres of mass are nearest to pixel (14, 14). A digit is not cut off.
  const auto start = [&](double center, std::size_t length) {
    return static_cast<std::size_t>(std::clamp(std::lround(14 - center), 0l, static_cast<long>(size - length)));
  };
  const std::size_t top = start(row_mass / mass, height), left = start(column_mass / mass, width);
  xt::xtensor<float, 4> result = xt::zeros<float>({std::size_t{1}, size, size, std::size_t{1}});
  for (std::size_t row = 0; row < height; ++row) {
    for (std::size_t column = 0; column < width; ++column) {
      result(0, top + row, left + column, 0) = static_cast<float>(digit(row, column) / most);
    }
  }
  return result;
}

}  // namespace ctnn::inline CTNN_VARIANT
