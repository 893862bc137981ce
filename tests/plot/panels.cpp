// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <ctnn/plot/panels.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
using checks::texts;
using ctnn::plot::Figure;
using ctnn::plot::Panels;
using ctnn::plot::PlotError;

namespace {

Figure figure_of(const std::string& title, std::vector<double> y) {
  Figure figure;
  figure.title(title).line(std::vector{1, 2, 3}, y);
  return figure;
}

}  // namespace

TEST_CASE("figures stand row by row, each as large as is asked for") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.png";
  const auto size_of = [&](Panels panels) {
    for (const char* title : {"first", "second", "third"}) panels.add(figure_of(title, {1, 2, 3}));
    panels.save(path);
    return checks::size_of_png(checks::bytes_of(path));
  };
  CHECK(size_of(Panels()) == std::pair(1280u, 960u));
  CHECK(size_of(Panels(5)) == std::pair(1920u, 480u));
  CHECK(size_of(Panels(1, {.width = 300, .height = 240})) == std::pair(300u, 720u));

  // One behind the other, none over another.
  Panels panels;
  for (const char* title : {"first", "second", "third"}) panels.add(figure_of(title, {1, 2, 3}));
  panels.save(directory.path / "a.svg");
  const std::string svg = checks::bytes_of(directory.path / "a.svg");
  std::vector<std::string> places;
  for (const char* title : {"first", "second", "third"}) {
    REQUIRE(texts(svg, title) == 1);
    const std::string before = svg.substr(0, svg.find(std::string("<text>") + title));
    places.push_back(before.substr(before.rfind("translate(")));
  }
  CHECK(places[0] != places[1]);
  CHECK(places[0].substr(places[0].find(',')) == places[1].substr(places[1].find(',')));
  CHECK(places[0].substr(0, places[0].find(',')) == places[2].substr(0, places[2].find(',')));
}

TEST_CASE("a legend needs room in its own panel") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure figure;
  for (int i = 0; i < 8; ++i) figure.line(std::vector{1, 2}, std::vector{i, i}, "seed");
  Panels(1, {.width = 240, .height = 240}).add(figure).add(figure).save(path);
  CHECK(texts(checks::bytes_of(path), "seed") == 0);
  Panels(1, {.width = 240, .height = 480}).add(figure).add(figure).save(path);
  CHECK(texts(checks::bytes_of(path), "seed") == 16);
}

TEST_CASE("a logarithmic axis is one figure's own") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure whole = figure_of("whole", {0, 20, 40});
  Panels()
      .add(figure_of("both", {1, 1000, 1e6}).log_y().log_x())
      .add(figure_of("none", {-1, 0, 1}))
      .add(whole.whole_x())
      .save(path);
  const std::string svg = checks::bytes_of(path);
  CHECK(texts(svg, "1e+06") == 1);
  // Of the second figure alone: the third one's x goes from 1 to 3, too.
  CHECK(texts(svg, "-0.5") == 1);
  CHECK(texts(svg, " 1.5") + texts(svg, " 2.5") == 2);
}

TEST_CASE("what cannot be drawn says why") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  CHECK_THROWS_WITH_AS(Panels(0), "ctnn: plot: panels must have at least one column, but have 0", PlotError);
  CHECK_THROWS_WITH_AS(Panels(2, {.width = 800, .height = 20000}),
                       "ctnn: plot: size must lie in [240, 16384] pixels by as many, but is 800 by 20000", ctnn::OptionError);
  CHECK_THROWS_WITH_AS(Panels().save(path), "ctnn: plot: there is nothing to draw; add a figure with a finite point", PlotError);
  Panels many(1, {.width = 240, .height = 16384});
  many.add(figure_of("", {1, 2, 3})).add(figure_of("", {1, 2, 3}));
  CHECK_THROWS_WITH_AS(many.save(path),
                       "ctnn: plot: a picture must be at most 16384 pixels wide and high, but would need 240 by 32768", PlotError);
  CHECK(fs::is_empty(directory.path));
}
