// Sequential: a network is the list of its layers, an empty type. `a >> b` writes the same list as an arrow.
//
// detail::Plan computes, in one pass over values, all that the types do not say: the shape at every boundary,
// where each layer's parameters lie, and the first place where two layers do not fit. detail::Chain runs the
// layers for one input shape. Training is a recursion: forward of a layer, the rest of the chain, backward of
// the layer, inlined into one function whose local variables are the tape.
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/type.hpp>
#include <type_traits>
#include <utility>

#include "diagnostics.hpp"
#include "layer.hpp"

namespace ctnn {

template <class... Layers>
struct Sequential;

/// `0_c`, `1_c`, …: compile-time indices, from Boost.Hana.
namespace literals {
using namespace boost::hana::literals;
}

namespace detail {

/// Where two layers do not fit: the path to the later one through nested blocks, and the two shapes.
struct Fault {
  static constexpr std::size_t max_depth = 8;

  std::size_t depth = 0;
  std::size_t path[max_depth] = {};
  Dimensions expected, given;

  constexpr bool found() const { return depth != 0; }
  constexpr Fault inside(std::size_t index) const {
    Fault result = *this;
    result.depth = depth < max_depth ? depth + 1 : depth;
    for (std::size_t i = result.depth - 1; i > 0; --i) result.path[i] = path[i - 1];
    result.path[0] = index;
    return result;
  }
};

/// Everything about a chain for one input shape. An unknown input stays unknown until a layer fixes it.
template <std::size_t Count>
struct Plan {
  Dimensions shape[Count + 1];              ///< at each boundary: before the first layer … after the last
  std::size_t offset[Count + 1] = {};       ///< of each layer's parameters; the last is their number
  std::size_t lane_offset[Count + 1] = {};  ///< the same over the parameters whose gradient is summed in lanes
  std::size_t flops = 0;
  std::size_t inner_tape = 0;       ///< values that backward reads, the chain's own input and output left out
  bool keeps_input = false;         ///< whether backward reads the chain's input
  bool keeps_output = false;        ///< and its output
  std::size_t last = Count;         ///< the last layer that computes anything, or Count
  std::size_t first_empty = Count;  ///< the first layer with an axis of length 0, or Count
  Fault fault;
};

template <class Layer>
constexpr Fault inner_fault(Dimensions input) {
  if constexpr (IsChain<Layer>) {
    return Layer::fault(input);
  } else {
    return {};
  }
}

template <class... Layers>
struct Planner {
  static constexpr std::size_t count = sizeof...(Layers);

  static constexpr Plan<count> plan(Dimensions input) {
    Plan<count> result;
    result.shape[0] = input;
    std::size_t index = 0;
    bool started = false;
    (add<Layers>(result, index, started), ...);
    return result;
  }

 private:
  template <class Layer>
  static constexpr void add(Plan<count>& plan, std::size_t& index, bool& started) {
    const std::size_t i = index++;
    if constexpr (ctnn::Layer<Layer>) {
      const Dimensions given = plan.shape[i];
      const Dimensions expected = expected_input<Layer>(given);
      if (!plan.fault.found() && given.known()) {
        if (const Fault inner = inner_fault<Layer>(given); inner.found()) {
          plan.fault = inner.inside(i);
        } else if (!(given == expected)) {
          plan.fault = Fault{1, {i}, expected, given};
        }
      }
      if (i == 0) plan.shape[0] = expected;
      plan.offset[i + 1] = plan.offset[i];
      plan.lane_offset[i + 1] = plan.lane_offset[i];
      const bool first = !started;
      if constexpr (!IsIdentity<Layer>) {
        if (first) plan.keeps_input = keeps_input<Layer>;
        started = true;
        plan.last = i;
      }
      // After a fault the chain goes on with the shape that the layer wants, so that nothing else is reported.
      if (expected.known()) {
        plan.shape[i + 1] = Layer::compute_output_shape(expected);
        if (plan.first_empty == count && (expected.size() == 0 || plan.shape[i + 1].size() == 0)) plan.first_empty = i;
        plan.offset[i + 1] += parameter_count<Layer>(expected);
        plan.lane_offset[i + 1] += lane_parameter_count<Layer>(expected);
        plan.flops += Layer::compute_flops(expected);
        plan.inner_tape += tape_size<Layer>(expected);
        if (!first && !IsIdentity<Layer> && (keeps_input<Layer> || plan.keeps_output)) plan.inner_tape += expected.size();
      }
      if constexpr (!IsIdentity<Layer>) plan.keeps_output = keeps_output<Layer>;
    }
  }
};

/// The types that a fault's sentence is spelled with.
template <const auto& Plan, class = std::make_index_sequence<Plan.fault.depth>,
          class = std::make_index_sequence<Plan.fault.expected.rank>, class = std::make_index_sequence<Plan.fault.given.rank>>
struct FaultTypes;
template <const auto& Plan, std::size_t... P, std::size_t... E, std::size_t... G>
struct FaultTypes<Plan, std::index_sequence<P...>, std::index_sequence<E...>, std::index_sequence<G...>> {
  using place = at_layer<Plan.fault.path[P]...>;
  using expected = expects<Shape<Plan.fault.expected.axes[E]...>>;
  using given = gets<Shape<Plan.fault.given.axes[G]...>>;
};

/// A plan's boundary as a type.
template <const auto& Plan, std::size_t I, class = std::make_index_sequence<Plan.shape[I].rank>>
struct Boundary;
template <const auto& Plan, std::size_t I, std::size_t... Axis>
struct Boundary<Plan, I, std::index_sequence<Axis...>> {
  using type = Shape<Plan.shape[I].axes[Axis]...>;
};

/// Where a chain's parameter gradients go: sums a lane for narrow layers, plain sums for wide ones.
template <class Lane>
struct Gradients {
  Lane* lanes;
  ScalarOf<Lane>* scalars;

  constexpr Gradients at(std::size_t lane_offset, std::size_t offset) const {
    return {kernels::width_of<Lane> == 1 ? lanes : lanes + lane_offset, scalars + offset};
  }
};

/// Layer I of a list.
template <std::size_t I, class... Layers>
using LayerAt = typename std::remove_cvref_t<decltype(boost::hana::at_c<I>(
    std::declval<boost::hana::basic_tuple<boost::hana::type<Layers>...>&>()))>::type;

/// A chain for one input shape, ready to run.
template <class In, class... Layers>
struct Chain {
  static constexpr std::size_t count = sizeof...(Layers);
  static constexpr Plan<count> plan = Planner<Layers...>::plan(In::dimensions);

  template <std::size_t I>
  using layer = LayerAt<I, Layers...>;

  /// The shape before layer I.
  template <std::size_t I>
  using boundary = typename Boundary<plan, I>::type;

  /// Layers that are inlined into one function. A longer chain is cut here, which keeps compile time linear.
  static constexpr std::size_t group = 16;

  /// Inference from layer I on: writes the chain's output to `output`.
  template <std::size_t I, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    if constexpr (I == count) {
      // Only a chain that computes nothing comes here.
      for (std::size_t i = 0; i < In::size; ++i) output[i] = x[i];
    } else if constexpr (I % group == group - 1) {
      forward_group<I>(x, parameters, output);
    } else {
      forward_layer<I>(x, parameters, output);
    }
  }

  /// Training from layer I on. `rest(y, dy)` is called with the chain's output and must fill dy, the gradient of
  /// what it computes. Parameter gradients are added up; dx is written if `InputGradient` is set.
  template <std::size_t I, bool InputGradient, class Lane, class Rest>
  CTNN_INLINE static constexpr void train(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients, Lane* dx,
                                          const Rest& rest) {
    if constexpr (I == count) {
      rest(x, dx);
    } else if constexpr (I % group == group - 1) {
      train_group<I, InputGradient>(x, parameters, gradients, dx, rest);
    } else {
      train_layer<I, InputGradient>(x, parameters, gradients, dx, rest);
    }
  }

  /// Sums the gradients held in lanes over their samples, into the flat gradient.
  template <class Lane>
  CTNN_INLINE static constexpr void reduce(const Lane* lanes, ScalarOf<Lane>* gradient) {
    [&]<std::size_t... I>(std::index_sequence<I...>) CTNN_INLINE_LAMBDA {
      (reduce_layer<I>(lanes + plan.lane_offset[I], gradient + plan.offset[I]), ...);
    }(std::make_index_sequence<count>{});
  }

 private:
  template <std::size_t I, class Lane>
  CTNN_INLINE static constexpr void reduce_layer(const Lane* lanes, ScalarOf<Lane>* gradient) {
    constexpr std::size_t sums = plan.lane_offset[I + 1] - plan.lane_offset[I];
    if constexpr (IsChain<layer<I>>) {
      layer<I>::template chain<boundary<I>>::reduce(lanes, gradient);
    } else if constexpr (sums <= 16) {
      CTNN_UNROLL
      for (std::size_t k = 0; k < sums; ++k) gradient[k] = kernels::sum(lanes[k]);
    } else {
      for (std::size_t k = 0; k < sums; ++k) gradient[k] = kernels::sum(lanes[k]);
    }
  }

  template <std::size_t I, class Lane>
  CTNN_NOINLINE static constexpr void forward_group(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    forward_layer<I>(x, parameters, output);
  }

  template <std::size_t I, bool InputGradient, class Lane, class Rest>
  CTNN_NOINLINE static constexpr void train_group(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients,
                                                  Lane* dx, const Rest& rest) {
    train_layer<I, InputGradient>(x, parameters, gradients, dx, rest);
  }

  template <std::size_t I, class Lane>
  CTNN_INLINE static constexpr void forward_layer(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    if constexpr (IsIdentity<layer<I>>) {
      forward<I + 1>(x, parameters, output);
    } else if constexpr (I == plan.last) {
      compute<I>(x, parameters, output);
    } else {
      alignas(kernels::alignment) Lane y[boundary<I + 1>::size];
      compute<I>(x, parameters, y);
      forward<I + 1>(static_cast<const Lane*>(y), parameters, output);
    }
  }

  /// y = layer I of x.
  template <std::size_t I, class Lane>
  CTNN_INLINE static constexpr void compute(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    if constexpr (IsChain<layer<I>>) {
      layer<I>::template chain<boundary<I>>::template forward<0>(x, parameters + plan.offset[I], y);
    } else {
      layer<I>::template forward<boundary<I>>(x, parameters + plan.offset[I], y);
    }
  }

  template <std::size_t I, bool InputGradient, class Lane, class Rest>
  CTNN_INLINE static constexpr void train_layer(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients,
                                                Lane* dx, const Rest& rest) {
    using L = layer<I>;
    constexpr bool trainable = plan.offset[I + 1] > plan.offset[I];
    // A layer's output gradient is needed by its own parameters and by those before it.
    const auto next = [&](const Lane* y, Lane* dy) CTNN_INLINE_LAMBDA {
      train<I + 1, InputGradient || (plan.offset[I + 1] > 0)>(y, parameters, gradients, dy, rest);
    };
    if constexpr (IsIdentity<L>) {
      next(x, dx);
    } else if constexpr (IsChain<L>) {
      L::template chain<boundary<I>>::template train<0, InputGradient>(x, parameters + plan.offset[I],
                                                                       gradients.at(plan.lane_offset[I], plan.offset[I]), dx, next);
    } else {
      constexpr std::size_t size = boundary<I + 1>::size;
      constexpr std::size_t record_size = tape_size<L>(boundary<I>::dimensions);
      alignas(kernels::alignment) Lane y[size];
      alignas(kernels::alignment) Lane dy[size];
      alignas(kernels::alignment) Lane record[record_size == 0 ? 1 : record_size];
      if constexpr (requires { L::template forward_training<boundary<I>>(x, parameters, y, record); }) {
        L::template forward_training<boundary<I>>(x, parameters + plan.offset[I], y, record);
      } else {
        L::template forward<boundary<I>>(x, parameters + plan.offset[I], y);
      }
      next(y, dy);
      if constexpr (InputGradient || trainable) {
        backward<I, InputGradient>(Tape<L, Lane>(x, y, record), parameters + plan.offset[I], dy,
                                   gradients.at(plan.lane_offset[I], plan.offset[I]), dx);
      }
    }
  }

  template <std::size_t I, bool InputGradient, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<layer<I>, Lane>& tape, const ScalarOf<Lane>* parameters, const Lane* dy,
                                             Gradients<Lane> gradients, Lane* dx) {
    using L = layer<I>;
    constexpr bool trainable = plan.offset[I + 1] > plan.offset[I];
    constexpr bool in_lanes = plan.lane_offset[I + 1] > plan.lane_offset[I];
    const auto run = [&](auto* gradient) CTNN_INLINE_LAMBDA {
      if constexpr (InputGradient) {
        L::template backward<boundary<I>>(tape, parameters, dy, gradient, dx);
      } else if constexpr (requires { L::template parameter_gradient<boundary<I>>(tape, dy, gradient); }) {
        L::template parameter_gradient<boundary<I>>(tape, dy, gradient);
      } else {
        alignas(kernels::alignment) Lane unused[boundary<I>::size];
        L::template backward<boundary<I>>(tape, parameters, dy, gradient, unused);
      }
    };
    if constexpr (kernels::width_of<Lane> == 1 || (trainable && !in_lanes)) {
      run(gradients.scalars);
    } else {
      run(gradients.lanes);
    }
  }
};

template <class... Layers>
constexpr std::size_t first_non_layer() {
  const bool valid[] = {Layer<Layers>..., true};
  std::size_t index = 0;
  while (index < sizeof...(Layers) && valid[index]) ++index;
  return index;
}

/// The first of the required members, in the order of layer.hpp, that a type lacks; 5 for a layer.
template <class Type>
constexpr std::size_t first_missing_member() {
  const bool present[] = {has_class_name<void, Type>,    has_compute_output_shape<void, Type>,
                          has_compute_flops<void, Type>, has_forward<void, Type>,
                          has_backward<void, Type>,      false};
  std::size_t index = 0;
  while (present[index]) ++index;
  return index;
}

/// Stands behind the last layer, so that "the first type that is no layer" always exists.
struct EndOfChain {
  static constexpr const char* class_name = "";
  static constexpr bool is_identity = true;
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
};

}  // namespace detail

/// Whether a network's input shape follows from its type.
template <class Network>
inline constexpr bool input_is_known = Network::input_shape::rank != 0;

/// A chain of layers. An empty type: it names the architecture; Model holds the parameters.
///
/// A Sequential is itself a layer, so blocks nest; a block may leave its input to the chain around it.
template <class... Layers>
struct Sequential {
 private:
  using Planner = detail::Planner<Layers...>;
  static constexpr detail::Plan<sizeof...(Layers)> own = Planner::plan(Dimensions{});

 public:
  static constexpr std::size_t layer_count = sizeof...(Layers);
  /// The input's and output's Shape; Shape<> for a block whose input is not known by itself.
  using input_shape = typename detail::Boundary<own, 0>::type;
  using output_shape = typename detail::Boundary<own, layer_count>::type;
  /// Trainable numbers.
  static constexpr std::size_t parameter_count = own.offset[layer_count];
  /// Floating-point operations of one sample's forward pass; a multiply-add counts as two.
  static constexpr std::size_t flops = own.flops;
  /// Bytes that one sample's backward pass reads of its forward pass, in float.
  static constexpr std::size_t tape_bytes = sizeof(float) * (own.inner_tape + (own.keeps_input ? own.shape[0].size() : 0) +
                                                             (own.keeps_output ? own.shape[layer_count].size() : 0));

  /// Layer I.
  template <std::size_t I>
  using layer = detail::LayerAt<I, Layers...>;
  /// The layers for an input shape: what models and trainers run.
  template <class In>
  using chain = detail::Chain<In, Layers...>;

  // The contract of a layer (layer.hpp).
  using is_chain = void;
  static constexpr const char* class_name = "Sequential";
  static constexpr bool keeps_input = own.keeps_input;
  static constexpr bool keeps_output = own.keeps_output;

  static constexpr Dimensions expected_input(Dimensions given) { return Planner::plan(given).shape[0]; }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return Planner::plan(input).shape[layer_count]; }
  static constexpr std::size_t compute_flops(Dimensions input) { return Planner::plan(input).flops; }
  static constexpr std::size_t tape_size(Dimensions input) { return Planner::plan(input).inner_tape; }
  static constexpr std::size_t lane_parameter_count(Dimensions input) { return Planner::plan(input).lane_offset[layer_count]; }
  /// The first place inside where shapes do not fit; none if this block has reported it by itself.
  static constexpr detail::Fault fault(Dimensions input) {
    return own.fault.found() ? detail::Fault{} : Planner::plan(input).fault;
  }

  static constexpr auto parameters(Dimensions input) {
    std::array<Parameter, (std::size_t{0} + ... + detail::parameter_arrays<Layers>)> result{};
    const auto plan = Planner::plan(input);
    std::size_t next = 0, index = 0;
    const auto append = [&]<class L>(const L*) {
      const Dimensions shape = plan.shape[index++];
      if constexpr (detail::HasParameters<L>) {
        for (const Parameter& parameter : L::parameters(shape)) result[next++] = parameter;
      }
    };
    (append(static_cast<const Layers*>(nullptr)), ...);
    return result;
  }

 private:
  // What a network must be comes last: Clang stops at the first condition that fails, and the rest of the program
  // must still find the members above.
  static constexpr std::size_t stranger = detail::first_non_layer<Layers...>();
  using Stranger = detail::LayerAt<stranger, Layers..., detail::EndOfChain>;
  using Where = at_layer<stranger>;
  // The stranger where it lacks this member first, else a layer: one error, and it names the member.
  template <std::size_t Member>
  using Lacking = std::conditional_t<detail::first_missing_member<Stranger>() == Member, Stranger, detail::EndOfChain>;
  static_assert(has_layers<Sequential>, "ctnn: a network must have at least one layer");
  static_assert(has_class_name<Where, Lacking<0>>, "ctnn: a layer must have a static constexpr member const char* class_name");
  static_assert(has_compute_output_shape<Where, Lacking<1>>,
                "ctnn: a layer must have a static constexpr function Dimensions compute_output_shape(Dimensions input)");
  static_assert(has_compute_flops<Where, Lacking<2>>,
                "ctnn: a layer must have a static constexpr function std::size_t compute_flops(Dimensions input)");
  static_assert(has_forward<Where, Lacking<3>>, "ctnn: a layer must have a static function template forward<In>(x, parameters, y)");
  static_assert(has_backward<Where, Lacking<4>>,
                "ctnn: a layer must have a static function template backward<In>(tape, parameters, dy, gradient, dx)");
  using Empty = detail::LayerAt<own.first_empty, Layers..., detail::EndOfChain>;
  static_assert(sizes_are_positive<at_layer<own.first_empty>, Empty>, "ctnn: a layer's sizes must be at least 1");
  using Fault = detail::FaultTypes<own>;
  static_assert(shapes_agree<typename Fault::place, typename Fault::expected, typename Fault::given>,
                "ctnn: a layer's input shape must equal the previous layer's output shape");
};

/// Whether these types are layers and each fits the one before: the condition of Sequential, for constraints.
template <class... Layers>
concept Chainable = sizeof...(Layers) > 0 && (Layer<Layers> && ...) &&
                    !detail::Planner<Layers...>::plan(Dimensions{}).fault.found();

namespace detail {

template <class Left, class Right>
struct Joined {
  using type = Sequential<Left, Right>;
};
template <class... Left, class Right>
struct Joined<Sequential<Left...>, Right> {
  using type = Sequential<Left..., Right>;
};
template <class Left, class... Right>
struct Joined<Left, Sequential<Right...>> {
  using type = Sequential<Left, Right...>;
};
template <class... Left, class... Right>
struct Joined<Sequential<Left...>, Sequential<Right...>> {
  using type = Sequential<Left..., Right...>;
};

}  // namespace detail

/// The network that runs `left` and then `right`. A chain joined to a chain is one chain.
template <Layer Left, Layer Right>
constexpr typename detail::Joined<Left, Right>::type operator>>(Left, Right) {
  return {};
}

}  // namespace ctnn
