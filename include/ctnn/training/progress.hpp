// The lines that fit prints, in Keras's format.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>

namespace ctnn::detail {

/// Shows one epoch after another. Quiet at verbose 0; a bar at 1, where the output is a terminal; else a line an epoch.
class Progress {
 public:
  Progress(std::ostream& out, int verbose, std::size_t epochs)
      : out_(out), verbose_(verbose), bar_(verbose == 1 && &out == &std::cout && ::isatty(STDOUT_FILENO) == 1), epochs_(epochs) {}

  void begin_epoch(std::size_t epoch, std::size_t steps) {
    steps_ = steps;
    start_ = shown_ = Clock::now();
    if (verbose_ > 0 && epochs_ > 1) out_ << "Epoch " << epoch + 1 << '/' << epochs_ << '\n';
  }

  void step(std::size_t done, double loss) {
    if (!bar_ || Clock::now() - shown_ < std::chrono::milliseconds(50)) return;
    shown_ = Clock::now();
    out_ << '\r' << done << '/' << steps_ << ' ' << bar(done) << " - loss: " << number(loss) << std::flush;
  }

  void end_epoch(double loss, const double* val_loss) {
    if (verbose_ == 0) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (bar_) out_ << "\r\033[K";
    out_ << steps_ << '/' << steps_ << ' ' << (bar_ ? bar(steps_) + ' ' : std::string("- ")) << std::lround(seconds) << "s"
         << (bar_ ? " " : " - ") << duration(seconds / static_cast<double>(steps_)) << "/step - loss: " << number(loss);
    if (val_loss) out_ << " - val_loss: " << number(*val_loss);
    out_ << '\n' << std::flush;
  }

  /// Four decimals, or an exponent for what they would not show.
  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, std::abs(value) > 1e-3 ? "%.4f" : "%.4e", value);
    return text;
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::string bar(std::size_t done) const {
    constexpr std::size_t width = 20;
    std::string text;
    for (std::size_t i = 0; i < width; ++i) text += i < done * width / steps_ ? "━" : " ";
    return text;
  }

  static std::string duration(double seconds) {
    if (seconds >= 1) return std::to_string(std::lround(seconds)) + "s";
    if (seconds >= 1e-3) return std::to_string(std::lround(seconds * 1e3)) + "ms";
    return std::to_string(std::lround(seconds * 1e6)) + "us";
  }

  std::ostream& out_;
  int verbose_;
  bool bar_;
  std::size_t epochs_;
  std::size_t steps_ = 1;
  Clock::time_point start_, shown_;
};

}  // namespace ctnn::detail
