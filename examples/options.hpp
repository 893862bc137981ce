// The command lines of the examples, and how they end. CLI11 stays in options.cpp, as it takes seconds to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

/// Of the two regressions.
struct RegressionOptions {
  std::uint64_t seed = 1;              ///< of the noise and of the model's first weights
  int steps = 1000;                    ///< ≥ 1
  double learning_rate = 0.01;         ///< > 0
  std::filesystem::path output = ".";  ///< the directory of the pictures
};

/// Of the programs that train on MNIST.
struct MnistOptions {
  std::uint64_t seed = 1;              ///< of the model's first weights, of the shuffling and of what Dropout forgets
  std::size_t epochs = 5;              ///< ≥ 1
  std::size_t batch_size = 32;         ///< ≥ 1
  double learning_rate = 0.003;        ///< > 0, of the first step
  std::size_t threads = 1;             ///< 1 … 64
  std::filesystem::path data{};        ///< the directory of MNIST's files; where empty, that of the source tree
  std::filesystem::path output = ".";  ///< the directory of the weights and pictures
};

/// Of wine.
struct WineOptions {
  std::uint64_t seed = 1;              ///< of the split, of the model's first weights, of the shuffling and of what Dropout forgets
  std::size_t epochs = 200;            ///< ≥ 1, at most
  double learning_rate = 0.003;        ///< > 0
  std::filesystem::path data{};        ///< a CSV file; where empty, that of the source tree
  std::filesystem::path output = ".";  ///< the directory of the weights and pictures
};

/// Of wine_answer.
struct WineAnswerOptions {
  std::filesystem::path data{};                       ///< a CSV file of wines; where empty, that of the source tree
  std::filesystem::path weights = "wine.weights.h5";  ///< what wine has written
};

/// Of arm.
struct ArmOptions {
  std::size_t seconds = 5;             ///< 1 … 600 of the control loop, a lap of the path each
  std::size_t rate = 1000;             ///< 0 … 10000 ticks a second; 0 for 1000 a lap, one right after the other
  std::filesystem::path output = ".";  ///< the directory of the pictures
};

/// Of classify_digit.
struct ClassifyOptions {
  std::filesystem::path picture{};  ///< a PNG or PGM file
  std::string network = "conv";     ///< "conv" or "dense"
  std::filesystem::path weights{};  ///< where empty, mnist_conv.weights.h5 or mnist_dense.weights.h5
};

/// Of export_header.
struct ExportOptions {
  std::filesystem::path weights{};  ///< a .weights.h5 file
  std::string network{};            ///< "arm", "conv" or "dense"
  std::string name{};               ///< what the header declares; where empty, the network's name
  std::filesystem::path output{};   ///< where empty, the name and .hpp
};

// Each reads a command line, and makes the output's directory. Ends the program after --help, and with one line on standard
// error and a status other than 0 where an option is wrong.

RegressionOptions parse_options(int argc, char** argv, const char* description, const RegressionOptions& defaults);
MnistOptions parse_options(int argc, char** argv, const char* description, const MnistOptions& defaults);
WineOptions parse_options(int argc, char** argv, const char* description, const WineOptions& defaults);
WineAnswerOptions parse_options(int argc, char** argv, const char* description, const WineAnswerOptions& defaults);
ArmOptions parse_options(int argc, char** argv, const char* description, const ArmOptions& defaults);
ClassifyOptions parse_options(int argc, char** argv, const char* description, const ClassifyOptions& defaults);
ExportOptions parse_options(int argc, char** argv, const char* description, const ExportOptions& defaults);

/// The program's status at its end: that of a failure, which it prints, where not all that was printed could be written.
int finish();
/// The same for the exception that is being handled, which it prints.
int explain();
