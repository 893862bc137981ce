#include <doctest/doctest.h>

#include <array>
#include <clocale>
#include <cmath>
#include <ctnn/ctnn.hpp>
#include <ctnn/data/csv.hpp>
#include <filesystem>
#include <limits>
#include <locale>
#include <string>
#include <vector>

#include "../directory.hpp"

using ctnn::ClassOrder;
using ctnn::CSVOptions;
using ctnn::DataError;
using ctnn::OptionError;
using ctnn::read_csv;
using ctnn::Table;
using namespace std::string_literals;

namespace {

Table table_of(const std::string& text, const CSVOptions& options = {}) {
  const checks::Directory directory;
  return read_csv(directory.write("data.csv", text), options);
}

/// What is said where something is refused, behind the file's name.
template <class Try>
std::string refusal(const Try& attempt) {
  try {
    attempt();
  } catch (const ctnn::Error& error) {
    const std::string text = error.what();
    CHECK(text.starts_with("ctnn: read_csv: /"));
    return text.substr(text.find("data.csv: ") + 10);
  }
  return "nothing was refused";
}
std::string refusal_of(const std::string& text, const CSVOptions& options = {}) {
  return refusal([&] { table_of(text, options); });
}

/// A locale's decimal comma.
struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

const std::string flowers =
    "length,width,species\n"
    "5.1,3.5,setosa\n"
    "7,-3.2,versicolor\n"
    "6.3,33e-1,virginica\n"
    "4.9,+.5,setosa\n";

}  // namespace

TEST_CASE("read_csv: numbers of columns by name and by number") {
  const Table table = table_of(flowers);
  CHECK(table.rows() == 4);
  CHECK(table.columns() == 3);
  CHECK(table.names() == std::vector<std::string>{"length", "width", "species"});
  CHECK(table.text(2, "species") == "virginica");
  CHECK(table.text(0, 1) == "3.5");

  const xt::xtensor<float, 2> expected{{5.1f, 3.5f}, {7, -3.2f}, {6.3f, 3.3f}, {4.9f, 0.5f}};
  const xt::xtensor<float, 2> x = table.numbers({"length", "width"});
  CHECK(x == expected);
  CHECK(table.numbers({0, 1}) == expected);
  CHECK(table.numbers_except({"species"}) == expected);
  CHECK(table.numbers_except({2}) == expected);
  CHECK(table.numbers({1, "length"}) == xt::view(expected, xt::all(), xt::keep(1, 0)));
  CHECK(table.numbers<double>({"width"}) == xt::xtensor<double, 2>{{3.5}, {-3.2}, {3.3}, {0.5}});
  CHECK(table.numbers({std::string("width")}).shape() == std::array<std::size_t, 2>{4, 1});
  const xt::xtensor<float, 1> widths = table.column("width");
  CHECK(widths == xt::xtensor<float, 1>{3.5f, -3.2f, 3.3f, 0.5f});
  CHECK(table.column<double>(0)(3) == 4.9);
}

TEST_CASE("read_csv: what is read is what fit takes") {
  using namespace ctnn;
  const ctnn::Table table = table_of(flowers);
  Model<Sequential<Dense<2, 3>, Softmax>> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{}, Accuracy{});
  const History history =
      trainer.fit(table.numbers({"length", "width"}), table.labels("species").numbers, {.epochs = 50, .verbose = 0});
  CHECK(history.loss.back() < history.loss.front());
}

TEST_CASE("read_csv: without a header, every line is a row, and columns have numbers") {
  const Table table = table_of("1,2\n3,4\n", {.header = false});
  CHECK(table.numbers() == xt::xtensor<float, 2>{{1, 2}, {3, 4}});
  CHECK(table.names().empty());
  CHECK(refusal([&] { table.column("a"); }) ==
        "there must be a column \"a\", but the columns have numbers only, since the file was read without a header");
}

TEST_CASE("read_csv: texts become class numbers, sorted or as they come, and a second file's the same") {
  const Table table = table_of("n,kind\n1,pear\n2, apple\n3,plum\n4,apple \n");
  const auto [numbers, names] = table.labels("kind");
  CHECK(names == std::vector<std::string>{"apple", "pear", "plum"});
  CHECK(numbers == xt::xtensor<int, 1>{1, 0, 2, 0});
  const auto seen = table.labels("kind", ClassOrder::first_seen);
  CHECK(seen.names == std::vector<std::string>{"pear", "apple", "plum"});
  CHECK(seen.numbers == xt::xtensor<int, 1>{0, 1, 2, 1});

  CHECK(table_of("kind\nplum\npear\n").labels("kind", names) == xt::xtensor<int, 1>{2, 1});
  const Table other = table_of("kind\nplum\nfig\n");
  CHECK(refusal([&] { other.labels("kind", names); }) ==
        "line 3, column \"kind\": must be one of the classes \"apple\", \"pear\", \"plum\", but is \"fig\"");
  CHECK_THROWS_AS(table.labels("kind", {"pear", "pear"}), OptionError);

  // Numbers are sorted by their values, as scikit-learn sorts them.
  const Table digits = table_of("digit\n10\n9\n-1\n10\n");
  CHECK(digits.labels("digit").names == std::vector<std::string>{"-1", "9", "10"});
  CHECK(digits.labels("digit").numbers == xt::xtensor<int, 1>{2, 1, 0, 2});
  CHECK(table_of("size\n10\n9\nXL\n").labels("size").names == std::vector<std::string>{"10", "9", "XL"});
}

TEST_CASE("read_csv: cells in quotes hold separators, line breaks and doubled quotes") {
  const Table table = table_of("\"a\",\"b, c\"\r\n\"say \"\"yes\"\"\",\"two\r\nlines\nthree\"\r\n , \"x\"  \r\nin\"ner,\"\"\r\n");
  CHECK(table.names() == std::vector<std::string>{"a", "b, c"});
  CHECK(table.rows() == 3);
  CHECK(table.text(0, 0) == "say \"yes\"");
  CHECK(table.text(0, 1) == "two\r\nlines\nthree");
  CHECK(table.text(1, 0).empty());
  CHECK(table.text(1, "b, c") == "x");
  CHECK(table.text(2, 0) == "in\"ner");
  CHECK(table.text(2, 1).empty());
}

TEST_CASE("read_csv: line ends of every kind, the UTF-8 mark, other separators and decimal commas") {
  for (const std::string& end : {"\n"s, "\r\n"s, "\r"s}) {
    for (const std::string& last : {""s, end, end + end}) {
      const Table table = table_of(
          "\xef\xbb\xbf"
          "a,b" +
          end + "1,2" + end + " 3 ,\t4" + last);
      CHECK(table.names() == std::vector<std::string>{"a", "b"});
      CHECK(table.numbers() == xt::xtensor<float, 2>{{1, 2}, {3, 4}});
    }
  }
  CHECK(table_of("a;b\n1,5;-2,25\n", {.separator = ';', .decimal = ','}).numbers() == xt::xtensor<float, 2>{{1.5f, -2.25f}});
  CHECK(refusal([] {
          table_of("a;b\n1.5;2\n", {.separator = ';', .decimal = ','}).column("a");
        }).starts_with("line 2, column \"a\": must be a finite number"));
  CHECK(table_of("1\t\t3\n", {.separator = '\t', .header = false}).numbers({0, 2}) == xt::xtensor<float, 2>{{1, 3}});
  CHECK(table_of("1 2\n", {.separator = ' ', .header = false}).numbers() == xt::xtensor<float, 2>{{1, 2}});
  // The last cell of a line may be empty, that of the file, too.
  CHECK(table_of("a,\n1,\n2,").numbers({"a"}) == xt::xtensor<float, 2>{{1}, {2}});
}

TEST_CASE("read_csv: numbers are read whole, and in every locale alike") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* const name : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name)) break;
  }
  const std::locale classic = std::locale::global(std::locale(std::locale::classic(), new Comma));
  CHECK(table_of("1.5\n", {.header = false}).column<double>(0)(0) == 1.5);
  std::locale::global(classic);
  std::setlocale(LC_ALL, before.c_str());
  for (const char* const text : {"1e5", "-0.25", "+3", ".5", "-.5", "2.", "1E-3", "000012"}) {
    INFO(text);
    CHECK(table_of(text, {.header = false}).column<double>(0)(0) == std::stod(text));
  }
  for (const char* const text : {"abc", "1.5x", "1 2", "0x10", "inf", "-inf", "infinity", "-nan", "+-1", "--1", "+", "-", ".", "e5",
                                 "1e999", "1.2.3", "'1'"}) {
    INFO(text);
    CHECK(refusal([&] { table_of(text, {.header = false}).numbers(); }) ==
          "line 1, column 0: must be a finite number, but is \""s + text +
              "\"; numbers are read of the columns asked for alone, and texts by labels");
  }
  CHECK(refusal([&] { table_of("1e39", {.header = false}).numbers(); }).starts_with("line 1, column 0: must be a finite number"));
  CHECK(table_of("1e39", {.header = false}).numbers<double>()(0, 0) == 1e39);
  CHECK(table_of("1e-60", {.header = false}).numbers()(0, 0) == 0);
  // What is shown is on one line, and no longer than needed.
  const std::string said = refusal([&] { table_of("\"a\nb" + std::string(200, 'c') + "\"", {.header = false}).numbers(); });
  CHECK(said.starts_with("line 1, column 0: must be a finite number, but is \"a bccc"));
  CHECK(said.find("c…\"") != std::string::npos);
  CHECK(said.size() < 200);
}

TEST_CASE("read_csv: missing cells are an error with all their lines, or filled") {
  const Table table = table_of("age,name\n1,\"two\nlines\"\n?,b\n3,c\nNA,d\n ,e\nnan,NA\n");
  CHECK(refusal([&] { table.numbers({"age"}); }) ==
        "line 4, column \"age\": every cell must hold a number, but this is missing, as \"?\": 4 of 6 are, in lines 4, 6, 7, 8; "
        "{.fill = …} puts a number in their place");
  CHECK(table.numbers({"age"}, {.fill = 0}) == xt::xtensor<float, 2>{{1}, {0}, {3}, {0}, {0}, {0}});
  CHECK(table.numbers_except({"name"}, {.fill = -1.5})(1, 0) == -1.5f);
  const auto filled = table.column("age", {.fill = std::numeric_limits<double>::quiet_NaN()});
  CHECK(std::isnan(filled(1)));
  CHECK(filled(2) == 3);
  CHECK(refusal([&] { table.labels("name"); }) ==
        "line 8, column \"name\": every cell must hold a class, but this is missing, as \"NA\": 1 of 6 are, in line 8; CSVOptions' "
        "`missing` says which texts are no class");
  CHECK(table_of("country\nNA\nDE\n", {.missing = {""}}).labels("country").names == std::vector<std::string>{"DE", "NA"});
  std::string many = "a\n";
  for (int i = 0; i < 30; ++i) many += "?\n";
  CHECK(refusal([&] { table_of(many).numbers(); }).find("30 of 30 are, in lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …;") !=
        std::string::npos);
}

TEST_CASE("read_csv: an error counts lines as an editor does") {
  const Table table = table_of("a,b,c\n\"x\n\r\ny\",1,2\n5,6,bad\n\"\r\",worse,1\n");
  CHECK(refusal([&] { table.column("c"); }).starts_with("line 5, column \"c\": must be a finite number, but is \"bad\""));
  CHECK(refusal([&] { table.column("b"); }).starts_with("line 7, column \"b\": must be a finite number, but is \"worse\""));
}

TEST_CASE("read_csv: ragged lines and quotes that are not closed are refused by line") {
  CHECK(refusal_of("a,b\n1,2\n3\n") == "line 3: each line must have 2 cells, as the first one has, but this has 1");
  CHECK(refusal_of("a,b\n1,\"2\n\"\n3,4,5\n") == "line 4: each line must have 2 cells, as the first one has, but this has 3");
  CHECK(refusal_of("a,b\n\n1,2\n") == "line 2: each line must have 2 cells, as the first one has, but this has 1");
  CHECK(refusal_of("a,b\n1,\"2\n3,4\n") == "line 2: a quote that opens a cell must be closed, but the file ends before");
  CHECK(refusal_of("a\n\"1\" x\n") ==
        "line 2: behind a cell in quotes must come \",\" or the line's end, but comes \"x\"; a quote within a cell in quotes is "
        "doubled");
  CHECK(refusal_of("\"") == "line 1: a quote that opens a cell must be closed, but the file ends before");
}

TEST_CASE("read_csv: columns that are not there, not alone or not chosen are refused") {
  const Table table = table_of("a,b,a\n1,2,3\n");
  CHECK(refusal([&] { table.numbers({"b", "B"}); }) == "there must be a column \"B\", but the columns are \"a\", \"b\", \"a\"");
  CHECK(refusal([&] { table.column("a"); }) ==
        "a column that is called by its name must be the only one of it, but columns 0 and 2 are \"a\"; their numbers tell them "
        "apart");
  CHECK(table.column(2)(0) == 3);
  CHECK(refusal([&] { table.column(3); }) == "a column's number must lie in [0, 3), but is 3");
  CHECK(refusal([&] { table.numbers({-1}); }) == "a column's number must lie in [0, 3), but is -1");
  CHECK(refusal([&] { table.numbers_except({0, 1, 2}); }) == "at least one column must be taken, but none is");
  CHECK(refusal([&] { table.text(1, 0); }) == "the row must lie in [0, 1), but is 1");
}

TEST_CASE("read_csv: files that are missing, directories, empty, binary or of a header alone are refused") {
  const checks::Directory directory;
  CHECK(refusal([&] { read_csv(directory.path / "data.csv"); }) == "the file must be readable, but: No such file or directory");
  std::filesystem::create_directory(directory.path / "data.csv");
  CHECK(refusal([&] { read_csv(directory.path / "data.csv"); }) == "must be a regular file, but is a directory");
  CHECK(refusal_of("") == "the file must hold rows of cells, but is empty");
  CHECK(refusal_of("\xef\xbb\xbf\r\n\n") == "the file must hold rows of cells, but is empty");
  CHECK(refusal_of("a,b\n") ==
        "below the header there must be a row at least, but there is none; without a header, it is read by {.header = false}");
  CHECK(refusal_of("a\0,\0b\0"s) ==
        "the file must be text in UTF-8, but byte 1 is 0, as in UTF-16, compressed and other binary files");
  // Files without end, whose zeros take no room on disk.
  const auto huge = directory.write("huge_data.csv", "");
  std::filesystem::resize_file(huge, std::uintmax_t{1} << 31);
  CHECK(refusal([&] { read_csv(huge); }).starts_with("the file must be text in UTF-8, but byte 0 is 0"));
  std::filesystem::resize_file(huge, (std::uintmax_t{1} << 32) + 1);
  CHECK(refusal([&] { read_csv(huge); }) == "the file must have at most 4294967296 bytes, but has 4294967297");
}

TEST_CASE("read_csv: separators that are none are refused") {
  for (const char wrong : {'"', '\n', '\r', '\0', '.'}) {
    CHECK_THROWS_AS(table_of("1\n", {.separator = wrong}), OptionError);
  }
  CHECK(refusal_of("1\n", {.separator = ',', .decimal = ','}) ==
        "separator and decimal must differ, and be neither a quote nor a line break, but are \",\" and \",\"");
}
