#include <ctnn/layers/normalization.hpp>

#include "run_layer.hpp"

using namespace ctnn;

namespace {

template <class Lane, std::size_t Rows, std::size_t Features, class Option = void>
void check_size() {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t size = kernels::width_of<Lane> * Rows * Features;
  const auto x = checks::numbers<Scalar>(size, 1, -2, 3), dy = checks::numbers<Scalar>(size, 2);
  auto parameters = checks::numbers<Scalar>(2 * Features + 1, 3, 0.2, 2);
  std::vector<double> y(size), dx(size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t c = i % Features;
    const auto mean = static_cast<double>(parameters[c]), value = static_cast<double>(x[i]);
    const double deviation = std::sqrt(static_cast<double>(parameters[Features + c]));
    y[i] = Normalization<Option>::inverts ? mean + value * deviation : (value - mean) / deviation;
    dx[i] = static_cast<double>(dy[i]) * (Normalization<Option>::inverts ? deviation : 1 / deviation);
  }
  const auto result = checks::run_layer<Normalization<Option>, Shape<Rows, Features>, Lane>(x, parameters, dy);
  const double tolerance = sizeof(Scalar) == 4 ? 5e-7 : 1e-15;
  INFO(Rows, " rows of ", Features, ", width ", kernels::width_of<Lane>);
  CHECK(checks::array_error(result.y, y) <= tolerance);
  CHECK(checks::array_error(result.dx, dx) <= tolerance);
  CHECK(result.gradient == std::vector<Scalar>(2 * Features + 1));
}

}  // namespace

TEST_CASE_TEMPLATE("Normalization against the definition", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  check_size<Lane, 1, 1>();
  check_size<Lane, 3, 2>();
  check_size<Lane, 2, 7>();
  // Around the channels whose factors are made at a time.
  check_size<Lane, 1, 64>();
  check_size<Lane, 2, 65>();
  check_size<Lane, 1, 150>();
  check_size<Lane, 2, 5, Invert>();
  check_size<Lane, 1, 70, Invert>();
}

TEST_CASE("Normalization: gradient by central differences, as a first, middle and last layer, on the stack and in memory") {
  checks::central_differences<Sequential<Input<3>, Normalization<>, Dense<4>, Tanh, Dense<2>>>();
  checks::central_differences<Sequential<Dense<3, 5>, Normalization<>, Tanh, Dense<2>, Normalization<Invert>>>();
  checks::central_differences<Sequential<Input<70>, Normalization<>, Dense<4>, Normalization<>, Tanh, Dense<2>>>();
  checks::central_differences<Sequential<Input<2, 3>, Sequential<Normalization<>, Dense<4>>, Flatten, Dense<40>, Dense<2>>>();
}

namespace {

/// The identity, which counts how often it is asked for the gradient of its input.
struct Counting {
  static constexpr const char* class_name = "Counting";
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }
  template <class In, class Lane>
  static void backward(const Tape<Counting, Lane>&, const ScalarOf<Lane>*, const Lane* dy, const void*, Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i];
    ++calls;
  }
  static inline int calls = 0;
};

template <class Net>
int calls_in_a_step() {
  constexpr std::size_t count = kernels::width_of<kernels::NativeLane<float>>;
  const auto x = checks::numbers<float>(count * Net::input_shape::size, 1), y = checks::numbers<float>(count * 2, 2);
  Counting::calls = 0;
  checks::gradient<Net, kernels::NativeLane<float>>(MeanSquaredError{}, checks::numbers<float>(Net::parameter_count, 3, 1, 2), x, y,
                                                    count);
  return Counting::calls;
}

}  // namespace

TEST_CASE("Normalization: where nothing before it is trained, nobody asks for its gradient") {
  CHECK(calls_in_a_step<Sequential<Input<3>, Normalization<>, Counting, Dense<2>>>() == 0);
  CHECK(calls_in_a_step<Sequential<Input<3>, Sequential<Normalization<>, Counting>, Counting, Dense<2>>>() == 0);
  CHECK(calls_in_a_step<Sequential<Dense<3, 3>, Normalization<>, Counting, Dense<2>>>() == 1);
  // In memory.
  CHECK(calls_in_a_step<Sequential<Input<3>, Normalization<>, Counting, Dense<300>, Dense<2>>>() == 0);
  CHECK(calls_in_a_step<Sequential<Dense<3, 300>, Sequential<Normalization<>, Counting>, Dense<2>>>() == 1);
}

TEST_CASE("Normalization: begins as the identity, and tells Keras's number of parameters") {
  using Net = Sequential<Input<2, 4>, Normalization<>>;
  static_assert(Net::parameter_count == 9 && Net::flops == 2 * 8 && Net::tape_bytes == 0);
  static_assert(std::same_as<Net::output_shape, Shape<2, 4>>);
  const auto x = std::array{1.0f, -2.0f, 1e-30f, 3e38f, 5.0f, 6.0f, 7.0f, 8.0f};
  CHECK(StaticModel<Net>{}(x) == x);
}

TEST_CASE("Normalization: a deviation below 1e-7 counts as that, and a variance that is none gives NaN, as in Keras") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const StaticModel<Sequential<Input<5>, Normalization<>>> model(
      std::array{2.0f, 1.0f, 1.0f, 0.0f, 0.0f, 0.0f, 1e-20f, 1e-12f, -1.0f, nan, 0.0f});
  const auto y = model(std::array{2.0f, 1.5f, 1.5f, 1.0f, 1.0f});
  CHECK(y[0] == 0);
  CHECK(y[1] == doctest::Approx(0.5e7));
  CHECK(y[2] == doctest::Approx(0.5e6));
  CHECK(std::isnan(y[3]));
  CHECK(std::isnan(y[4]));
}

TEST_CASE("Normalization: of a mean far larger than the deviation, all digits are left") {
  const StaticModel<Sequential<Input<1>, Normalization<>>> model(std::array{1e6f, 0.25f, 0.0f});
  CHECK(model(std::array{1e6f + 0.125f})[0] == 0.25f);
}

// The compiler normalises, and learns behind it.
constexpr StaticModel<Sequential<Input<2>, Normalization<>>> normalized(std::array{1.0f, 2.0f, 4.0f, 0.25f, 0.0f});
static_assert(normalized(std::array{5.0f, 1.0f}) == std::array{2.0f, -2.0f});
static_assert([] {
  StaticModel<Sequential<Input<1>, Normalization<>, Dense<1>>> model(std::array{100.0f, 4.0f, 0.0f, 0.5f, 0.0f});
  auto trainer = model.compile(SGD{.learning_rate = 0.25}, MeanSquaredError{});
  const std::array<std::array<float, 1>, 2> x{{{98.0f}, {102.0f}}}, y{{{-1.0f}, {1.0f}}};
  trainer.train_on_batch(x, y);
  return model.data()[0] == 100 && model.data()[1] == 4 && model.data()[2] == 0 && model.data()[3] == 0.75f &&
         trainer.gradient()[0] == 0 && trainer.gradient()[1] == 0;
}());
