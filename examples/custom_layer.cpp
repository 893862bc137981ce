// A layer of your own: Scale multiplies each feature by a factor that it learns. Written outside ctnn, it works
// everywhere a built-in one does: in types, arrows, constant expressions, batches and training.

#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

namespace mine {

using ctnn::Dimensions, ctnn::Parameter, ctnn::ScalarOf;

struct Scale {
  static constexpr const char* class_name = "Scale";
  static constexpr bool keeps_input = true;  // backward reads it

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size(); }
  static constexpr std::array<Parameter, 1> parameters(Dimensions input) { return {{{"scale", input, ctnn::ones()}}}; }

  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>* scale, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i] * scale[i];
  }

  template <class In, class Lane>
  static constexpr void backward(const ctnn::Tape<Scale, Lane>& tape, const ScalarOf<Lane>* scale, const Lane* dy, Lane* gradient,
                                 Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) {
      gradient[i] += tape.input[i] * dy[i];
      dx[i] = dy[i] * scale[i];
    }
  }
};

}  // namespace mine

using namespace ctnn;
using namespace ctnn::literals;

using Net = Sequential<Input<3>, mine::Scale, Dense<1>>;

static_assert(Layer<mine::Scale>);
static_assert(std::same_as<decltype(Input<3>{} >> mine::Scale{} >> Dense<1>{}), Net>);
static_assert(Net::parameter_count == 3 + 4);
// The compiler runs it, too: with scale 1 and Dense (1, 1, 1), bias 0, the output is the sum.
static_assert(StaticModel<Net>(std::array{1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 0.0f})(std::array{1.0f, 2.0f, 3.0f})[0] == 6.0f);

int main() {
  xt::random::seed(1);
  const xt::xtensor<float, 2> x = xt::random::randn<float>({256, 3});
  const xt::xtensor<float, 2> y = 2.0f * xt::sum(x, {1}, xt::keep_dims);

  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
  const History history = trainer.fit(x, y, {.epochs = 20, .verbose = 0});
  model.summary();
  const auto [scale] = model[1_c].weights();
  std::cout << "loss " << history.loss.front() << " → " << history.loss.back() << ", scale " << scale(0) << ' ' << scale(1) << ' '
            << scale(2) << '\n';
  return history.loss.back() < 1e-3 ? 0 : 1;
}
