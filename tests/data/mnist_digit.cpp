#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctnn/data/mnist.hpp>
#include <ctnn/data/mnist_digit.hpp>
#include <ctnn/xtensor.hpp>
#include <limits>
#include <string>

#include "../checks.hpp"

using namespace ctnn;
using Picture = xt::xtensor<float, 2>;

namespace {

/// A "7": two straight lines, in any size, dark on bright.
Picture seven(std::size_t height, std::size_t width, float paper = 1, float ink = 0) {
  Picture picture = paper * xt::ones<float>({height, width});
  const double h = static_cast<double>(height), w = static_cast<double>(width);
  for (std::size_t row = 0; row < height; ++row) {
    for (std::size_t column = 0; column < width; ++column) {
      const double y = (static_cast<double>(row) + 0.5) / h, x = (static_cast<double>(column) + 0.5) / w;
      const bool bar = y > 0.2 && y < 0.3 && x > 0.3 && x < 0.7;
      const bool stem = y > 0.2 && y < 0.8 && std::abs(x - (0.64 - 0.4 * (y - 0.2))) < 0.05;
      if (bar || stem) picture(row, column) = ink;
    }
  }
  return picture;
}

/// The smallest box around the ink of a digit in MNIST's form: height and width.
std::array<std::size_t, 2> box(const xt::xtensor<float, 4>& digit, float level = 0) {
  const detail::Box found = detail::box_above(xt::view(digit, 0, xt::all(), xt::all(), 0), level);
  return {found.height, found.width};
}

float largest_difference(const xt::xtensor<float, 4>& a, const xt::xtensor<float, 4>& b) { return xt::amax(xt::abs(a - b))(); }

}  // namespace

TEST_CASE("mnist_digit: MNIST's own digits come back as they are") {
  const auto digits = read_idx<std::uint8_t, 3>(CTNN_SOURCE_ROOT "/examples/data/mnist/t10k-images-idx3-ubyte.gz");
  std::size_t same = 0, nearly = 0;
  // Every 35th of the 10,000.
  for (std::size_t i = 0; i < 10'000; i += 35) {
    const Picture image = xt::view(digits, i, xt::all(), xt::all()) / 255.0f;
    const float brightest = xt::amax(image)();
    const float difference =
        largest_difference(mnist_digit(image), xt::view(image, xt::newaxis(), xt::all(), xt::all(), xt::newaxis()) / brightest);
    same += difference < 1e-6f;
    nearly += difference < 0.1001f;
  }
  // In others, faint pixels around the digit are left out. A few have a box of 19 pixels, or a centre of mass about half-way
  // between two pixels.
  CHECK(same >= 240);
  CHECK(nearly >= 284);
}

TEST_CASE("mnist_digit: any size and place, dark or bright ink, and weak contrast give the same digit") {
  const xt::xtensor<float, 4> expected = mnist_digit(seven(200, 200));
  CHECK(expected.shape() == std::array<std::size_t, 4>{1, 28, 28, 1});
  CHECK(xt::amax(expected)() == 1.0f);
  CHECK(xt::amin(expected)() == 0.0f);
  CHECK(box(expected)[0] == 20);
  CHECK(box(expected)[1] == 13);
  // Bright on dark, grey on grey.
  CHECK(largest_difference(mnist_digit(seven(200, 200, 0, 1)), expected) < 1e-6f);
  CHECK(largest_difference(mnist_digit(seven(200, 200, 0.75f, 0.5f)), expected) < 1e-6f);
  CHECK(largest_difference(mnist_digit(seven(200, 200, 0.4f, 0.3f)), expected) < 1e-4f);
  // Elsewhere on a larger sheet.
  Picture sheet = xt::ones<float>({500, 700});
  xt::view(sheet, xt::range(37, 237), xt::range(451, 651)) = seven(200, 200);
  CHECK(largest_difference(mnist_digit(sheet), expected) < 1e-6f);
  // Larger and smaller.
  CHECK(xt::mean(xt::abs(mnist_digit(seven(1000, 1000)) - expected))() < 0.01f);
  CHECK(xt::mean(xt::abs(mnist_digit(seven(50, 50)) - expected))() < 0.04f);
  // The aspect ratio is kept, the longer side is 20 pixels long.
  CHECK(box(mnist_digit(seven(100, 300)))[0] == 10);
  CHECK(box(mnist_digit(seven(100, 300)))[1] == 20);
}

TEST_CASE("mnist_digit: the centre of mass is nearest to pixel (14, 14), and nothing is cut off") {
  const auto center = [](const xt::xtensor<float, 4>& digit, std::size_t axis) {
    double mass = 0, sum = 0;
    for (std::size_t row = 0; row < 28; ++row) {
      for (std::size_t column = 0; column < 28; ++column) {
        mass += static_cast<double>(digit(0, row, column, 0));
        sum += static_cast<double>(digit(0, row, column, 0)) * static_cast<double>(axis == 0 ? row : column);
      }
    }
    return sum / mass;
  };
  const auto digit = mnist_digit(seven(300, 300));
  CHECK(std::abs(center(digit, 0) - 14) <= 0.5);
  CHECK(std::abs(center(digit, 1) - 14) <= 0.5);
  // Nearly all of the mass lies at the left: centred, the box would end at pixel 33.
  Picture lopsided = xt::zeros<float>({60, 60});
  xt::view(lopsided, xt::range(20, 40), xt::range(20, 22)) = 1.0f;
  xt::view(lopsided, xt::range(29, 31), xt::range(20, 40)) = 1.0f;
  const auto shifted = mnist_digit(lopsided);
  CHECK(box(shifted)[0] == 20);
  CHECK(box(shifted)[1] == 20);
  CHECK(shifted(0, 14, 27, 0) == 1.0f);
}

TEST_CASE("mnist_digit: lines are anti-aliased by the area that they cover") {
  // A square of 40 × 40 whose right half is half covered: every second pixel.
  Picture picture = xt::zeros<float>({50, 50});
  xt::view(picture, xt::range(5, 45), xt::range(5, 45)) = 1.0f;
  xt::view(picture, xt::range(5, 45, 2), xt::range(25, 45)) = 0.0f;
  const auto digit = mnist_digit(picture);
  CHECK(box(digit)[0] == 20);
  CHECK(box(digit)[1] == 20);
  const detail::Box place = detail::box_above(xt::view(digit, 0, xt::all(), xt::all(), 0), 0);
  CHECK(digit(0, place.top + 3, place.left + 3, 0) == 1.0f);
  CHECK(digit(0, place.top + 3, place.left + 13, 0) == 0.5f);
  // Enlarged, it is interpolated.
  Picture ramp = xt::zeros<float>({4, 12});
  for (std::size_t i = 0; i < 10; ++i) xt::view(ramp, xt::range(1, 3), 1 + i) = static_cast<float>(i + 1) / 10;
  const auto enlarged = mnist_digit(ramp);
  CHECK(box(enlarged)[1] == 20);
  const detail::Box wide = detail::box_above(xt::view(enlarged, 0, xt::all(), xt::all(), 0), 0);
  for (std::size_t i = 1; i < 20; ++i) {
    CHECK(enlarged(0, wide.top, wide.left + i, 0) >= enlarged(0, wide.top, wide.left + i - 1, 0));
  }
}

TEST_CASE("mnist_digit: the grain of paper is no ink") {
  Picture picture = 0.8f * seven(300, 300) + 0.1f;
  const Picture clean = picture;
  const auto grain = checks::numbers<float>(picture.size(), 3, -0.03, 0.03);
  for (std::size_t i = 0; i < picture.size(); ++i) picture.data()[i] += grain[i];
  CHECK((box(mnist_digit(picture)) == box(mnist_digit(clean))));
  CHECK(xt::mean(xt::abs(mnist_digit(picture) - mnist_digit(clean)))() < 0.02f);
}

TEST_CASE("mnist_digit: tiny and thin pictures") {
  // One pixel is paper; of two, either may be.
  CHECK_THROWS_AS(mnist_digit(Picture{{0.3f}}), DataError);
  CHECK(box(mnist_digit(Picture{{0, 1}}))[0] == 20);
  CHECK(box(mnist_digit(Picture{{0, 1}}))[1] == 20);
  CHECK(xt::amax(mnist_digit(Picture{{0}, {1}, {0}}))() == 1.0f);
  Picture line = xt::zeros<float>({5, 3000});
  xt::view(line, 2, xt::range(10, 2990)) = 1.0f;
  CHECK(box(mnist_digit(line))[0] == 1);
  CHECK(box(mnist_digit(line))[1] == 20);
}

TEST_CASE("mnist_digit: pictures without pixels, levels or a digit are refused") {
  CHECK_THROWS_WITH_AS(mnist_digit(Picture::from_shape({0, 5})), "ctnn: mnist_digit: the picture must have a pixel, but has none",
                       ShapeError);
  const std::string blank = "ctnn: mnist_digit: the ink must stand out from the paper by more than 0.0625, but does so by ";
  CHECK_THROWS_WITH_AS(mnist_digit(xt::ones<float>({30, 30})), (blank + "0").c_str(), DataError);
  Picture faint = xt::zeros<float>({30, 30});
  faint(15, 15) = 0.05f;
  CHECK_THROWS_WITH_AS(mnist_digit(faint), (blank + "0.05").c_str(), DataError);
  for (const float level : {-0.5f, 255.0f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    faint(15, 15) = level;
    CHECK_THROWS_WITH_AS(
        mnist_digit(faint),
        ("ctnn: mnist_digit: the picture's levels must lie in [0, 1], but one is " + ctnn::detail::number_text(level)).c_str(),
        DataError);
  }
}
