// Writes weight files and predictions into a directory, for check_in_keras.py.
#include <ctnn/ctnn.hpp>
#include <ctnn/io/weights.hpp>
#include <ctnn/xtensor.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "nested_network.hpp"

template <class Network, class Scalar>
void write(const std::filesystem::path& directory, const std::string& name) {
  ctnn::Model<Network, Scalar> model{ctnn::Seed{5}};
  // Biases that are not zero.
  for (std::size_t i = 0; i < Network::parameter_count; ++i) model.data()[i] += Scalar(0.01) * static_cast<Scalar>(i % 7);
  ctnn::save_weights(model, directory / (name + ".weights.h5"));
  std::ofstream text(directory / (name + ".txt"));
  text.precision(9);
  for (int i = -4; i <= 4; ++i) {
    const std::array<Scalar, 2> x{Scalar(0.5) * static_cast<Scalar>(i), Scalar(1) - Scalar(0.25) * static_cast<Scalar>(i * i)};
    const auto y = model(x);
    text << x[0] << ' ' << x[1] << ' ' << y[0] << ' ' << y[1] << '\n';
  }
}

int main(int, char** arguments) {
  write<NestedNetwork, float>(arguments[1], "nested_float32");
  write<NestedNetwork, double>(arguments[1], "nested_float64");
  write<AdaptedNetwork, float>(arguments[1], "adapted_float32");
  write<AdaptedNetwork, double>(arguments[1], "adapted_float64");
}
