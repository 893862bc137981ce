// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <ctnn/plot/axis.hpp>
#include <ctnn/plot/figure.hpp>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

using ctnn::plot::detail::Axis;

namespace {

/// The numbers that stand at a logarithmic axis, as the script has them.
std::vector<std::string> numbers(double low, double high) {
  const std::string settings = Axis{.logarithmic = true}.settings("y", {.low = low, .high = high});
  std::vector<std::string> result;
  for (const std::string& text : checks::all_between(settings, "'", "'")) {
    if (!text.empty()) result.push_back(text);
  }
  return result;
}

}  // namespace

TEST_CASE("a logarithmic axis is numbered by powers of ten, and by more where they are few") {
  using List = std::vector<std::string>;
  CHECK(numbers(0.001, 3) == List{"0.001", "0.01", "0.1", "1"});
  CHECK(numbers(0.01, 1) == List{"0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"});
  CHECK(numbers(0.3, 0.35) == List{"0.3", "0.31", "0.32", "0.33", "0.34", "0.35"});
  CHECK(numbers(2, 9) == List{"2", "3", "4", "5", "6", "7", "8", "9"});
  CHECK(numbers(5, 5) == List{"4.9", "4.95", "5", "5.05", "5.1"});
  CHECK(numbers(1e-9, 1e13) == List{"1e-10", "1e-05", "1", "100000", "1e+10"});
  CHECK(numbers(1e-20, 1) == List{"1e-20", "1e-15", "1e-10", "1e-05", "1"});
  for (const double low : {1e-300, 1e-100, 1e-7, 0.02, 0.9, 7.0}) {
    for (const double factor : {1.0, 1.001, 1.9, 2.1, 4.9, 9.9, 10.1, 99.0, 999.0, 1e4, 1e9, 1e11, 1e40, 1e280}) {
      CAPTURE(low);
      CAPTURE(factor);
      const std::size_t count = numbers(low, low * factor).size();
      CHECK(count >= 3);
      CHECK(count <= 12);
    }
  }
}

TEST_CASE("a logarithmic axis reaches a little beyond what is drawn, and stays within gnuplot's numbers") {
  const std::string settings = Axis{.logarithmic = true}.settings("x", {.low = 1, .high = 1e20});
  CHECK(checks::contains(settings, "set logscale x\nset xrange [0.1:1e+21]\n"));
  CHECK(checks::contains(Axis{.logarithmic = true}.settings("x", {.low = 1e-300, .high = 1e300}),
                         "set xrange [2.2250738585072014e-308:8.98846567431158e+307]\n"));
  constexpr double least = std::numeric_limits<double>::min(), most = std::numeric_limits<double>::max();
  const Axis axis{.logarithmic = true};
  CHECK(axis.holds(least));
  CHECK(axis.holds(0x1p1023));
  for (const double outside :
       {0.0, -1.0, least / 2, most, std::numeric_limits<double>::infinity(), -most, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_FALSE(axis.holds(outside));
  }
  const checks::Directory directory;
  for (const auto& [low, high] :
       {std::pair(least, 0x1p1023), {least, least}, {0x1p1023, 0x1p1023}, {1.0, 0x1p1023}, {least, 1.0}}) {
    CAPTURE(low);
    CAPTURE(high);
    const std::vector<double> ends = {low, high};
    CHECK_NOTHROW(ctnn::plot::Figure().log_x().log_y().scatter(ends, ends).save(directory.path / "a.svg"));
  }
}

TEST_CASE("a linear axis is gnuplot's, or numbered in whole steps") {
  CHECK(Axis{}.settings("y", {.low = 0, .high = 1}) == "unset logscale y\nset autoscale y\nset ytics autofreq\n");
  CHECK(Axis{.whole = true}.settings("x", {.low = 1, .high = 5}) == "unset logscale x\nset autoscale xfix\nset xtics 1\n");
  const auto step = [](double high) {
    const std::string settings = Axis{.whole = true}.settings("x", {.low = 1, .high = high});
    return settings.substr(settings.find("tics ") + 5);
  };
  CHECK(step(3) == "1\n");
  CHECK(step(12) == "2\n");
  CHECK(step(50) == "5\n");
  CHECK(step(100) == "10\n");
  CHECK(step(1000) == "100\n");
}
