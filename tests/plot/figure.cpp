// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <cmath>
#include <ctnn/plot/figure.hpp>
#include <ctnn/xtensor.hpp>
#include <filesystem>
#include <limits>
#include <list>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
using checks::contains;
using checks::count;
using checks::Directory;
using checks::texts;
using ctnn::plot::Figure;
using ctnn::plot::PlotError;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The points that an SVG shows, the legend's left out.
std::size_t points(const std::string& svg) { return count(svg, "<use xlink:href='#gpPt6'") - 1; }

Figure small_figure() {
  Figure figure;
  figure.title("Small").scatter(std::vector{1, 2, 3}, std::vector{1.0f, 4.0f, 9.0f}, "data");
  return figure;
}

}  // namespace

TEST_CASE("An SVG shows the texts, the points and the line") {
  const Directory directory;
  const std::vector<double> x = {0, 1, 2}, y = {0, 1, 4};
  Figure()
      .title("A parabola")
      .x_label("side")
      .y_label("area")
      .scatter(x, y, "data")
      .line(x, y, "fit")
      .save(directory.path / "a.svg");
  const std::string svg = checks::bytes_of(directory.path / "a.svg");
  CHECK(svg.starts_with("<?xml"));
  CHECK(svg.ends_with("</svg>\n\n"));
  for (const char* text : {"A parabola", "side", "area", "data", "fit"}) {
    CHECK(contains(svg, std::string("<text>") + text + "</text>"));
  }
  CHECK(points(svg) == 3);
  CHECK(directory.files() == std::set<std::string>{"a.svg"});
}

TEST_CASE("A PNG is 800 by 600") {
  const Directory directory;
  small_figure().save(directory.path / "a.png");
  const std::string png = checks::bytes_of(directory.path / "a.png");
  CHECK(png.starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(png.substr(16, 8) == std::string("\0\0\x03\x20\0\0\x02\x58", 8));
  CHECK(directory.files() == std::set<std::string>{"a.png"});
}

TEST_CASE("Containers, arrays, ranges and tensors are drawn") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  const int array[] = {1, 2, 3, 4};
  const std::list<long double> list = {1, 2, 3, 4};
  const xt::xtensor<float, 1> vector = {1, 2, 3, 4};
  const xt::xtensor<float, 2> column = {{1}, {2}, {3}, {4}};
  const auto squares = std::views::iota(1, 5) | std::views::transform([](int i) { return i * i; });
  Figure()
      .scatter(array, list, "a")
      .scatter(vector, column, "b")
      .line(xt::linspace<double>(0, 1, 4), xt::view(column, xt::all(), 0), "c")
      .line(squares, vector * 2, "d")
      .save(path);
  CHECK(count(checks::bytes_of(path), "<use xlink:href='#gpPt6'") == 2 * (4 + 1));
}

TEST_CASE("Points that are not finite are left out") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure()
      .scatter(std::vector{1.0, no_number, 3.0, 4.0, infinity, 6.0}, std::vector{1.0, 2.0, no_number, -infinity, 5.0, 6.0})
      .save(path);
  CHECK(count(checks::bytes_of(path), "<use xlink:href='#gpPt6'") == 2);

  // The line is parted, and a curve of nothing but NaN does not spoil the picture.
  Figure()
      .line(std::vector{1.0, 2.0, 3.0, 4.0, 5.0}, std::vector{1.0, 2.0, no_number, 4.0, 5.0})
      .line(std::vector{1.0, 2.0}, std::vector{no_number, no_number})
      .line(std::vector<int>{}, std::vector<int>{})
      .save(path);
  const std::string svg = checks::bytes_of(path);
  const std::size_t line = svg.find("id=\"gnuplot_plot_1\"");
  CHECK(count(svg.substr(line, svg.find("</g>\n\t</g>", line) - line), "M") == 2);
  CHECK_FALSE(contains(svg, "gnuplot_plot_2"));
}

TEST_CASE("x and y of different lengths are refused, and the figure is as before") {
  Figure figure = small_figure();
  CHECK_THROWS_WITH_AS(figure.scatter(std::vector{1, 2, 3}, std::vector{1, 2}),
                       "ctnn: plot: x and y must be equally long, but have 3 and 2 numbers", PlotError);
  CHECK_THROWS_WITH_AS(figure.line(std::vector<int>{}, std::vector{1}),
                       "ctnn: plot: x and y must be equally long, but have 0 and 1 numbers", ctnn::Error);
  const Directory directory;
  figure.save(directory.path / "a.svg");
  CHECK(points(checks::bytes_of(directory.path / "a.svg")) == 3);
}

TEST_CASE("Whole numbers on an axis as long as numbers go") {
  const Directory directory;
  for (const double end : {20.0, 1e300, 8e307}) {
    CHECK_NOTHROW(Figure().line(std::vector{-end, end}, std::vector{1, 2}).whole_x().save(directory.path / "a.svg"));
  }
  // gnuplot itself draws none above 2^1023, and says so; no number of its script is infinite.
  for (const double end : {1e308, std::numeric_limits<double>::max()}) {
    std::string message;
    try {
      Figure().line(std::vector{-end, end}, std::vector{1, 2}).whole_x().save(directory.path / "a.svg");
    } catch (const PlotError& error) {
      message = error.what();
    }
    CHECK(contains(message, "ctnn: plot: gnuplot failed: line "));
    CHECK_FALSE(contains(message, "inf"));
  }
}

TEST_CASE("Where there is nothing to draw, a sentence says so and no file is left") {
  const Directory directory;
  const std::string message = "ctnn: plot: there is nothing to draw; add a finite point with scatter or line";
  const auto refuse = [&](const Figure& figure, const std::string& sentence) {
    CHECK_THROWS_WITH_AS(figure.save(directory.path / "a.svg"), sentence.c_str(), PlotError);
  };
  refuse(Figure(), message);
  refuse(Figure().scatter(std::vector<double>{}, std::vector<double>{}), message);
  refuse(Figure().line(std::vector{no_number}, std::vector{1.0}), message);
  refuse(Figure().line(std::vector{1, 2}, std::vector{0, -1}).log_y(), message + ", positive along a logarithmic axis");
  refuse(Figure().log_x().scatter(std::vector{0, -1}, std::vector{1, 2}), message + ", positive along a logarithmic axis");
  CHECK(directory.files().empty());
}

TEST_CASE("Along a logarithmic axis equal ratios are equally far apart") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  const std::vector<double> linear = {1, 2, 3}, powers = {1, 100, 10000};
  /// The places of the three points, x or y.
  const auto places = [&](const Figure& figure, bool y) {
    figure.save(path);
    std::vector<double> result;
    for (const std::string& place : checks::all_between(checks::bytes_of(path), "xlink:href='#gpPt6' transform='translate(", ")")) {
      result.push_back(std::stod(y ? place.substr(place.find(',') + 1) : place));
    }
    REQUIRE(result.size() >= 3);
    return result;
  };
  const auto is_even = [](const std::vector<double>& place) {
    return std::abs(place[1] - place[0]) > 50 && std::abs(place[2] - 2 * place[1] + place[0]) < 0.1;
  };
  CHECK(is_even(places(Figure().scatter(linear, powers).log_y(), true)));
  CHECK(is_even(places(Figure().scatter(linear, powers).log_y(), false)));
  CHECK(is_even(places(Figure().log_x().scatter(powers, linear), false)));
  CHECK(is_even(places(Figure().log_x().log_y().scatter(powers, powers), false)));
  CHECK(is_even(places(Figure().log_x().log_y().scatter(powers, powers), true)));
  CHECK_FALSE(is_even(places(Figure().scatter(linear, powers), true)));
}

TEST_CASE("What is not positive is left out along a logarithmic axis, and parts a line") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure()
      .scatter(std::vector{1, 2, 0, 4, -5}, std::vector{1.0, 0.0, 3.0, -0.0, 5.0})
      .line(std::vector{1, 2, 3, 4, 5}, std::vector{10, 20, -30, 40, 50})
      .log_x()
      .log_y()
      .save(path);
  const std::string svg = checks::bytes_of(path);
  CHECK(count(svg, "<use xlink:href='#gpPt6'") == 1);
  const std::vector<std::string> line = checks::all_between(svg, "id=\"gnuplot_plot_2\"", "</g>\n\t</g>");
  REQUIRE(line.size() == 1);
  CHECK(count(line[0], "M") == 2);
  // Along a linear axis they are there.
  Figure().scatter(std::vector{1, 2, 0, 4, -5}, std::vector{1.0, 0.0, 3.0, -0.0, 5.0}).save(path);
  CHECK(count(checks::bytes_of(path), "<use xlink:href='#gpPt6'") == 5);
}

TEST_CASE("A picture is as large as it is asked to be, within limits") {
  const Directory directory;
  Figure figure = small_figure();
  figure.size({.width = 1200, .height = 240}).save(directory.path / "a.png");
  CHECK(checks::size_of_png(checks::bytes_of(directory.path / "a.png")) == std::pair(1200u, 240u));
  figure.save(directory.path / "a.svg");
  CHECK(contains(checks::bytes_of(directory.path / "a.svg"), "width=\"1200\" height=\"240\""));
  CHECK_THROWS_WITH_AS(figure.size({.width = 0, .height = 600}),
                       "ctnn: plot: size must lie in [240, 16384] pixels by as many, but is 0 by 600", ctnn::OptionError);
  CHECK_THROWS_AS(figure.size({.width = 800, .height = 239}), ctnn::OptionError);
  CHECK_THROWS_AS(figure.size({.width = 16385, .height = 600}), ctnn::OptionError);
  CHECK_THROWS_AS(figure.size({.width = 800, .height = static_cast<std::size_t>(-1)}), ctnn::OptionError);
  CHECK_NOTHROW(figure.size({.width = 16384, .height = 16384}));
  // A refused size changes nothing.
  figure.size({.width = 300, .height = 400});
  CHECK_THROWS_AS(figure.size({.width = 1, .height = 1}), ctnn::OptionError);
  figure.save(directory.path / "a.png");
  CHECK(checks::size_of_png(checks::bytes_of(directory.path / "a.png")) == std::pair(300u, 400u));
}

TEST_CASE("A legend stands below the picture, or is left out where that has no room for it") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure figure;
  figure.x_label("epoch");
  for (int i = 0; i < 32; ++i) figure.line(std::vector{0, 1}, std::vector{i, 2 * i}, "seed");
  figure.save(path);
  std::string svg = checks::bytes_of(path);
  CHECK(texts(svg, "seed") == 32);
  const auto height_of = [&](std::size_t text) { return std::stod(svg.substr(svg.find(',', svg.rfind("translate(", text)) + 1)); };
  const double label = height_of(svg.find("<text>epoch"));
  for (std::size_t at = svg.find("<text>seed"); at != std::string::npos; at = svg.find("<text>seed", at + 1)) {
    CHECK(height_of(at) > label);
    CHECK(height_of(at) < 600);
  }
  figure.size({.width = 240, .height = 240}).save(path);
  svg = checks::bytes_of(path);
  CHECK(texts(svg, "seed") == 0);
  CHECK(contains(svg, "gnuplot_plot_32"));
}

TEST_CASE("Curves differ, whether points or lines, and are the same along a logarithmic axis") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure figure;
  figure.scatter(std::vector{1, 2}, std::vector{1, 2})
      .line(std::vector{1, 2}, std::vector{-1, -2})
      .line(std::vector{1, 2}, std::vector{2, 1});
  const auto colors = [&] {
    figure.save(path);
    const std::string svg = checks::bytes_of(path);
    return std::vector{contains(svg, "rgb( 24,  69, 251)"), contains(svg, "rgb(255,  94,   2)"),
                       contains(svg, "rgb(201,  31,  22)")};
  };
  CHECK(colors() == std::vector{true, true, true});
  // The line that cannot be drawn keeps its colour from the next one.
  figure.log_y();
  CHECK(colors() == std::vector{true, false, true});
}
