// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctnn/plot/confusion_matrix.hpp>
#include <ctnn/xtensor.hpp>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
namespace plot = ctnn::plot;
using checks::texts;
using Texts = std::vector<std::string>;

namespace {

struct Drawing : checks::Directory {
  fs::path file = path / "a.svg";

  template <class Counts>
  std::string svg(const Counts& counts, const Texts& names = {}, const plot::ConfusionMatrixOptions& options = {}) const {
    plot::confusion_matrix(counts, names, file, options);
    return checks::bytes_of(file);
  }
  /// What stands in the cells, row by row: gnuplot's second plot, behind the grounds.
  template <class Counts>
  Texts cells(const Counts& counts, const plot::ConfusionMatrixOptions& options = {}) const {
    const std::string text = svg(counts, {}, options);
    return checks::all_texts(text.substr(text.find("gnuplot_plot_2")));
  }
};

/// The numbers of "rgb(1, 2, 3)" or "translate(1,2)".
std::vector<double> numbers_of(const std::string& text) {
  std::vector<double> result;
  for (std::size_t at = text.find('('); at != std::string::npos; at = text.find(',', at + 1)) {
    result.push_back(std::stod(text.substr(at + 1)));
  }
  return result;
}

double luminance(const std::vector<double>& color) {
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double level = color[i] / 255;
    sum += std::vector{0.2126, 0.7152, 0.0722}[i] * (level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4));
  }
  return sum;
}

}  // namespace

TEST_CASE("a row is a true class, a column a predicted one") {
  const Drawing drawing;
  const xt::xtensor<int, 2> counts = {{50, 3, 1}, {0, 71, 2}, {4, 5, 60}};
  const std::string svg = drawing.svg(counts, {"cat", "dog", "bird"}, {.title = "Pets"});
  CHECK(checks::all_texts(svg.substr(svg.find("gnuplot_plot_2"))) == Texts{"50", "3", "1", "0", "71", "2", "4", "5", "60"});
  for (const char* text : {"Pets", "true class", "predicted class"}) CHECK(texts(svg, text) == 1);
  for (const char* text : {"cat", "dog", "bird"}) CHECK(texts(svg, text) == 2);

  // Names stand in the middle of their row and of their column.
  const auto places = [&](const std::string& text) {
    std::vector<std::vector<double>> result;
    for (std::size_t at = svg.find("<text>" + text + "<"); at != std::string::npos; at = svg.find("<text>" + text + "<", at + 1)) {
      const std::size_t begin = svg.rfind("translate(", at);
      result.push_back(numbers_of(svg.substr(begin, svg.find(')', begin) - begin)));
    }
    return result;
  };
  const auto two = places("2")[0], dog = places("dog")[0], bird = places("bird")[1];
  CHECK(dog[1] == doctest::Approx(two[1]).epsilon(0.005));
  CHECK(bird[0] == doctest::Approx(two[0]).epsilon(0.005));
  CHECK(dog[0] < two[0]);
  CHECK(bird[1] > places("60")[0][1]);
}

TEST_CASE("without names, classes are called by their numbers") {
  const Drawing drawing;
  const std::string svg = drawing.svg(xt::xtensor<int, 2>{{70, 80}, {90, 60}});
  CHECK(texts(svg, "0") == 2);
  CHECK(texts(svg, "1") == 2);
}

TEST_CASE("containers, views and expressions of any numbers are drawn") {
  const Drawing drawing;
  const Texts expected = {"1", "2", "3", "200"};
  const xt::xtensor<std::uint8_t, 2> bytes = {{1, 2}, {3, 200}};
  CHECK(drawing.cells(bytes) == expected);
  CHECK(drawing.cells(xt::xarray<double>(bytes)) == expected);
  CHECK(drawing.cells(xt::xtensor_fixed<long, xt::xshape<2, 2>>(bytes)) == expected);
  CHECK(drawing.cells(xt::xtensor<int, 2, xt::layout_type::column_major>(bytes)) == expected);
  CHECK(drawing.cells(xt::transpose(bytes)) == Texts{"1", "3", "2", "200"});
  const xt::xtensor<float, 3> stack = {{{9, 9}, {9, 9}}, {{1, 2}, {3, 200}}};
  CHECK(drawing.cells(xt::view(stack, 1, xt::all(), xt::all())) == expected);
  CHECK(drawing.cells(bytes * 2) == Texts{"2", "4", "6", "400"});
  CHECK(drawing.cells(xt::xtensor<bool, 2>{{true, false}, {false, true}}) == Texts{"1", "0", "0", "1"});
  CHECK(drawing.cells(xt::xtensor<double, 2>{{0.25, 1234567}, {1e15, 2.0 / 3}}) == Texts{"0.25", "1234567", "1e+15", "0.667"});
  CHECK(drawing.cells(xt::xtensor<int, 2>{{5}}) == Texts{"5"});
  CHECK(drawing.cells(xt::zeros<int>({2, 2})) == Texts{"0", "0", "0", "0"});
}

TEST_CASE("the table of the metric is drawn as a tensor is") {
  const Drawing drawing;
  const std::array<std::array<float, 2>, 2> table{{{50, 3}, {7, 71}}};
  const xt::xtensor<int, 2> counts = {{50, 3}, {7, 71}};
  const std::string svg = drawing.svg(table, {"cat", "dog"});
  CHECK(svg == drawing.svg(counts, {"cat", "dog"}));
  CHECK(texts(svg, "71") == 1);
}

TEST_CASE("normalized, a row's numbers are its shares") {
  const Drawing drawing;
  const xt::xtensor<int, 2> counts = {{3, 1, 0}, {0, 0, 0}, {1, 1, 1}};
  CHECK(drawing.cells(counts, {.normalize = true}) == Texts{"0.75", "0.25", "0", "0", "0", "0", "0.33", "0.33", "0.33"});
  // Sums beyond the largest number.
  constexpr double most = std::numeric_limits<double>::max();
  CHECK(drawing.cells(xt::xtensor<double, 2>{{most, most}, {0, most}}, {.normalize = true}) == Texts{"0.50", "0.50", "0", "1.00"});
  // A share of a half looks the same whatever the largest one is.
  const auto grounds = [&](const xt::xtensor<int, 2>& of) {
    return checks::all_between(drawing.svg(of, {}, {.normalize = true}), "<polygon fill = '", "'");
  };
  CHECK(grounds({{1, 1}, {0, 1}})[0] == grounds({{1, 1}, {1, 1}})[0]);
  CHECK(grounds({{1, 1}, {0, 1}})[3] == "rgb(  8,  48, 107)");
}

TEST_CASE("numbers can be read on every ground, and the ground is the darker the larger they are") {
  const Drawing drawing;
  constexpr std::size_t classes = 8;
  const xt::xtensor<int, 2> counts = xt::arange<int>(classes * classes).reshape({classes, classes});
  const std::string svg = drawing.svg(counts);
  const Texts grounds = checks::all_between(svg, "<polygon fill = '", "'");
  const Texts letters = checks::all_between(svg.substr(svg.find("gnuplot_plot_2")), "stroke=\"none\" fill=\"", "\"");
  REQUIRE(grounds.size() == classes * classes);
  REQUIRE(letters.size() == classes * classes);
  double before = 2;
  for (std::size_t i = 0; i < classes * classes; ++i) {
    const double ground = luminance(numbers_of(grounds[i])), letter = luminance(numbers_of(letters[i]));
    CHECK(ground < before);
    // The least contrast that the Web Content Accessibility Guidelines 2 ask for (AA).
    CHECK((std::max(ground, letter) + 0.05) / (std::min(ground, letter) + 0.05) >= 4.5);
    before = ground;
  }
  CHECK(letters.front() == "rgb(0,0,0)");
  CHECK(letters.back() == "rgb(255,255,255)");
}

TEST_CASE("twenty classes with long names and large counts have their place") {
  const Drawing drawing;
  constexpr std::size_t classes = 20;
  Texts names;
  for (std::size_t i = 0; i < classes; ++i)
    names.push_back("a class of a rather long name, the one of number " + std::to_string(i));
  xt::xtensor<int, 2> counts = xt::zeros<int>({classes, classes});
  counts.fill(1234567);
  const std::string svg = drawing.svg(counts, names, {.title = "Twenty"});
  CHECK(texts(svg, "1234567") == classes * classes);
  CHECK(texts(svg, names.back()) == 2);
  // The numbers are 14 pixels high, of which a digit is at most 0.65 wide, and cells stand apart by more than the number's width.
  std::vector<double> x;
  for (const std::string& place : checks::all_between(svg.substr(svg.find("gnuplot_plot_2")), "translate(", ","))
    x.push_back(std::stod(place));
  REQUIRE(x.size() == classes * classes);
  CHECK(x[1] - x[0] > 7 * 0.65 * 14);
  // Left of the first column there is room for the longest name, whose letters are half as wide as high or more.
  CHECK(x[0] > static_cast<double>(names.back().size()) * 7);

  plot::confusion_matrix(counts, names, drawing.path / "a.png");
  const auto [width, height] = checks::size_of_png(checks::bytes_of(drawing.path / "a.png"));
  CHECK(width > classes * 7 * 9 + names.back().size() * 7);
  CHECK(height > classes * 7 * 9 + names.back().size() * 7);
}

TEST_CASE("no letter is cut, however wide names and title are") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.png";
  const xt::xtensor<int, 2> counts = {{7, 7}, {7, 7}};
  const auto height = [&](const std::string& name, const std::string& title) {
    plot::confusion_matrix(counts, {name, "no"}, path, {.title = title});
    CHECK(checks::has_white_border(path));
    return checks::size_of_png(checks::bytes_of(path)).second;
  };
  height(std::string(60, 'W'), "");
  height("yes", std::string(60, 'W'));
  CHECK(height("yes", "Title\nsecond line") == height("yes", "Title") + 22);
  CHECK(height("yes", "Title") > height("yes", ""));
}

TEST_CASE("names are drawn literally, in one line") {
  const Drawing drawing;
  const std::string svg = drawing.svg(xt::xtensor<int, 2>{{7, 7}, {7, 7}}, {"a\nb_c < `touch d`", ""}, {.title = "50 %\nof all"});
  CHECK(texts(svg, "a b_c &lt; `touch d`") == 2);
  CHECK(texts(svg, "50 %") == 1);
  CHECK(texts(svg, "of all") == 1);
}

TEST_CASE("what cannot be drawn says why") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  const auto refuse = [&](const auto& counts, const Texts& names, const std::string& message) {
    CHECK_THROWS_WITH_AS(plot::confusion_matrix(counts, names, path), ("ctnn: plot: " + message).c_str(), plot::PlotError);
  };
  const std::string shape = "counts must have shape (classes, classes) with a class at least, but have shape ";
  refuse(xt::xtensor<int, 2>{{1, 2, 3}, {4, 5, 6}}, {}, shape + "(2, 3)");
  refuse(xt::xtensor<int, 1>{1, 2}, {}, shape + "(2)");
  refuse(xt::xarray<int>(3), {}, shape + "()");
  refuse(xt::xtensor<int, 3>{{{1}}}, {}, shape + "(1, 1, 1)");
  refuse(xt::xtensor<int, 2>{}, {}, shape + "(0, 0)");
  const xt::xtensor<double, 2> counts = {{1, 2}, {3, 4}};
  refuse(counts, {"one"}, "there must be as many class names as classes, 2, or none, but there are 1");
  for (const double bad : {-1.0, std::nan(""), HUGE_VAL}) {
    xt::xtensor<double, 2> spoilt = counts;
    spoilt(1, 0) = bad;
    refuse(spoilt, {},
           "counts must be finite and not negative, but that of true class 1 and predicted class 0 is " +
               ctnn::detail::number_text(bad));
  }
  CHECK_THROWS_WITH_AS(plot::confusion_matrix(xt::xtensor<int, 2>(xt::zeros<int>({500, 500})), {}, path),
                       doctest::Contains("ctnn: plot: a picture must be at most 16384 pixels wide and high, but would need "),
                       plot::PlotError);
  CHECK_THROWS_AS(plot::confusion_matrix(counts, {}, directory.path / "a.jpg"), plot::PlotError);
  CHECK_THROWS_AS(plot::confusion_matrix(counts, {}, directory.path / "missing" / "a.svg"), plot::PlotError);
  CHECK(fs::is_empty(directory.path));
}
