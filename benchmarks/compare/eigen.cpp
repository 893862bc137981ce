// The networks by hand in Eigen, as its manual advises: maps of the flat parameters, small matrices of fixed size, products without
// temporaries, SGD's update inside the product that makes the gradient. Built with -O3 -ffast-math; with GCC a second time, with
// -mtune=generic.
#if defined(__GNUC__) && !defined(__clang__)
// Of GCC 12's own headers, whose intrinsics for AVX-512 begin with registers of any content.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "by_hand.hpp"
#include "peer.hpp"

using compare::Array, compare::Batch, compare::Data, compare::Method, compare::Network, compare::Peer;
using Eigen::Index;

namespace {

template <class Stored>
using Map = Eigen::Map<Stored, Eigen::Aligned64>;

// Training of small networks.

float line_step(std::array<float, 2>& p, const Batch& batch, float rate) {
  // All of a size that is not fixed: for a fixed one Eigen takes the widest registers that it is a multiple of, four of 100.
  using Samples = Map<const Eigen::ArrayXf>;
  constexpr Index count = 100;
  const Samples x(batch.x, count), y(batch.y, count);
  const float kernel = p[0], bias = p[1];
  alignas(64) std::array<float, count> memory;
  Map<Eigen::ArrayXf> error(memory.data(), count);
  error = x * kernel + bias - y;
  const float loss = error.square().sum(), gw = (error * x).sum(), gb = error.sum();
  p[0] -= rate * 2 / count * gw;
  p[1] -= rate * 2 / count * gb;
  return loss / count;
}

float parabola_step(std::array<float, 7>& p, const Batch& batch, float rate) {
  // Of fixed size: that its registers are but of eight costs less than the last eight samples, one by one, would.
  using Samples = Eigen::Array<float, 200, 1>;
  const Map<const Samples> x(batch.x), y(batch.y);
  const Samples h0 = (x * p[0] + p[2]).tanh(), h1 = (x * p[1] + p[3]).tanh(), out = (h0 * p[4] + h1 * p[5] + p[6]).tanh();
  const Samples error = out - y;
  const float loss = error.square().sum();
  const Samples d = error * (1 - out.square());
  const Samples d0 = d * p[4] * (1 - h0.square()), d1 = d * p[5] * (1 - h1.square());
  const float s = rate * 2 / 200;
  p[0] -= s * (d0 * x).sum();
  p[1] -= s * (d1 * x).sum();
  p[2] -= s * d0.sum();
  p[3] -= s * d1.sum();
  p[4] -= s * (d * h0).sum();
  p[5] -= s * (d * h1).sum();
  p[6] -= s * d.sum();
  return loss / 200;
}

/// c = start + a·b, for each of the Rows rows of c; Block of them at a time, whose sums stay in registers. Eigen's own products
/// take a tenth more of the whole step (lazyProduct), or a third (the usual one).
template <Index Rows, Index Inner, Index Block, class A, class B, class C, class Row>
[[gnu::always_inline]] inline void multiply(const A& a, const B& b, C& c, const Row& start) {
  for (Index first = 0; first < Rows; first += Block) {
    std::array<Row, Block> sums;
    for (Row& sum : sums) sum = start;
    for (Index k = 0; k < Inner; ++k) {
      const Row row = b.row(k);
#pragma GCC unroll 16
      for (Index i = 0; i < Block; ++i) {
        // By way of a variable: of this as one expression Clang stores the factor before each use.
        const Row term = row * a(first + i, k);
        sums[static_cast<std::size_t>(i)] += term;
      }
    }
#pragma GCC unroll 16
    for (Index i = 0; i < Block; ++i) c.row(first + i) = sums[static_cast<std::size_t>(i)];
  }
}

/// 1-16-16-1 with tanh, mean squared error and Adam. A row of 16 units fills a register of AVX-512, so all is done in rows.
class Curve {
 public:
  explicit Curve(const Data& data) : adam_(size) { std::copy_n(data.parameters.data(), size, parameters_.data()); }

  float step(const Batch& batch) {
    const float* const p = parameters_.data();
    float* const g = gradient_.data();
    const Row w1 = Map<const Row>(p), b1 = Map<const Row>(p + width), b2 = Map<const Row>(p + 18 * width),
              w3 = Map<const Row>(p + 19 * width);
    const Map<const Kernel> w2(p + 2 * width);
    Map<Kernel> gw2(g + 2 * width);

    for (Index i = 0; i < count; ++i) h1_.row(i) = (batch.x[i] * w1 + b1).tanh();
    multiply<count, width, 4>(h1_, w2, h2_, b2);
    h2_ = h2_.tanh();
    for (Index i = 0; i < count; ++i) error_(i) = (h2_.row(i) * w3).sum();
    error_ += p[size - 1] - Map<const Samples>(batch.y);
    const float loss = error_.square().sum() / count;
    error_ *= 2.0f / count;

    const Row zero = Row::Zero();
    Row gw = zero, gb = zero;
    for (Index i = 0; i < count; ++i) {
      const Row h = h2_.row(i), d = error_(i) * w3 * (1 - h.square());
      gw += error_(i) * h;
      gb += d;
      d2_.row(i) = d;
    }
    g[size - 1] = error_.sum();
    Map<Row>(g + 19 * width) = gw;
    Map<Row>(g + 18 * width) = gb;
    multiply<width, count, 8>(h1_.transpose(), d2_, gw2, zero);
    const Kernel transposed = w2.transpose();
    multiply<count, width, 4>(d2_, transposed, d1_, zero);
    gw = gb = zero;
    for (Index i = 0; i < count; ++i) {
      const Row d = d1_.row(i) * (1 - h1_.row(i).square());
      gw += batch.x[i] * d;
      gb += d;
    }
    Map<Row>{g} = gw;
    Map<Row>(g + width) = gb;
    adam_.begin_step();
    adam_.update(parameters_.data(), 0, g, size);
    return loss;
  }

 private:
  static constexpr int width = 16, count = 32, size = 2 * width + width * width + width + width + 1;
  using Row = Eigen::Array<float, 1, width>;
  using Kernel = Eigen::Array<float, width, width, Eigen::RowMajor>;
  using Hidden = Eigen::Array<float, count, width, Eigen::RowMajor>;
  using Samples = Eigen::Array<float, count, 1>;

  alignas(64) std::array<float, size> parameters_;
  alignas(64) std::array<float, size> gradient_;
  Hidden h1_, h2_, d1_, d2_;
  Samples error_;
  by_hand::Adam adam_;
};

// Training of two dense layers.

/// Dense, ReLU, dense on batches of `Size` samples: 1, so that its products are those of vectors, or any.
template <int Size, int In, int Hidden, int Out>
class TwoDense {
 public:
  explicit TwoDense(const Data& data, std::size_t batch)
      : parameters_(data.parameters),
        gradient_(layout.size()),
        hidden_(static_cast<Index>(batch), Hidden),
        hidden_gradient_(static_cast<Index>(batch), Hidden),
        output_(static_cast<Index>(batch), Out),
        adam_(layout.size()) {}

  using Rows = Eigen::Matrix<float, Size, Eigen::Dynamic, Eigen::RowMajor>;
  Rows& output() { return output_; }

  void forward(const Batch& batch) {
    float* const p = parameters_.data();
    hidden_.noalias() = inputs(batch) * kernel_1(p);
    hidden_ = (hidden_.rowwise() + bias_1(p)).cwiseMax(0.0f);
    output_.noalias() = hidden_ * kernel_2(p);
    output_.rowwise() += bias_2(p);
  }

  /// SGD with the output's gradient, which output() has become.
  void update(const Batch& batch, float rate) {
    float* const p = parameters_.data();
    go_back();
    kernel_2(p).noalias() -= (rate * hidden_.transpose()) * output_;
    bias_2(p).noalias() -= rate * output_.colwise().sum();
    kernel_1(p).noalias() -= (rate * inputs(batch).transpose()) * hidden_gradient_;
    bias_1(p).noalias() -= rate * hidden_gradient_.colwise().sum();
  }

  /// The same with Adam. Of a single sample's, the first kernel's gradient is made row by row, so that it never leaves the cache.
  /// With larger batches parts of any size save no time.
  void update(const Batch& batch) {
    float* const p = parameters_.data();
    float* const g = gradient_.data();
    adam_.begin_step();
    go_back();
    const auto x = inputs(batch);
    constexpr Index part = Size == 1 ? 1 : In;
    for (Index first = 0; first < In; first += part) {
      Map<Kernel>(g, part, Hidden).noalias() = x.middleCols(first, part).transpose() * hidden_gradient_;
      adam_.update(p, static_cast<std::size_t>(first * Hidden), g, static_cast<std::size_t>(part * Hidden));
    }
    bias_1(g).noalias() = hidden_gradient_.colwise().sum();
    kernel_2(g).noalias() = hidden_.transpose() * output_;
    bias_2(g).noalias() = output_.colwise().sum();
    adam_.update(p, layout.bias_1(), g + layout.bias_1(), layout.size() - layout.bias_1());
  }

 private:
  static constexpr by_hand::TwoLayers layout{In, Hidden, Out};
  using Kernel = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  /// The arrays among all parameters or in their gradient.
  static Map<Kernel> kernel_1(float* first) { return {first, In, Hidden}; }
  static Map<Eigen::RowVectorXf> bias_1(float* first) { return {first + layout.bias_1(), Hidden}; }
  static Map<Kernel> kernel_2(float* first) { return {first + layout.kernel_2(), Hidden, Out}; }
  static Map<Eigen::RowVectorXf> bias_2(float* first) { return {first + layout.bias_2(), Out}; }
  static Map<const Rows> inputs(const Batch& batch) { return {batch.x, static_cast<Index>(batch.size), In}; }

  void go_back() {
    hidden_gradient_.noalias() = output_ * kernel_2(parameters_.data()).transpose();
    hidden_gradient_.array() *= (hidden_.array() > 0.0f).template cast<float>();
  }

  Array<float> parameters_, gradient_;
  Rows hidden_, hidden_gradient_, output_;
  by_hand::Adam adam_;
};

/// The mean crossentropy of the logits' softmax. They become its gradient.
template <class Matrix>
float crossentropy(Matrix& logits, const Batch& batch) {
  const auto size = static_cast<Index>(batch.size);
  float loss = 0;
  logits.colwise() -= logits.rowwise().maxCoeff().eval();
  for (Index i = 0; i < size; ++i) loss -= logits(i, batch.labels[i]);
  logits = logits.array().exp();
  const Eigen::VectorXf sums = logits.rowwise().sum();
  loss += sums.array().log().sum();
  const float scale = 1 / static_cast<float>(size);
  logits.array().colwise() *= scale / sums.array();
  for (Index i = 0; i < size; ++i) logits(i, batch.labels[i]) -= scale;
  return loss * scale;
}

template <int Size>
void add_dense_training(Peer& peer, Method method, std::size_t batch_size) {
  peer.train(compare::dense, method, batch_size, [=](const Data& data) {
    const auto network = std::make_shared<TwoDense<Size, 784, 128, 10>>(data, batch_size);
    return [network, method, rate = data.network.sgd_rate](const Batch& batch) {
      network->forward(batch);
      const float loss = crossentropy(network->output(), batch);
      if (method == Method::sgd) {
        network->update(batch, rate);
      } else {
        network->update(batch);
      }
      return loss;
    };
  });
}

void add_large_training(Peer& peer) {
  constexpr std::size_t batch_size = 128;
  peer.train(compare::large, Method::sgd, batch_size, [=](const Data& data) {
    const auto network = std::make_shared<TwoDense<Eigen::Dynamic, 1024, 1024, 1024>>(data, batch_size);
    return [network, rate = data.network.sgd_rate](const Batch& batch) {
      network->forward(batch);
      auto output = network->output().array();
      const Map<const Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> y(batch.y, output.rows(),
                                                                                              output.cols());
      const float scale = 1 / static_cast<float>(output.size());
      const float loss = (output.max(0.0f) - y).square().sum() * scale;
      output = (output > 0.0f).select(2 * scale * (output - y), 0.0f);
      network->update(batch, rate);
      return loss;
    };
  });
}

// Single samples.

/// bias + x·kernel, with `Parts` sums of each output in flight. (Eigen's own product takes almost twice the time for 16 units; for
/// 128 it is as good.)
template <Index Parts, class X, class Kernel, class Row>
[[gnu::always_inline]] inline Row sums(const X& x, const Kernel& kernel, const Row& bias) {
  std::array<Row, Parts> sums;
  sums[0] = bias;
  for (std::size_t part = 1; part < Parts; ++part) sums[part].setZero();
  for (Index i = 0; i < Kernel::RowsAtCompileTime; i += Parts) {
#pragma GCC unroll 16
    for (Index part = 0; part < Parts; ++part) {
      const Row term = kernel.row(i + part) * x(i + part);
      sums[static_cast<std::size_t>(part)] += term;
    }
  }
  for (std::size_t part = 1; part < Parts; ++part) sums[0] += sums[part];
  return sums[0];
}
/// The layer that begins at parameter p.
template <Index Parts, int In, int Out, class X>
[[gnu::always_inline]] inline Eigen::Array<float, 1, Out> dense(const float* p, const X& x) {
  using Row = Eigen::Array<float, 1, Out>;
  using Kernel = Eigen::Array<float, In, Out, Eigen::RowMajor>;
  return sums<Parts>(x, Eigen::Map<const Kernel, Eigen::Aligned16>(p), Row(Eigen::Map<const Row, Eigen::Aligned16>(p + In * Out)));
}

template <int Size>
std::array<float, Size> array_of(const Eigen::Array<float, 1, Size>& row) {
  std::array<float, Size> result;
  Eigen::Map<Eigen::Array<float, 1, Size>>(result.data()) = row;
  return result;
}

/// Of four units, two of which are there for the register alone.
struct ParabolaAnswer {
  explicit ParabolaAnswer(const Data& data) {
    const float* const p = data.parameters.data();
    kernel_1 << p[0], p[1], 0, 0;
    bias_1 << p[2], p[3], 0, 0;
    kernel_2 << p[4], p[5], 0, 0;
    bias_2 = p[6];
  }
  std::array<float, 1> operator()(const std::array<float, 1>& x) const {
    const Eigen::Array4f hidden = (x[0] * kernel_1 + bias_1).tanh();
    const Eigen::Array4f y = Eigen::Array4f::Constant(hidden[0] * kernel_2[0] + (hidden[1] * kernel_2[1] + bias_2)).tanh();
    return {y[0]};
  }

  Eigen::Array4f kernel_1, bias_1, kernel_2;
  float bias_2;
};

template <class Function>
auto by(const Function& function) {
  return [=](const Data& data) {
    return [&data, function](const auto& x) {
      using Row = Eigen::Array<float, 1, static_cast<int>(std::tuple_size_v<std::remove_cvref_t<decltype(x)>>)>;
      return array_of(function(data.parameters.data(), Eigen::Map<const Row>(x.data())));
    };
  };
}

/// With a last layer of 16 classes, which fill a register: those that do not exist have no probability.
class DenseAnswer {
 public:
  explicit DenseAnswer(const Data& data) : parameters_(data.parameters) {
    constexpr by_hand::TwoLayers layout{784, 128, 10};
    const float* const p = parameters_.data();
    kernel_.setZero();
    kernel_.leftCols<10>() = Eigen::Map<const Eigen::Array<float, 128, 10, Eigen::RowMajor>>(p + layout.kernel_2());
    bias_.setConstant(-1e30f);
    bias_.leftCols<10>() = Eigen::Map<const Eigen::Array<float, 1, 10>>(p + layout.bias_2());
  }
  std::array<float, 10> operator()(const std::array<float, 784>& x) const {
    const Eigen::Map<const Eigen::Array<float, 1, 784>> row(x.data());
    const Eigen::Array<float, 1, 128> hidden = dense<1, 784, 128>(parameters_.data(), row).max(0.0f);
    Row y = sums<8>(hidden, kernel_, bias_);
    y = (y - y.maxCoeff()).exp();
    y *= 1 / y.sum();
    return array_of<10>(y.leftCols<10>());
  }

 private:
  using Row = Eigen::Array<float, 1, 16>;
  Array<float> parameters_;
  Eigen::Array<float, 128, 16, Eigen::RowMajor> kernel_;
  Row bias_;
};

void add_answers(Peer& peer) {
  peer.answer<1, 1>(compare::parabola, [](const Data& data) { return ParabolaAnswer(data); });
  peer.answer<1, 1>(compare::small, by([](const float* p, const auto& x) {
                      using Row = Eigen::Array<float, 1, 8>;
                      using Part = Eigen::Map<const Row, Eigen::Aligned16>;
                      const Row first = (x[0] * Part(p) + Part(p + 8)).tanh();
                      const Row second = dense<4, 8, 8>(p + 16, first).tanh();
                      return Eigen::Array<float, 1, 1>((second * Part(p + 88)).sum() + p[96]);
                    }));
  peer.answer<16, 16>(compare::rectifiers, by([](const float* p, const auto& x) {
                        using Row = Eigen::Array<float, 1, 16>;
                        const Row first = dense<4, 16, 16>(p, x).max(0.0f);
                        const Row second = dense<4, 16, 16>(p + 272, first).max(0.0f);
                        return Row(dense<4, 16, 16>(p + 2 * 272, second).max(0.0f));
                      }));
  peer.answer<64, 64>(compare::tanh_64, by([](const float* p, const auto& x) {
                        using Row = Eigen::Array<float, 1, 64>;
                        const Row first = dense<2, 64, 64>(p, x).tanh();
                        return Row(dense<2, 64, 64>(p + 65 * 64, first).tanh());
                      }));
  peer.answer<128, 128>(compare::relu_128, by([](const float* p, const auto& x) {
                          using Row = Eigen::Array<float, 1, 128>;
                          const Row first = dense<1, 128, 128>(p, x).max(0.0f);
                          return Row(dense<1, 128, 128>(p + 129 * 128, first).max(0.0f));
                        }));
  peer.answer<784, 10>(compare::dense, [](const Data& data) {
    return [answer = std::make_shared<DenseAnswer>(data)](const std::array<float, 784>& x) { return (*answer)(x); };
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string version =
      std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
  Peer peer("Eigen", version, argc, argv);
  peer.train(compare::line, Method::sgd, 100, [](const Data& data) {
    return [p = std::array{data.parameters[0], data.parameters[1]}, rate = data.network.sgd_rate](const Batch& batch) mutable {
      return line_step(p, batch, rate);
    };
  });
  peer.train(compare::parabola, Method::sgd, 200, [](const Data& data) {
    std::array<float, 7> parameters;
    std::copy_n(data.parameters.data(), parameters.size(), parameters.data());
    return [p = parameters, rate = data.network.sgd_rate](const Batch& batch) mutable { return parabola_step(p, batch, rate); };
  });
  peer.train(compare::curve, Method::adam, 32, [](const Data& data) {
    return [curve = std::make_shared<Curve>(data)](const Batch& batch) { return curve->step(batch); };
  });
  for (const Method method : {Method::sgd, Method::adam}) {
    add_dense_training<1>(peer, method, 1);
    for (const std::size_t batch : {std::size_t{32}, std::size_t{128}}) add_dense_training<Eigen::Dynamic>(peer, method, batch);
  }
  add_large_training(peer);
  add_answers(peer);
  return peer.serve();
}
