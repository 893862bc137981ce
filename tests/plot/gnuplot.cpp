// Needs gnuplot: without it these tests fail.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctnn/plot/figure.hpp>
#include <ctnn/plot/gnuplot.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "pictures.hpp"

namespace fs = std::filesystem;
using checks::contains;
using checks::Directory;
using ctnn::plot::Figure;
using ctnn::plot::PlotError;

namespace {

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

Figure small_figure() {
  Figure figure;
  figure.title("Small").scatter(std::vector{1, 2, 3}, std::vector{1.0f, 4.0f, 9.0f}, "data");
  return figure;
}

}  // namespace

TEST_CASE("gnuplot is installed") { REQUIRE(ctnn::plot::gnuplot_available()); }

TEST_CASE("A file that is there is replaced, and keeps its rights") {
  const Directory directory;
  const fs::path path = directory.path / "a.svg";
  std::ofstream(path) << "old";
  small_figure().save(path);
  CHECK(contains(checks::bytes_of(path), "Small"));
  std::ofstream(directory.path / "new");
  CHECK(fs::status(path).permissions() == fs::status(directory.path / "new").permissions());
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  small_figure().save(path);
  const bool private_still = fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write);
  CHECK(private_still);
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

TEST_CASE("What cannot be saved says why and leaves no file") {
  const Directory directory;
  const auto refuse = [&](const Figure& figure, const fs::path& path, const std::string& message) {
    const auto before = directory.files();
    CHECK_THROWS_WITH_AS(figure.save(path), doctest::Contains(message.c_str()), PlotError);
    CHECK(directory.files() == before);
  };

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
    CHECK(checks::bytes_of(directory.path / "a.svg") == "old");
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
