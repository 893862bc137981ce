// FANN as its reference manual writes it: batch training of a standard network, whose symmetric sigmoid is tanh.
#include <floatfann.h>

#include <array>
#include <memory>
#include <vector>

#include "peer.hpp"

using compare::Batch, compare::Data, compare::Method, compare::Network, compare::Peer;

namespace {

struct Destroy {
  void operator()(fann* network) const { fann_destroy(network); }
  void operator()(fann_train_data* data) const { fann_destroy_train(data); }
};
using Fann = std::unique_ptr<fann, Destroy>;
using TrainData = std::unique_ptr<fann_train_data, Destroy>;

/// A network with the data's parameters.
Fann make(const Data& data, const std::vector<unsigned>& sizes, bool last_tanh) {
  Fann network(fann_create_standard_array(static_cast<unsigned>(sizes.size()), sizes.data()));
  fann_set_activation_function_hidden(network.get(), FANN_SIGMOID_SYMMETRIC);
  fann_set_activation_function_output(network.get(), last_tanh ? FANN_SIGMOID_SYMMETRIC : FANN_LINEAR);
  fann_set_activation_steepness_hidden(network.get(), 1);
  fann_set_activation_steepness_output(network.get(), 1);
  fann_set_training_algorithm(network.get(), FANN_TRAIN_BATCH);
  fann_set_train_error_function(network.get(), FANN_ERRORFUNC_LINEAR);
  // Neurons are counted through all layers, a bias behind each but the last.
  const float* next = data.parameters.data();
  for (unsigned layer = 0, first = 0; layer + 1 < sizes.size(); ++layer) {
    const unsigned in = sizes[layer], out = sizes[layer + 1], target = first + in + 1;
    for (unsigned i = 0; i <= in; ++i) {
      for (unsigned o = 0; o < out; ++o) fann_set_weight(network.get(), first + i, target + o, *next++);
    }
    first = target;
  }
  return network;
}

/// One feature and one target a sample.
void add_training(Peer& peer, const Network& task, std::size_t size, const std::vector<unsigned>& sizes, bool last_tanh) {
  peer.train(task, Method::sgd, size, [=](const Data& data) {
    const std::shared_ptr<fann> network = make(data, sizes, last_tanh);
    const std::shared_ptr<fann_train_data> all = TrainData(fann_create_train(static_cast<unsigned>(size), 1, 1));
    for (std::size_t i = 0; i < size; ++i) all->input[i][0] = data.x[i], all->output[i][0] = data.y[i];
    // It follows half the gradient of the mean square and, behind a symmetric sigmoid, half of the error.
    fann_set_learning_rate(network.get(), data.network.sgd_rate * (last_tanh ? 4 : 2));
    const float scale = last_tanh ? 4 : 1;
    return [=](const Batch&) { return scale * fann_train_epoch(network.get(), all.get()); };
  });
}

template <std::size_t In, std::size_t Out>
void add_answer(Peer& peer, const Network& task, const std::vector<unsigned>& sizes, bool last_tanh) {
  peer.answer<In, Out>(task, [=](const Data& data) {
    const std::shared_ptr<fann> network = make(data, sizes, last_tanh);
    return [=](std::array<float, In> x) {
      const float* const result = fann_run(network.get(), x.data());
      std::array<float, Out> y;
      for (std::size_t o = 0; o < Out; ++o) y[o] = result[o];
      return y;
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  Peer peer("FANN", "2.2", argc, argv);
  add_training(peer, compare::line, 100, {1, 1}, false);
  add_training(peer, compare::parabola, 200, {1, 2, 1}, true);
  add_answer<1, 1>(peer, compare::parabola, {1, 2, 1}, true);
  add_answer<1, 1>(peer, compare::small, {1, 8, 8, 1}, false);
  add_answer<64, 64>(peer, compare::tanh_64, {64, 64, 64}, true);
  return peer.serve();
}
