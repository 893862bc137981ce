// dlib as its examples write it: a network type with its loss, a solver for each layer, and from a tensor of samples to the
// gradient and the update, which is what its trainer does in a thread of its own.
#include <dlib/dnn.h>
#include <dlib/revision.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "peer.hpp"

using compare::Batch, compare::Data, compare::Method, compare::Network, compare::Peer;

namespace {

using Input = dlib::input<dlib::matrix<float>>;
template <long Out, class Below>
using Fc = dlib::fc<Out, Below>;

using Line = Fc<1, Input>;
using Parabola = dlib::htan<Fc<1, dlib::htan<Fc<2, Input>>>>;
using Small = Fc<1, dlib::htan<Fc<8, dlib::htan<Fc<8, Input>>>>>;
using Curve = Fc<1, dlib::htan<Fc<16, dlib::htan<Fc<16, Input>>>>>;
using Rectifiers = dlib::relu<Fc<16, dlib::relu<Fc<16, dlib::relu<Fc<16, Input>>>>>>;
using Tanh64 = dlib::htan<Fc<64, dlib::htan<Fc<64, Input>>>>;
using ReLU128 = dlib::relu<Fc<128, dlib::relu<Fc<128, Input>>>>;
using Dense = Fc<10, dlib::relu<Fc<128, Input>>>;
template <long Filters, int Padding, class Below>
using Conv5 = dlib::add_layer<dlib::con_<Filters, 5, 5, 1, 1, Padding, Padding>, Below>;
template <class Below>
using HalfSize = dlib::max_pool<2, 2, 2, 2, dlib::relu<Below>>;
using LeNet = Fc<10, dlib::relu<Fc<84, dlib::relu<Fc<120, HalfSize<Conv5<16, 0, HalfSize<Conv5<6, 2, Input>>>>>>>>>;
using Large = dlib::relu<Fc<1024, dlib::relu<Fc<1024, Input>>>>;

/// Samples as the networks take them: images of 28 × 28, or a column of numbers.
void fill(dlib::resizable_tensor& tensor, const Network& network, const float* x, std::size_t size) {
  const auto samples = static_cast<long>(size);
  if (network.name == compare::lenet.name) {
    tensor.set_size(samples, 1, 28, 28);
  } else {
    tensor.set_size(samples, 1, static_cast<long>(network.inputs), 1);
  }
  std::copy_n(x, size * network.inputs, tensor.host_write_only());
}

/// Shows a network, or what lies below its loss, the first sample, after which it knows its sizes, and gives it the data's
/// parameters. Dense layers hold them as Keras does.
template <class Net>
void prepare(Net& net, const Data& data, dlib::resizable_tensor& x) {
  const dlib::matrix<float> sample(1, 1);
  net.to_tensor(&sample, &sample + 1, x);
  fill(x, data.network, data.x.data(), 1);
  net.forward(x);
  std::vector<dlib::tensor*> arrays;
  dlib::visit_layer_parameters(net, [&](std::size_t, dlib::tensor& array) {
    if (array.size() > 0) arrays.push_back(&array);
  });
  // Visited from the output.
  std::reverse(arrays.begin(), arrays.end());
  const float* next = data.parameters.data();
  for (std::size_t layer = 0; layer < arrays.size(); ++layer) {
    float* const target = arrays[layer]->host();
    const std::size_t size = arrays[layer]->size();
    if (data.network.name == compare::lenet.name && layer < 2) {
      // (rows, columns, in, out) becomes (out, in, rows, columns).
      const std::size_t in = layer == 0 ? 1 : 6, out = layer == 0 ? 6 : 16;
      for (std::size_t tap = 0; tap < 25; ++tap) {
        for (std::size_t i = 0; i < in; ++i) {
          for (std::size_t o = 0; o < out; ++o) target[(o * in + i) * 25 + tap] = next[(tap * in + i) * out + o];
        }
      }
      std::copy_n(next + 25 * in * out, out, target + 25 * in * out);
    } else if (data.network.name == compare::lenet.name && layer == 2) {
      // Keras flattens (height, width, channels), dlib (channels, height, width).
      for (std::size_t place = 0; place < 25; ++place) {
        for (std::size_t channel = 0; channel < 16; ++channel) {
          std::copy_n(next + (place * 16 + channel) * 120, 120, target + (channel * 25 + place) * 120);
        }
      }
      std::copy_n(next + 400 * 120, 120, target + 400 * 120);
    } else {
      std::copy_n(next, size, target);
    }
    next += size;
  }
}

template <class Body, template <class> class LossOf, class Label, class Solver>
class Training {
 public:
  using Net = LossOf<Body>;

  Training(const Data& data, const Solver& solver, double rate, double loss_scale)
      : network_(data.network), solvers_(Net::num_computational_layers, solver), rate_(rate), loss_scale_(loss_scale) {
    prepare(net_.subnet(), data, x_);
  }

  double operator()(const Batch& batch) {
    fill(x_, network_, batch.x, batch.size);
    if constexpr (std::is_same_v<Label, unsigned long>) {
      labels_.assign(batch.labels, batch.labels + batch.size);
    } else if constexpr (std::is_same_v<Label, float>) {
      labels_.assign(batch.y, batch.y + batch.size);
    } else {
      labels_.resize(batch.size);
      for (std::size_t i = 0; i < batch.size; ++i) {
        labels_[i].set_size(static_cast<long>(network_.outputs));
        std::copy_n(batch.y + i * network_.outputs, network_.outputs, labels_[i].begin());
      }
    }
    const double loss = net_.compute_parameter_gradients(x_, labels_.begin());
    net_.update_parameters(dlib::make_sstack(solvers_), rate_);
    return loss * loss_scale_;
  }

 private:
  Network network_;
  Net net_;
  std::vector<Solver> solvers_;
  double rate_, loss_scale_;
  dlib::resizable_tensor x_;
  std::vector<Label> labels_;
};

template <class Body, template <class> class LossOf, class Label>
void add_training(Peer& peer, const Network& network, Method method, std::size_t size) {
  // It follows half the gradient of the mean square, and adds up squares over a sample's outputs.
  const bool squares = !std::is_same_v<Label, unsigned long>;
  const double outputs = squares ? static_cast<double>(network.outputs) : 1, rate_scale = (squares ? 2 : 1) / outputs;
  if (method == Method::sgd) {
    peer.train(network, method, size, [=](const Data& data) {
      using Run = Training<Body, LossOf, Label, dlib::sgd>;
      const auto run =
          std::make_shared<Run>(data, dlib::sgd(0, 0), rate_scale * static_cast<double>(data.network.sgd_rate), 1 / outputs);
      return [run](const Batch& batch) { return (*run)(batch); };
    });
  } else {
    // A gradient's scale makes no difference, but for ε, which is 1e-8 here.
    peer.train(network, method, size, [=](const Data& data) {
      using Run = Training<Body, LossOf, Label, dlib::adam>;
      constexpr auto beta_1 = static_cast<float>(compare::adam_beta_1), beta_2 = static_cast<float>(compare::adam_beta_2);
      const auto run = std::make_shared<Run>(data, dlib::adam(0, beta_1, beta_2), compare::adam_rate, 1 / outputs);
      return [run](const Batch& batch) { return (*run)(batch); };
    });
  }
}

template <class Body, std::size_t In, std::size_t Out>
void add_answer(Peer& peer, const Network& network) {
  peer.answer<In, Out>(network, [](const Data& data) {
    struct State {
      Body net;
      dlib::resizable_tensor x;
    };
    const auto state = std::make_shared<State>();
    prepare(state->net, data, state->x);
    return [state](const std::array<float, In>& x) {
      std::copy_n(x.begin(), In, state->x.host_write_only());
      const dlib::tensor& result = state->net.forward(state->x);
      std::array<float, Out> y;
      std::copy_n(result.host(), Out, y.begin());
      return y;
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  using enum Method;
  Peer peer("dlib", std::to_string(DLIB_MAJOR_VERSION) + "." + std::to_string(DLIB_MINOR_VERSION), argc, argv);
  add_training<Line, dlib::loss_mean_squared, float>(peer, compare::line, sgd, 100);
  add_training<Parabola, dlib::loss_mean_squared, float>(peer, compare::parabola, sgd, 200);
  add_training<Curve, dlib::loss_mean_squared, float>(peer, compare::curve, adam, 32);
  for (const std::size_t size : {std::size_t{1}, std::size_t{32}, std::size_t{128}}) {
    for (const Method method : {sgd, adam}) {
      add_training<Dense, dlib::loss_multiclass_log, unsigned long>(peer, compare::dense, method, size);
    }
    add_training<LeNet, dlib::loss_multiclass_log, unsigned long>(peer, compare::lenet, adam, size);
  }
  add_training<Large, dlib::loss_mean_squared_multioutput, dlib::matrix<float, 0, 1>>(peer, compare::large, sgd, 128);
  add_answer<Parabola, 1, 1>(peer, compare::parabola);
  add_answer<Small, 1, 1>(peer, compare::small);
  add_answer<Rectifiers, 16, 16>(peer, compare::rectifiers);
  add_answer<Tanh64, 64, 64>(peer, compare::tanh_64);
  add_answer<ReLU128, 128, 128>(peer, compare::relu_128);
  add_answer<dlib::softmax<Dense>, 784, 10>(peer, compare::dense);
  add_answer<dlib::softmax<LeNet>, 784, 10>(peer, compare::lenet);
  return peer.serve();
}
