// The dense network in Eigen, as its manual advises: row-major maps of the flat parameters, products without temporaries, SGD's
// update inside the product that makes the gradient. Built with -O3 -ffast-math.
#include <Eigen/Core>
#include <memory>
#include <string>
#include <vector>

#include "mnist_by_hand.hpp"

namespace mnist {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Row = Eigen::RowVectorXf;
using Index = Eigen::Index;

constexpr TwoLayers layout{pixels, hidden_units, classes};
constexpr auto in = static_cast<Index>(pixels), hidden = static_cast<Index>(hidden_units), out = static_cast<Index>(classes);

/// The parameters, or their gradient, as matrices.
struct Arrays {
  explicit Arrays(float* first)
      : kernel_1(first, in, hidden),
        bias_1(first + layout.bias_1(), hidden),
        kernel_2(first + layout.kernel_2(), hidden, out),
        bias_2(first + layout.bias_2(), out) {}

  Eigen::Map<Matrix> kernel_1;
  Eigen::Map<Row> bias_1;
  Eigen::Map<Matrix> kernel_2;
  Eigen::Map<Row> bias_2;
};

class Network {
 public:
  Network(const float* parameters, std::size_t batch_size, Optimizer optimizer)
      : values_(parameters, parameters + layout.size()),
        gradient_values_(layout.size()),
        parameters_(values_.data()),
        gradient_(gradient_values_.data()),
        adam_(layout.size()),
        optimizer_(optimizer),
        activations_(static_cast<Index>(batch_size), hidden),
        hidden_gradient_(static_cast<Index>(batch_size), hidden),
        logits_(static_cast<Index>(batch_size), out) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  float train_on_batch(const Batch& batch) {
    const auto size = static_cast<Index>(batch.size);
    const Eigen::Map<const Matrix> x(batch.images, size, in);
    Arrays& p = parameters_;
    activations_.noalias() = x * p.kernel_1;
    activations_ = (activations_.rowwise() + p.bias_1).cwiseMax(0.0f);
    logits_.noalias() = activations_ * p.kernel_2;
    logits_.rowwise() += p.bias_2;
    const float loss = crossentropy(batch);

    hidden_gradient_.noalias() = logits_ * p.kernel_2.transpose();
    hidden_gradient_.array() *= (activations_.array() > 0.0f).cast<float>();
    if (optimizer_ == Optimizer::sgd) {
      p.kernel_2.noalias() -= sgd_rate * activations_.transpose() * logits_;
      p.bias_2.noalias() -= sgd_rate * logits_.colwise().sum();
      p.kernel_1.noalias() -= sgd_rate * x.transpose() * hidden_gradient_;
      p.bias_1.noalias() -= sgd_rate * hidden_gradient_.colwise().sum();
    } else {
      gradient_.kernel_2.noalias() = activations_.transpose() * logits_;
      gradient_.bias_2.noalias() = logits_.colwise().sum();
      gradient_.kernel_1.noalias() = x.transpose() * hidden_gradient_;
      gradient_.bias_1.noalias() = hidden_gradient_.colwise().sum();
      adam_.update(values_.data(), gradient_values_.data());
    }
    return loss;
  }

 private:
  /// The mean loss; logits_ becomes its gradient.
  float crossentropy(const Batch& batch) {
    const auto size = static_cast<Index>(batch.size);
    float loss = 0;
    logits_.colwise() -= logits_.rowwise().maxCoeff().eval();
    for (Index i = 0; i < size; ++i) loss -= logits_(i, batch.labels[i]);
    logits_ = logits_.array().exp();
    const Eigen::VectorXf sums = logits_.rowwise().sum();
    loss += sums.array().log().sum();
    const float scale = 1 / static_cast<float>(size);
    logits_.array().colwise() *= scale / sums.array();
    for (Index i = 0; i < size; ++i) logits_(i, batch.labels[i]) -= scale;
    return loss * scale;
  }

  std::vector<float> values_, gradient_values_;
  Arrays parameters_, gradient_;
  Adam adam_;
  Optimizer optimizer_;
  Matrix activations_, hidden_gradient_, logits_;
};

}  // namespace

// Built a second time with -mtune=generic: under this name, and with another one for Eigen's namespace (meson.build).
#ifdef CTNN_EIGEN_UNTUNED
#define dense_in_eigen dense_in_untuned_eigen
#else
std::string eigen_version() {
  return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION);
}
#endif

Step dense_in_eigen(const float* parameters, std::size_t batch_size, Optimizer optimizer) {
  const auto network = std::make_shared<Network>(parameters, batch_size, optimizer);
  return [network](const Batch& batch) { return network->train_on_batch(batch); };
}

}  // namespace mnist
