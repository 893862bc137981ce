// libFuzzer: the CSV reader on any bytes. The first byte chooses the options. What was read, written again with every cell in
// quotes, must be read as the same.
#include <cstdint>
#include <cstdlib>
#include <ctnn/data/csv.hpp>
#include <optional>
#include <sstream>
#include <string>

namespace {

std::optional<ctnn::Table> read(const std::string& bytes, const ctnn::CSVOptions& options) {
  std::istringstream stream(bytes);
  try {
    return ctnn::detail::read_csv_stream(stream, bytes.size(), options, "");
  } catch (const ctnn::DataError&) {
    return {};
  }
}

std::string written(const ctnn::Table& table, char separator) {
  std::string text;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t column = 0; column < table.columns(); ++column) {
      if (column > 0) text += separator;
      text += '"';
      for (const char letter : table.text(row, column)) text += letter == '"' ? "\"\"" : std::string(1, letter);
      text += '"';
    }
    text += '\n';
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char separator = ",;\t "[data[0] % 4];
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto table = read(bytes, {.separator = separator, .header = data[0] / 4 % 2 == 1});
  if (!table) return 0;
  const auto again = read(written(*table, separator), {.separator = separator, .header = false});
  if (!again || again->rows() != table->rows() || again->columns() != table->columns()) std::abort();
  for (std::size_t column = 0; column < table->columns(); ++column) {
    for (std::size_t row = 0; row < table->rows(); ++row) {
      if (again->text(row, column) != table->text(row, column)) std::abort();
    }
    try {
      const auto labels = table->labels(column);
      if (labels.numbers.size() != table->rows()) std::abort();
      static_cast<void>(table->column(column, {.fill = 0}));
    } catch (const ctnn::DataError&) {
    }
  }
  return 0;
}
