// Two dense layers by hand on OpenBLAS's products, with SGD's update inside the product that makes the gradient. One thread.
// Built with -O3 -ffast-math.
#include <cblas.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "by_hand.hpp"
#include "peer.hpp"

using by_hand::TwoLayers;
using compare::Array, compare::Batch, compare::Data, compare::Method, compare::Peer;

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

/// y += x·kernel, kernel (in, out).
void add_product(const float* x, const float* kernel, std::size_t in, std::size_t out, float* y) {
  const auto m = static_cast<blasint>(in), n = static_cast<blasint>(out);
  cblas_sgemv(CblasRowMajor, CblasTrans, m, n, 1, kernel, n, x, 1, 1, y, 1);
}

/// y (rows, columns) += bias; negative sums become 0 if `Rectified`.
template <bool Rectified>
void add_bias(float* __restrict y, const float* __restrict bias, std::size_t rows, std::size_t columns) {
  for (std::size_t row = 0; row < rows; ++row) {
    float* __restrict values = y + row * columns;
    for (std::size_t i = 0; i < columns; ++i) values[i] = Rectified ? std::max(values[i] + bias[i], 0.0f) : values[i] + bias[i];
  }
}

void rectify(float* y, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) y[i] = std::max(y[i], 0.0f);
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

/// Training of dense, ReLU, dense. What updates has the batch's inputs x and the output's gradient, which output() has become.
class TwoDense {
 public:
  TwoDense(const Data& data, const TwoLayers& sizes, std::size_t batch)
      : sizes_(sizes),
        batch_(batch),
        parameters_(data.parameters),
        gradient_(sizes.size()),
        hidden_(batch * sizes.hidden),
        hidden_gradient_(hidden_.size()),
        output_(batch * sizes.out),
        adam_(sizes.size()) {}

  float* output() { return output_.data(); }

  void forward(const float* x) {
    const auto& [in, hidden, out] = sizes_;
    const float* const p = parameters_.data();
    if (batch_ == 1) {
      std::copy_n(p + sizes_.bias_1(), hidden, hidden_.data());
      add_product(x, p, in, hidden, hidden_.data());
      rectify(hidden_.data(), hidden);
      std::copy_n(p + sizes_.bias_2(), out, output());
      add_product(hidden_.data(), p + sizes_.kernel_2(), hidden, out, output());
      return;
    }
    Product{CblasNoTrans, CblasNoTrans, batch_, hidden, in}(1, x, p, 0, hidden_.data());
    add_bias<true>(hidden_.data(), p + sizes_.bias_1(), batch_, hidden);
    Product{CblasNoTrans, CblasNoTrans, batch_, out, hidden}(1, hidden_.data(), p + sizes_.kernel_2(), 0, output());
    add_bias<false>(output(), p + sizes_.bias_2(), batch_, out);
  }

  void update_by_sgd(const float* x, float rate) {
    go_back();
    float* const p = parameters_.data();
    if (batch_ == 1) {
      const auto& [in, hidden, out] = sizes_;
      const auto i = static_cast<blasint>(in), h = static_cast<blasint>(hidden), o = static_cast<blasint>(out);
      cblas_sger(CblasRowMajor, h, o, -rate, hidden_.data(), 1, output(), 1, p + sizes_.kernel_2(), o);
      cblas_sger(CblasRowMajor, i, h, -rate, x, 1, hidden_gradient_.data(), 1, p, h);
    } else {
      add_kernel_gradients(x, -rate, 1, p);
    }
    add_bias_gradients(-rate, p);
  }

  void update_by_adam(const float* x) {
    go_back();
    const std::size_t hidden = sizes_.hidden, rest = sizes_.bias_1();
    float* const p = parameters_.data();
    float* const g = gradient_.data();
    adam_.begin_step();
    if (batch_ == 1) {
      // Row by row, so that the gradient never leaves the cache; sger would read and write all of it.
      for (std::size_t i = 0; i < sizes_.in; ++i) {
        for (std::size_t k = 0; k < hidden; ++k) g[k] = x[i] * hidden_gradient_[k];
        adam_.update(p, i * hidden, g, hidden);
      }
      for (std::size_t i = 0; i < hidden; ++i) {
        for (std::size_t k = 0; k < sizes_.out; ++k) g[sizes_.kernel_2() + i * sizes_.out + k] = hidden_[i] * output_[k];
      }
    } else {
      add_kernel_gradients(x, 1, 0, g);
      adam_.update(p, 0, g, rest);
    }
    std::fill_n(g + sizes_.bias_1(), hidden, 0.0f);
    std::fill_n(g + sizes_.bias_2(), sizes_.out, 0.0f);
    add_bias_gradients(1, g);
    adam_.update(p, rest, g + rest, sizes_.size() - rest);
  }

 private:
  void go_back() {
    const float* const kernel_2 = parameters_.data() + sizes_.kernel_2();
    if (batch_ == 1) {
      const auto h = static_cast<blasint>(sizes_.hidden), o = static_cast<blasint>(sizes_.out);
      cblas_sgemv(CblasRowMajor, CblasNoTrans, h, o, 1, kernel_2, o, output(), 1, 0, hidden_gradient_.data(), 1);
    } else {
      Product{CblasNoTrans, CblasTrans, batch_, sizes_.hidden, sizes_.out}(1, output(), kernel_2, 0, hidden_gradient_.data());
    }
    mask(hidden_gradient_.data(), hidden_.data(), hidden_.size());
  }

  /// target = beta · target + alpha · gradient. The target may be the parameters.
  void add_kernel_gradients(const float* x, float alpha, float beta, float* target) {
    const auto& [in, hidden, out] = sizes_;
    Product{CblasTrans, CblasNoTrans, hidden, out, batch_}(alpha, hidden_.data(), output(), beta, target + sizes_.kernel_2());
    Product{CblasTrans, CblasNoTrans, in, hidden, batch_}(alpha, x, hidden_gradient_.data(), beta, target);
  }
  void add_bias_gradients(float alpha, float* target) {
    add_rows(alpha, output(), batch_, sizes_.out, target + sizes_.bias_2());
    add_rows(alpha, hidden_gradient_.data(), batch_, sizes_.hidden, target + sizes_.bias_1());
  }

  TwoLayers sizes_;
  std::size_t batch_;
  Array<float> parameters_, gradient_, hidden_, hidden_gradient_, output_;
  by_hand::Adam adam_;
};

constexpr std::size_t classes = 10;
constexpr TwoLayers dense{784, 128, classes}, large{1024, 1024, 1024}, relu_128{128, 128, 128};

/// Logits become what exp makes of them, less the largest. Returns their sum.
float exponentials(float* logits) {
  const float largest = *std::max_element(logits, logits + classes);
  float sum = 0;
  for (std::size_t k = 0; k < classes; ++k) logits[k] = std::exp(logits[k] - largest);
  for (std::size_t k = 0; k < classes; ++k) sum += logits[k];
  return sum;
}

/// The mean crossentropy of the logits' softmax. They become its gradient.
float crossentropy(float* logits, const std::uint8_t* labels, std::size_t size) {
  float loss = 0;
  const float scale = 1 / static_cast<float>(size);
  for (std::size_t i = 0; i < size; ++i) {
    float* const row = logits + i * classes;
    const float own = row[labels[i]] - *std::max_element(row, row + classes), sum = exponentials(row);
    for (std::size_t k = 0; k < classes; ++k) row[k] *= scale / sum;
    row[labels[i]] -= scale;
    loss += std::log(sum) - own;
  }
  return loss * scale;
}

/// The mean squared error of what becomes the output by ReLU. It becomes the error's gradient.
float rectified_squares(float* __restrict sums, const float* __restrict y, std::size_t size) {
  const float scale = 1 / static_cast<float>(size);
  float loss = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const float error = std::max(sums[i], 0.0f) - y[i];
    loss += error * error;
    sums[i] = sums[i] > 0 ? 2 * scale * error : 0.0f;
  }
  return loss * scale;
}

/// The hidden layer's output after ReLU, and the last one's before that.
template <class Hidden, class Out>
void answer(const TwoLayers& sizes, const float* parameters, const float* x, Hidden& hidden, Out& y) {
  std::copy_n(parameters + sizes.bias_1(), sizes.hidden, hidden.data());
  add_product(x, parameters, sizes.in, sizes.hidden, hidden.data());
  rectify(hidden.data(), sizes.hidden);
  std::copy_n(parameters + sizes.bias_2(), sizes.out, y.data());
  add_product(hidden.data(), parameters + sizes.kernel_2(), sizes.hidden, sizes.out, y.data());
}

}  // namespace

int main(int argc, char** argv) {
  openblas_set_num_threads(1);
  Peer peer("OpenBLAS", std::string(openblas_get_config()) + ", kernels for " + openblas_get_corename(), argc, argv);
  for (const Method method : {Method::sgd, Method::adam}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{32}, std::size_t{128}}) {
      peer.train(compare::dense, method, size, [=](const Data& data) {
        const auto network = std::make_shared<TwoDense>(data, dense, size);
        return [network, method, rate = data.network.sgd_rate](const Batch& batch) {
          network->forward(batch.x);
          const float loss = crossentropy(network->output(), batch.labels, batch.size);
          if (method == Method::sgd) {
            network->update_by_sgd(batch.x, rate);
          } else {
            network->update_by_adam(batch.x);
          }
          return loss;
        };
      });
    }
  }
  peer.train(compare::large, Method::sgd, 128, [](const Data& data) {
    const auto network = std::make_shared<TwoDense>(data, large, 128);
    return [network, rate = data.network.sgd_rate](const Batch& batch) {
      network->forward(batch.x);
      const float loss = rectified_squares(network->output(), batch.y, batch.size * large.out);
      network->update_by_sgd(batch.x, rate);
      return loss;
    };
  });
  peer.answer<128, 128>(compare::relu_128, [](const Data& data) {
    return [&data](const std::array<float, 128>& x) {
      alignas(64) std::array<float, 128> hidden, y;
      answer(relu_128, data.parameters.data(), x.data(), hidden, y);
      rectify(y.data(), y.size());
      return y;
    };
  });
  peer.answer<784, classes>(compare::dense, [](const Data& data) {
    return [&data](const std::array<float, 784>& x) {
      alignas(64) std::array<float, 128> hidden;
      std::array<float, classes> y;
      answer(dense, data.parameters.data(), x.data(), hidden, y);
      const float sum = exponentials(y.data());
      for (float& value : y) value /= sum;
      return y;
    };
  });
  return peer.serve();
}
