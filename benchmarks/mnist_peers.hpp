// The other libraries' side of mnist.cpp: each is a file of its own, built with the flags that suit it. All start from ctnn's
// parameters, flat and in Keras's layouts, and compute the same: the mean softmax crossentropy over the batch, and one update.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace mnist {

inline constexpr std::size_t pixels = 784, hidden_units = 128, classes = 10;
inline constexpr std::size_t large_units = 1024, large_batch = 128;

enum class Optimizer { sgd, adam };
inline constexpr float sgd_rate = 0.01f, adam_rate = 0.001f, adam_beta_1 = 0.9f, adam_beta_2 = 0.999f;
/// Keras adds ε to the root of v before its correction for the start at zero, PyTorch to the corrected one. So small, it makes
/// no difference; 1e-10 still makes one of 5e-4 in LeNet-5's losses.
inline constexpr float adam_epsilon = 1e-15f;

/// Images (size, 784), and their labels twice, since libtorch takes no others than wide ones.
struct Batch {
  float* images;
  std::uint8_t* labels;
  std::int64_t* wide_labels;
  std::size_t size;
};

/// Trains on a batch; returns its loss before the update.
using Step = std::function<float(const Batch&)>;
/// From an image to the probabilities of the classes.
using Answer = std::function<void(float* image, float* probabilities)>;
/// From inputs and targets (128, 1024) to the mean squared error and its gradient.
using Gradient = std::function<float(const float* x, const float* y, float* gradient)>;

// The dense network: kernel (784, 128), bias (128), kernel (128, 10), bias (10).
Step dense_in_eigen(const float* parameters, std::size_t batch_size, Optimizer optimizer);
/// The same built with -mtune=generic.
Step dense_in_untuned_eigen(const float* parameters, std::size_t batch_size, Optimizer optimizer);
Step dense_in_openblas(const float* parameters, std::size_t batch_size, Optimizer optimizer);
Step dense_in_libtorch(const float* parameters, Optimizer optimizer);

// LeNet-5: kernel (5, 5, 1, 6), bias, kernel (5, 5, 6, 16), bias, kernel (400, 120), bias, (120, 84), bias, (84, 10), bias.
Step lenet_in_libtorch(const float* parameters, Optimizer optimizer);
Answer lenet_answer_in_libtorch(const float* parameters);

// Two layers of 1024 with ReLU: kernel, bias, kernel, bias; these parameters must live as long.
Gradient large_gradient_in_openblas(const float* parameters);
/// Its five matrix products alone, of which nothing depends on the others.
std::function<void()> large_products_in_openblas(const float* parameters);

std::string eigen_version();
/// Version, options and the kernels that OpenBLAS has chosen for this machine.
std::string openblas_configuration();
std::string libtorch_version();

}  // namespace mnist
