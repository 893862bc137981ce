#include <doctest/doctest.h>

#include <clocale>
#include <ctnn/training/progress.hpp>
#include <iomanip>
#include <locale>

using namespace ctnn;
using detail::Progress;
using detail::ProgressOutput;

namespace {

double now = 0;
std::size_t looks = 0;
double fake_clock() {
  ++looks;
  return now;
}

Logs logs_of(std::initializer_list<std::pair<const char*, double>> values) {
  Logs logs;
  for (const auto& [name, value] : values) logs.set(name, value);
  return logs;
}

/// A progress bar on a terminal of a test's own.
struct Screen {
  std::ostringstream out;
  Progress progress;

  explicit Screen(int verbose = 1, std::size_t epochs = 1, bool terminal = true, std::size_t columns = 0)
      : progress(verbose, epochs, {.out = out, .terminal = terminal, .columns = columns, .seconds = &fake_clock}) {}

  void begin(double at, std::size_t steps, std::size_t epoch = 0) {
    now = at;
    progress.begin_epoch(epoch, steps);
  }
  void step(double at, std::size_t done, const Logs& logs) {
    now = at;
    progress.step(done, [&] { return logs; });
  }
  /// What was written since the last call.
  std::string written() {
    const std::string text = out.str();
    out.str("");
    return text;
  }
};

}  // namespace

TEST_CASE("the bar at several moments is Keras's, codes and all") {
  // The same moments gave these lines with Keras 3.15.1, but for \r\033[K, which clears the line in place of backspaces.
  Screen screen;
  screen.begin(100, 1875);
  CHECK(screen.written().empty());
  screen.step(100.5, 1, logs_of({{"accuracy", 0.1}, {"loss", 2.3}}));
  CHECK(screen.written() ==
        "\r\033[1m   1/1875\033[0m \033[37m━━━━━━━━━━━━━━━━━━━━\033[0m \033[1m15:37\033[0m 500ms/step - accuracy: 0.1000 - loss: "
        "2.3000\033[K");
  screen.step(100.6, 100, logs_of({{"accuracy", 0.5}, {"loss", 1.3}}));
  CHECK(
      screen.written() ==
      "\r\033[1m 100/1875\033[0m \033[32m━\033[0m\033[37m━━━━━━━━━━━━━━━━━━━\033[0m \033[1m1s\033[0m 1ms/step - accuracy: 0.5000 - "
      "loss: 1.3000\033[K");
  screen.step(100.62, 200, logs_of({{"accuracy", 0.5}, {"loss", 1.3}}));
  CHECK(screen.written().empty());
  screen.step(101.5, 1000, logs_of({{"accuracy", 0.8777}, {"loss", 0.00043}}));
  CHECK(
      screen.written() ==
      "\r\033[1m1000/1875\033[0m \033[32m━━━━━━━━━━\033[0m\033[37m━━━━━━━━━━\033[0m \033[1m0s\033[0m 1ms/step - accuracy: 0.8777 - "
      "loss: 4.3000e-04\033[K");
  now = 102.5;
  screen.progress.end_epoch(logs_of({{"accuracy", 0.8777}, {"loss", 0.4323}, {"val_loss", 0.5}}));
  CHECK(screen.written() ==
        "\r\033[K\033[1m1875/1875\033[0m \033[32m━━━━━━━━━━━━━━━━━━━━\033[0m\033[37m\033[0m \033[1m2s\033[0m 1ms/step - accuracy: "
        "0.8777 - loss: 0.4323 - val_loss: 0.5000\n");
}

TEST_CASE("lines know no locale, and nothing of what the stream was told") {
  struct Commas : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* const name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name)) break;
  }
  for (const bool terminal : {false, true}) {
    Screen screen(1, 3000, terminal);
    screen.out.imbue(std::locale(std::locale::classic(), new Commas));
    screen.out << std::hex << std::showbase << std::setw(30);
    screen.begin(0, 10'000, 1233);
    CHECK(screen.written() == "Epoch 1234/3000\n");
    screen.step(0.5, 1, logs_of({{"loss", 1234.5}}));
    now = 1500;
    screen.progress.end_epoch(logs_of({{"loss", 1.0504}, {"lr", 1e-4}}));
    const std::string line = screen.written();
    CHECK(line.find(" - loss: 1.0504 - lr: 1.0000e-04\n") != std::string::npos);
    CHECK(line.find("10000/10000") != std::string::npos);
    CHECK(line.find("1500s") != std::string::npos);
    screen.progress.interrupted(1234, logs_of({{"loss", 0.5}}));
    CHECK(screen.written().ends_with(" 1234/10000 - interrupted - loss: 0.5000\n"));
  }
  CHECK(detail::number_text(1e39) == "1e+39");
  CHECK(detail::number_text(0.1f) == "0.1");
  CHECK(detail::short_text(1.0 / 3) == "0.333333");
  std::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("steps of an hour") {
  Screen screen(1, 3);
  screen.begin(0, 10, 1);
  CHECK(screen.written() == "Epoch 2/3\n");
  screen.step(3600, 1, logs_of({{"loss", 2.3}}));
  CHECK(screen.written() ==
        "\r\033[1m 1/10\033[0m \033[32m━━\033[0m\033[37m━━━━━━━━━━━━━━━━━━\033[0m \033[1m9:00:00\033[0m 3600s/step - loss: "
        "2.3000\033[K");
  screen.step(7200, 2, logs_of({{"loss", 2.3}}));
  CHECK(screen.written().find("\033[1m8:00:00\033[0m 3600s/step") != std::string::npos);
  now = 36000;
  screen.progress.end_epoch(logs_of({{"loss", 2.0}}));
  CHECK(screen.written().find("\033[1m36000s\033[0m 3600s/step - loss: 2.0000\n") != std::string::npos);
}

TEST_CASE("millions of steps: the clock is seldom looked at, and the bar still moves") {
  Screen screen;
  const std::size_t steps = 3'000'000;
  screen.begin(0, steps);
  looks = 0;
  std::size_t drawn = 0;
  for (std::size_t i = 1; i <= steps; ++i) {
    screen.step(static_cast<double>(i) * 1e-6, i, {});
    if (screen.out.tellp() > 0) ++drawn, screen.written();
  }
  CHECK(looks < steps / 200);
  // Three seconds at 20 drawings each.
  CHECK(drawn > 50);
  CHECK(drawn <= 61);
}

TEST_CASE("steps of 1 ms, and steps that turn slow") {
  Screen screen;
  screen.begin(0, 100'000);
  std::size_t drawn = 0;
  double at = 0;
  const auto run = [&](std::size_t from, std::size_t to, double seconds) {
    drawn = 0;
    for (std::size_t i = from; i <= to; ++i) {
      screen.step(at += seconds, i, {});
      if (screen.out.tellp() > 0) ++drawn, screen.written();
    }
  };
  run(1, 2000, 1e-3);
  CHECK(drawn >= 35);
  CHECK(drawn <= 41);
  run(2001, 52'000, 1e-6);
  // One look is late, by 256 steps at most; from then on every slow step is seen.
  run(52'001, 52'300, 1);
  CHECK(drawn >= 44);
  run(52'301, 52'310, 1);
  CHECK(drawn == 10);
}

TEST_CASE("off a terminal, one line an epoch") {
  for (const int verbose : {1, 2}) {
    Screen screen(verbose, 5, verbose == 2);
    if (verbose == 1) CHECK(screen.written().empty());
    screen.begin(10, 1875);
    for (std::size_t i = 1; i <= 1875; ++i) screen.step(10 + static_cast<double>(i) * 1e-3, i, logs_of({{"loss", 1}}));
    now = 12;
    screen.progress.end_epoch(logs_of({{"accuracy", 0.8777}, {"loss", -0.0004}}));
    CHECK(screen.written() == "Epoch 1/5\n1875/1875 - 2s - 1ms/step - accuracy: 0.8777 - loss: -4.0000e-04\n");
  }
  Screen silent(0);
  silent.begin(0, 5);
  looks = 0;
  for (std::size_t i = 1; i <= 5; ++i) silent.step(static_cast<double>(i), i, {});
  silent.progress.end_epoch(logs_of({{"loss", 1}}));
  silent.progress.interrupted(3, logs_of({{"loss", 1}}));
  CHECK(silent.written().empty());
  CHECK(looks == 0);
}

TEST_CASE("a narrow terminal is never written beyond, so that the bar can be drawn over") {
  for (std::size_t columns = 1; columns < 130; ++columns) {
    Screen screen(1, 1, true, columns);
    screen.begin(0, 1000);
    screen.step(1, 1, logs_of({{"accuracy", 0.5}, {"loss", 0.25}, {"mean_absolute_error", 0.125}}));
    std::string text = screen.written();
    std::size_t width = 0;
    bool code = false;
    for (const char letter : text) {
      code = code || letter == '\033';
      // The bar's characters are three bytes long; only their first is counted.
      if (!code && letter != '\r' && (static_cast<unsigned char>(letter) & 0xc0) != 0x80) ++width;
      if (code && (letter == 'm' || letter == 'K')) code = false;
    }
    INFO(columns, " columns: ", text);
    CHECK(width <= std::max<std::size_t>(columns, 9));
    CHECK((width < columns || columns <= 36));
    if (columns > 120) CHECK(text.find("mean_absolute_error: 0.1250") != std::string::npos);
  }
}

TEST_CASE("a bar that is left by an exception or by Ctrl-C ends its line") {
  std::ostringstream out;
  {
    Progress progress(1, 1, {.out = out, .terminal = true, .seconds = &fake_clock});
    progress.begin_epoch(0, 10);
    progress.step(1, [] { return Logs(); });
  }
  CHECK(out.str().ends_with("\033[K\n"));
  Screen screen;
  screen.begin(0, 100);
  screen.step(1, 1, logs_of({{"loss", 1}}));
  screen.written();
  screen.progress.interrupted(7, logs_of({{"loss", 0.5}}));
  CHECK(screen.written() == "\r\033[K  7/100 - interrupted - loss: 0.5000\n");
}

TEST_CASE("numbers and times") {
  CHECK(Progress::number(0.123456) == "0.1235");
  CHECK(Progress::number(0.00012) == "1.2000e-04");
  CHECK(Progress::number(1e-3) == "1.0000e-03");
  CHECK(Progress::number(-12.5) == "-12.5000");
  CHECK(Progress::number(0) == "0.0000e+00");
  CHECK(Progress::number(1e300).size() == 306);
  CHECK(Progress::duration(3600) == "3600s");
  CHECK(Progress::duration(1) == "1s");
  CHECK(Progress::duration(0.0124) == "12ms");
  CHECK(Progress::duration(533e-6) == "533us");
  CHECK(Progress::duration(267e-9) == "267ns");
  CHECK(Progress::duration(0) == "0s");
  CHECK(Progress::remaining(59.9) == "59s");
  CHECK(Progress::remaining(60) == "60s");
  CHECK(Progress::remaining(65) == "1:05");
  CHECK(Progress::remaining(3600) == "60:00");
  CHECK(Progress::remaining(7201) == "2:00:01");
  CHECK(Progress::remaining(-1) == "0s");
}
