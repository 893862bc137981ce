// The dense network and LeNet-5 in libtorch, as its tutorial writes them. One thread.
#include <dlfcn.h>
#include <torch/torch.h>

#include <algorithm>
#include <memory>

#include "mnist_peers.hpp"

namespace mnist {
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
  explicit Reader(const float* first) : next_(first) {}

  /// Of the next array, in another order of axes.
  void into(torch::Tensor& target, torch::IntArrayRef shape, torch::IntArrayRef order) {
    const torch::Tensor source = torch::from_blob(const_cast<float*>(next_), shape, torch::kFloat);
    next_ += source.numel();
    const torch::NoGradGuard guard;
    target.copy_(source.permute(order).reshape(target.sizes()));
  }

 private:
  const float* next_;
};

nn::Sequential dense_network(const float* parameters) {
  nn::Linear first(pixels, hidden_units), second(hidden_units, classes);
  Reader reader(parameters);
  reader.into(first->weight, {pixels, hidden_units}, {1, 0});
  reader.into(first->bias, {hidden_units}, {0});
  reader.into(second->weight, {hidden_units, classes}, {1, 0});
  reader.into(second->bias, {classes}, {0});
  return nn::Sequential(first, nn::ReLU(), second);
}

nn::Sequential lenet(const float* parameters) {
  nn::Conv2d conv_1(nn::Conv2dOptions(1, 6, 5).padding(2)), conv_2(nn::Conv2dOptions(6, 16, 5));
  nn::Linear dense_1(400, 120), dense_2(120, 84), dense_3(84, 10);
  Reader reader(parameters);
  reader.into(conv_1->weight, {5, 5, 1, 6}, {3, 2, 0, 1});
  reader.into(conv_1->bias, {6}, {0});
  reader.into(conv_2->weight, {5, 5, 6, 16}, {3, 2, 0, 1});
  reader.into(conv_2->bias, {16}, {0});
  // Keras flattens (height, width, channels), PyTorch (channels, height, width).
  reader.into(dense_1->weight, {5, 5, 16, 120}, {3, 2, 0, 1});
  reader.into(dense_1->bias, {120}, {0});
  reader.into(dense_2->weight, {120, 84}, {1, 0});
  reader.into(dense_2->bias, {84}, {0});
  reader.into(dense_3->weight, {84, 10}, {1, 0});
  reader.into(dense_3->bias, {10}, {0});
  return nn::Sequential(conv_1, nn::ReLU(), nn::MaxPool2d(2), conv_2, nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), dense_1,
                        nn::ReLU(), dense_2, nn::ReLU(), dense_3);
}

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const nn::Sequential& network, Optimizer optimizer) {
  if (optimizer == Optimizer::sgd) {
    return std::make_unique<torch::optim::SGD>(network->parameters(), torch::optim::SGDOptions(sgd_rate));
  }
  return std::make_unique<torch::optim::Adam>(
      network->parameters(), torch::optim::AdamOptions(adam_rate).betas({adam_beta_1, adam_beta_2}).eps(adam_epsilon));
}

/// Training steps on images of this shape.
Step step(nn::Sequential network, Optimizer kind, std::vector<std::int64_t> image_shape) {
  use_one_thread();
  const std::shared_ptr<torch::optim::Optimizer> optimizer = make_optimizer(network, kind);
  return [network, optimizer, shape = std::move(image_shape)](const Batch& batch) mutable {
    shape[0] = static_cast<std::int64_t>(batch.size);
    const torch::Tensor x = torch::from_blob(batch.images, shape, torch::kFloat);
    const torch::Tensor labels = torch::from_blob(batch.wide_labels, {shape[0]}, torch::kLong);
    optimizer->zero_grad();
    const torch::Tensor loss = nn::functional::cross_entropy(network->forward(x), labels);
    loss.backward();
    optimizer->step();
    return loss.item<float>();
  };
}

}  // namespace

Step dense_in_libtorch(const float* parameters, Optimizer optimizer) {
  return step(dense_network(parameters), optimizer, {0, pixels});
}

Step lenet_in_libtorch(const float* parameters, Optimizer optimizer) { return step(lenet(parameters), optimizer, {0, 1, 28, 28}); }

Answer lenet_answer_in_libtorch(const float* parameters) {
  use_one_thread();
  nn::Sequential network = lenet(parameters);
  network->eval();
  return [network](float* image, float* probabilities) mutable {
    const torch::InferenceMode mode;
    const torch::Tensor result = network->forward(torch::from_blob(image, {1, 1, 28, 28}, torch::kFloat)).softmax(1);
    std::copy_n(result.data_ptr<float>(), classes, probabilities);
  };
}

std::string libtorch_version() { return TORCH_VERSION; }

}  // namespace mnist
