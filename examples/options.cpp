#include "options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <system_error>

Options parse_options(int argc, char** argv, const char* description, Options defaults) {
  Options options = defaults;
  std::string output = options.output.string();

  CLI::App app{description};
  app.failure_message([](const CLI::App*, const CLI::Error& error) { return std::string(error.what()) + '\n'; });
  app.option_defaults()->always_capture_default();
  // CLI11 lets -1 wrap around, and its PositiveNumber lets NaN and infinity through.
  const auto unsigned_integer = [](const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // Nor may a leading zero make it octal.
    const bool decimal = text.size() == 1 || !text.starts_with('0');
    const bool valid = error == std::errc() && end == text.data() + text.size() && decimal;
    return valid ? std::string() : "Value " + text + " is not an integer from 0 to 2^64 - 1";
  };
  const auto positive = [](const std::string& text) {
    double value = 0;
    const bool valid = CLI::detail::lexical_cast(text, value) && value > 0 && std::isfinite(value);
    return valid ? std::string() : "Value " + text + " is not a positive, finite number";
  };
  app.add_option("--seed", options.seed, "where the random numbers start from")->check(unsigned_integer);
  app.add_option("--steps", options.steps, "how many training steps to take, at least 1")
      ->check(unsigned_integer)
      ->check(CLI::Range(1, std::numeric_limits<int>::max()).description(""));
  app.add_option("--learning-rate", options.learning_rate, "the optimizer's learning rate, above 0")->check(positive);
  app.add_option("--output", output, "the directory to write the pictures into, made if it is missing")->type_name("DIR");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }

  options.output = output;
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) {
    std::cerr << "--output: the directory " << output << " cannot be made: " << error.message() << '\n';
    std::exit(EXIT_FAILURE);
  }
  return options;
}
