// Table: the cells of a CSV file as text, by row and column, and what training needs of them: tensors of numbers, and texts as
// numbers of classes.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../errors.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A column of a table, by its name or by its number, from 0.
class Column {
 public:
  Column(std::string name) : text_(std::move(name)) {}
  Column(const char* name) : text_(name) {}
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  Column(Number number)
      : text_(std::to_string(number)),
        number_(std::in_range<std::size_t>(number) ? static_cast<std::size_t>(number) : SIZE_MAX),
        has_name_(false) {}

  bool has_name() const { return has_name_; }
  /// The name, or the number's text.
  const std::string& text() const { return text_; }
  /// The number, where there is no name; SIZE_MAX for a negative one.
  std::size_t number() const { return number_; }

 private:
  std::string text_;
  std::size_t number_ = SIZE_MAX;
  bool has_name_ = true;
};

/// How the numbers of a column are read.
struct NumberOptions {
  std::optional<double> fill{};  ///< stands for missing cells, and may be NaN; without it, a missing cell is an error
};

/// How class numbers are given to texts: to the sorted texts, as scikit-learn's LabelEncoder does (by their values if all of them
/// are numbers), or to each as it comes first.
enum class ClassOrder { sorted, first_seen };

/// A column of texts as class numbers.
struct ClassLabels {
  xt::xtensor<int, 1> numbers;     ///< (n), from 0
  std::vector<std::string> names;  ///< the text of each class number
};

namespace detail {

/// What a CSV file holds.
struct CSVCells {
  std::string text;                ///< of all cells, one behind another
  std::vector<std::size_t> ends;   ///< of each cell in it
  std::vector<std::size_t> lines;  ///< of the file, from 1, in which each row begins
  std::size_t columns = 0;

  std::string_view operator[](std::size_t cell) const {
    const std::size_t begin = cell == 0 ? 0 : ends[cell - 1];
    return std::string_view(text).substr(begin, ends[cell] - begin);
  }
};

inline bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A text within a sentence: in quotes, on one line, not too long.
[[gnu::cold]] inline std::string in_quotes(std::string_view text) {
  std::size_t length = std::min<std::size_t>(text.size(), 60);
  // No letter of UTF-8 is cut.
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0u) == 0x80) --length;
  std::string shown(text.substr(0, length));
  for (char& letter : shown) {
    if (static_cast<unsigned char>(letter) < ' ') letter = ' ';
  }
  return concat("\"", shown, length < text.size() ? "…" : "", "\"");
}
[[gnu::cold]] inline std::string list_in_quotes(const std::vector<std::string>& texts) {
  std::string list;
  for (std::size_t i = 0; i < texts.size() && i < 20; ++i) list += concat(i == 0 ? "" : ", ", in_quotes(texts[i]));
  return texts.size() > 20 ? list + " …" : list;
}

/// The number that a whole text is, in every locale the same; none for what is no finite number.
template <class Scalar>
std::optional<Scalar> number_of(std::string_view cell, char decimal) {
  std::string text(cell);
  if (decimal != '.') {
    for (char& letter : text) letter = letter == decimal ? '.' : letter == '.' ? decimal : letter;
  }
  const char *first = text.data(), *const last = first + text.size();
  if (first != last && *first == '+') ++first;
  const bool is_signed = first != last && *first == '-' && first == text.data();
  // Nor "inf" and "nan", which from_chars takes.
  const char* const digits = first + is_signed;
  if (digits == last || !((*digits >= '0' && *digits <= '9') || *digits == '.')) return {};
  Scalar value{};
  const auto [end, error] = std::from_chars(first, last, value);
  if (end != last || error == std::errc::invalid_argument) return {};
  if (error == std::errc()) return value;
  // Out of range: too small or too large.
  if (text.find("e-") == std::string::npos && text.find("E-") == std::string::npos) return {};
  return Scalar(0);
}

}  // namespace detail

/// Rows of cells, as read_csv gives them. Spaces around a cell do not count. What is wrong with a cell is thrown as a DataError
/// that names the file, its line and the column; so is a column that is not there.
class Table {
 public:
  /// `where` begins every message; `missing` are the texts of missing cells.
  Table(detail::CSVCells cells, bool header, std::vector<std::string> missing, char decimal, std::string where)
      : cells_(std::move(cells)), missing_(std::move(missing)), where_(std::move(where)), first_(header), decimal_(decimal) {
    for (std::size_t column = 0; header && column < columns(); ++column) names_.emplace_back(detail::trimmed(cells_[column]));
  }

  /// Without the header.
  std::size_t rows() const { return cells_.lines.size() - first_; }
  std::size_t columns() const { return cells_.columns; }
  /// The columns' names; none without a header.
  const std::vector<std::string>& names() const { return names_; }
  /// A cell's text; missing ones have one, too. Refers to the table.
  std::string_view text(std::size_t row, const Column& column) const {
    if (row >= rows()) {
      fail(detail::concat("the row must lie in [0, ", std::to_string(rows()), "), but is ", std::to_string(row)));
    }
    return text_of(row, place_of(column));
  }

  /// The numbers of some columns, with axes (rows, columns).
  template <std::floating_point Scalar = float>
  xt::xtensor<Scalar, 2> numbers(const std::vector<Column>& columns, const NumberOptions& options = {}) const {
    std::vector<std::size_t> places;
    places.reserve(columns.size());
    for (const Column& column : columns) places.push_back(place_of(column));
    return numbers_of<Scalar>(places, options);
  }
  /// Those of all columns but some.
  template <std::floating_point Scalar = float>
  xt::xtensor<Scalar, 2> numbers_except(const std::vector<Column>& columns, const NumberOptions& options = {}) const {
    std::vector<bool> excepted(this->columns());
    for (const Column& column : columns) excepted[place_of(column)] = true;
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < excepted.size(); ++place) {
      if (!excepted[place]) places.push_back(place);
    }
    return numbers_of<Scalar>(places, options);
  }
  /// Those of all columns.
  template <std::floating_point Scalar = float>
  xt::xtensor<Scalar, 2> numbers() const {
    return numbers_except<Scalar>({});
  }
  /// Those of one column, with axes (rows).
  template <std::floating_point Scalar = float>
  xt::xtensor<Scalar, 1> column(const Column& column, const NumberOptions& options = {}) const {
    const std::size_t place = place_of(column);
    auto result = xt::xtensor<Scalar, 1>::from_shape({rows()});
    for (std::size_t row = 0; row < rows(); ++row) result(row) = number<Scalar>(row, place, options);
    return result;
  }

  /// A column of texts as class numbers.
  ClassLabels labels(const Column& column, ClassOrder order = ClassOrder::sorted) const {
    const std::size_t place = place_of(column);
    std::vector<std::string> names;
    std::unordered_map<std::string_view, bool> seen;
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::string_view text = label(row, place);
      if (seen.emplace(text, true).second) names.emplace_back(text);
    }
    if (order == ClassOrder::sorted) sort(names);
    auto numbers = labels(column, names);
    return {std::move(numbers), std::move(names)};
  }
  /// The same with the classes of another file: a text's place in `names` is its number, and another text is an error. Throws
  /// OptionError if a name stands there twice.
  xt::xtensor<int, 1> labels(const Column& column, const std::vector<std::string>& names) const {
    const std::size_t place = place_of(column);
    std::unordered_map<std::string_view, int> numbers;
    for (const std::string& name : names) {
      if (!numbers.emplace(name, static_cast<int>(numbers.size())).second) {
        throw OptionError(
            detail::concat(where_, "names of classes must differ, but ", detail::in_quotes(name), " stands there twice"));
      }
    }
    auto result = xt::xtensor<int, 1>::from_shape({rows()});
    for (std::size_t row = 0; row < rows(); ++row) {
      const auto found = numbers.find(label(row, place));
      if (found == numbers.end()) {
        fail(detail::concat(position(row, place), "must be one of the classes ", detail::list_in_quotes(names), ", but is ",
                            detail::in_quotes(text_of(row, place))));
      }
      result(row) = found->second;
    }
    return result;
  }

 private:
  [[noreturn, gnu::cold]] void fail(const std::string& what) const { throw DataError(detail::concat(where_, what)); }

  std::string_view text_of(std::size_t row, std::size_t place) const {
    return detail::trimmed(cells_[(row + first_) * columns() + place]);
  }
  bool is_missing(std::string_view text) const { return std::find(missing_.begin(), missing_.end(), text) != missing_.end(); }

  [[gnu::cold]] std::string title(std::size_t place) const {
    return detail::concat("column ", names_.empty() ? std::to_string(place) : detail::in_quotes(names_[place]));
  }
  /// The line as an editor counts it: those within the cells before are lines, too.
  [[gnu::cold]] std::size_t line(std::size_t row, std::size_t place) const {
    std::size_t line = cells_.lines[row + first_];
    for (std::size_t before = 0; before < place; ++before) {
      const std::string_view text = cells_[(row + first_) * columns() + before];
      for (std::size_t i = 0; i < text.size(); ++i)
        line += text[i] == '\n' || (text[i] == '\r' && !text.substr(i).starts_with("\r\n"));
    }
    return line;
  }
  [[gnu::cold]] std::string position(std::size_t row, std::size_t place) const {
    return detail::concat("line ", std::to_string(line(row, place)), ", ", title(place), ": ");
  }

  std::size_t place_of(const Column& column) const {
    if (!column.has_name()) {
      if (column.number() < columns()) return column.number();
      fail(detail::concat("a column's number must lie in [0, ", std::to_string(columns()), "), but is ", column.text()));
    }
    const auto found = std::find(names_.begin(), names_.end(), column.text());
    if (found == names_.end()) {
      fail(detail::concat("there must be a column ", detail::in_quotes(column.text()),
                          names_.empty() ? ", but the columns have numbers only, since the file was read without a header"
                                         : detail::concat(", but the columns are ", detail::list_in_quotes(names_))));
    }
    const auto other = std::find(found + 1, names_.end(), column.text());
    if (other != names_.end()) {
      fail(detail::concat("a column that is called by its name must be the only one of it, but columns ",
                          std::to_string(found - names_.begin()), " and ", std::to_string(other - names_.begin()), " are ",
                          detail::in_quotes(column.text()), "; their numbers tell them apart"));
    }
    return static_cast<std::size_t>(found - names_.begin());
  }

  template <class Scalar>
  xt::xtensor<Scalar, 2> numbers_of(const std::vector<std::size_t>& places, const NumberOptions& options) const {
    if (places.empty()) throw OptionError(detail::concat(where_, "at least one column must be taken, but none is"));
    auto result = xt::xtensor<Scalar, 2>::from_shape({rows(), places.size()});
    for (std::size_t row = 0; row < rows(); ++row) {
      for (std::size_t i = 0; i < places.size(); ++i) result(row, i) = number<Scalar>(row, places[i], options);
    }
    return result;
  }

  template <class Scalar>
  Scalar number(std::size_t row, std::size_t place, const NumberOptions& options) const {
    const std::string_view text = text_of(row, place);
    if (is_missing(text)) {
      if (options.fill) return static_cast<Scalar>(*options.fill);
      fail_missing(row, place, "a number", "; {.fill = …} puts a number in their place");
    }
    if (const std::optional<Scalar> value = detail::number_of<Scalar>(text, decimal_)) return *value;
    fail(detail::concat(position(row, place), "must be a finite number, but is ", detail::in_quotes(text),
                        "; numbers are read of the columns asked for alone, and texts by labels"));
  }

  std::string_view label(std::size_t row, std::size_t place) const {
    const std::string_view text = text_of(row, place);
    if (is_missing(text)) fail_missing(row, place, "a class", "; CSVOptions' `missing` says which texts are no class");
    return text;
  }

  /// `row` is the first of them.
  [[noreturn, gnu::cold]] void fail_missing(std::size_t row, std::size_t place, const char* wanted, const char* remedy) const {
    std::string lines;
    std::size_t count = 0;
    for (std::size_t r = row; r < rows(); ++r) {
      if (is_missing(text_of(r, place)) && ++count <= 10) lines += concat_line(count, line(r, place));
    }
    fail(detail::concat(position(row, place), "every cell must hold ", wanted, ", but this is missing, as ",
                        detail::in_quotes(text_of(row, place)), ": ", std::to_string(count), " of ", std::to_string(rows()),
                        " are, in ", count == 1 ? "line " : "lines ", lines, count > 10 ? " …" : "", remedy));
  }
  static std::string concat_line(std::size_t count, std::size_t line) {
    return detail::concat(count == 1 ? "" : ", ", std::to_string(line));
  }

  void sort(std::vector<std::string>& names) const {
    std::vector<std::pair<double, std::string>> keys;
    bool are_numbers = true;
    for (std::string& name : names) {
      const auto number = detail::number_of<double>(name, decimal_);
      are_numbers = are_numbers && number;
      keys.emplace_back(number.value_or(0), std::move(name));
    }
    if (!are_numbers) {
      for (auto& key : keys) key.first = 0;
    }
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = std::move(keys[i].second);
  }

  detail::CSVCells cells_;
  std::vector<std::string> names_, missing_;
  std::string where_;
  std::size_t first_;  ///< 1 where the first row of cells is the header
  char decimal_;
};

}  // namespace ctnn::inline CTNN_VARIANT
