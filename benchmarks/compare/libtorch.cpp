// libtorch as its tutorial writes it: a Sequential, an optimizer, zero_grad, forward, backward, step. One thread.
#include <dlfcn.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <memory>

#include "peer.hpp"

using compare::Batch, compare::Data, compare::Method, compare::Network, compare::Peer;

namespace {

namespace nn = torch::nn;

/// Keeps libtorch to the calling thread; OpenBLAS behind it, where that is its BLAS, has to be told by itself.
void use_one_thread() {
  torch::set_num_threads(1);
  if (void* const set_threads = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(set_threads)(1);
}

/// Reads arrays in Keras's layouts, one after another.
class Reader {
 public:
  explicit Reader(const Data& data) : next_(data.parameters.data()) {}

  /// The next array, in another order of axes.
  void into(torch::Tensor& target, torch::IntArrayRef shape, torch::IntArrayRef order) {
    const torch::Tensor source = torch::from_blob(const_cast<float*>(next_), shape, torch::kFloat);
    next_ += source.numel();
    const torch::NoGradGuard guard;
    target.copy_(source.permute(order).reshape(target.sizes()));
  }
  nn::Linear linear(std::int64_t in, std::int64_t out) {
    nn::Linear layer(in, out);
    into(layer->weight, {in, out}, {1, 0});
    into(layer->bias, {out}, {0});
    return layer;
  }
  nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t padding) {
    nn::Conv2d layer(nn::Conv2dOptions(in, out, 5).padding(padding));
    into(layer->weight, {5, 5, in, out}, {3, 2, 0, 1});
    into(layer->bias, {out}, {0});
    return layer;
  }

 private:
  const float* next_;
};

/// Dense layers of these sizes, with an activation behind each but the last, and behind that one too if `last`.
template <class Activation>
nn::Sequential dense_layers(const Data& data, std::initializer_list<std::int64_t> sizes, bool last) {
  Reader reader(data);
  nn::Sequential network;
  for (const std::int64_t* size = sizes.begin(); size + 1 != sizes.end(); ++size) {
    network->push_back(reader.linear(size[0], size[1]));
    if (last || size + 2 != sizes.end()) network->push_back(Activation());
  }
  return network;
}

nn::Sequential lenet(const Data& data) {
  Reader reader(data);
  const nn::Conv2d conv_1 = reader.convolution(1, 6, 2), conv_2 = reader.convolution(6, 16, 0);
  // Keras flattens (height, width, channels), PyTorch (channels, height, width).
  nn::Linear dense_1(400, 120);
  reader.into(dense_1->weight, {5, 5, 16, 120}, {3, 2, 0, 1});
  reader.into(dense_1->bias, {120}, {0});
  const nn::Linear dense_2 = reader.linear(120, 84), dense_3 = reader.linear(84, 10);
  return nn::Sequential(conv_1, nn::ReLU(), nn::MaxPool2d(2), conv_2, nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), dense_1,
                        nn::ReLU(), dense_2, nn::ReLU(), dense_3);
}

/// What every network is called by: it makes one from the data.
using Make = nn::Sequential (*)(const Data&);

nn::Sequential make_line(const Data& data) { return dense_layers<nn::Tanh>(data, {1, 1}, false); }
nn::Sequential make_parabola(const Data& data) { return dense_layers<nn::Tanh>(data, {1, 2, 1}, true); }
nn::Sequential make_small(const Data& data) { return dense_layers<nn::Tanh>(data, {1, 8, 8, 1}, false); }
nn::Sequential make_curve(const Data& data) { return dense_layers<nn::Tanh>(data, {1, 16, 16, 1}, false); }
nn::Sequential make_rectifiers(const Data& data) { return dense_layers<nn::ReLU>(data, {16, 16, 16, 16}, true); }
nn::Sequential make_tanh_64(const Data& data) { return dense_layers<nn::Tanh>(data, {64, 64, 64}, true); }
nn::Sequential make_relu_128(const Data& data) { return dense_layers<nn::ReLU>(data, {128, 128, 128}, true); }
nn::Sequential make_dense(const Data& data) { return dense_layers<nn::ReLU>(data, {784, 128, 10}, false); }
nn::Sequential make_large(const Data& data) { return dense_layers<nn::ReLU>(data, {1024, 1024, 1024}, true); }

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const nn::Sequential& network, Method method, double rate) {
  if (method == Method::sgd) return std::make_unique<torch::optim::SGD>(network->parameters(), torch::optim::SGDOptions(rate));
  return std::make_unique<torch::optim::Adam>(
      network->parameters(),
      torch::optim::AdamOptions(compare::adam_rate).betas({compare::adam_beta_1, compare::adam_beta_2}).eps(compare::adam_epsilon));
}

std::vector<std::int64_t> shape_of(const Network& network, std::size_t size) {
  const auto samples = static_cast<std::int64_t>(size);
  if (network.name == compare::lenet.name) return {samples, 1, 28, 28};
  return {samples, static_cast<std::int64_t>(network.inputs)};
}

void add_training(Peer& peer, const Network& network, Method method, std::size_t size, Make make) {
  peer.train(network, method, size, [=](const Data& data) {
    nn::Sequential net = make(data);
    const std::shared_ptr<torch::optim::Optimizer> optimizer =
        make_optimizer(net, method, static_cast<double>(data.network.sgd_rate));
    std::vector<std::int64_t> wide(size);
    return [net, optimizer, wide, network = data.network](const Batch& batch) mutable {
      const torch::Tensor x = torch::from_blob(const_cast<float*>(batch.x), shape_of(network, batch.size), torch::kFloat);
      optimizer->zero_grad();
      const torch::Tensor output = net->forward(x);
      torch::Tensor loss;
      if (batch.labels) {
        // libtorch takes no labels but wide ones.
        std::copy_n(batch.labels, batch.size, wide.begin());
        loss = nn::functional::cross_entropy(output,
                                             torch::from_blob(wide.data(), {static_cast<std::int64_t>(batch.size)}, torch::kLong));
      } else {
        loss = nn::functional::mse_loss(output, torch::from_blob(const_cast<float*>(batch.y), output.sizes(), torch::kFloat));
      }
      loss.backward();
      optimizer->step();
      return loss.item<float>();
    };
  });
}

template <std::size_t In, std::size_t Out>
void add_answer(Peer& peer, const Network& network, Make make) {
  peer.answer<In, Out>(network, [=](const Data& data) {
    nn::Sequential net = make(data);
    net->eval();
    return [net, shape = shape_of(data.network, 1), classifies = data.network.classifies](const std::array<float, In>& x) mutable {
      const torch::InferenceMode mode;
      torch::Tensor result = net->forward(torch::from_blob(const_cast<float*>(x.data()), shape, torch::kFloat));
      if (classifies) result = result.softmax(1);
      std::array<float, Out> y;
      std::copy_n(result.data_ptr<float>(), Out, y.begin());
      return y;
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  use_one_thread();
  Peer peer("libtorch", TORCH_VERSION, argc, argv);
  add_training(peer, compare::line, Method::sgd, 100, make_line);
  add_training(peer, compare::parabola, Method::sgd, 200, make_parabola);
  add_training(peer, compare::curve, Method::adam, 32, make_curve);
  for (const std::size_t size : {std::size_t{1}, std::size_t{32}, std::size_t{128}}) {
    for (const Method method : {Method::sgd, Method::adam}) add_training(peer, compare::dense, method, size, make_dense);
    add_training(peer, compare::lenet, Method::adam, size, lenet);
  }
  add_training(peer, compare::large, Method::sgd, 128, make_large);
  add_answer<1, 1>(peer, compare::parabola, make_parabola);
  add_answer<1, 1>(peer, compare::small, make_small);
  add_answer<16, 16>(peer, compare::rectifiers, make_rectifiers);
  add_answer<64, 64>(peer, compare::tanh_64, make_tanh_64);
  add_answer<128, 128>(peer, compare::relu_128, make_relu_128);
  add_answer<784, 10>(peer, compare::dense, make_dense);
  add_answer<784, 10>(peer, compare::lenet, lenet);
  return peer.serve();
}
