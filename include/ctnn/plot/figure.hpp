// Figure: points and lines, drawn into an SVG or PNG file by gnuplot, the external program.
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
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "../errors.hpp"
#include "../io/pending_file.hpp"
#include "../kernels/arithmetic.hpp"
#include "../number_text.hpp"

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

/// A container, range or tensor of numbers.
template <class Range>
concept Numbers = requires(const Range& values) {
  static_cast<double>(*std::begin(values));
  std::end(values);
};

namespace detail {

/// How one kind of file is made, SIZE standing for its size, and what its last bytes contain.
struct Format {
  const char* extension;
  const char* terminal;
  const char* end;
};

inline constexpr Format formats[] = {
    {".svg", "set terminal svg size SIZE noenhanced font 'sans-serif,14' background '#ffffff'\n", "</svg>"},
    {".png",
     "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) { set terminal pngcairo size SIZE noenhanced font 'Sans,12' } "
     "else { set terminal png size SIZE noenhanced }\n",
     "IEND"}};

using ctnn::detail::concat;
using ctnn::detail::number_text;

[[noreturn, gnu::cold]] inline void fail(std::string_view what) { throw PlotError(concat("ctnn: plot: ", what)); }
[[noreturn, gnu::cold]] inline void fail(std::string_view what, int error) {
  fail(concat(what, ": ", std::generic_category().message(error)));
}

/// Whether a text is UTF-8 of characters that XML may hold, too: no surrogates, nothing overlong or beyond U+10FFFF.
[[gnu::cold]] inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > text.size()) return false;
    std::uint32_t character = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      character = character << 6 | (next & 0x3fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xd800 && character < 0xe000, none = character == 0xfffe || character == 0xffff;
    if (character < smallest[length] || surrogate || none || character > 0x10ffff) return false;
    i += length;
  }
  return true;
}

/// The text as a gnuplot string that draws it literally: all but letters and spaces is given by its octal code, since
/// gnuplot runs backquotes inside double quotes, at times expands @macros even inside single ones, and would take a digit
/// for a part of the code before it. What an SVG may not contain, control characters and bytes that are no UTF-8, is drawn
/// as spaces and question marks.
[[gnu::cold]] inline std::string quoted(std::string_view text) {
  const bool valid = is_utf8(text);
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) byte = ' ';
    if (byte >= 0x80 && !valid) byte = '?';
    // gnuplot does not escape ">", but "]]>" is no legal text in XML: a space of no width comes between.
    if (byte == '>' && text.substr(0, i).ends_with("]]")) result += "\u200b";
    const bool plain = byte == ' ' || byte >= 0x80 || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    if (plain) {
      result += static_cast<char>(byte);
    } else {
      result +=
          {'\\', static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8), static_cast<char>('0' + byte % 8)};
    }
  }
  return result + '"';
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

}  // namespace detail

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

/// Has gnuplot draw a picture of so many pixels. Throws PlotError for a path that cannot be written, and if gnuplot is
/// missing, fails or does not end.
[[gnu::cold]] inline void draw(const std::filesystem::path& path, const Format& format, std::size_t width, std::size_t height,
                               const std::string& script) {
  const std::string size = concat(std::to_string(width), ",", std::to_string(height));
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

/// A picture of 800 × 600 pixels: `Figure().title("…").scatter(x, y, "data").line(x, y_hat, "fit").save("fit.svg")`.
///
/// Texts are UTF-8 and drawn as they are. Points that are infinite or NaN are left out, and part a line in two.
class Figure {
 public:
  Figure& title(std::string text) { return title_ = std::move(text), *this; }
  Figure& x_label(std::string text) { return x_label_ = std::move(text), *this; }
  Figure& y_label(std::string text) { return y_label_ = std::move(text), *this; }
  /// Numbers the horizontal axis in whole steps, as for epochs.
  Figure& whole_x() { return whole_x_ = true, *this; }

  /// Adds points, the first ones blue. Throws PlotError unless x and y are equally long.
  template <Numbers X, Numbers Y>
  Figure& scatter(const X& x, const Y& y, const std::string& legend = "") {
    return add(copy(x), copy(y), legend, false);
  }
  /// Adds a line from point to point in the order given, the first one red. Throws PlotError unless x and y are equally long.
  template <Numbers X, Numbers Y>
  Figure& line(const X& x, const Y& y, const std::string& legend = "") {
    return add(copy(x), copy(y), legend, true);
  }

  /// Writes an .svg or a .png file. Throws PlotError for another extension, where there is nothing to draw, for a path
  /// that cannot be written, and if gnuplot is missing, fails or does not end within a minute (a large picture has longer).
  void save(const std::filesystem::path& path) const {
    const detail::Format& format = detail::format_of(path);
    if (empty()) detail::fail("there is nothing to draw; add a finite point with scatter or line");
    detail::draw(path, format, 800, 600, script());
  }

 private:
  friend class Panels;

  template <class Values>
  [[gnu::cold]] static std::vector<double> copy(const Values& values) {
    std::vector<double> result;
    const auto end = std::end(values);
    for (auto value = std::begin(values); value != end; ++value) result.push_back(static_cast<double>(*value));
    return result;
  }

  [[gnu::cold]] Figure& add(const std::vector<double>& x, const std::vector<double>& y, const std::string& legend, bool is_line) {
    if (x.size() != y.size()) {
      detail::fail(detail::concat("x and y must be equally long, but have ", std::to_string(x.size()), " and ",
                                  std::to_string(y.size()), " numbers"));
    }
    const std::string name = detail::concat("$d", std::to_string(count_[0] + count_[1]));
    std::string data = detail::concat(name, " << EOD\n");
    std::size_t drawn = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const bool finite = math::is_finite(x[i]) && math::is_finite(y[i]);
      // A NaN leaves a gap in a line, where an empty row would begin another curve.
      data += finite ? detail::concat(detail::number_text(x[i]), " ", detail::number_text(y[i]), "\n") : "NaN NaN\n";
      if (finite) ++drawn, low_ = std::min(low_, x[i]), high_ = std::max(high_, x[i]);
    }
    // gnuplot takes a curve without any point for an error.
    if (drawn == 0) return *this;
    static constexpr const char* colors[2][3] = {{"#1f77b4", "#2ca02c", "#9467bd"}, {"#d62728", "#17becf", "#ff7f0e"}};
    data_ += detail::concat(data, "EOD\n");
    // A line through one point would not be seen.
    const char* const style = is_line && drawn > 1 ? " with lines linewidth 3" : " with points pointtype 7 pointsize 0.8";
    plot_ += detail::concat(plot_.empty() ? "plot " : ", ", name, style, " linecolor rgb '", colors[is_line][count_[is_line]++ % 3],
                            "' title ", detail::quoted(legend), " noenhanced");
    return *this;
  }

  bool empty() const { return plot_.empty(); }

  /// The step of the horizontal axis's numbers: 1, 2, 5, 10 … so that there are about ten, or gnuplot's choice.
  [[gnu::cold]] std::string x_step() const {
    if (!whole_x_ || empty()) return "autofreq";
    double step = 1;
    // The difference itself may be beyond the largest number.
    for (int i = 0; high_ / step - low_ / step > 10; ++i) step *= i % 3 == 1 ? 2.5 : 2;
    return detail::number_text(step);
  }

  [[gnu::cold]] std::string script() const {
    return detail::concat(
        "set encoding utf8\nset title ", detail::quoted(title_), " font ',17'\nset xlabel ", detail::quoted(x_label_),
        " offset 0,0.5\nset ylabel ", detail::quoted(y_label_),
        "\nset grid linetype 1 linewidth 1 linecolor rgb '#e4e4e4'\nset border linecolor rgb '#444444'\nset tics nomirror\n"
        "set xtics ",
        x_step(), whole_x_ ? "\nset autoscale xfix" : "\nset autoscale x",
        "\nset key outside bottom center horizontal reverse Left samplen 2 width 2 height 1\n", data_, plot_, "\n");
  }

  std::string title_, x_label_, y_label_;
  bool whole_x_ = false;
  double low_ = std::numeric_limits<double>::max(), high_ = std::numeric_limits<double>::lowest();  ///< of x
  std::string data_, plot_;    ///< the curves' numbers, and the command that draws them
  std::size_t count_[2] = {};  ///< of curves: points, lines
};

}  // namespace ctnn::plot::inline CTNN_VARIANT
