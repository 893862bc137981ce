// Progress: the lines that fit prints, in Keras's format (keras/src/utils/progbar.py): a bar on a terminal, else one line
// an epoch.
//
// A step may take a hundred nanoseconds or an hour. The clock is therefore looked at only every so many steps, as many as
// went by in a few milliseconds the last time.
#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "../number_text.hpp"
#include "logs.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Where the lines go, and what the world around them is like; tests make their own.
struct ProgressOutput {
  std::ostream& out;
  bool terminal = false;             ///< a bar may be drawn, and drawn over
  std::size_t columns = 0;           ///< of the terminal; 0 where unknown
  double (*seconds)() = &monotonic;  ///< the clock

  static double monotonic() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

  /// Standard output. It is no terminal where std::cout was led into a string, nor where the terminal cannot draw over.
  [[gnu::cold]] static ProgressOutput standard() {
    ProgressOutput output{.out = std::cout};
    const char* const kind = std::getenv("TERM");
    output.terminal = ::isatty(STDOUT_FILENO) == 1 && kind && std::string_view(kind) != "dumb" &&
                      !dynamic_cast<std::stringbuf*>(std::cout.rdbuf());
    winsize window{};
    if (output.terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0) output.columns = window.ws_col;
    return output;
  }
};

/// Shows one epoch after another. Quiet at verbose 0; a bar at 1, where the output is a terminal; else a line an epoch.
class Progress {
 public:
  Progress(int verbose, std::size_t epochs, const ProgressOutput& output = ProgressOutput::standard())
      : output_(output), verbose_(verbose), bar_(verbose == 1 && output.terminal), epochs_(epochs) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { leave(); }

  /// Leaves the line of an epoch that is never ended, because of an exception.
  [[gnu::cold]] void leave() {
    if (drawn_) print("\n");
    drawn_ = false;
  }

  [[gnu::cold]] void begin_epoch(std::size_t epoch, std::size_t steps) {
    steps_ = steps;
    start_ = looked_ = shown_ = verbose_ > 0 ? output_.seconds() : 0;
    after_first_ = -1;
    stride_ = 1;
    next_look_ = bar_ ? 1 : SIZE_MAX;
    if (verbose_ > 0 && epochs_ > 1) print(concat("Epoch ", std::to_string(epoch + 1), "/", std::to_string(epochs_), "\n"));
  }

  /// After step `done` of the epoch; `logs()` gives the Logs to show.
  template <class MakeLogs>
  void step(std::size_t done, const MakeLogs& logs) {
    if (done < next_look_) [[likely]]
      return;
    const double now = output_.seconds();
    // Keras draws the first step at once, and does not count it, which is seldom typical, in the time of a step.
    const bool first = done == 1;
    if (first) after_first_ = now;
    pace(now);
    next_look_ = done + stride_;
    if (first || now - shown_ >= interval) draw(done, now, logs());
  }

  /// Clears the bar, so that what a callback prints has a line of its own.
  [[gnu::cold]] void clear() {
    if (drawn_) print("\r\033[K");
    drawn_ = false;
  }

  /// The epoch's last line.
  [[gnu::cold]] void end_epoch(const Logs& logs) {
    if (verbose_ == 0) return;
    const double now = output_.seconds(), elapsed = std::max(0.0, now - start_);
    const std::string count = concat(number_of(steps_), "/", std::to_string(steps_)), spent = rounded(elapsed, "s");
    if (bar_) {
      clear();
      print(concat(bold(count), " ", bar(steps_), " ", bold(spent), " ", duration(time_per_step(steps_, now)), "/step",
                   values(logs), "\n"));
    } else {
      print(concat(count, " - ", spent, " - ", duration(elapsed / static_cast<double>(steps_)), "/step", values(logs), "\n"));
    }
  }

  /// In place of end_epoch where Ctrl-C came after step `done`.
  [[gnu::cold]] void interrupted(std::size_t done, const Logs& logs) {
    if (verbose_ == 0) return;
    clear();
    print(concat(number_of(done), "/", std::to_string(steps_), " - interrupted", values(logs), "\n"));
  }

  /// Four decimals, or an exponent for what they would not show.
  [[gnu::cold]] static std::string number(double value) {
    return std::abs(value) > 1e-3 ? fixed_text(value, 4) : scientific_text(value, 4);
  }

  /// "3s", "12ms", "533us", "267ns".
  [[gnu::cold]] static std::string duration(double seconds) {
    if (seconds >= 1 || seconds <= 0) return rounded(std::max(0.0, seconds), "s");
    if (seconds >= 1e-3) return rounded(seconds * 1e3, "ms");
    if (seconds >= 1e-6) return rounded(seconds * 1e6, "us");
    return rounded(seconds * 1e9, "ns");
  }

  /// "59s", "1:05", "2:00:01", cut down to whole seconds.
  [[gnu::cold]] static std::string remaining(double seconds) {
    const auto whole = static_cast<unsigned long long>(std::clamp(seconds, 0.0, 1e15));
    char text[48];
    if (seconds > 3600) {
      std::snprintf(text, sizeof text, "%llu:%02llu:%02llu", whole / 3600, whole % 3600 / 60, whole % 60);
    } else if (seconds > 60) {
      std::snprintf(text, sizeof text, "%llu:%02llu", whole / 60, whole % 60);
    } else {
      std::snprintf(text, sizeof text, "%llus", whole);
    }
    return text;
  }

 private:
  static constexpr double interval = 0.05;             ///< at least between two drawings, as in Keras
  static constexpr double look_every = interval / 10;  ///< about between two looks at the clock
  static constexpr std::size_t longest_stride = 256;   ///< so that steps that turn slow are noticed
  static constexpr std::size_t width = 20;

  [[gnu::cold]] static std::string rounded(double number, const char* unit) { return fixed_text(number, 0) + unit; }
  /// Past the stream's own formats, as std::hex or a width.
  [[gnu::cold]] void print(const std::string& text) { output_.out.write(text.data(), std::ssize(text)).flush(); }
  [[gnu::cold]] static std::string bold(const std::string& text) { return concat("\033[1m", text, "\033[0m"); }

  /// Sets how many steps to go until the next look at the clock.
  void pace(double now) {
    const double passed = now - looked_;
    looked_ = now;
    if (passed < look_every / 2) {
      stride_ = std::min(stride_ * 2, longest_stride);
    } else if (passed > look_every) {
      stride_ = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(stride_) * look_every / passed));
    }
  }

  [[gnu::cold]] double time_per_step(std::size_t done, double now) const {
    if (after_first_ >= 0 && done > 1) return (now - after_first_) / static_cast<double>(done - 1);
    return (now - start_) / static_cast<double>(done);
  }

  /// As wide as the number of steps.
  [[gnu::cold]] std::string number_of(std::size_t done) const {
    const std::string text = std::to_string(done);
    return std::string(std::to_string(steps_).size() - text.size(), ' ') + text;
  }

  /// Green as far as the epoch is done, else grey.
  [[gnu::cold]] std::string bar(std::size_t done) const {
    const auto filled = static_cast<std::size_t>(width * (static_cast<double>(done) / static_cast<double>(steps_)));
    std::string text;
    if (filled > 0) text += "\033[32m";
    for (std::size_t i = 0; i < filled; ++i) text += "━";
    if (filled > 0) text += "\033[0m";
    text += "\033[37m";
    for (std::size_t i = filled; i < width; ++i) text += "━";
    return text + "\033[0m";
  }

  [[gnu::cold]] static std::string values(const Logs& logs) {
    std::string text;
    for (const auto& [name, value] : logs) text += concat(" - ", name, ": ", number(value));
    return text;
  }

  [[gnu::cold, gnu::noinline]] void draw(std::size_t done, double now, const Logs& logs) {
    shown_ = now;
    const double per_step = time_per_step(done, now);
    const std::string count = concat(number_of(done), "/", std::to_string(steps_));
    const std::string left = remaining(per_step * static_cast<double>(steps_ - done));
    std::string rest = concat(" ", duration(per_step), "/step", values(logs));
    // A line that wraps could not be drawn over: what does not fit is left out.
    const std::size_t before = count.size() + 1 + width + 1 + left.size();
    const bool narrow = output_.columns > 0 && output_.columns <= before;
    if (!narrow && output_.columns > 0) rest.resize(std::min(rest.size(), output_.columns - before - 1));
    print(concat("\r", bold(count), narrow ? "" : concat(" ", bar(done), " ", bold(left), rest), "\033[K"));
    drawn_ = true;
  }

  ProgressOutput output_;
  int verbose_;
  bool bar_, drawn_ = false;
  std::size_t epochs_, steps_ = 1, next_look_ = SIZE_MAX, stride_ = 1;
  double start_ = 0, looked_ = 0, shown_ = 0, after_first_ = -1;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
