// Wide networks go through several tiles at once and in parts; one sample after another must come to the same.
#include <ctnn/training/wide_batch.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

template <class Net, class Scalar>
void check(std::initializer_list<std::size_t> counts) {
  using Lane = kernels::NativeLane<Scalar>;
  using Plan = detail::WidePlan<Net, SparseCategoricalCrossentropy, Lane>;
  if constexpr (kernels::width_of<Lane> > 1) static_assert(Plan::is_wide);
  const std::size_t largest = *std::max_element(counts.begin(), counts.end());
  const double scale = 1 / std::sqrt(static_cast<double>(Net::input_shape::size));
  const auto parameters = checks::numbers<Scalar>(Net::parameter_count, 1, -scale, scale);
  const auto all = checks::numbers<Scalar>(Net::input_shape::size * largest, 2);
  for (const std::size_t count : counts) {
    const std::vector<Scalar> x(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(Net::input_shape::size * count));
    std::vector<Scalar> labels(count);
    for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<Scalar>(i % Net::output_shape::size);
    Scalar in_lanes = 0, one_by_one = 0;
    const auto gradient = checks::gradient<Net, Lane>(SparseCategoricalCrossentropy{}, parameters, x, labels, count, &in_lanes);
    const auto expected = checks::gradient<Net, Scalar>(SparseCategoricalCrossentropy{}, parameters, x, labels, count, &one_by_one);
    double worst = 0, most = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      most = std::max(most, std::abs(static_cast<double>(expected[i])));
      worst = std::max(worst, std::abs(static_cast<double>(gradient[i]) - static_cast<double>(expected[i])));
    }
    INFO(Net::parameter_count, " parameters, ", count, " samples, ", Plan::tiles, " tiles, parts of ", Plan::part);
    CHECK(most > 0);
    CHECK(worst < most * (sizeof(Scalar) == 4 ? 1e-5 : 1e-13));
    CHECK(checks::relative_error(static_cast<double>(in_lanes), static_cast<double>(one_by_one), 1) <
          (sizeof(Scalar) == 4 ? 1e-6 : 1e-14));
  }
}

}  // namespace

TEST_CASE("dense layers: whole tiles and cut ones, one part and several") {
  check<Sequential<Dense<784, 128>, ReLU, Dense<10>, Softmax>, float>({1, 2, 4, 5, 15, 16, 17, 32, 64, 65, 130});
  check<Sequential<Dense<50, 77>, Tanh, Dense<37>, ReLU, Dense<5>, Softmax>, double>({1, 8, 9, 33, 100});
}

TEST_CASE("few samples one by one need more room than small tiles") {
  check<Sequential<Dense<600, 4>>, float>({1, 2, 4, 9, 40});
  check<Sequential<Dense<250, 4>>, double>({1, 2, 9});
}

TEST_CASE("dense layers whose rows are whole pages apart") {
  check<Sequential<Dense<3, 40>, Tanh, Dense<1024>, ReLU, Dense<4>, Softmax>, float>({5, 40});
}

TEST_CASE("convolutions, with what works in place between them") {
  using Net = Sequential<Input<9, 8, 2>, Conv2D<5, Kernel<3>, Same>, ReLU, MaxPooling2D<>, Dropout<0.2>, Conv2D<7, Kernel<2>>, Tanh,
                         Flatten, Dense<30>, ReLU, Dense<3>, Softmax>;
  check<Net, float>({1, 3, 4, 5, 16, 19, 50});
  check<Net, double>({1, 2, 3, 16});
}

TEST_CASE("a few samples, one by one, through layers of some size") {
  using Net = Sequential<Input<12, 11, 3>, Conv2D<20, Kernel<3>, Same>, ReLU, MaxPooling2D<>, Conv2D<6, Kernel<2>>, Tanh, Flatten,
                         Dropout<0.3>, Dense<60>, ReLU, Dense<5>, Softmax>;
  if constexpr (kernels::width_of<kernels::NativeLane<float>> > 1) {
    static_assert(detail::WidePlan<Net, SparseCategoricalCrossentropy, kernels::NativeLane<float>>::few > 0);
  }
  check<Net, float>({1, 2, 3, 4, 5, 17});
  check<Net, double>({1, 2, 3});
}

TEST_CASE("nested blocks are wide, too, and identities in them cost nothing") {
  check<Sequential<Input<4, 25>, Sequential<Flatten, Sequential<Dense<60>, ReLU>>, Sequential<Dense<20>, Linear, Tanh>, Dense<3>,
                   Softmax>,
        float>({2, 33});
}

TEST_CASE("a block that computes nothing changes nothing, before what works in place either") {
  const auto gradient = []<class Net>() {
    const auto parameters = checks::numbers<float>(Net::parameter_count, 1, -0.3, 0.3), x = checks::numbers<float>(64 * 40, 2);
    const std::vector<float> labels(40, 1.0f);
    return checks::gradient<Net, kernels::NativeLane<float>>(SparseCategoricalCrossentropy{}, parameters, x, labels, 40);
  };
  using Empty = Sequential<Sequential<Flatten>>;
  CHECK(gradient.operator()<Sequential<Dense<64, 64>, Tanh, Empty, Sigmoid, Dense<3>, Softmax>>() ==
        gradient.operator()<Sequential<Dense<64, 64>, Tanh, Sigmoid, Dense<3>, Softmax>>());
  CHECK(gradient.operator()<Sequential<Sequential<Input<64>, Flatten>, Dense<64>, Empty, Tanh, Empty, Dense<3>, Softmax>>() ==
        gradient.operator()<Sequential<Dense<64, 64>, Tanh, Dense<3>, Softmax>>());
  static_assert(Empty::is_identity && !Sequential<Flatten, Tanh>::is_identity);
}

namespace {

/// A layer with no more than the contract demands, as the first: it writes a dx that nobody reads.
struct Scale {
  static constexpr const char* class_name = "Scale";
  static constexpr bool keeps_input = true;
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size(); }
  static constexpr std::array<Parameter, 1> parameters(Dimensions input) { return {{{"scale", input, ones()}}}; }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>* scale, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i] * Lane(scale[i]);
  }
  template <class In, class Lane>
  static constexpr void backward(const Tape<Scale, Lane>& tape, const ScalarOf<Lane>* scale, const Lane* dy, Lane* gradient,
                                 Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) {
      gradient[i] += tape.input[i] * dy[i];
      dx[i] = dy[i] * Lane(scale[i]);
    }
  }
};

}  // namespace

TEST_CASE("a first layer that knows only how to do all of backward") {
  check<Sequential<Input<784>, Scale, Dense<20>, Tanh, Dense<3>, Softmax>, float>({1, 33});
}
