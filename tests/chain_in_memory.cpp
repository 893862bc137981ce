// Passes in memory follow a table, in which blocks and pieces of long chains are flat; the recursion on the stack is the plain way,
// and takes a chain of any length.
#include <ctnn/chain_in_memory.hpp>

#include "checks.hpp"

using namespace ctnn;
using detail::Passage;

namespace {

/// Compares all numbers of two runs of `Net` with two tiles: outputs, gradients of the input and of the parameters. Those of the
/// parameters lie in lanes or, of wide layers and where a lane is a number, among the scalars.
template <class Net, class Lane>
void check() {
  using Chain = typename Net::template chain<typename Net::input_shape>;
  using Memory = detail::InMemory<Chain, Lane>;
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t tiles = 2, in = Net::input_shape::size, out = Chain::out, width = kernels::width_of<Lane>;
  const auto parameters = checks::numbers<Scalar>(Net::parameter_count, 1, -0.6, 0.6);
  const auto numbers = checks::numbers<Scalar>(in * tiles * width, 2);
  std::vector<Lane> x(in * tiles), wanted(out * tiles);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t s = 0; s < width; ++s) reinterpret_cast<Scalar*>(&x[i])[s] = numbers[i * width + s];
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = Lane(static_cast<Scalar>(i % 7) / 7);
  const auto judge = [&](const Lane* y, Lane* dy, std::size_t count, Lane* outputs, const Lane* target) {
    for (std::size_t i = 0; i < count; ++i) outputs[i] = y[i], dy[i] = y[i] - target[i];
  };
  constexpr std::uint64_t noise = 5;
  const Lane untouched(static_cast<Scalar>(99));

  // In memory, whose ends are watched.
  std::vector<Lane> outputs(out * tiles), dx(in * tiles), lanes(Chain::plan.lane_offset[Chain::count], Lane(Scalar(0)));
  std::vector<Scalar> gradient(Net::parameter_count);
  constexpr std::size_t size = Memory::template size<Passage::train_input>;
  std::vector<Lane> memory(size * tiles + 1, untouched);
  Memory::template train<true>(x.data(), parameters.data(), {lanes.data(), gradient.data()}, dx.data(),
                               {noise, 0, tiles, true, memory.data()},
                               [&](const Lane* y, Lane* dy) { judge(y, dy, out * tiles, outputs.data(), wanted.data()); });
  CHECK(kernels::sum(memory.back()) == kernels::sum(untouched));

  // On the stack, tile by tile.
  std::vector<Lane> expected_outputs(out * tiles), expected_dx(in * tiles), expected_lanes(lanes.size(), Lane(Scalar(0)));
  std::vector<Scalar> expected_gradient(gradient.size());
  for (std::size_t t = 0; t < tiles; ++t) {
    detail::OnStack<Chain>::template train<true>(static_cast<const Lane*>(x.data() + t * in), parameters.data(),
                                                 detail::Gradients<Lane>{expected_lanes.data(), expected_gradient.data()},
                                                 expected_dx.data() + t * in, detail::StackPass{noise, t * width},
                                                 [&](const Lane* y, Lane* dy, const detail::StackPass&) {
                                                   judge(y, dy, out, expected_outputs.data() + t * out, wanted.data() + t * out);
                                                 });
  }
  const auto same = [](const auto& a, const auto& b) {
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t s = 0; s < sizeof(a[0]) / sizeof(Scalar); ++s) {
        const double one = static_cast<double>(reinterpret_cast<const Scalar*>(&a[i])[s]);
        const double other = static_cast<double>(reinterpret_cast<const Scalar*>(&b[i])[s]);
        worst = std::max(worst, std::abs(one - other)), largest = std::max(largest, std::abs(other));
        if (std::isnan(one)) worst = one;
      }
    }
    return largest > 0 && worst <= largest * (sizeof(Scalar) == 4 ? 1e-5 : 1e-14);
  };
  CHECK(same(outputs, expected_outputs));
  CHECK(same(dx, expected_dx));
  if (width > 1 && !lanes.empty()) CHECK(same(lanes, expected_lanes));
  if (lanes.size() < gradient.size() || width == 1) CHECK(same(gradient, expected_gradient));

  // What nobody reads may be computed, but changes nothing.
  std::vector<Lane> without(Memory::template size<Passage::train> * tiles + 1, untouched);
  std::vector<Lane> other_lanes(lanes.size(), Lane(Scalar(0)));
  std::vector<Scalar> other_gradient(gradient.size());
  Memory::template train<false>(x.data(), parameters.data(), {other_lanes.data(), other_gradient.data()},
                                static_cast<Lane*>(nullptr), {noise, 0, tiles, true, without.data()},
                                [&](const Lane* y, Lane* dy) { judge(y, dy, out * tiles, outputs.data(), wanted.data()); });
  CHECK(kernels::sum(without.back()) == kernels::sum(untouched));
  if (width > 1 && !lanes.empty()) CHECK(same(other_lanes, expected_lanes));
  if (lanes.size() < gradient.size() || width == 1) CHECK(same(other_gradient, expected_gradient));

  // Forward alone, as in training and as for an answer.
  std::vector<Lane> training(Memory::template size<Passage::infer_training> + 1, untouched), y(out), expected(out);
  Memory::template infer<Passage::infer_training>(x.data(), parameters.data(), y.data(), {noise, 0, 1, false, training.data()});
  CHECK(same(y, std::vector<Lane>(expected_outputs.begin(), expected_outputs.begin() + out)));
  CHECK(kernels::sum(training.back()) == kernels::sum(untouched));
  std::vector<Lane> answer(Memory::template size<Passage::infer> + 1, untouched);
  Memory::template infer<Passage::infer>(x.data(), parameters.data(), y.data(), {0, 0, 1, false, answer.data()});
  detail::OnStack<Chain>::infer(static_cast<const Lane*>(x.data()), parameters.data(), expected.data());
  CHECK(same(y, expected));
  CHECK(kernels::sum(answer.back()) == kernels::sum(untouched));
}

/// The table is the same for every kind of number, so one network is enough for those of doubles.
template <class Net, class... Scalars>
void check_all() {
  (check<Net, Scalars>(), ...);
  (check<Net, kernels::NativeLane<Scalars>>(), ...);
}

/// A Dense layer whose output is doubled in training.
struct Doubled : detail::DenseLayer<Doubled, 4> {
  static constexpr std::size_t tape_size(Dimensions) { return 1; }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, Lane* record) {
    DenseLayer::forward<In>(x, parameters, y);
    for (std::size_t o = 0; o < 4; ++o) y[o] += y[o];
    record[0] = x[0];
  }
};

}  // namespace

TEST_CASE("one layer, and a few with identities before, between and behind") {
  check_all<Sequential<Dense<3, 5>>, float>();
  check_all<Sequential<Input<2, 3>, Flatten, Dense<4>, Linear, Tanh, Linear>, float, double>();
}

TEST_CASE("what works in place, first, last, one after another, and behind a layer that needs its output") {
  check_all<Sequential<Input<5>, ReLU, LeakyReLU<>, Dense<4>, ReLU, Dropout<0.3>, Dense<3>, Tanh, Dropout<0.5>>, float>();
  check_all<Sequential<Dense<6, 6>, Sigmoid, ReLU, Dropout<0.2>, ReLU>, float>();
  check_all<Sequential<Input<3>, Dropout<0.4>, Dense<3>, Dropout<0.4>>, float>();
}

TEST_CASE("blocks in blocks, with and without parameters, and some that compute nothing") {
  check_all<Sequential<Input<4>, Sequential<Flatten, Sequential<Linear>>, Sequential<ReLU, Sequential<Dense<5>, GELU>>,
                       Sequential<Dropout<0.3>>, Sequential<Sequential<Dense<3>, Tanh>, Dense<2>, Sequential<Sigmoid>>>,
            float>();
}

TEST_CASE("images, with strides and records") {
  check_all<Sequential<Input<7, 6, 2>, Conv2D<3, Kernel<3>, Same>, ReLU, MaxPooling2D<>, Conv2D<4, Kernel<2>>, Tanh, Flatten,
                       Dense<5>, LayerNormalization<>, Dense<2>>,
            float>();
}

TEST_CASE("chains longer than a piece, with places of layers anywhere in it") {
  using Four = Sequential<Dense<4>, Tanh, Linear, Dropout<0.1>>;
  check_all<Sequential<Input<4>, Dense<4>, Tanh, Dense<4>, ReLU, Dense<5>, Dropout<0.2>, Dense<3>, Sigmoid, Linear, Dense<4>, Tanh,
                       Four, Four, Dense<4>, ReLU, Dropout<0.3>, LeakyReLU<>, Dense<6>, Tanh, Dense<2>, Softmax>,
            float>();
  check_all<Sequential<Input<2>, Linear, Linear, Linear, Linear, Linear, Linear, Linear, Linear, Linear, Linear, Linear, Linear,
                       Linear, Linear, Linear, ReLU, Dense<3>, Tanh>,
            float>();
}

TEST_CASE("a layer that answers for several tiles at once keeps what it does in training") {
  using Lane = kernels::NativeLane<float>;
  using One = detail::Leaf<Doubled, Shape<3>>;
  constexpr std::size_t tiles = 3;
  const auto parameters = checks::numbers<float>(16, 1), numbers = checks::numbers<float>(3 * tiles, 2);
  Lane x[3 * tiles], y[4 * tiles], trained[4 * tiles], record[tiles];
  for (std::size_t i = 0; i < 3 * tiles; ++i) x[i] = Lane(numbers[i]);
  const detail::MemoryPass<Lane> pass{0, 0, tiles, true, nullptr};
  One::forward_all<false>(x, parameters.data(), y, record, pass);
  One::forward_all<true>(x, parameters.data(), trained, record, pass);
  for (std::size_t i = 0; i < 4 * tiles; ++i) CHECK(trained[i][0] == doctest::Approx(2 * y[i][0]));
  for (std::size_t t = 0; t < tiles; ++t) CHECK(record[t][0] == numbers[3 * t]);
}
