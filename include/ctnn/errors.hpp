// What ctnn throws. Each message is one sentence: where, what was expected, what came.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "version.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

[[gnu::cold]] inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

/// Joins the parts of a message. (Sums of strings make GCC 12 warn of overlaps that are none.)
template <class... Parts>
std::string concat(const Parts&... parts) {
  return joined({std::string_view(parts)...});
}

/// "(a, b)", with `first` in front of the axes if it is not empty.
template <class Axes>
[[gnu::cold]] std::string shape_text(const std::string& first, const Axes& axes, std::size_t rank) {
  std::string text = concat("(", first);
  for (std::size_t i = 0; i < rank; ++i) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(axes[i]);
  }
  // As in Python, a shape of one axis is written with a comma.
  if (rank + !first.empty() == 1) text += ",";
  text += ")";
  return text;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail

// What one file throws another catches, however the two are compiled.
namespace ctnn {

/// The base of all of ctnn's exceptions.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A batch, target or weight array of the wrong rank or axis, or a batch without samples.
struct ShapeError : Error {
  using Error::Error;
};

/// An option outside its range.
struct OptionError : Error {
  using Error::Error;
};

/// A loss, the gradient of a finite one, or what a step along that would leave, that is infinite or NaN. Nothing has changed. fit
/// throws one with its history (NonFiniteFitError, training/history.hpp).
struct NonFiniteLossError : Error {
  using Error::Error;
};

/// A data set that cannot be read, or holds what it must not.
struct DataError : Error {
  using Error::Error;
};

/// A file that cannot be read or written, or that holds weights which do not fit the model. Model and file are as before.
struct FileError : Error {
  using Error::Error;
};

/// A model or trainer that was moved from.
struct EmptyModelError : Error {
  using Error::Error;
};

}  // namespace ctnn
