// ctnn's side of the comparison, the source of everyone's data, and the machine's limits.
//   ctnn --write DIRECTORY   writes parameters, inputs and targets of all networks
//   ctnn DIRECTORY           takes part
#include <cmath>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <tuple>

#include "limits.hpp"
#include "peer.hpp"

using namespace ctnn;
using compare::Batch, compare::Data, compare::Network, compare::Method, compare::Peer;

namespace {

using Line = Sequential<Dense<1, 1>>;
using Parabola = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
using Small = Sequential<Dense<1, 8>, Tanh, Dense<8>, Tanh, Dense<1>>;
using Curve = Sequential<Dense<1, 16>, Tanh, Dense<16>, Tanh, Dense<1>>;
using Rectifiers = Sequential<Dense<16, 16>, ReLU, Dense<16>, ReLU, Dense<16>, ReLU>;
using Tanh64 = Sequential<Dense<64, 64>, Tanh, Dense<64>, Tanh>;
using ReLU128 = Sequential<Dense<128, 128>, ReLU, Dense<128>, ReLU>;
using DenseNet = Sequential<Dense<784, 128>, ReLU, Dense<10>, Softmax>;
using LeNet = Sequential<Input<28, 28, 1>, Conv2D<6, Kernel<5>, Same>, ReLU, MaxPooling2D<>, Conv2D<16, Kernel<5>>, ReLU,
                         MaxPooling2D<>, Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>, Softmax>;
using Large = Sequential<Dense<1024, 1024>, ReLU, Dense<1024>, ReLU>;

/// Calls function.operator()<Net>(network) for every network.
template <class Function>
void for_each_network(const Function& function) {
  function.template operator()<Line>(compare::line);
  function.template operator()<Parabola>(compare::parabola);
  function.template operator()<Small>(compare::small);
  function.template operator()<Curve>(compare::curve);
  function.template operator()<Rectifiers>(compare::rectifiers);
  function.template operator()<Tanh64>(compare::tanh_64);
  function.template operator()<ReLU128>(compare::relu_128);
  function.template operator()<DenseNet>(compare::dense);
  function.template operator()<LeNet>(compare::lenet);
  function.template operator()<Large>(compare::large);
}

// The data.

template <class Number>
void write(const std::string& path, const std::vector<Number>& numbers) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(Number)));
  if (!file.flush()) {
    std::cerr << "cannot write " << path << '\n';
    std::exit(1);
  }
}

/// Images of ten classes that can be told apart through their noise.
void write_digits(const std::string& directory) {
  // Each class has a pattern of squares of 4 × 4, a third of them lit.
  constexpr std::size_t squares = 49, classes = 10, pixels = 784;
  Random random(Seed{1});
  bool lit[classes * squares];
  for (bool& square : lit) square = random.below(3) == 0;
  random = Random(Seed{2});
  std::vector<float> x;
  std::vector<std::uint8_t> labels;
  for (std::size_t i = 0; i < compare::digits; ++i) {
    labels.push_back(static_cast<std::uint8_t>(random.below(classes)));
    for (std::size_t k = 0; k < pixels; ++k) {
      const std::size_t square = k / 28 / 4 * 7 + k % 28 / 4;
      x.push_back((lit[labels[i] * squares + square] ? 0.7f : 0.0f) + 0.3f * static_cast<float>(random.uniform()));
    }
  }
  write(directory + "/digits.x", x);
  write(directory + "/digits.labels", labels);
}

/// What peers in other languages cannot include.
void write_constants(const std::string& directory) {
  std::ofstream file(directory + "/networks.json");
  file << "{\"adam\": {\"rate\": " << compare::adam_rate << ", \"beta_1\": " << compare::adam_beta_1
       << ", \"beta_2\": " << compare::adam_beta_2 << ", \"epsilon\": " << compare::adam_epsilon << "}, \"networks\": {";
  const char* separator = "";
  for (const Network& network : compare::networks) {
    file << separator << '"' << network.name << "\": {\"inputs\": " << network.inputs << ", \"outputs\": " << network.outputs
         << ", \"sgd_rate\": " << network.sgd_rate << ", \"samples\": " << network.samples
         << ", \"checked_steps\": " << network.checked_steps() << ", \"classifies\": " << (network.classifies ? "true" : "false")
         << "}";
    separator = ", ";
  }
  file << "}}\n";
}

void write_data(const std::string& directory) {
  write_constants(directory);
  write_digits(directory);
  for_each_network([&]<class Net>(const Network& network) {
    const std::string path = directory + "/" + network.name;
    const Model<Net> model{Seed{1}};
    write(path + ".parameters", std::vector<float>(model.data(), model.data() + Net::parameter_count));
    if (network.classifies) return;
    // Inputs over [-1/2, 1/2], and targets that a network can come near to, but not reach.
    Random random(Seed{3});
    std::vector<float> x, y;
    const std::size_t inputs = network.samples * network.inputs;
    for (std::size_t i = 0; i < inputs; ++i) {
      x.push_back(inputs == 1           ? 0.3f
                  : network.inputs == 1 ? static_cast<float>(i) / static_cast<float>(inputs - 1) - 0.5f
                                        : static_cast<float>(random.uniform()) - 0.5f);
    }
    for (std::size_t i = 0; i < network.samples * network.outputs; ++i) {
      const float in = x[i / network.outputs * network.inputs + i % network.outputs % network.inputs];
      y.push_back(in * in + 0.04f * (static_cast<float>(random.uniform()) - 0.5f));
    }
    write(path + ".x", x);
    write(path + ".y", y);
  });
}

// The tasks.

/// The axes of a batch of so many samples.
template <std::size_t... Axes>
std::array<std::size_t, 1 + sizeof...(Axes)> batch_shape(Shape<Axes...>, std::size_t size) {
  return {size, Axes...};
}

/// A model and its trainer, as a user has them: batches are xtensor's containers.
template <class Net, class OptimizerType, class LossType>
class Training {
 public:
  Training(const Data& data, const OptimizerType& optimizer)
      : model_(std::make_unique<Model<Net>>(Seed{1})), trainer_(model_->compile(optimizer, LossType{})) {
    std::copy(data.parameters.begin(), data.parameters.end(), model_->data());
    if (!data.network.classifies) {
      const std::size_t size = data.network.samples;
      x_ = xt::adapt(data.x, batch_shape(typename Net::input_shape{}, size));
      y_ = xt::adapt(data.y, batch_shape(typename Net::output_shape{}, size));
    }
  }

  float operator()(const Batch& batch) {
    if constexpr (std::same_as<LossType, SparseCategoricalCrossentropy>) {
      const auto shape = batch_shape(typename Net::input_shape{}, batch.size);
      return trainer_.train_on_batch(xt::adapt(batch.x, batch.size * Net::input_shape::size, xt::no_ownership(), shape),
                                     xt::adapt(batch.labels, batch.size, xt::no_ownership(), std::array{batch.size}));
    } else {
      // All of the data, always.
      return trainer_.train_on_batch(x_, y_);
    }
  }

 private:
  std::unique_ptr<Model<Net>> model_;
  decltype(std::declval<Model<Net>&>().compile(std::declval<OptimizerType>(), LossType{})) trainer_;
  xt::xtensor<float, 1 + Net::input_shape::rank> x_;
  xt::xtensor<float, 1 + Net::output_shape::rank> y_;
};

template <class Net>
void add_training(Peer& peer, const Network& network, Method method, std::size_t batch) {
  const auto add = [&](const auto& options) {
    using OptimizerType = std::remove_cvref_t<decltype(options)>;
    using LossType = std::conditional_t<Net::output_shape::size == 10, SparseCategoricalCrossentropy, MeanSquaredError>;
    peer.train(network, method, batch, [=](const Data& data) { return Training<Net, OptimizerType, LossType>(data, options); });
  };
  if (method == Method::sgd) {
    add(SGD{.learning_rate = static_cast<double>(network.sgd_rate)});
  } else {
    add(Adam{.learning_rate = compare::adam_rate,
             .beta_1 = compare::adam_beta_1,
             .beta_2 = compare::adam_beta_2,
             .epsilon = compare::adam_epsilon});
  }
}

template <class Net>
void add_answer(Peer& peer, const Network& network) {
  peer.answer<Net::input_shape::size, Net::output_shape::size>(network, [](const Data& data) {
    const auto model = std::make_shared<Model<Net>>(Seed{1});
    std::copy(data.parameters.begin(), data.parameters.end(), model->data());
    return [model, &answering = *model](const auto& x) { return answering(x); };
  });
}

/// What one sample costs, by the layers' own account.
struct Cost {
  /// Operations of the first layer that has parameters: nobody needs the gradient of its input.
  std::size_t first_flops = 0;
  /// Values of tanh, and the operations that the layers count them as.
  std::size_t tanhs = 0, tanh_flops = 0;
};
template <std::size_t... Axes>
constexpr Dimensions dimensions_of(Shape<Axes...>) {
  return {Axes...};
}
template <class... Layers>
constexpr Cost cost_of(Sequential<Layers...>) {
  Cost cost;
  Dimensions shape = dimensions_of(typename Sequential<Layers...>::input_shape{});
  const auto add = [&]<class L>(const L*) {
    if (std::same_as<L, Tanh>) cost.tanhs += shape.size(), cost.tanh_flops += L::compute_flops(shape);
    if (cost.first_flops == 0) cost.first_flops = L::compute_flops(shape);
    shape = L::compute_output_shape(shape);
  };
  (add(static_cast<const Layers*>(nullptr)), ...);
  return cost;
}

/// What compare.py computes limits from.
std::string network_facts() {
  std::ostringstream json;
  const char* separator = "{\"networks\": {";
  for_each_network([&]<class Net>(const Network& network) {
    constexpr Cost cost = cost_of(Net{});
    json << separator << '"' << network.name << "\": {\"flops\": " << Net::flops << ", \"first_flops\": " << cost.first_flops
         << ", \"tanhs\": " << cost.tanhs << ", \"tanh_flops\": " << cost.tanh_flops << ", \"inputs\": " << Net::input_shape::size
         << ", \"outputs\": " << Net::output_shape::size << ", \"parameters\": " << Net::parameter_count << "}";
    separator = ", ";
  });
  json << "}}";
  return json.str();
}

template <class Function>
void add_map(Peer& peer, const char* name, const Function& function, float first = -3, float last = 4.5) {
  peer.measure(std::string("1024 values of ") + name, [=] {
    return [=, values = limits::Values(limits::mapped * 5 / 2, first, last)]() mutable { limits::map(function, values); };
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--write") {
    write_data(argv[2]);
    return 0;
  }
  Peer peer("ctnn", limits::build(), argc, argv);
  using enum Method;
  add_training<Line>(peer, compare::line, sgd, 100);
  add_training<Parabola>(peer, compare::parabola, sgd, 200);
  add_training<Curve>(peer, compare::curve, adam, 32);
  for (const std::size_t batch : {std::size_t{1}, std::size_t{32}, std::size_t{128}}) {
    for (const Method method : {sgd, adam}) add_training<DenseNet>(peer, compare::dense, method, batch);
    add_training<LeNet>(peer, compare::lenet, adam, batch);
  }
  add_training<Large>(peer, compare::large, sgd, 128);
  add_answer<Parabola>(peer, compare::parabola);
  add_answer<Small>(peer, compare::small);
  add_answer<Rectifiers>(peer, compare::rectifiers);
  add_answer<Tanh64>(peer, compare::tanh_64);
  add_answer<ReLU128>(peer, compare::relu_128);
  add_answer<DenseNet>(peer, compare::dense);
  add_answer<LeNet>(peer, compare::lenet);
  add_map(peer, "tanh", [](const auto& x) { return math::tanh(x); });
  add_map(peer, "exp", [](const auto& x) { return math::exp(x); });
  add_map(peer, "sigmoid", [](const auto& x) { return math::sigmoid(x); });
  add_map(peer, "log", [](const auto& x) { return math::log(x); }, 0.1f, 7.5f);
  limits::add(peer);
  peer.set_facts(network_facts());
  return peer.serve();
}
