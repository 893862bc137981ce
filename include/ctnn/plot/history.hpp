// plot::history: what fit recorded, as a picture.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "../kernels/arithmetic.hpp"
#include "../training/history.hpp"
#include "axis.hpp"
#include "figure.hpp"
#include "gnuplot.hpp"
#include "panels.hpp"

namespace ctnn::plot::inline CTNN_VARIANT {

struct HistoryOptions {
  /// Whether the loss is drawn along a logarithmic axis, on which numbers that are not positive have no place. Unless that is
  /// said, it is where all of the loss, the validation's included, is positive and its largest number more than ten times its
  /// smallest.
  std::optional<bool> logarithmic{};
  Size panel_size{.width = 640, .height = 480};
};

/// Draws a history into an .svg or a .png file: a panel for the loss and one for each metric, and whatever else was
/// recorded, epoch by epoch from 1, with the validation's curve beside the training's. Throws PlotError for another
/// extension, a history without an epoch, a path that cannot be written, and if gnuplot is missing or fails, OptionError for
/// panels of less than 240 or more than 16384 pixels either way.
[[gnu::cold]] inline void history(const History& history, const std::filesystem::path& path, const HistoryOptions& options = {}) {
  std::vector<double> epochs;
  for (std::size_t i = 1; i <= history.loss.size(); ++i) epochs.push_back(static_cast<double>(i));
  const std::vector<std::string>& names = history.names();
  const auto recorded = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };

  detail::Interval losses;
  for (const std::vector<double>* series : {&history.loss, &history.val_loss}) {
    for (const double loss : *series) {
      if (math::is_finite(loss)) losses.add(loss);
    }
  }
  const bool logarithmic = options.logarithmic.value_or(losses.low > 0 && losses.high / 10 > losses.low);

  Panels panels(2, options.panel_size);
  const auto add = [&](const std::string& name) {
    Figure figure;
    figure.title(name).x_label("epoch").whole_x();
    if (name == "loss" && logarithmic) figure.log_y();
    const bool validated = recorded("val_" + name);
    figure.line(epochs, history[name], validated ? "training" : "");
    if (validated) figure.line(epochs, history["val_" + name], "validation");
    panels.add(figure);
  };
  if (recorded("loss")) add("loss");
  for (const std::string& name : names) {
    const bool beside_another = name.starts_with("val_") && recorded(name.substr(4));
    if (name != "loss" && !beside_another) add(name);
  }
  panels.save(path);
}

}  // namespace ctnn::plot::inline CTNN_VARIANT
