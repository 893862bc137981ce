// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>

#include <ctnn/plot/figure.hpp>
#include <ctnn/plot/script.hpp>
#include <filesystem>
#include <locale>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
using checks::contains;
using checks::count;
using checks::Directory;
using ctnn::plot::Figure;

TEST_CASE("Texts are drawn literally, and nothing in them is run") {
  const Directory directory;
  const fs::path trace = directory.path / "trace";
  const std::string touch = "touch " + trace.string();
  const std::string texts[][2] = {
      {"`" + touch + "`", "`" + touch + "`"},
      {"'.system(\"" + touch + "\").'", "'.system(\"" + touch + "\").'"},
      {"\";!" + touch, "\";!" + touch},
      {"$(" + touch + ") #", "$(" + touch + ") #"},
      {"it's \"quoted\" \\n \\", "it's \"quoted\" \\n \\"},
      {"'", "'"},
      {"''a'", "''a'"},
      {"1\\\\1 @e@ '@GPVAL_PI@ \"@GPVAL_PI@", "1\\\\1 @e@ '@GPVAL_PI@ \"@GPVAL_PI@"},
      {"50 % %d %% %s", "50 % %d %% %s"},
      {"@x a_b a^2 {/Bold b} ~a{b}", "@x a_b a^2 {/Bold b} ~a{b}"},
      {"a < b & c > d &lt; &#65;", "a &lt; b &amp; c > d &amp;lt; &amp;#65;"},
      {"x² ± ∂", "x² ± ∂"},
      {"EOD", "EOD"},
      {"tab\tbell\aNUL" + std::string(1, '\0') + "delete\x7f.", "tab bell NUL delete ."},
      {"Latin-1: \xe9t\xe9", "Latin-1: ?t?"},
      {"a]]>b", "a]]\u200b>b"},
      {"surrogate \xed\xa0\x80", "surrogate ???"},
      {"overlong \xe0\x80\x80", "overlong ???"},
      {"beyond \xf4\x90\x80\x80", "beyond ????"},
      {"no character \xef\xbf\xbe", "no character ???"},
      {"cut \xe2\x82", "cut ??"},
      {"four bytes \xf0\x9f\x99\x82", "four bytes \xf0\x9f\x99\x82"},
  };
  for (const auto& [text, drawn] : texts) {
    CAPTURE(text);
    Figure()
        .title(text)
        .x_label(text)
        .y_label(text)
        .line(std::vector{1, 2}, std::vector{1, 2}, text)
        .save(directory.path / "a.svg");
    CHECK(count(checks::bytes_of(directory.path / "a.svg"), "<text>" + drawn + "</text>") == 4);
    CHECK_NOTHROW(Figure().title(text).scatter(std::vector{1, 2}, std::vector{1, 2}, text).save(directory.path / "a.png"));
    CHECK_FALSE(fs::exists(trace));
  }
}

TEST_CASE("A line break in a text begins a new line") {
  const Directory directory;
  Figure().title("\nfirst\n\n'second\n").line(std::vector{1, 2}, std::vector{1, 2}).save(directory.path / "a.svg");
  const std::string svg = checks::bytes_of(directory.path / "a.svg");
  CHECK(contains(svg, "<text>first</text>"));
  CHECK(contains(svg, "<text>'second</text>"));
}

TEST_CASE("Numbers are written in full, whatever the locale") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  const Directory directory;
  Figure().line(std::vector{1234.5, 1235.5}, std::vector{1e-20, 2e-20}).save(directory.path / "a.svg");
  std::locale::global(before);
  const std::string svg = checks::bytes_of(directory.path / "a.svg");
  CHECK(contains(svg, "<text> 1234.6</text>"));
  CHECK(contains(svg, "<text> 1.2x10</text>") + contains(svg, "<text> 1.2e-20</text>") == 1);
}

TEST_CASE("The room for a text is that of its longest line, and no letter has too little") {
  using ctnn::plot::detail::extent_of;
  CHECK(extent_of("", 16).lines == 0);
  CHECK(extent_of("", 16).width == 0);
  CHECK(extent_of("a\n\nbbbb\nc", 16).lines == 4);
  CHECK(extent_of("a\n\nbbbb\nc", 16).width == extent_of("bbbb", 16).width);
  CHECK(extent_of("xxxxxxxx", 32).width == doctest::Approx(static_cast<double>(2 * extent_of("xxxxxxxx", 16).width)).epsilon(0.02));
  // Of DejaVu Sans, which is wider than most: the parts of 2048 that a letter takes.
  const std::pair<const char*, double> letters[] = {{"W", 2025}, {"M", 1767}, {"O", 1612}, {"m", 1995}, {"w", 1675}, {"0", 1303},
                                                    {"o", 1253}, {"i", 569},  {"t", 803},  {"%", 1946}, {"=", 1716}, {" ", 651}};
  for (const auto& [letter, width] : letters) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += letter;
    CAPTURE(letter);
    CHECK(static_cast<double>(extent_of(text, 16).width) >= 50 * 16 * width / 2048);
    CHECK(static_cast<double>(extent_of(text, 16).width) <= 50 * 16 * 1.01);
  }
  // A letter is not a byte, and East Asian ones are as wide as they are high.
  CHECK(extent_of("äöü", 16).width == extent_of("aou", 16).width);
  CHECK(extent_of("猫猫", 16).width == 33);
}
