// The command line of the regression examples. CLI11 stays in options.cpp, as it takes seconds to compile.
#pragma once

#include <cstdint>
#include <filesystem>

struct Options {
  std::uint64_t seed = 1;              ///< of the noise and of the model's first weights
  int steps = 1000;                    ///< ≥ 1
  double learning_rate = 0.01;         ///< > 0
  std::filesystem::path output = ".";  ///< the directory of the pictures
};

/// Reads the command line, and makes the directory of the pictures. Ends the program after --help, and with one line on
/// standard error and a status other than 0 where an option is wrong.
Options parse_options(int argc, char** argv, const char* description, Options defaults);
