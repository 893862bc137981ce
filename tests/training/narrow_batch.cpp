// Narrow networks go through the batch in tiles, those of very few operations in two parts; one sample after another must come to
// the same.
#include <ctnn/training/narrow_batch.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// Around the tile, and around the 16 tiles that one part runs for before the other.
constexpr std::size_t counts[] = {1, 2, 15, 16, 17, 100, 128, 129, 255, 256, 257, 300, 531};

template <class Net, class Scalar, class Loss>
void check(const Loss& loss, bool cut) {
  using Lane = kernels::NativeLane<Scalar>;
  constexpr std::size_t place = detail::OnStack<typename detail::Training<Net, Loss>::chain>::cut;
  CHECK((place > 0) == cut);
  constexpr std::size_t in = Net::input_shape::size, target = detail::Training<Net, Loss>::Target::size;
  const auto parameters = checks::numbers<Scalar>(Net::parameter_count, 1);
  for (const std::size_t count : counts) {
    const auto x = checks::numbers<Scalar>(in * count, 2, -2, 2);
    auto y = checks::numbers<Scalar>(target * count, 3);
    if constexpr (target != Net::output_shape::size) {
      for (std::size_t i = 0; i < count; ++i) y[i] = static_cast<Scalar>(i % Net::output_shape::size);
    }
    Scalar in_lanes = 0, one_by_one = 0;
    const auto gradient = checks::gradient<Net, Lane>(loss, parameters, x, y, count, &in_lanes);
    const auto expected = checks::gradient<Net, Scalar>(loss, parameters, x, y, count, &one_by_one);
    double most = 0, worst = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      most = std::max(most, std::abs(static_cast<double>(expected[i])));
      worst = std::max(worst, std::abs(static_cast<double>(gradient[i]) - static_cast<double>(expected[i])));
    }
    INFO(Net::parameter_count, " parameters, ", count, " samples, cut at ", place);
    CHECK(most > 0);
    CHECK(worst < most * (sizeof(Scalar) == 4 ? 1e-5 : 1e-14));
    CHECK(checks::relative_error(static_cast<double>(in_lanes), static_cast<double>(one_by_one), 1) <
          (sizeof(Scalar) == 4 ? 1e-6 : 1e-14));
  }
}

}  // namespace

TEST_CASE_TEMPLATE("few operations: cut in two, wherever that is", Scalar, float, double) {
  check<Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>, Scalar>(MeanSquaredError{}, true);
  // Behind the cut there is nothing but the loss.
  check<Sequential<Dense<1, 2>, Tanh, Dense<1>>, Scalar>(MeanSquaredError{}, true);
  // Before it there are identities, layers that keep a record, and random numbers, which those behind it draw on.
  check<Sequential<Input<2>, Linear, Dense<2>, GELU, Linear, Dense<1>, Tanh>, Scalar>(MeanSquaredError{}, true);
  check<Sequential<Dense<2, 2>, Dropout<0.3>, Sigmoid, Dropout<0.4>, Dense<2>, Dropout<0.2>>, Scalar>(MeanSquaredError{}, true);
  check<Sequential<Dense<2, 2>, ReLU, Dense<3>, Softmax>, Scalar>(SparseCategoricalCrossentropy{}, true);
}

TEST_CASE_TEMPLATE("more operations, few layers and nested blocks are not cut", Scalar, float, double) {
  check<Sequential<Dense<1, 16>, Tanh, Dense<16>, Tanh, Dense<1>>, Scalar>(MeanSquaredError{}, false);
  check<Sequential<Dense<3, 2>, Tanh>, Scalar>(MeanSquaredError{}, false);
  check<Sequential<Sequential<Dense<1, 2>, Tanh>, Dense<1>, Tanh>, Scalar>(MeanSquaredError{}, false);
}
