// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <cmath>
#include <ctnn/plot/image_grid.hpp>
#include <ctnn/xtensor.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
using checks::count;
using ctnn::plot::ImageGrid;
using ctnn::plot::PlotError;

namespace {

/// The picture inside an SVG, as its text is encoded.
std::string image_of(const std::string& svg, std::size_t number = 0) {
  std::size_t at = 0;
  for (std::size_t i = 0; i <= number; ++i) at = svg.find("data:image/png;base64,", at + 1);
  REQUIRE(at != std::string::npos);
  return svg.substr(at, svg.find('\'', at) - at);
}

}  // namespace

TEST_CASE("images in rows and columns, captions below, the wrong ones red") {
  const checks::Directory directory;
  ImageGrid grid(28, 28, 4);
  grid.title("Digits");
  const xt::xtensor<float, 3> images = xt::linspace<float>(0, 1, 6 * 784).reshape({6, 28, 28});
  for (std::size_t i = 0; i < 6; ++i) {
    grid.add(xt::view(images, i), i == 4 ? "9, not 4" : std::to_string(i), i == 4);
  }
  grid.save(directory.path / "a.svg");
  const std::string svg = checks::bytes_of(directory.path / "a.svg");
  CHECK(count(svg, "<image ") == 6);
  for (const char* text : {"Digits", "0", "1", "2", "3", "9, not 4", "5"}) {
    CHECK(count(svg, std::string("<text>") + text + "</text>") == 1);
  }
  const std::size_t red = svg.find("fill=\"rgb(214,39,40)\"");
  REQUIRE(red != std::string::npos);
  CHECK(svg.find("<text>9, not 4</text>", red) - red < 200);
  CHECK(count(svg, "rgb(214,39,40)") == 1);
  // Each image is 84 pixels wide, of 28.
  CHECK(count(svg, "width='84.00' height='84.00'") == 6);

  grid.save(directory.path / "a.png");
  const auto [width, height] = checks::size_of_png(checks::bytes_of(directory.path / "a.png"));
  CHECK(width == 4 * (84 + 10) + 10);
  CHECK(height == 2 * (84 + 16 + 10) + 30);
}

TEST_CASE("pixels lie where they should: rows from the top, black to white") {
  const checks::Directory directory;
  const auto drawn = [&](std::size_t height, std::size_t width, const std::vector<double>& pixels, double white = 1) {
    ImageGrid(height, width, 1, white).add(pixels).save(directory.path / "a.svg");
    return image_of(checks::bytes_of(directory.path / "a.svg"));
  };
  const std::string upper = drawn(2, 2, {1, 0, 0, 0});
  CHECK(upper != drawn(2, 2, {0, 1, 0, 0}));
  CHECK(upper != drawn(2, 2, {0, 0, 1, 0}));
  CHECK(upper == drawn(2, 2, {255, 0, 0, 0}, 255));
  CHECK(upper == drawn(2, 2, {2, -1, 0, -0.0}));
  CHECK(upper == drawn(2, 2, {HUGE_VAL, -HUGE_VAL, 0, 0}));
  CHECK(drawn(2, 2, {1, 1, 1, 1}) != drawn(2, 2, {0.5, 0.5, 0.5, 0.5}));
  // A mirror's images differ, and an image does not depend on what stands beside it.
  ImageGrid pair(2, 2, 2);
  pair.add(std::vector{0, 0, 0, 0}).add(std::vector{1, 0, 0, 0}).save(directory.path / "b.svg");
  CHECK(image_of(checks::bytes_of(directory.path / "b.svg"), 1) == upper);
}

TEST_CASE("images of a single row, column or pixel, of other sizes, and captions of several lines") {
  const checks::Directory directory;
  for (const auto& [height, width] : std::vector<std::pair<std::size_t, std::size_t>>{{1, 1}, {1, 5}, {5, 1}, {3, 200}, {64, 64}}) {
    CAPTURE(height);
    CAPTURE(width);
    const std::vector<float> pixels(height * width, 0.5f);
    ImageGrid(height, width).add(pixels, "first\nsecond").add(pixels).save(directory.path / "a.svg");
    const std::string svg = checks::bytes_of(directory.path / "a.svg");
    CHECK(count(svg, "<image ") == 2);
    CHECK(count(svg, "<text>first</text>") == 1);
    CHECK(count(svg, "<text>second</text>") == 1);
  }
}

TEST_CASE("captions are drawn literally") {
  const checks::Directory directory;
  const fs::path trace = directory.path / "trace";
  ImageGrid(1, 1).add(std::vector{0}, "`touch " + trace.string() + "` 5 < 7_x").save(directory.path / "a.svg");
  CHECK(count(checks::bytes_of(directory.path / "a.svg"), "` 5 &lt; 7_x</text>") == 1);
  CHECK_FALSE(fs::exists(trace));
}

TEST_CASE("what cannot be drawn says why") {
  const checks::Directory directory;
  CHECK_THROWS_WITH_AS(ImageGrid(2, 2).add(std::vector{1, 2, 3}), "ctnn: plot: an image must have 4 pixels, but has 3", PlotError);
  CHECK_THROWS_WITH_AS(ImageGrid(1, 2).add(std::vector{1.0, std::nan("")}),
                       "ctnn: plot: an image's pixels must be numbers, but one is NaN", PlotError);
  CHECK_THROWS_AS(ImageGrid(0, 2), PlotError);
  CHECK_THROWS_AS(ImageGrid(2, 2, 0), PlotError);
  for (const double white : {0.0, -1.0, std::nan(""), HUGE_VAL}) CHECK_THROWS_AS(ImageGrid(2, 2, 1, white), PlotError);
  CHECK_THROWS_WITH_AS(ImageGrid(2, 2).save(directory.path / "a.svg"), "ctnn: plot: there is nothing to draw; add an image",
                       PlotError);
  ImageGrid many(28, 28, 1);
  for (int i = 0; i < 200; ++i) many.add(std::vector<float>(784));
  CHECK_THROWS_WITH_AS(many.save(directory.path / "a.svg"),
                       "ctnn: plot: a picture must be at most 16384 pixels wide and high, but would need 104 by 18810", PlotError);
  CHECK_THROWS_AS(ImageGrid(1, 1).add(std::vector{1}).save(directory.path / "a.jpg"), PlotError);
  CHECK(fs::is_empty(directory.path));
}

TEST_CASE("long captions and titles have their place") {
  const checks::Directory directory;
  const auto size_of = [&](const std::string& title, const std::string& caption) {
    ImageGrid(2, 2, 2).title(title).add(std::vector<float>(4), caption).add(std::vector<float>(4)).save(directory.path / "a.png");
    CHECK(checks::has_white_border(directory.path / "a.png"));
    return checks::size_of_png(checks::bytes_of(directory.path / "a.png"));
  };
  const auto [width, height] = size_of("Title", "caption");
  CHECK(size_of(std::string(60, 'W'), "caption").first > 60 * 18);
  CHECK(size_of("Title", std::string(60, 'W')).first > 2 * 60 * 14);
  CHECK(size_of("Title\nsecond line", "caption") == std::pair(width, height + 22));
}
