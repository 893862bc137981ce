// Reads the digit in a picture, with a network that mnist_conv or mnist_dense has trained.
#include <cmath>
#include <cstdio>
#include <ctnn/data/image.hpp>
#include <ctnn/data/mnist_digit.hpp>
#include <ctnn/io/weights.hpp>
#include <ctnn/model.hpp>
#include <iostream>
#include <string>

#include "digit_networks.hpp"
#include "options.hpp"

using namespace ctnn;

namespace {

template <class Net>
xt::xtensor<float, 2> classify(const xt::xtensor<float, 4>& digit, const std::filesystem::path& weights) {
  Model<Net> model;
  load_weights(model, weights);
  return model.predict(digit);
}

/// Eighths of a letter: a bar of up to 40 letters.
std::string bar(double part) {
  static constexpr const char* ends[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const long eighths = std::lround(part * 40 * 8);
  std::string text;
  for (long i = 0; i < eighths / 8; ++i) text += "█";
  return text + ends[eighths % 8];
}

}  // namespace

int main(int argc, char** argv) try {
  const ClassifyOptions options = parse_options(argc, argv, "Reads the digit in a picture.", ClassifyOptions{});

  // [readme]
  const xt::xtensor<float, 4> digit = mnist_digit(read_image(options.picture));
  const xt::xtensor<float, 2> probabilities = options.network == "conv" ? classify<digits::ConvNet>(digit, options.weights)
                                                                        : classify<digits::DenseNet>(digit, options.weights);
  std::size_t answer = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    const auto probability = static_cast<double>(probabilities(0, i));
    if (!std::isfinite(probability)) {
      throw DataError("classify_digit: the network must answer with numbers, but its weights in " + options.weights.string() +
                      " make it answer NaN");
    }
    if (probabilities(0, i) > probabilities(0, answer)) answer = i;
    std::printf("%zu %5.1f %% %s\n", i, 100 * probability, bar(probability).c_str());
  }
  std::printf("This is a %zu.\n", answer);
  // [/readme]
  return finish();
} catch (...) {
  return explain();
}
