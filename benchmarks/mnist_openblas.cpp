// Two dense layers by hand on OpenBLAS's products, with SGD's update inside the product that makes the gradient. One thread.
// Built with -O3 -ffast-math.
#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "mnist_by_hand.hpp"

namespace mnist {
namespace {

/// c = alpha·a·b + beta·c for row-major matrices, c (rows, columns); either factor may be transposed.
struct Product {
  CBLAS_TRANSPOSE transpose_a, transpose_b;
  std::size_t rows, columns, inner;

  void operator()(float alpha, const float* a, const float* b, float beta, float* c) const {
    const auto m = static_cast<blasint>(rows), n = static_cast<blasint>(columns), k = static_cast<blasint>(inner);
    cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, m, n, k, alpha, a, transpose_a == CblasTrans ? m : k, b,
                transpose_b == CblasTrans ? k : n, beta, c, n);
  }
};

/// y (rows, columns) += bias; negative sums become 0 if `Rectified`.
template <bool Rectified>
void add_bias(float* __restrict y, const float* __restrict bias, std::size_t rows, std::size_t columns) {
  for (std::size_t row = 0; row < rows; ++row) {
    float* __restrict values = y + row * columns;
    for (std::size_t i = 0; i < columns; ++i) values[i] = Rectified ? std::max(values[i] + bias[i], 0.0f) : values[i] + bias[i];
  }
}

/// Gradients where the output was positive, else 0.
void mask(float* __restrict dy, const float* __restrict y, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) dy[i] = y[i] > 0 ? dy[i] : 0.0f;
}

/// target += scale · the sum of the rows of dy.
void add_rows(float scale, const float* __restrict dy, std::size_t rows, std::size_t columns, float* __restrict target) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < columns; ++i) target[i] += scale * dy[row * columns + i];
  }
}

/// Forward and backward of dense, ReLU, dense.
class TwoDense {
 public:
  TwoDense(const TwoLayers& sizes, std::size_t batch)
      : sizes_(sizes), batch_(batch), hidden_(batch * sizes.hidden), hidden_gradient_(hidden_.size()), output_(batch * sizes.out) {
    openblas_set_num_threads(1);
  }

  float* output() { return output_.data(); }

  template <bool LastRectified>
  void forward(const float* parameters, const float* x) {
    const auto& [in, hidden, out] = sizes_;
    Product{CblasNoTrans, CblasNoTrans, batch_, hidden, in}(1, x, parameters, 0, hidden_.data());
    add_bias<true>(hidden_.data(), parameters + sizes_.bias_1(), batch_, hidden);
    Product{CblasNoTrans, CblasNoTrans, batch_, out, hidden}(1, hidden_.data(), parameters + sizes_.kernel_2(), 0, output_.data());
    add_bias<LastRectified>(output_.data(), parameters + sizes_.bias_2(), batch_, out);
  }

  /// target = beta · target + alpha · gradient, from the output's gradient dy. The target may be the parameters.
  void backward(const float* parameters, const float* x, const float* dy, float alpha, float beta, float* target) {
    const auto& [in, hidden, out] = sizes_;
    Product{CblasNoTrans, CblasTrans, batch_, hidden, out}(1, dy, parameters + sizes_.kernel_2(), 0, hidden_gradient_.data());
    mask(hidden_gradient_.data(), hidden_.data(), hidden_.size());
    if (beta == 0) {
      std::fill_n(target + sizes_.bias_1(), hidden, 0.0f);
      std::fill_n(target + sizes_.bias_2(), out, 0.0f);
    }
    Product{CblasTrans, CblasNoTrans, hidden, out, batch_}(alpha, hidden_.data(), dy, beta, target + sizes_.kernel_2());
    add_rows(alpha, dy, batch_, out, target + sizes_.bias_2());
    Product{CblasTrans, CblasNoTrans, in, hidden, batch_}(alpha, x, hidden_gradient_.data(), beta, target);
    add_rows(alpha, hidden_gradient_.data(), batch_, hidden, target + sizes_.bias_1());
  }

  /// The products of both, each with operands of its own.
  void products(const float* parameters, const float* x, float* gradient) {
    const auto& [in, hidden, out] = sizes_;
    const float* const kernel_2 = parameters + sizes_.kernel_2();
    Product{CblasNoTrans, CblasNoTrans, batch_, hidden, in}(1, x, parameters, 0, hidden_.data());
    Product{CblasNoTrans, CblasNoTrans, batch_, out, hidden}(1, hidden_.data(), kernel_2, 0, output_.data());
    Product{CblasNoTrans, CblasTrans, batch_, hidden, out}(1, output_.data(), kernel_2, 0, hidden_gradient_.data());
    Product{CblasTrans, CblasNoTrans, hidden, out, batch_}(1, hidden_.data(), output_.data(), 0, gradient + sizes_.kernel_2());
    Product{CblasTrans, CblasNoTrans, in, hidden, batch_}(1, x, hidden_gradient_.data(), 0, gradient);
  }

 private:
  TwoLayers sizes_;
  std::size_t batch_;
  std::vector<float> hidden_, hidden_gradient_, output_;
};

/// The mean crossentropy; the logits become its gradient.
float crossentropy(float* logits, const std::uint8_t* labels, std::size_t size) {
  float loss = 0;
  const float scale = 1 / static_cast<float>(size);
  for (std::size_t i = 0; i < size; ++i) {
    float* const row = logits + i * classes;
    const float largest = *std::max_element(row, row + classes), own = row[labels[i]] - largest;
    float sum = 0;
    for (std::size_t k = 0; k < classes; ++k) row[k] = std::exp(row[k] - largest);
    for (std::size_t k = 0; k < classes; ++k) sum += row[k];
    for (std::size_t k = 0; k < classes; ++k) row[k] *= scale / sum;
    row[labels[i]] -= scale;
    loss += std::log(sum) - own;
  }
  return loss * scale;
}

constexpr TwoLayers dense{pixels, hidden_units, classes};
constexpr TwoLayers large{large_units, large_units, large_units};

class Network {
 public:
  Network(const float* parameters, std::size_t batch_size, Optimizer optimizer)
      : parameters_(parameters, parameters + dense.size()),
        gradient_(dense.size()),
        adam_(dense.size()),
        optimizer_(optimizer),
        layers_(dense, batch_size) {}

  float train_on_batch(const Batch& batch) {
    float* const parameters = parameters_.data();
    layers_.forward<false>(parameters, batch.images);
    const float loss = crossentropy(layers_.output(), batch.labels, batch.size);
    if (optimizer_ == Optimizer::sgd) {
      layers_.backward(parameters, batch.images, layers_.output(), -sgd_rate, 1, parameters);
    } else {
      layers_.backward(parameters, batch.images, layers_.output(), 1, 0, gradient_.data());
      adam_.update(parameters, gradient_.data());
    }
    return loss;
  }

 private:
  std::vector<float> parameters_, gradient_;
  Adam adam_;
  Optimizer optimizer_;
  TwoDense layers_;
};

}  // namespace

Step dense_in_openblas(const float* parameters, std::size_t batch_size, Optimizer optimizer) {
  const auto network = std::make_shared<Network>(parameters, batch_size, optimizer);
  return [network](const Batch& batch) { return network->train_on_batch(batch); };
}

Gradient large_gradient_in_openblas(const float* parameters) {
  const auto layers = std::make_shared<TwoDense>(large, large_batch);
  return [layers, parameters](const float* x, const float* y, float* gradient) {
    layers->forward<true>(parameters, x);
    constexpr std::size_t size = large_batch * large_units;
    constexpr float scale = 1 / static_cast<float>(size);
    float* __restrict output = layers->output();
    float loss = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const float error = output[i] - y[i];
      loss += error * error;
      output[i] = output[i] > 0 ? 2 * scale * error : 0.0f;
    }
    layers->backward(parameters, x, output, 1, 0, gradient);
    return loss * scale;
  };
}

std::function<void()> large_products_in_openblas(const float* parameters) {
  const auto layers = std::make_shared<TwoDense>(large, large_batch);
  const auto gradient = std::make_shared<std::vector<float>>(large.size());
  const auto x = std::make_shared<std::vector<float>>(large_batch * large_units, 0.5f);
  return [=] { layers->products(parameters, x->data(), gradient->data()); };
}

std::string openblas_configuration() { return std::string(openblas_get_config()) + ", kernels for " + openblas_get_corename(); }

}  // namespace mnist
