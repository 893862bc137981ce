// Logs: the numbers of an epoch so far, or at its end, by Keras's names: what callbacks see and histories are made of.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../errors.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// "accuracy", "loss": the names of pairs or of plain texts, for a message.
template <class Names>
std::string name_list(const Names& names) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text += ", ";
    if constexpr (requires { name.first; }) {
      text += concat("\"", name.first, "\"");
    } else {
      text += concat("\"", name, "\"");
    }
  }
  return text.empty() ? "(none)" : text;
}

}  // namespace detail

/// Numbers by name: "loss", each metric's name and, at an epoch's end, "val_…" of each where there is validation data;
/// sorted by name, as in Keras. What a callback adds comes last. `for (const auto& [name, value] : logs)` visits them.
class Logs {
 public:
  /// Throws OptionError, naming what there is, for a name that is not among them.
  [[gnu::cold]] double operator[](std::string_view name) const {
    if (const double* const value = find(name)) return *value;
    throw OptionError(
        detail::concat("ctnn: Logs: the name must be one of ", detail::name_list(entries_), ", but is \"", name, "\""));
  }
  /// The number, or null.
  const double* find(std::string_view name) const noexcept {
    for (const auto& entry : entries_) {
      if (entry.first == name) return &entry.second;
    }
    return nullptr;
  }
  /// Changes a number or adds one. At an epoch's end, what a callback sets is seen by those after it, printed and recorded.
  [[gnu::cold]] void set(std::string_view name, double value) {
    for (auto& entry : entries_) {
      if (entry.first == name) {
        entry.second = value;
        return;
      }
    }
    entries_.emplace_back(name, value);
  }

  /// By place, from 0.
  double& value(std::size_t place) { return entries_[place].second; }
  /// There are few, and std::sort is a lot of code.
  [[gnu::cold]] void sort() {
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      for (std::size_t k = i; k > 0 && entries_[k].first < entries_[k - 1].first; --k) std::swap(entries_[k - 1], entries_[k]);
    }
  }

  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<std::pair<std::string, double>> entries_;
};

namespace detail {

/// "loss" and the metrics' names as Keras logs them: those that come again get _1, _2 …, and so do those that would be another's
/// or its "val_…"; a weighted metric whose name is taken is called "weighted_…" first.
[[gnu::cold]] inline std::vector<std::string> log_names(const std::vector<std::string>& metrics,
                                                        const std::vector<bool>& weighted = {}) {
  std::vector<std::string> names{"loss"};
  const auto is_taken = [&](const std::string& name) {
    for (const std::string& other : names) {
      if (name == other || name == concat("val_", other) || concat("val_", name) == other) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const bool other = i < weighted.size() && weighted[i] && is_taken(metrics[i]);
    const std::string stem = other ? concat("weighted_", metrics[i]) : metrics[i];
    auto number =
        other ? 0
              : std::count(metrics.begin(), metrics.begin() + static_cast<std::ptrdiff_t>(i), metrics[i]) + (metrics[i] == "loss");
    std::string name = stem;
    if (number > 0) name = concat(stem, "_", std::to_string(number));
    while (is_taken(name)) name = concat(stem, "_", std::to_string(++number));
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
