// gnuplot, the external program that draws every picture into an SVG or PNG file.
//
// gnuplot reads its script from standard input and writes the picture to standard output, and both are files: no
// shell, no pipe that could break, no file name inside the script, and nothing under the target's name until it is whole.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "../errors.hpp"
#include "../io/pending_file.hpp"
#include "script.hpp"

extern "C" char** environ;

namespace ctnn::plot {

/// A picture that cannot be drawn or written. No file is left behind, and one that was there stays as it was.
struct PlotError : Error {
  using Error::Error;
};

}  // namespace ctnn::plot

namespace ctnn::plot::inline CTNN_VARIANT {

/// What to tell a user whose computer has no gnuplot.
inline constexpr const char* gnuplot_missing = "gnuplot was not found; install it with: apt-get install gnuplot-nox";

/// A picture's width and height in pixels: `{.width = 1200, .height = 900}`. Letters keep their size.
struct Size {
  std::size_t width, height;
};

/// Whether there is a program called gnuplot. Whether it works is seen when it draws.
[[gnu::cold]] inline bool gnuplot_available() {
  const char* const variable = std::getenv("PATH");
  for (std::string_view path = variable ? variable : "/bin:/usr/bin";;) {
    const std::size_t end = std::min(path.find(':'), path.size());
    std::error_code error;
    if (std::filesystem::is_regular_file(std::filesystem::path(path.substr(0, end)) / "gnuplot", error)) return true;
    if (end == path.size()) return false;
    path.remove_prefix(end + 1);
  }
}

namespace detail {

/// How one kind of file is made, SIZE standing for its size, and what its last bytes contain.
struct Format {
  const char* extension;
  const char* terminal;
  const char* end;
};

// Sizes of fonts are pixels with both: 0.75 points.
inline constexpr Format formats[] = {
    {".svg", "set terminal svg size SIZE noenhanced font 'sans-serif,16' background '#ffffff'\n", "</svg>"},
    {".png",
     "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) { set terminal pngcairo size SIZE noenhanced font 'Sans,16' fontscale 0.75 } "
     "else { set terminal png size SIZE noenhanced }\n",
     "IEND"}};

[[noreturn, gnu::cold]] inline void fail(std::string_view what) { throw PlotError(concat("ctnn: plot: ", what)); }
[[noreturn, gnu::cold]] inline void fail(std::string_view what, int error) {
  fail(concat(what, ": ", std::generic_category().message(error)));
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

/// A file without a name, gone when it is closed.
[[gnu::cold]] inline File scratch_file() {
  File file(std::tmpfile());
  if (!file) fail("no temporary file can be made", errno);
  return file;
}

/// Runs gnuplot on three open files. Its status as waitpid gives it, or 0 where the program has its children's thrown away.
/// Throws PlotError if it cannot be started, or has not ended after so long.
[[gnu::cold]] inline int run_gnuplot(int script, int picture, int log, std::chrono::milliseconds patience) {
  std::string name = "gnuplot", default_settings = "-d", standard_input = "-";
  char* const arguments[] = {name.data(), default_settings.data(), standard_input.data(), nullptr};
  // gnuplot fails at once where this variable names a terminal that it lacks.
  std::vector<char*> environment;
  for (char** variable = environ; variable && *variable; ++variable) {
    if (!std::string_view(*variable).starts_with("GNUTERM=")) environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, script, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, picture, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, log, STDERR_FILENO);
  pid_t process = 0;
  const int error = posix_spawnp(&process, "gnuplot", &files, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0 && !gnuplot_available()) fail(gnuplot_missing);
  if (error != 0) fail("gnuplot cannot be started", error);
  // No call waits for a process and for no longer than some time.
  int status = 0;
  const auto start = std::chrono::steady_clock::now();
  for (useconds_t pause = 500; ::waitpid(process, &status, WNOHANG) == 0;) {
    if (std::chrono::steady_clock::now() - start > patience) {
      ::kill(process, SIGKILL);
      while (::waitpid(process, &status, 0) == -1 && errno == EINTR) continue;
      fail(concat("gnuplot must have drawn within ",
                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(patience).count()),
                  " seconds, but was still running and was ended"));
    }
    ::usleep(pause);
    pause = std::min<useconds_t>(pause * 5 / 4, 20'000);
  }
  return status;
}

/// The line that says what is wrong: gnuplot puts "line …: " before it, and an echo of the command above it.
[[gnu::cold]] inline std::string error_line(std::FILE* log) {
  std::fseek(log, 0, SEEK_SET);
  std::string first;
  for (char buffer[1024]; std::fgets(buffer, sizeof buffer, log);) {
    std::string line(buffer);
    line.erase(0, line.find_first_not_of(" \t\r\n"));
    line.erase(line.find_last_not_of(" \t\r\n") + 1);
    if (line.starts_with("line ")) return line;
    if (first.empty()) first = line;
  }
  return first;
}

using Picture = ctnn::detail::PendingFile<PlotError>;

[[gnu::cold]] inline bool ends_with(const Picture& picture, const char* text) {
  char tail[16];
  const off_t size = ::lseek(picture.descriptor(), 0, SEEK_END);
  const ssize_t got = ::pread(picture.descriptor(), tail, sizeof tail, std::max<off_t>(0, size - 16));
  return got > 0 && std::string_view(tail, static_cast<std::size_t>(got)).find(text) != std::string_view::npos;
}

/// How the file is made. Throws PlotError for an extension other than .svg or .png.
[[gnu::cold]] inline const Format& format_of(const std::filesystem::path& path) {
  for (const Format& format : formats) {
    if (path.extension() == format.extension) return format;
  }
  fail(concat("a picture's extension must be .svg or .png, but the file is ", path.string()));
}

/// A picture's least and greatest width and height, in pixels.
inline constexpr std::size_t smallest = 240, largest = 16384;

/// Throws OptionError for a size that no picture should have.
[[gnu::cold]] inline Size checked(Size size) {
  const auto fits = [](std::size_t length) { return length >= smallest && length <= largest; };
  if (fits(size.width) && fits(size.height)) return size;
  throw OptionError(concat("ctnn: plot: size must lie in [", std::to_string(smallest), ", ", std::to_string(largest),
                           "] pixels by as many, but is ", std::to_string(size.width), " by ", std::to_string(size.height)));
}

/// Throws PlotError where what is to be drawn needs more than a picture may have.
[[gnu::cold]] inline void check_fits(Size size) {
  if (size.width <= largest && size.height <= largest) return;
  fail(concat("a picture must be at most ", std::to_string(largest), " pixels wide and high, but would need ",
              std::to_string(size.width), " by ", std::to_string(size.height)));
}

/// Has gnuplot draw a picture. Throws PlotError for a path that cannot be written, and if gnuplot is missing, fails or does
/// not end.
[[gnu::cold]] inline void draw(const std::filesystem::path& path, const Format& format, Size pixels, const std::string& script) {
  const std::string size = concat(std::to_string(pixels.width), ",", std::to_string(pixels.height));
  std::string text;
  std::string_view terminal = format.terminal;
  for (std::size_t at = terminal.find("SIZE"); at != terminal.npos; at = terminal.find("SIZE")) {
    text += concat(terminal.substr(0, at), size);
    terminal.remove_prefix(at + 4);
  }
  text += concat(terminal, script);

  // In the order of descriptors 0, 1, 2: should one of these be free, dup2 still overwrites none that is yet to be copied.
  const File input = scratch_file();
  Picture picture(path, "ctnn: plot: ");
  const File log = scratch_file();
  if (std::fwrite(text.data(), 1, text.size(), input.get()) != text.size() || std::fflush(input.get()) != 0) {
    fail("cannot write gnuplot's script", errno);
  }
  std::fseek(input.get(), 0, SEEK_SET);
  // A minute, and more for what is large: it reads a million points in a second or few.
  const auto patience = std::chrono::seconds(60 + text.size() / 100'000);
  if (const int status = run_gnuplot(::fileno(input.get()), picture.descriptor(), ::fileno(log.get()), patience); status != 0) {
    const std::string reason = error_line(log.get());
    if (!reason.empty()) fail(concat("gnuplot failed: ", reason));
    fail(WIFEXITED(status) ? concat("gnuplot failed with exit status ", std::to_string(WEXITSTATUS(status)))
                           : "gnuplot failed by a signal");
  }
  // gnuplot itself does not notice a full disk.
  if (!ends_with(picture, format.end)) fail(concat("gnuplot left ", path.string(), " unfinished; is the disk full?"));
  picture.commit();
}

}  // namespace detail
}  // namespace ctnn::plot::inline CTNN_VARIANT
