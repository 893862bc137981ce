// Layers of one's own, each in a program that trains it.
#include <ctnn/ctnn.hpp>
#include <vector>
using namespace ctnn;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif

/// A right layer, to inherit from what is not wrong.
template <class Layer>
struct Right {
  static constexpr const char* class_name = "Mine";
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size(); }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }
  template <class In, class Lane>
  static constexpr void backward(const Tape<Layer, Lane>&, const ScalarOf<Lane>*, const Lane* dy, Lane*, Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i];
  }
};

template <class Layer>
float use(const xt::xtensor<float, 2>& x) {
  Model<Sequential<Dense<3, 2>, Layer, Dense<2>>> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  trainer.fit(x, x, {.epochs = 2});
  const auto y = model.predict(x);
  return y(0, 0);
}

// mistake: numbers in place of lanes
// expect: ctnn: a layer's forward and backward must be templates of the Lane that x, y, dy and dx point to
// expect: computes_in_lanes<at_layer<1>, Numbers>
struct Numbers : Right<Numbers> {
#ifndef ACCEPTED
  template <class In>
  static constexpr void forward(const float* x, const float*, float* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }
#endif
};
template float use<Numbers>(const xt::xtensor<float, 2>&);

// mistake: numbers in place of lanes, in backward
// expect: ctnn: a layer's forward and backward must be templates of the Lane
// expect: computes_in_lanes<at_layer<1>, BackwardNumbers>
struct BackwardNumbers : Right<BackwardNumbers> {
#ifndef ACCEPTED
  template <class In>
  static constexpr void backward(const Tape<BackwardNumbers, float>&, const float*, const float* dy, float*, float* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i];
  }
#endif
};
template float use<BackwardNumbers>(const xt::xtensor<float, 2>&);

// mistake: one answer for several samples
// expect: ctnn: lanes hold several samples, so that a comparison has no one answer for ?: or if
// expect: holds_one_answer<
struct Choice : Right<Choice> {
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) {
      y[i] = EITHER(math::select(x[i] > Lane(0), x[i], Lane(0)), x[i] > Lane(0) ? x[i] : Lane(0));
    }
  }
};
template float use<Choice>(const xt::xtensor<float, 2>&);

// mistake: an output that is not kept
// expect: ctnn: what backward reads of its tape must be kept, by static constexpr bool keeps_input = true, or keeps_output
// expect: is_kept<detail::tape_output,
struct NotKept : Right<NotKept> {
  static constexpr bool keeps_output = EITHER(true, false);
  template <class In, class Lane>
  static constexpr void backward(const Tape<NotKept, Lane>& tape, const ScalarOf<Lane>*, const Lane* dy, Lane*, Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i] * tape.output[i];
  }
};
template float use<NotKept>(const xt::xtensor<float, 2>&);

// mistake: parameters on the heap
// expect: ctnn: a layer's function parameters(Dimensions input) must return a std::array<Parameter, N>
// expect: has_parameter_array<at_layer<1>, HeapParameters>
struct HeapParameters : Right<HeapParameters> {
#ifdef ACCEPTED
  using List = std::array<Parameter, 1>;
#else
  using List = std::vector<Parameter>;
#endif
  static constexpr List parameters(Dimensions input) { return {Parameter{"scale", input, ones()}}; }
};
template float use<HeapParameters>(const xt::xtensor<float, 2>&);

// mistake: a shape rule that is not constexpr
// expect: ctnn: a layer's compute_output_shape, compute_flops, expected_input and parameters must be constexpr
// expect: has_constant_shapes<at_layer<1>, LateShape>
struct LateShape : Right<LateShape> {
  static EITHER(constexpr, ) Dimensions compute_output_shape(Dimensions input) { return input; }
};
template float use<LateShape>(const xt::xtensor<float, 2>&);

// mistake: private members
// expect: ctnn: a layer must have a static function template forward<In>(x, parameters, y), which is public
// expect: has_forward<at_layer<1>, Private>
struct Private : Right<Private> {
  EITHER(public, private)
      : template <class In, class Lane>
        static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }
};
template float use<Private>(const xt::xtensor<float, 2>&);

// mistake: a layer of another library
// expect: ctnn: a layer must have a static constexpr function Dimensions compute_output_shape(Dimensions input)
// expect: has_compute_output_shape<at_layer<1>, Torch>
struct Torch EITHER( : Right<Torch>, ) {
  static constexpr const char* class_name = "Torch";
#ifndef ACCEPTED
  template <class Tensor>
  Tensor forward(Tensor x) {
    return x;
  }
#endif
};
template float use<Torch>(const xt::xtensor<float, 2>&);
