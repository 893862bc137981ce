// CSVLogger
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "../../number_text.hpp"
#include "../logs.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's CSVLogger: writes the logs of each epoch, counted from 0, as a line of a file: the columns are "epoch" and the
/// names in the first epoch's logs, sorted; numbers have all their digits; a number that a later epoch lacks is NA. Each line
/// is written out at once. fit throws FileError where the file cannot be written.
struct CSVLogger {
  std::string filename;  ///< in a directory that exists
  char separator = ',';
  bool append = false;  ///< goes on with a file that is there, and its header, in place of beginning anew

  // What it is at; every fit begins anew.
  struct Close {
    void operator()(std::FILE* open) const { std::fclose(open); }
  };
  std::unique_ptr<std::FILE, Close> file{};
  std::vector<std::string> columns{};
  bool has_header = false;

  template <class Trainer>
  void on_train_begin(Trainer&) {
    columns.clear();
    has_header = append && !is_empty();
    file.reset(std::fopen(filename.c_str(), append ? "ae" : "we"));
    if (!file) fail(errno);
  }

  template <class Trainer>
  void on_epoch_end(Trainer&, std::size_t epoch, const Logs& logs) {
    std::string text;
    if (columns.empty()) {
      for (const auto& [name, value] : logs) columns.push_back(name);
      std::sort(columns.begin(), columns.end());
      if (!has_header) {
        text += "epoch";
        for (const std::string& name : columns) text += separator + field(name);
        text += '\n';
      }
    }
    text += std::to_string(epoch);
    for (const std::string& name : columns) {
      const double* const value = logs.find(name);
      text += separator + (value ? detail::number_text(*value) : std::string("NA"));
    }
    text += '\n';
    if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0) fail(errno);
  }

  template <class Trainer>
  void on_train_end(Trainer&) {
    if (file && std::fclose(file.release()) != 0) fail(errno);
  }

 private:
  [[noreturn]] void fail(int error) const {
    throw FileError(detail::concat("ctnn: CSVLogger: cannot write ", filename, ": ", std::generic_category().message(error)));
  }

  bool is_empty() const {
    const std::unique_ptr<std::FILE, Close> before(std::fopen(filename.c_str(), "re"));
    return !before || std::fgetc(before.get()) == EOF;
  }

  /// Quoted, where it must be.
  std::string field(const std::string& text) const {
    if (text.find_first_of({separator, '"', '\n', '\r'}) == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return quoted + '"';
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
