// The contract of a layer, with every member explained. A layer is an empty type; whatever varies is a template
// argument. It is written once, over a generic Lane (kernels/lane.hpp), and serves constant evaluation, one
// sample and batches. examples/custom_layer.cpp is a complete one.
//
// Required:
//   static constexpr const char* class_name                    as Keras names it, where Keras does
//   static constexpr Dimensions compute_output_shape(Dimensions input)
//   static constexpr std::size_t compute_flops(Dimensions input)       of one sample's forward pass
//   template <class In, class Lane>
//   static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y)
//   template <class In, class Lane>
//   static constexpr void backward(const Tape<Layer, Lane>& tape, const ScalarOf<Lane>* parameters, const Lane* dy,
//                                  Lane* gradient, Lane* dx)
//     In is the input's Shape. x, y, dy and dx hold one lane an element, in row-major order. backward writes dx and
//     adds to gradient, which like the parameters holds all of the layer's, one after another as declared.
//
// Optional, with what stands in for it:
//   static constexpr Dimensions expected_input(Dimensions given)   given: the shape it wants in place of `given`;
//     for an unknown `given` the shape that it fixes by itself, if any
//   static constexpr std::array<Parameter, N> parameters(Dimensions input)      none
//   static constexpr bool keeps_input, keeps_output                             false: what backward reads, as
//     tape.input and tape.output
//   static constexpr std::size_t tape_size(Dimensions input)                    none: lanes to pass from forward_training
//     to backward, as tape.record
//   forward_training(x, parameters, y, record, random)                          forward: what training does in its place;
//     `random` (kernels/random.hpp) gives each sample its numbers
//   static constexpr bool is_identity                                           false: nothing to compute
//   static constexpr bool in_place                                              false: whether y may be x, and dx may be dy
//   static constexpr bool lane_gradient(Dimensions input)                       true; where false, gradient points to
//     scalars, and backward sums over the samples of a lane
//   static constexpr const char* weights_group                                  "": the group inside the layer's own in which
//     Keras's weight files keep its arrays, as "cell" for LSTM
//   parameter_gradient(tape, dy, gradient)                                      backward without dx, for a first layer
//   parameter_gradient(tape, dy, gradient, tiles, fresh)                        the same for several tiles at once, whose
//     activations follow one another; `fresh`: it is written, not added to. A tile is one sample where a lane is a number
//   input_gradient(parameters, dy, dx, tiles)                                   the rest of backward, beside such a one
//   forward(x, parameters, y, tiles)                                            forward of several tiles at once, whose
//     activations follow one another; where training is no other
//   static constexpr bool adapts                                                false: whether the first two of its arrays of
//     parameters are the mean and the variance of each channel of data, which adapt finds out (adapt.hpp)
//   static constexpr bool adapts_to_output                                      false: whether these are data that it gives, and
//     not data that it takes
//   static constexpr Distribution distribution                                  none: what the outputs are, where a loss may
//     take over the layer at a network's end (distribution.hpp)
//
// A layer whose samples depend on one another in training has, in place of backward,
//
//   static constexpr bool couples_samples = true
//   static constexpr std::size_t statistic_count(Dimensions input), statistic_passes
//   add_statistics<Pass, In>(x, statistics, sums)     a tile's part of statistics [Pass·n, (Pass + 1)·n), n of them a pass
//   normalize<In>(x, parameters, statistics, y)       forward in training
//   add_gradients<In>(x, dy, statistics, sums)        a tile's part of the gradients of the first 2n parameters
//   input_gradient<In>(x, dy, parameters, statistics, gradients, samples, dx)
//   update_state<In>(statistics, parameters)          after a step
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include "diagnostics.hpp"
#include "distribution.hpp"
#include "initializers.hpp"
#include "kernels/random.hpp"
#include "shape.hpp"

namespace ctnn::inline CTNN_VARIANT {

using kernels::SampleRandom;
using kernels::ScalarOf;

/// One array of a layer's parameters.
struct Parameter {
  const char* name = "";
  Dimensions shape;
  Initializer initializer;
  bool trainable = true;    ///< false: part of the model, but no optimizer moves it, and its gradient is not looked at
  double l1 = 0, l2 = 0;    ///< l1·Σ|w| + l2·Σw² is added to the loss (layers/regularized.hpp)
  bool is_integer = false;  ///< an integer in Keras's weight files, as a count is
};

namespace detail {

template <class Layer>
constexpr bool keeps_input = false;
template <class Layer>
  requires requires { Layer::keeps_input; }
constexpr bool keeps_input<Layer> = Layer::keeps_input;

template <class Layer>
constexpr bool keeps_output = false;
template <class Layer>
  requires requires { Layer::keeps_output; }
constexpr bool keeps_output<Layer> = Layer::keeps_output;

template <class Layer>
concept HasTape = requires(Dimensions input) { Layer::tape_size(input); };
/// A layer that may write its output over its input, which then neither backward may read, nor may it be of another size.
template <class Layer, class In>
concept WorksInPlace =
    requires { requires Layer::in_place; } && !keeps_input<Layer> && Layer::compute_output_shape(In::dimensions).size() == In::size;
template <class Layer>
concept HasParameters = requires(Dimensions input) { Layer::parameters(input); };
template <class Layer>
concept IsIdentity = requires { requires Layer::is_identity; };
template <class Layer>
concept CouplesSamples = requires { requires Layer::couples_samples; };
/// A layer made of layers: it passes through its inner chain and then to the rest of the outer one.
template <class Layer>
concept IsChain = requires { typename Layer::is_chain; };

/// Whether nothing of a layer was refused by itself: where something was, nothing else is reported of its network.
template <class Layer>
constexpr bool is_sound = true;

/// What the tape has for backward only if the layer says so.
struct tape_input;
struct tape_output;
struct tape_record;
/// Whether a layer that reads this keeps it.
template <class What, class Index>
inline constexpr bool is_kept = false;

/// In place of what a layer does not keep. The sentence does not depend on the lane, and so is said once.
template <class What, class Index>
constexpr void refuse_reading() {
  static_assert(
      is_kept<What, Index>,
      "ctnn: what backward reads of its tape must be kept, by static constexpr bool keeps_input = true, or keeps_output, in "
      "the layer, or for the record by tape_size");
}
template <class Lane, class What>
struct NotKept {
  template <class Index>
  constexpr Lane operator[](Index) const {
    refuse_reading<What, std::size_t>();
    return Lane(0);
  }
  template <class Offset>
  constexpr const Lane* operator+(Offset) const {
    refuse_reading<What, std::size_t>();
    return nullptr;
  }
  template <class Number>
  constexpr operator const Number*() const {
    refuse_reading<What, std::size_t>();
    return nullptr;
  }
};

template <class Lane, bool Kept>
struct TapeInput {
  static constexpr NotKept<Lane, tape_input> input{};
};
template <class Lane>
struct TapeInput<Lane, true> {
  const Lane* input;
};
template <class Lane, bool Kept>
struct TapeOutput {
  static constexpr NotKept<Lane, tape_output> output{};
};
template <class Lane>
struct TapeOutput<Lane, true> {
  const Lane* output;
};
template <class Lane, bool Kept>
struct TapeRecord {
  static constexpr NotKept<Lane, tape_record> record{};
};
template <class Lane>
struct TapeRecord<Lane, true> {
  const Lane* record;
};

}  // namespace detail

namespace detail {

template <class Lane, bool Input, bool Output, bool Record>
struct BasicTape : TapeInput<Lane, Input>, TapeOutput<Lane, Output>, TapeRecord<Lane, Record> {
  CTNN_INLINE constexpr BasicTape([[maybe_unused]] const Lane* x, [[maybe_unused]] const Lane* y,
                                  [[maybe_unused]] const Lane* kept) {
    if constexpr (Input) this->input = x;
    if constexpr (Output) this->output = y;
    if constexpr (Record) this->record = kept;
  }
};

/// A class of its own, so that a layer is asked what it keeps when a lane is known, and the layer with it is complete.
template <class Layer, class Lane>
struct TapeOf {
  using type = BasicTape<Lane, keeps_input<Layer>, keeps_output<Layer>, HasTape<Layer>>;
};

}  // namespace detail

/// What a layer's backward may read of its forward pass: exactly the members that the layer declares to keep. Layers that
/// keep the same have the same tape, so that a layer may derive from another and use its backward.
template <class Layer, class Lane>
using Tape = typename detail::TapeOf<Layer, Lane>::type;

namespace detail {

template <class Type>
constexpr bool is_parameter_array = false;
template <std::size_t Count>
constexpr bool is_parameter_array<std::array<Parameter, Count>> = true;

/// Asks a layer for all that its shape rules say of an input.
template <class Type>
constexpr bool ask_shapes(Dimensions input) {
  if constexpr (requires { Type::expected_input(input); }) static_cast<void>(Type::expected_input(input));
  if constexpr (HasParameters<Type>) static_cast<void>(Type::parameters(input));
  static_cast<void>(Type::compute_output_shape(input));
  static_cast<void>(Type::compute_flops(input));
  return true;
}
/// Whether a constant expression may ask for it.
template <class Type, std::size_t... Axes>
concept AnswersFor = requires { typename std::bool_constant<ask_shapes<Type>(Dimensions{Axes...})>; };
/// A layer may stand some numbers of axes only.
template <class Type>
concept HasConstantShapes =
    AnswersFor<Type, 8> || AnswersFor<Type, 8, 8> || AnswersFor<Type, 8, 8, 8> || AnswersFor<Type, 8, 8, 8, 8>;

/// What batches are computed with.
using ProbedLane = kernels::NativeLane<float>;
template <class Type>
concept ForwardsLanes = requires(const ProbedLane* in, const float* parameters, ProbedLane* out) {
  Type::template forward<Shape<2, 2>>(in, parameters, out);
};
/// The gradient is one of lanes or of numbers.
template <class Type, class Sum>
concept BackwardsLanes = requires(const Tape<Type, ProbedLane>& tape, const float* parameters, const ProbedLane* in, Sum* sums,
                                  ProbedLane* out) { Type::template backward<Shape<2, 2>>(tape, parameters, in, sums, out); };
template <class Type>
concept ComputesInLanes =
    ForwardsLanes<Type> && (CouplesSamples<Type> || BackwardsLanes<Type, ProbedLane> || BackwardsLanes<Type, float>);

}  // namespace detail

// Each member a layer must have is a condition of its own, so that the compiler names the one that is missing.
// forward and backward are probed with a shape of two axes and plain numbers.

template <class Where, class Type>
inline constexpr bool has_no_data_members = detail::IsChain<Type> || std::is_empty_v<Type>;
template <class Where, class Type>
inline constexpr bool has_class_name = requires { static_cast<const char*>(Type::class_name); };
template <class Where, class Type>
inline constexpr bool has_compute_output_shape = requires(Dimensions input) {
  { Type::compute_output_shape(input) } -> std::same_as<Dimensions>;
};
template <class Where, class Type>
inline constexpr bool has_compute_flops = requires(Dimensions input) {
  { Type::compute_flops(input) } -> std::convertible_to<std::size_t>;
};
/// Whether its parameters, if it has any, are listed in a std::array<Parameter, N>.
template <class Where, class Type>
inline constexpr bool has_parameter_array = true;
template <class Where, class Type>
  requires requires(Dimensions input) { Type::parameters(input); }
inline constexpr bool has_parameter_array<Where, Type> = detail::is_parameter_array<decltype(Type::parameters(Dimensions{}))>;
/// Whether compute_output_shape, compute_flops and, where they are there, expected_input and parameters are constexpr.
template <class Where, class Type>
inline constexpr bool has_constant_shapes = detail::IsChain<Type> || detail::HasConstantShapes<Type>;
template <class Where, class Type>
  requires(!has_compute_output_shape<Where, Type> || !has_compute_flops<Where, Type>)
inline constexpr bool has_constant_shapes<Where, Type> = false;
template <class Where, class Type>
inline constexpr bool has_forward = detail::IsIdentity<Type> || detail::IsChain<Type> ||
                                    requires(const float* in, float* out) { Type::template forward<Shape<2, 2>>(in, in, out); };
template <class Where, class Type>
inline constexpr bool has_backward = detail::IsIdentity<Type> || detail::IsChain<Type> || detail::CouplesSamples<Type> ||
                                     requires(const Tape<Type, float>& tape, const float* in, float* out) {
                                       Type::template backward<Shape<2, 2>>(tape, in, in, out, out);
                                     };

/// Whether forward and backward take the values of several samples at once, and not numbers alone.
template <class Where, class Type>
inline constexpr bool computes_in_lanes = detail::IsIdentity<Type> || detail::IsChain<Type> || detail::ComputesInLanes<Type>;

/// A layer: an empty type with the required members above.
template <class Type>
concept Layer =
    has_no_data_members<at_layer<>, Type> && has_class_name<at_layer<>, Type> && has_compute_output_shape<at_layer<>, Type> &&
    has_compute_flops<at_layer<>, Type> && has_parameter_array<at_layer<>, Type> && has_constant_shapes<at_layer<>, Type> &&
    has_forward<at_layer<>, Type> && has_backward<at_layer<>, Type> && computes_in_lanes<at_layer<>, Type>;

namespace detail {

/// A size that may be written as a negative number, which is refused as 0 is.
constexpr std::size_t size_of(std::ptrdiff_t written) { return written < 0 ? 0 : static_cast<std::size_t>(written); }

constexpr bool same_text(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

// The optional members, or what stands in for them.

template <class Layer>
constexpr Dimensions expected_input(Dimensions given) {
  if constexpr (requires { Layer::expected_input(given); }) {
    return Layer::expected_input(given);
  } else {
    return given;
  }
}

/// The number of arrays in a layer's parameter list; it does not depend on the input.
template <class Layer>
constexpr std::size_t parameter_arrays = 0;
template <HasParameters Layer>
constexpr std::size_t parameter_arrays<Layer> = std::tuple_size_v<decltype(Layer::parameters(Dimensions{}))>;

template <class Layer>
constexpr std::size_t parameter_count(Dimensions input) {
  std::size_t count = 0;
  if constexpr (HasParameters<Layer>) {
    for (const Parameter& parameter : Layer::parameters(input)) count += parameter.shape.size();
  }
  return count;
}

/// Whether any of its parameters are trained.
template <class Layer>
constexpr bool trains_parameters_of([[maybe_unused]] Dimensions input) {
  if constexpr (HasParameters<Layer>) {
    for (const Parameter& parameter : Layer::parameters(input)) {
      if (parameter.trainable && parameter.shape.size() > 0) return true;
    }
  }
  return false;
}

/// Whether its parameters' gradient is summed lane by lane and reduced once a batch.
template <class Layer>
constexpr bool has_lane_gradient([[maybe_unused]] Dimensions input) {
  if constexpr (requires { Layer::lane_gradient(input); }) {
    return Layer::lane_gradient(input);
  } else {
    return true;
  }
}

template <class Layer>
constexpr std::size_t tape_size(Dimensions input) {
  if constexpr (HasTape<Layer>) {
    return Layer::tape_size(input);
  } else {
    return 0;
  }
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
