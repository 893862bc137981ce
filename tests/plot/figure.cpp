// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctnn/plot/figure.hpp>
#include <ctnn/xtensor.hpp>
#include <fstream>
#include <iterator>
#include <limits>
#include <list>
#include <locale>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"

namespace fs = std::filesystem;
using checks::Directory;
using ctnn::plot::Figure;
using ctnn::plot::PlotError;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The variable PATH, changed for a while.
struct SearchPath {
  std::string before = std::getenv("PATH");

  explicit SearchPath(const fs::path& path) { ::setenv("PATH", path.c_str(), 1); }
  SearchPath(const SearchPath&) = delete;
  SearchPath& operator=(const SearchPath&) = delete;
  ~SearchPath() { ::setenv("PATH", before.c_str(), 1); }
};

/// A directory with a program called gnuplot that runs these lines of shell.
struct FakeGnuplot : Directory {
  explicit FakeGnuplot(const std::string& lines) {
    std::ofstream(path / "gnuplot") << "#!/bin/sh\n" << lines << '\n';
    fs::permissions(path / "gnuplot", fs::perms::owner_all);
  }
};

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t result = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++result;
  return result;
}

bool contains(const std::string& text, const std::string& part) { return count(text, part) > 0; }

/// The points that an SVG shows, the legend's left out.
std::size_t points(const std::string& svg) { return count(svg, "<use xlink:href='#gpPt6'") - 1; }

Figure small_figure() {
  Figure figure;
  figure.title("Small").scatter(std::vector{1, 2, 3}, std::vector{1.0f, 4.0f, 9.0f}, "data");
  return figure;
}

}  // namespace

TEST_CASE("gnuplot is installed") { REQUIRE(ctnn::plot::gnuplot_available()); }

TEST_CASE("An SVG shows the texts, the points and the line") {
  const Directory directory;
  const std::vector<double> x = {0, 1, 2}, y = {0, 1, 4};
  Figure()
      .title("A parabola")
      .x_label("side")
      .y_label("area")
      .scatter(x, y, "data")
      .line(x, y, "fit")
      .save(directory.path / "a.svg");
  const std::string svg = contents(directory.path / "a.svg");
  CHECK(svg.starts_with("<?xml"));
  CHECK(svg.ends_with("</svg>\n\n"));
  for (const char* text : {"A parabola", "side", "area", "data", "fit"}) {
    CHECK(contains(svg, std::string("<text>") + text + "</text>"));
  }
  CHECK(points(svg) == 3);
  CHECK(directory.files() == std::set<std::string>{"a.svg"});
}

TEST_CASE("A PNG is 800 by 600") {
  const Directory directory;
  small_figure().save(directory.path / "a.png");
  const std::string png = contents(directory.path / "a.png");
  CHECK(png.starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(png.substr(16, 8) == std::string("\0\0\x03\x20\0\0\x02\x58", 8));
  CHECK(directory.files() == std::set<std::string>{"a.png"});
}

TEST_CASE("A file that is there is replaced, and keeps its rights") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  std::ofstream(path) << "old";
  small_figure().save(path);
  CHECK(contains(contents(path), "Small"));
  std::ofstream(directory.path / "new");
  CHECK(fs::status(path).permissions() == fs::status(directory.path / "new").permissions());
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  small_figure().save(path);
  const bool private_still = fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write);
  CHECK(private_still);
}

TEST_CASE("Containers, arrays, ranges and tensors are drawn") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  const int array[] = {1, 2, 3, 4};
  const std::list<long double> list = {1, 2, 3, 4};
  const xt::xtensor<float, 1> vector = {1, 2, 3, 4};
  const xt::xtensor<float, 2> column = {{1}, {2}, {3}, {4}};
  const auto squares = std::views::iota(1, 5) | std::views::transform([](int i) { return i * i; });
  Figure()
      .scatter(array, list, "a")
      .scatter(vector, column, "b")
      .line(xt::linspace<double>(0, 1, 4), xt::view(column, xt::all(), 0), "c")
      .line(squares, vector * 2, "d")
      .save(path);
  CHECK(count(contents(path), "<use xlink:href='#gpPt6'") == 2 * (4 + 1));
}

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
    CHECK(count(contents(directory.path / "a.svg"), "<text>" + drawn + "</text>") == 4);
    CHECK_NOTHROW(Figure().title(text).scatter(std::vector{1, 2}, std::vector{1, 2}, text).save(directory.path / "a.png"));
    CHECK_FALSE(fs::exists(trace));
  }
}

TEST_CASE("A line break in a text begins a new line") {
  const Directory directory;
  small_figure().title("\nfirst\n\n'second\n").save(directory.path / "a.svg");
  const std::string svg = contents(directory.path / "a.svg");
  CHECK(contains(svg, "<text>first</text>"));
  CHECK(contains(svg, "<text>'second</text>"));
}

TEST_CASE("File names may hold anything") {
  const Directory directory;
  const fs::path trace = directory.path / "trace";
  for (const std::string& name : {std::string("a b"), std::string("it's \"this\""), std::string("$(touch trace) `touch trace`"),
                                  std::string("|touch trace"), std::string("-x\n"), std::string(251, 'n')}) {
    CAPTURE(name);
    const Directory inner;
    small_figure().save(inner.path / (name + ".svg"));
    CHECK(inner.files() == std::set<std::string>{name + ".svg"});
  }
  // Relative to the working directory, as everything else.
  const fs::path before = fs::current_path();
  fs::current_path(directory.path);
  small_figure().save("|touch trace.svg");
  fs::current_path(before);
  CHECK(directory.files() == std::set<std::string>{"|touch trace.svg"});
}

TEST_CASE("Points that are not finite are left out") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  Figure()
      .scatter(std::vector{1.0, no_number, 3.0, 4.0, infinity, 6.0}, std::vector{1.0, 2.0, no_number, -infinity, 5.0, 6.0})
      .save(path);
  CHECK(count(contents(path), "<use xlink:href='#gpPt6'") == 2);

  // The line is parted, and a curve of nothing but NaN does not spoil the picture.
  Figure()
      .line(std::vector{1.0, 2.0, 3.0, 4.0, 5.0}, std::vector{1.0, 2.0, no_number, 4.0, 5.0})
      .line(std::vector{1.0, 2.0}, std::vector{no_number, no_number})
      .line(std::vector<int>{}, std::vector<int>{})
      .save(path);
  const std::string svg = contents(path);
  const std::size_t line = svg.find("id=\"gnuplot_plot_1\"");
  CHECK(count(svg.substr(line, svg.find("</g>\n\t</g>", line) - line), "M") == 2);
  CHECK_FALSE(contains(svg, "gnuplot_plot_2"));
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
  const std::string svg = contents(directory.path / "a.svg");
  CHECK(contains(svg, "<text> 1234.6</text>"));
  CHECK(contains(svg, "<text> 1.2x10</text>") + contains(svg, "<text> 1.2e-20</text>") == 1);
}

TEST_CASE("x and y of different lengths are refused, and the figure is as before") {
  Figure figure = small_figure();
  CHECK_THROWS_WITH_AS(figure.scatter(std::vector{1, 2, 3}, std::vector{1, 2}),
                       "ctnn: plot: x and y must be equally long, but have 3 and 2 numbers", PlotError);
  CHECK_THROWS_WITH_AS(figure.line(std::vector<int>{}, std::vector{1}),
                       "ctnn: plot: x and y must be equally long, but have 0 and 1 numbers", ctnn::Error);
  const Directory directory;
  figure.save(directory.path / "a.svg");
  CHECK(points(contents(directory.path / "a.svg")) == 3);
}

TEST_CASE("What cannot be saved says why and leaves no file") {
  const Directory directory;
  const auto refuse = [&](const Figure& figure, const fs::path& path, const std::string& message) {
    const auto before = directory.files();
    CHECK_THROWS_WITH_AS(figure.save(path), doctest::Contains(message.c_str()), PlotError);
    CHECK(directory.files() == before);
  };

  SUBCASE("nothing to draw") {
    const std::string message = "ctnn: plot: there is nothing to draw; add a finite point with scatter or line";
    refuse(Figure(), directory.path / "a.svg", message);
    refuse(Figure().scatter(std::vector<double>{}, std::vector<double>{}), directory.path / "a.svg", message);
    refuse(Figure().line(std::vector{no_number}, std::vector{1.0}), directory.path / "a.svg", message);
  }
  SUBCASE("unknown extension") {
    for (const char* name : {"a.jpg", "a", "svg", ".svg", "a.svg.gz"}) {
      const fs::path path = directory.path / name;
      refuse(small_figure(), path, "ctnn: plot: a picture's extension must be .svg or .png, but the file is " + path.string());
    }
  }
  SUBCASE("no such directory") {
    const fs::path path = directory.path / "missing" / "a.svg";
    refuse(small_figure(), path, "ctnn: plot: cannot write " + path.string() + ": No such file or directory");
  }
  SUBCASE("the directory is a file") {
    std::ofstream(directory.path / "file") << "text";
    const fs::path path = directory.path / "file" / "a.png";
    refuse(small_figure(), path, "ctnn: plot: cannot write " + path.string() + ": Not a directory");
  }
  SUBCASE("the target is a directory") {
    const fs::path path = directory.path / "a.svg";
    fs::create_directory(path);
    refuse(small_figure(), path, "ctnn: plot: cannot write " + path.string() + ": Is a directory");
  }
  SUBCASE("gnuplot itself refuses") {
    // Beyond the numbers that gnuplot can draw.
    const Figure figure = Figure().scatter(std::vector{1.0, 2.0}, std::vector{1.7e308, -1.7e308});
    std::ofstream(directory.path / "a.svg") << "old";
    refuse(figure, directory.path / "a.svg", "all points y value undefined!");
    CHECK(contents(directory.path / "a.svg") == "old");
  }
}

TEST_CASE("Neither the user's terminal nor ignored children matter") {
  const Directory directory;
  ::setenv("GNUTERM", "nosuch", 1);
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  CHECK(ctnn::plot::gnuplot_available());
  CHECK_NOTHROW(small_figure().save(directory.path / "a.png"));
  std::signal(SIGCHLD, before);
  ::unsetenv("GNUTERM");
}

TEST_CASE("Without gnuplot, a sentence says how to install it") {
  const Directory directory, empty;
  const SearchPath path(empty.path);
  CHECK_FALSE(ctnn::plot::gnuplot_available());
  CHECK_THROWS_WITH_AS(small_figure().save(directory.path / "a.png"),
                       "ctnn: plot: gnuplot was not found; install it with: apt-get install gnuplot-nox", PlotError);
  CHECK(directory.files().empty());
}

TEST_CASE("A gnuplot that is there and cannot be started is not called missing") {
  const std::pair<std::string, fs::perms> programs[] = {{"#!/bin/sh\n", fs::perms::owner_read},
                                                        {"#!/no/such/interpreter\n", fs::perms::owner_all},
                                                        {"no program", fs::perms::owner_all}};
  const char* const reasons[] = {"Permission denied", "No such file or directory", "Exec format error"};
  for (std::size_t i = 0; i < 3; ++i) {
    const Directory directory, program;
    fs::permissions(program.write("gnuplot", programs[i].first), programs[i].second);
    const SearchPath path("/nowhere:" + program.path.string());
    CHECK(ctnn::plot::gnuplot_available());
    CHECK_THROWS_WITH_AS(small_figure().save(directory.path / "a.svg"),
                         (std::string("ctnn: plot: gnuplot cannot be started: ") + reasons[i]).c_str(), PlotError);
    CHECK(directory.files().empty());
  }
}

TEST_CASE("A gnuplot that does not end is ended, and said to be so") {
  const FakeGnuplot program("exec sleep 100");
  const SearchPath path(program.path.string() + ":" + std::getenv("PATH"));
  const ctnn::plot::detail::File script = ctnn::plot::detail::scratch_file(), picture = ctnn::plot::detail::scratch_file();
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH_AS(ctnn::plot::detail::run_gnuplot(::fileno(script.get()), ::fileno(picture.get()), ::fileno(picture.get()),
                                                       std::chrono::milliseconds(1200)),
                       "ctnn: plot: gnuplot must have drawn within 1 seconds, but was still running and was ended", PlotError);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  // None of this program's children is left.
  const bool none = ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
  CHECK(none);
}

TEST_CASE("Whole numbers on an axis as long as numbers go") {
  const Directory directory;
  for (const double end : {20.0, 1e300, 8e307}) {
    CHECK_NOTHROW(Figure().line(std::vector{-end, end}, std::vector{1, 2}).whole_x().save(directory.path / "a.svg"));
  }
  // gnuplot itself draws none above 2^1023, and says so; no number of its script is infinite.
  for (const double end : {1e308, std::numeric_limits<double>::max()}) {
    std::string message;
    try {
      Figure().line(std::vector{-end, end}, std::vector{1, 2}).whole_x().save(directory.path / "a.svg");
    } catch (const PlotError& error) {
      message = error.what();
    }
    CHECK(contains(message, "ctnn: plot: gnuplot failed: line "));
    CHECK_FALSE(contains(message, "inf"));
  }
}

TEST_CASE("A gnuplot that fails is quoted, and its half picture removed") {
  const std::pair<const char*, const char*> failures[] = {
      {"echo '<svg>'; echo 'Warning: old' >&2; echo '   line 3: no such terminal' >&2; exit 1",
       "ctnn: plot: gnuplot failed: line 3: no such terminal"},
      {"echo; echo ' out of memory ' >&2; echo more >&2; exit 2", "ctnn: plot: gnuplot failed: out of memory"},
      {"exit 3", "ctnn: plot: gnuplot failed with exit status 3"},
      {"echo '<svg>'; kill -9 $$", "ctnn: plot: gnuplot failed by a signal"},
      {"echo '<svg>'", "unfinished; is the disk full?"},
      {"exit 0", "unfinished; is the disk full?"},
  };
  for (const auto& [lines, message] : failures) {
    CAPTURE(lines);
    const Directory directory;
    const FakeGnuplot program(lines);
    const SearchPath path(program.path);
    for (const char* name : {"a.svg", "a.png"}) {
      CHECK_THROWS_WITH_AS(small_figure().save(directory.path / name), doctest::Contains(message), PlotError);
    }
    CHECK(directory.files().empty());
  }
}
