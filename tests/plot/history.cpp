// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <cmath>
#include <ctnn/plot/history.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
using checks::count;
using checks::texts;
using namespace ctnn;

namespace {

History history_of(std::size_t epochs, std::initializer_list<const char*> names) {
  History history;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    Logs logs;
    for (const char* name : names) logs.set(name, std::exp(-static_cast<double>(epoch) / static_cast<double>(epochs)));
    history.record(logs);
  }
  return history;
}

}  // namespace

TEST_CASE("a panel for the loss and one for each metric, with the validation's curve") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  plot::history(history_of(5, {"accuracy", "loss", "val_accuracy", "val_loss"}), path);
  std::string svg = checks::bytes_of(path);
  CHECK(svg.find("width=\"1280\" height=\"480\"") != std::string::npos);
  CHECK(texts(svg, "loss") == 1);
  CHECK(texts(svg, "accuracy") == 1);
  CHECK(svg.find("<text>loss</text>") < svg.find("<text>accuracy</text>"));
  CHECK(texts(svg, "training") == 2);
  CHECK(texts(svg, "validation") == 2);
  CHECK(texts(svg, "epoch") == 2);

  // Without validation nothing is said of it; what has no partner has a panel of its own.
  plot::history(history_of(5, {"loss", "learning_rate", "val_extra"}), path);
  svg = checks::bytes_of(path);
  CHECK(svg.find("width=\"1280\" height=\"960\"") != std::string::npos);
  CHECK(texts(svg, "training") + texts(svg, "validation") == 0);
  CHECK(texts(svg, "learning_rate") == 1);
  CHECK(texts(svg, "val_extra") == 1);
}

TEST_CASE("epochs are numbered in whole steps, from 1") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  plot::history(history_of(3, {"loss"}), path);
  std::string svg = checks::bytes_of(path);
  for (const char* epoch : {" 1", " 2", " 3"}) CHECK(texts(svg, epoch) >= 1);
  CHECK(texts(svg, " 1.5") + texts(svg, " 4") == 0);
  plot::history(history_of(1000, {"loss"}), path);
  svg = checks::bytes_of(path);
  for (const char* epoch : {" 100", " 500", " 1000"}) CHECK(texts(svg, epoch) == 1);
  CHECK(texts(svg, " 50") == 0);
}

TEST_CASE("a single epoch is a point, and an interrupted one leaves a gap") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  plot::history(history_of(1, {"loss", "val_loss"}), path);
  // Two in the picture, two in its legend.
  CHECK(count(checks::bytes_of(path), "<use xlink:href='#gpPt6'") == 4);

  History cut = history_of(3, {"loss", "val_loss"});
  cut.val_loss.back() = std::nan("");
  plot::history(cut, path);
  CHECK(texts(checks::bytes_of(path), "validation") == 1);
  // All of the validation missing, too.
  for (double& value : cut.val_loss) value = std::nan("");
  plot::history(cut, path);
  CHECK(texts(checks::bytes_of(path), "validation") == 0);

  plot::history(cut, directory.path / "a.png");
  const std::string png = checks::bytes_of(directory.path / "a.png");
  CHECK(png.substr(16, 8) == std::string("\0\0\x02\x80\0\0\x01\xe0", 8));
}

TEST_CASE("a panel without a point is left empty among others") {
  const checks::Directory directory;
  History history = history_of(3, {"accuracy", "loss", "mean_absolute_error"});
  Logs logs;
  history.loss = {1, 2, 3};
  const double none = std::nan("");
  History gap;
  for (int epoch = 0; epoch < 3; ++epoch) {
    logs.set("accuracy", none);
    logs.set("loss", epoch);
    logs.set("mean_absolute_error", epoch);
    gap.record(logs);
  }
  plot::history(gap, directory.path / "a.svg");
  const std::string svg = checks::bytes_of(directory.path / "a.svg");
  CHECK(texts(svg, "loss") == 1);
  CHECK(texts(svg, "accuracy") == 0);
  CHECK(texts(svg, "mean_absolute_error") == 1);
}

TEST_CASE("what cannot be drawn says why") {
  const checks::Directory directory;
  CHECK_THROWS_WITH_AS(plot::history(History(), directory.path / "a.svg"),
                       "ctnn: plot: there is nothing to draw; add a figure with a finite point", plot::PlotError);
  CHECK_THROWS_AS(plot::history(history_of(3, {"loss"}), directory.path / "a.jpg"), plot::PlotError);
  CHECK_THROWS_AS(plot::history(history_of(3, {"loss"}), directory.path / "missing" / "a.svg"), plot::PlotError);
  CHECK_THROWS_AS(plot::history(history_of(3, {"loss"}), directory.path / "a.svg", {.panel_size = {.width = 100, .height = 480}}),
                  OptionError);
  CHECK(fs::is_empty(directory.path));
}

TEST_CASE("the loss's axis is logarithmic where the loss falls more than tenfold, and as it is told to be") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.svg";
  const auto loss_of = [](std::vector<double> loss, std::vector<double> val_loss) {
    History history = history_of(loss.size(), {"loss", "val_loss"});
    history.loss = std::move(loss);
    history.val_loss = std::move(val_loss);
    return history;
  };
  // Steps of a linear axis are equal: one that says 1 and 0.1 and not 0.4 is logarithmic.
  const auto is_logarithmic = [&](const History& history, const plot::HistoryOptions& options = {}) {
    plot::history(history, path, options);
    const std::string svg = checks::bytes_of(path);
    CHECK(texts(svg, "1") + texts(svg, " 1") >= 1);
    return texts(svg, "0.1") == 1 && texts(svg, " 0.4") == 0;
  };
  const History falls = loss_of({1, 0.5, 0.09}, {1, 0.5, 0.3});
  CHECK(is_logarithmic(falls));
  CHECK_FALSE(is_logarithmic(falls, {.logarithmic = false}));
  CHECK(is_logarithmic(loss_of({1, 0.5, 0.3}, {1, 0.5, 0.09})));
  CHECK_FALSE(is_logarithmic(loss_of({1, 0.5, 0.1}, {1, 0.5, 0.3})));
  CHECK_FALSE(is_logarithmic(loss_of({1, 0.5, 0.11}, {1, 0.5, HUGE_VAL})));
  CHECK_FALSE(is_logarithmic(loss_of({1, 0.5, 0}, {1, 0.5, 0.3})));
  CHECK_FALSE(is_logarithmic(loss_of({1, 0.05, -0.1}, {1, 0.5, 0.3})));
  CHECK(is_logarithmic(loss_of({1, 0.05, std::nan("")}, {1, 0.5, HUGE_VAL})));
  CHECK(is_logarithmic(loss_of({1, 0.05, -0.1}, {1, 0.5, 0}), {.logarithmic = true}));
  CHECK_THROWS_AS(plot::history(loss_of({0, -1}, {0, 0}), path, {.logarithmic = true}), plot::PlotError);

  // Metrics keep their linear axis.
  History metric = history_of(2, {"loss", "accuracy"});
  metric.loss = {2, 0.004};
  plot::history(metric, path);
  const std::string svg = checks::bytes_of(path);
  CHECK(texts(svg, "0.01") == 1);
  CHECK(texts(svg, " 0.8") == 1);
}

TEST_CASE("panels are as large as they are asked to be") {
  const checks::Directory directory;
  plot::history(history_of(3, {"loss", "accuracy"}), directory.path / "a.png", {.panel_size = {.width = 300, .height = 250}});
  CHECK(checks::size_of_png(checks::bytes_of(directory.path / "a.png")) == std::pair(600u, 250u));
}
