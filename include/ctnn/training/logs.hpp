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
  double operator[](std::string_view name) const {
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
  void set(std::string_view name, double value) {
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
  void sort() {
    std::sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<std::pair<std::string, double>> entries_;
};

namespace detail {

/// "loss" and the metrics' names as Keras logs them: those that come again get _1, _2 …, and so do those that would be another's
/// or its "val_…".
inline std::vector<std::string> log_names(const std::vector<std::string>& metrics) {
  std::vector<std::string> names{"loss"};
  std::vector<std::string> bare = names;
  const auto is_taken = [&](const std::string& name) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& other) {
      return name == other || name == concat("val_", other) || concat("val_", name) == other;
    });
  };
  for (const std::string& name : metrics) {
    auto number = std::count(bare.begin(), bare.end(), name);
    bare.push_back(name);
    const auto numbered = [&] { return number == 0 ? name : concat(name, "_", std::to_string(number)); };
    while (is_taken(numbered())) ++number;
    names.push_back(numbered());
  }
  return names;
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
