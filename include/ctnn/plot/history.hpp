// plot_history: what fit recorded, as a picture.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "../training/history.hpp"
#include "panels.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Draws a history into an .svg or a .png file: a panel for the loss and one for each metric, and whatever else was
/// recorded, epoch by epoch from 1, with the validation's curve beside the training's. Throws plot::PlotError for another
/// extension, a history without an epoch, a path that cannot be written, and if gnuplot is missing or fails.
inline void plot_history(const History& history, const std::filesystem::path& path) {
  std::vector<double> epochs;
  for (std::size_t i = 1; i <= history.loss.size(); ++i) epochs.push_back(static_cast<double>(i));
  const std::vector<std::string>& names = history.names();
  const auto recorded = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };

  plot::Panels panels;
  const auto add = [&](const std::string& name) {
    plot::Figure figure;
    figure.title(name).x_label("epoch").whole_x();
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

}  // namespace ctnn::inline CTNN_VARIANT
