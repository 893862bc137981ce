// Writes trained weights as a C++ header, for a program that carries its network in itself.
#include <ctnn/io/header.hpp>
#include <ctnn/io/weights.hpp>
#include <ctnn/model.hpp>

#include "digit_networks.hpp"
#include "firmware/arm_network.hpp"
#include "options.hpp"

using namespace ctnn;

namespace {

template <class Net>
void export_header(const ExportOptions& options) {
  Model<Net> model;
  load_weights(model, options.weights);
  save_header(model, options.output, options.name);
}

}  // namespace

int main(int argc, char** argv) try {
  const ExportOptions options = parse_options(argc, argv, "Writes trained weights as a C++ header.", ExportOptions{});
  // A network is a type: those that the program knows stand here.
  if (options.network == "arm") export_header<arm_example::Network>(options);
  if (options.network == "conv") export_header<digits::ConvNet>(options);
  if (options.network == "dense") export_header<digits::DenseNet>(options);
  return finish();
} catch (...) {
  return explain();
}
