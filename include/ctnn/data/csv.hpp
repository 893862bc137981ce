// CSV: tables as text, RFC 4180. A cell may stand in quotes, and then hold separators, line breaks and, doubled, quotes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../errors.hpp"
#include "../io/regular_file.hpp"
#include "table.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// How a CSV file is read.
struct CSVOptions {
  char separator = ',';  ///< between cells: ';' and '\t' are others that are usual
  bool header = true;    ///< whether the first line holds the columns' names
  char decimal = '.';    ///< between a number's whole part and its fraction
  std::vector<std::string> missing = {"", "NA", "N/A", "NaN", "nan", "null", "?"};  ///< the texts of missing cells
};

namespace detail {

/// A CSV file has at most so many bytes, since all of it is kept.
inline constexpr std::uintmax_t most_csv_bytes = std::uintmax_t{1} << 32;

/// Cuts text into rows and cells. What they hold is moved to the front of the text, in place.
class CSVReader {
 public:
  CSVReader(std::string text, char separator, const std::string& where) : separator_(separator), where_(where) {
    cells_.text = std::move(text);
    // Empty lines at the end are no rows.
    cells_.text.resize(cells_.text.find_last_not_of("\r\n") + 1);
    if (cells_.text.starts_with("\xef\xbb\xbf")) next_ = 3;
  }

  CSVCells read() && {
    if (next_ == size()) throw DataError(concat(where_, "the file must hold rows of cells, but is empty"));
    for (bool more = true; more;) {
      const std::size_t line = line_, before = cells_.ends.size();
      do read_cell();
      while (take(separator_));
      const std::size_t count = cells_.ends.size() - before;
      if (cells_.lines.empty()) cells_.columns = count;
      if (count != cells_.columns) {
        fail(line, concat("each line must have ", std::to_string(cells_.columns), " cells, as the first one has, but this has ",
                          std::to_string(count)));
      }
      cells_.lines.push_back(line);
      // A line ends by \n, \r\n or \r.
      more = take('\r');
      more = take('\n') || more;
      ++line_;
    }
    cells_.text.resize(end_);
    return std::move(cells_);
  }

 private:
  std::size_t size() const { return cells_.text.size(); }
  bool at(char letter) const { return next_ < size() && cells_.text[next_] == letter; }
  bool take(char letter) {
    const bool is_there = at(letter);
    next_ += is_there;
    return is_there;
  }
  bool at_end_of_cell() const { return next_ == size() || at(separator_) || at('\n') || at('\r'); }
  std::size_t behind_blanks() const {
    std::size_t place = next_;
    while (place < size() && is_blank(cells_.text[place]) && cells_.text[place] != separator_) ++place;
    return place;
  }
  void keep() { cells_.text[end_++] = cells_.text[next_++]; }
  [[noreturn, gnu::cold]] void fail(std::size_t line, const std::string& what) const {
    throw DataError(concat(where_, "line ", std::to_string(line), ": ", what));
  }

  void read_cell() {
    const std::size_t begin = behind_blanks();
    if (begin < size() && cells_.text[begin] == '"') {
      next_ = begin + 1;
      read_quoted();
    } else {
      while (!at_end_of_cell()) keep();
    }
    cells_.ends.push_back(end_);
  }

  void read_quoted() {
    const std::size_t line = line_;
    while (!take('"') || at('"')) {
      if (next_ == size()) fail(line, "a quote that opens a cell must be closed, but the file ends before");
      line_ += at('\n') || (at('\r') && !(next_ + 1 < size() && cells_.text[next_ + 1] == '\n'));
      keep();
    }
    next_ = behind_blanks();
    if (!at_end_of_cell()) {
      fail(line_,
           concat("behind a cell in quotes must come ", in_quotes({&separator_, 1}), " or the line's end, but comes ",
                  in_quotes(std::string_view(cells_.text).substr(next_, 1)), "; a quote within a cell in quotes is doubled"));
    }
  }

  CSVCells cells_;
  char separator_;
  const std::string& where_;
  std::size_t next_ = 0, end_ = 0, line_ = 1;
};

/// Reads a stream of `size` bytes. (Another Table is of this namespace.)
inline ctnn::Table read_csv_stream(std::istream& stream, std::uintmax_t size, const CSVOptions& options, const std::string& where) {
  const auto is_mark = [](char letter) { return letter == '"' || letter == '\n' || letter == '\r' || letter == '\0'; };
  if (is_mark(options.separator) || is_mark(options.decimal) || options.separator == options.decimal) {
    throw OptionError(concat(where, "separator and decimal must differ, and be neither a quote nor a line break, but are ",
                             in_quotes({&options.separator, 1}), " and ", in_quotes({&options.decimal, 1})));
  }
  if (size > most_csv_bytes) {
    throw DataError(
        concat(where, "the file must have at most ", std::to_string(most_csv_bytes), " bytes, but has ", std::to_string(size)));
  }
  try {
    std::string text, block(std::size_t{1} << 16, '\0');
    while (stream.read(block.data(), static_cast<std::streamsize>(block.size())), stream.gcount() > 0) {
      const std::string_view got(block.data(), static_cast<std::size_t>(stream.gcount()));
      if (const std::size_t place = got.find('\0'); place != std::string_view::npos) {
        throw DataError(concat(where, "the file must be text in UTF-8, but byte ", std::to_string(text.size() + place),
                               " is 0, as in UTF-16, compressed and other binary files"));
      }
      text += got;
    }
    if (stream.bad()) throw DataError(concat(where, "the file must be readable, but reading it failed"));
    CSVCells cells = CSVReader(std::move(text), options.separator, where).read();
    if (options.header && cells.lines.size() == 1) {
      throw DataError(concat(where,
                             "below the header there must be a row at least, but there is none; without a header, it is "
                             "read by {.header = false}"));
    }
    return {std::move(cells), options.header, options.missing, options.decimal, where};
  } catch (const std::bad_alloc&) {
    throw DataError(concat(where, "the cells must fit into memory, but do not"));
  }
}

}  // namespace detail

/// Reads a CSV file, `read_csv("iris.csv").numbers({"length", "width"})`: in UTF-8, with or without its mark, in quotes what
/// needs to be. Throws DataError, naming the line, if it cannot be read, is empty or no text, has lines of different numbers of
/// cells or a quote that is not closed; OptionError for a separator that is none.
inline Table read_csv(const std::filesystem::path& path, const CSVOptions& options = {}) {
  const std::string where = detail::concat("ctnn: read_csv: ", path.string(), ": ");
  return detail::with_file(path, where, [&](std::istream& stream, std::uintmax_t size) {
    return detail::read_csv_stream(stream, size, options, where);
  });
}

}  // namespace ctnn::inline CTNN_VARIANT
