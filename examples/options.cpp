#include "options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <new>
#include <string>
#include <system_error>

namespace {

// CLI11 lets -1 wrap around, and its PositiveNumber lets NaN and infinity through.
std::string unsigned_integer(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Nor may a leading zero make it octal.
  const bool decimal = text.size() == 1 || !text.starts_with('0');
  const bool valid = error == std::errc() && end == text.data() + text.size() && decimal;
  return valid ? std::string() : "Value " + text + " is not an integer from 0 to 2^64 - 1";
}

std::string positive(const std::string& text) {
  double value = 0;
  const bool valid = CLI::detail::lexical_cast(text, value) && value > 0 && std::isfinite(value);
  return valid ? std::string() : "Value " + text + " is not a positive, finite number";
}

/// A command line, and the options that several programs have.
class CommandLine {
 public:
  explicit CommandLine(const char* description) : app_{description} {
    app_.failure_message([](const CLI::App*, const CLI::Error& error) { return std::string(error.what()) + '\n'; });
    app_.option_defaults()->always_capture_default();
  }

  void seed(std::uint64_t& value, const char* help) { app_.add_option("--seed", value, help)->check(unsigned_integer); }
  template <class Integer>
  void count(const char* name, Integer& value, const char* help, int most = std::numeric_limits<int>::max(), int least = 1) {
    app_.add_option(name, value, help)->check(unsigned_integer)->check(CLI::Range(least, most).description(""));
  }
  void learning_rate(double& value, const char* help) { app_.add_option("--learning-rate", value, help)->check(positive); }
  CLI::Option* path(const char* name, std::filesystem::path& value, const char* help, const char* type) {
    // CLI11 would show a path's default in quotes.
    return app_.add_option_function<std::string>(
                   name, [&value](const std::string& text) { value = text; }, help)
        ->default_str(value.string())
        ->type_name(type);
  }
  CLI::Option* choice(const char* name, std::string& value, const char* help, const std::vector<std::string>& choices) {
    return app_.add_option(name, value, help)->check(CLI::IsMember(choices));
  }
  void text(const char* name, std::string& value, const char* help) { app_.add_option(name, value, help); }

  void parse(int argc, char** argv) try { app_.parse(argc, argv); } catch (const CLI::ParseError& error) {
    std::exit(app_.exit(error));
  }

 private:
  CLI::App app_;
};

void make_output(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const char* what = "made";
  // Better now than after the training.
  if (!error && ::access(directory.c_str(), W_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
    what = "written to";
  }
  if (!error) return;
  std::cerr << "--output: the directory " << directory.string() << " cannot be " << what << ": " << error.message() << '\n';
  std::exit(EXIT_FAILURE);
}

}  // namespace

RegressionOptions parse_options(int argc, char** argv, const char* description, const RegressionOptions& defaults) {
  RegressionOptions options = defaults;
  CommandLine line(description);
  line.seed(options.seed, "where the random numbers start from");
  line.count("--steps", options.steps, "how many training steps to take, at least 1");
  line.learning_rate(options.learning_rate, "the optimizer's learning rate, above 0");
  line.path("--output", options.output, "the directory to write the pictures into, made if it is missing", "DIR");
  line.parse(argc, argv);
  make_output(options.output);
  return options;
}

MnistOptions parse_options(int argc, char** argv, const char* description, const MnistOptions& defaults) {
  MnistOptions options = defaults;
  if (options.data.empty()) options.data = EXAMPLE_DATA "/mnist";
  CommandLine line(description);
  line.seed(options.seed, "where the random numbers start from");
  line.count("--epochs", options.epochs, "how often to go through the training images, at least 1");
  line.count("--batch-size", options.batch_size, "how many images a training step takes, at least 1");
  line.learning_rate(options.learning_rate, "the learning rate of the first step, above 0; it falls to 0");
  line.count("--threads", options.threads, "how many threads share the work, from 1 to 64", 64);
  line.path("--data", options.data, "the directory of MNIST's four files", "DIR");
  line.path("--output", options.output, "the directory to write the weights and pictures into, made if it is missing", "DIR");
  line.parse(argc, argv);
  make_output(options.output);
  return options;
}

WineOptions parse_options(int argc, char** argv, const char* description, const WineOptions& defaults) {
  WineOptions options = defaults;
  if (options.data.empty()) options.data = EXAMPLE_DATA "/wine/wine.csv";
  CommandLine line(description);
  line.seed(options.seed, "where the random numbers start from");
  line.count("--epochs", options.epochs, "how often at most to go through the training part, at least 1");
  line.learning_rate(options.learning_rate, "the optimizer's learning rate, above 0");
  line.path("--data", options.data, "a table of wines with a column cultivar", "FILE");
  line.path("--output", options.output, "the directory to write the weights and pictures into, made if it is missing", "DIR");
  line.parse(argc, argv);
  make_output(options.output);
  return options;
}

WineAnswerOptions parse_options(int argc, char** argv, const char* description, const WineAnswerOptions& defaults) {
  WineAnswerOptions options = defaults;
  if (options.data.empty()) options.data = EXAMPLE_DATA "/wine/wine.csv";
  CommandLine line(description);
  line.path("--data", options.data, "a table of wines, as that which wine was trained with", "FILE");
  line.path("--weights", options.weights, "the weights that wine has written", "FILE");
  line.parse(argc, argv);
  return options;
}

ArmOptions parse_options(int argc, char** argv, const char* description, const ArmOptions& defaults) {
  ArmOptions options = defaults;
  CommandLine line(description);
  line.count("--seconds", options.seconds, "how long the arm moves and learns, from 1 to 600; the path takes a second", 600);
  line.count("--rate", options.rate, "how many ticks a second has, at most 10000; 0 for 1000 without waiting", 10000, 0);
  line.path("--output", options.output, "the directory to write the pictures into, made if it is missing", "DIR");
  line.parse(argc, argv);
  make_output(options.output);
  return options;
}

ClassifyOptions parse_options(int argc, char** argv, const char* description, const ClassifyOptions& defaults) {
  ClassifyOptions options = defaults;
  CommandLine line(description);
  line.path("PICTURE", options.picture, "a PNG or PGM picture of one digit", "")->required();
  line.choice("--network", options.network, "which network answers", {"conv", "dense"});
  line.path("--weights", options.weights, "its weights; if not given, mnist_conv.weights.h5 or mnist_dense.weights.h5", "FILE");
  line.parse(argc, argv);
  if (options.weights.empty()) options.weights = "mnist_" + options.network + ".weights.h5";
  return options;
}

ExportOptions parse_options(int argc, char** argv, const char* description, const ExportOptions& defaults) {
  ExportOptions options = defaults;
  CommandLine line(description);
  line.path("WEIGHTS", options.weights, "a .weights.h5 file of ctnn or Keras", "")->required();
  line.choice("--network", options.network, "whose weights they are", {"arm", "conv", "dense"})->required();
  line.text("--name", options.name, "the name of the function that gives the model; if not given, the network's");
  line.path("--output", options.output, "the header; if not given, the name and .hpp", "FILE");
  line.parse(argc, argv);
  if (options.name.empty()) options.name = options.network;
  if (options.output.empty()) options.output = options.name + ".hpp";
  return options;
}

int finish() {
  if (std::cout.flush() && std::fflush(stdout) == 0 && !std::ferror(stdout)) return EXIT_SUCCESS;
  std::cerr << "the standard output could not be written\n";
  return EXIT_FAILURE;
}

int explain() try { throw; } catch (const std::bad_alloc&) {
  std::cerr << "there is not enough memory\n";
  return EXIT_FAILURE;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
