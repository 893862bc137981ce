// Plan: all that a list of layers does not say by itself, computed in one pass over values: the shape at every
// boundary, where each layer's parameters lie, what backward keeps, and the first place where two layers do not fit.
#pragma once

#include <array>
#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/type.hpp>
#include <type_traits>
#include <utility>

#include "diagnostics.hpp"
#include "layer.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Where two layers do not fit: the later one's index in its chain, and the two shapes.
struct Fault {
  bool found = false;
  bool inside = false;  ///< it lies in the block at `place`; else in this chain
  bool empty = false;   ///< an axis of `given` is 0 long; else the two shapes differ
  std::size_t place = 0;
  Dimensions expected = {}, given = {};
};

/// All that the chain around a layer must know of it, for one input. What is not known stays unknown, and counts nothing.
struct LayerPlan {
  Dimensions input = {};  ///< that it wants
  Dimensions output = {};
  std::size_t parameters = 0;
  std::size_t lane_parameters = 0;  ///< those whose gradient is summed in lanes
  bool trains = false;              ///< whether any of them are trained
  std::size_t flops = 0;
  std::size_t leaves = 0;  ///< layers that compute, those of blocks counted one by one
  std::size_t tape = 0;    ///< values that backward reads, the layer's own input and output left out
  bool keeps_input = false;
  bool keeps_output = false;
  Fault fault = {};  ///< inside
};

/// Everything about a chain for one input shape. An unknown input stays unknown until a layer fixes it.
template <std::size_t Count>
struct Plan {
  Dimensions shape[Count + 1];              ///< at each boundary: before the first layer … after the last
  std::size_t offset[Count + 1] = {};       ///< of each layer's parameters; the last is their number
  std::size_t lane_offset[Count + 1] = {};  ///< the same over the parameters whose gradient is summed in lanes
  bool trains[Count + 1] = {};              ///< whether any of the layers before each boundary have parameters that are trained
  std::size_t flops[Count + 1] = {};        ///< of the layers before each boundary
  std::size_t leaves = 0;                   ///< layers that compute, those of nested blocks counted one by one
  std::size_t inner_tape = 0;               ///< values that backward reads, the chain's own input and output left out
  bool keeps_input = false;                 ///< whether backward reads the chain's input
  bool keeps_output = false;                ///< and its output
  std::size_t last = Count;                 ///< the last layer that computes anything, or Count
  Fault fault;

  /// The chain as a layer of the one around it.
  constexpr LayerPlan as_layer() const {
    return {shape[0], shape[Count], offset[Count], lane_offset[Count], trains[Count], flops[Count],
            leaves,   inner_tape,   keeps_input,   keeps_output,       fault};
  }
};

/// The plan of a layer for an input.
template <class Layer>
constexpr LayerPlan plan_layer(Dimensions given) {
  LayerPlan plan{.input = given};
  if constexpr (IsChain<Layer>) {
    plan = Layer::plan(given);
  } else if constexpr (ctnn::Layer<Layer>) {
    plan.input = expected_input<Layer>(given);
    if constexpr (!IsIdentity<Layer>) {
      plan.leaves = 1;
      plan.keeps_input = keeps_input<Layer>;
      plan.keeps_output = keeps_output<Layer>;
    }
    if (plan.input.known()) {
      plan.output = Layer::compute_output_shape(plan.input);
      plan.parameters = parameter_count<Layer>(plan.input);
      plan.lane_parameters = has_lane_gradient<Layer>(plan.input) ? plan.parameters : 0;
      plan.trains = trains_parameters_of<Layer>(plan.input);
      plan.flops = Layer::compute_flops(plan.input);
      plan.tape = tape_size<Layer>(plan.input);
      const bool no_input = plan.input.size() == 0;
      if (no_input || plan.output.size() == 0)
        plan.fault = {.found = true, .empty = true, .given = no_input ? plan.input : plan.output};
    }
  }
  return plan;
}

template <class... Layers>
struct Planner {
  static constexpr std::size_t count = sizeof...(Layers);
  static constexpr bool is_block[count + 1] = {IsChain<Layers>..., false};
  static constexpr std::size_t blocks = [] {
    std::size_t sum = 0;
    for (const bool block : is_block) sum += block;
    return sum;
  }();
  /// Each layer's plan. A table, here and elsewhere arrays in place of a fold over layers: Clang folds no more than 256.
  static constexpr LayerPlan (*const layers[count + 1])(Dimensions) = {&plan_layer<Layers>..., nullptr};

  /// `block_plans`: those of the blocks among the layers, where they are known; without them they are made here, and anew for each
  /// chain around them.
  static constexpr Plan<count> plan(Dimensions input, const LayerPlan* block_plans = nullptr) {
    Plan<count> result;
    result.shape[0] = input;
    for (std::size_t i = 0; i < count; ++i) {
      const Dimensions given = result.shape[i];
      const LayerPlan layer = is_block[i] && block_plans ? *block_plans++ : layers[i](given);
      if (!result.fault.found) {
        if (given.known() && !(given == layer.input) && !(is_block[i] && layer.fault.found)) {
          result.fault = {.found = true, .expected = layer.input, .given = given};
        } else {
          result.fault = layer.fault;
          result.fault.inside = is_block[i];
        }
        result.fault.place = i;
      }
      // After a fault the chain goes on with the shape that the layer wants, so that nothing else is reported.
      if (i == 0) result.shape[0] = layer.input;
      result.shape[i + 1] = layer.output;
      result.offset[i + 1] = result.offset[i] + layer.parameters;
      result.lane_offset[i + 1] = result.lane_offset[i] + layer.lane_parameters;
      result.trains[i + 1] = result.trains[i] || layer.trains;
      result.flops[i + 1] = result.flops[i] + layer.flops;
      if (layer.leaves > 0) {
        if (result.leaves == 0) {
          result.keeps_input = layer.keeps_input;
        } else if (layer.input.known() && (layer.keeps_input || result.keeps_output)) {
          result.inner_tape += layer.input.size();
        }
        result.inner_tape += layer.tape;
        result.keeps_output = layer.keeps_output;
        result.leaves += layer.leaves;
        result.last = i;
      }
    }
    return result;
  }

  /// The arrays of all layers' parameters: how many there are.
  static constexpr std::size_t parameter_arrays() {
    std::size_t sum = 0;
    for (const std::size_t own : {std::size_t{0}, detail::parameter_arrays<Layers>...}) sum += own;
    return sum;
  }

  /// Writes them to `next`, and moves that and the input shape behind the last layer.
  static constexpr void write_parameters(Dimensions& shape, Parameter*& next) {
    [[maybe_unused]] const int each[] = {0, (write_parameters_of<Layers>(shape, next), 0)...};
  }

 private:
  template <class Layer>
  static constexpr void write_parameters_of(Dimensions& shape, Parameter*& next) {
    if constexpr (IsChain<Layer>) {
      Layer::write_parameters(shape, next);
    } else if constexpr (ctnn::Layer<Layer>) {
      shape = expected_input<Layer>(shape);
      if constexpr (HasParameters<Layer>) {
        for (const Parameter& parameter : Layer::parameters(shape)) *next++ = parameter;
      }
      if (shape.known()) shape = Layer::compute_output_shape(shape);
    }
  }
};

template <class In, class... Layers>
struct Chain;

/// The Shape of these dimensions.
template <const Dimensions& Axes, class = std::make_index_sequence<Axes.rank>>
struct Boundary;
template <const Dimensions& Axes, std::size_t... Axis>
struct Boundary<Axes, std::index_sequence<Axis...>> {
  using type = Shape<Axes.axes[Axis]...>;
};

template <class... Types>
using TypeTuple = boost::hana::basic_tuple<boost::hana::type<Types>...>;

/// Type I of a TypeTuple.
template <std::size_t I, class Tuple>
using TypeOf = typename std::remove_cvref_t<decltype(boost::hana::at_c<I>(std::declval<Tuple&>()))>::type;

template <class... Types>
struct Pieces;

/// Some layers of a long list, a block of their own to those who do not look further.
template <class... Layers>
struct Piece {
  using is_chain = void;
  using types = TypeTuple<Layers...>;
  template <class In>
  using chain = Chain<In, Layers...>;
};

/// A list of layers as a TypeTuple of pieces of sixteen, the last of fewer.
template <class Done, class... Layers>
struct Cut;
template <class... Done, class... Rest>
struct Cut<Pieces<Done...>, Rest...> {
  using type = TypeTuple<Done..., Piece<Rest...>>;
};
template <class... Done, class A, class B, class C, class D, class E, class F, class G, class H, class I, class J, class K, class L,
          class M, class N, class O, class P, class... Rest>
struct Cut<Pieces<Done...>, A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Rest...>
    : Cut<Pieces<Done..., Piece<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P>>, Rest...> {};

/// Layers by their indices. To find one in a flat list costs a compiler as much time as the list is long, and a long network
/// so the square of its length: it is looked for in two steps, and once.
template <class... Layers>
struct LayerList {
  static constexpr std::size_t count = sizeof...(Layers);
  /// Layers of a piece.
  static constexpr std::size_t length = 16;
  using cut = typename Cut<Pieces<>, Layers...>::type;

  template <std::size_t P>
  using piece = TypeOf<P, cut>;
  template <std::size_t I>
  struct At {
    using type = TypeOf<I % length, typename piece<I / length>::types>;
  };
  template <std::size_t I>
  using layer = typename At<I>::type;

  template <class In>
  using chain = Chain<In, Layers...>;
};

/// Layer I of a list.
template <std::size_t I, class... Layers>
using LayerAt = typename LayerList<Layers...>::template layer<I>;

/// The plans of the blocks in a list, for one input. Each is that of the block's own chain, so a block is planned once for an
/// input, however deep it lies and however often it stands there.
template <class In, class... Layers>
struct BlockPlans {
  using List = Planner<Layers...>;
  static constexpr auto places = [] {
    std::array<std::size_t, List::blocks> result{};
    std::size_t next = 0;
    for (std::size_t i = 0; i < List::count; ++i) {
      if (List::is_block[i]) result[next++] = i;
    }
    return result;
  }();

  template <std::size_t K>
  struct At {
    /// What the block before gives, behind the layers between the two.
    static constexpr Dimensions given = [] {
      Dimensions shape = In::dimensions;
      std::size_t i = 0;
      if constexpr (K > 0) shape = At<K - 1>::plan.output, i = places[K - 1] + 1;
      for (; i < places[K]; ++i) shape = List::layers[i](shape).output;
      return shape;
    }();
    using block = LayerAt<places[K], Layers...>;
    static constexpr LayerPlan plan = [] {
      LayerPlan result = block::template chain<typename Boundary<given>::type>::plan.as_layer();
      // What is wrong with the block whatever its input, the block itself reports.
      if (block::template chain<Shape<>>::plan.fault.found) result.fault = {};
      return result;
    }();
  };

  static constexpr auto all = []<std::size_t... K>(std::index_sequence<K...>) {
    return std::array<LayerPlan, List::blocks>{At<K>::plan...};
  }(std::make_index_sequence<List::blocks>{});
};

/// The plan of a list of layers for an input.
template <class In, class... Layers>
constexpr auto plan_chain() {
  if constexpr (Planner<Layers...>::blocks == 0) {
    return Planner<Layers...>::plan(In::dimensions);
  } else {
    return Planner<Layers...>::plan(In::dimensions, BlockPlans<In, Layers...>::all.data());
  }
}

/// The index of a fault's layer; in a nested block, the block's index and then the layer's in it.
template <class Chain, std::size_t... Outer>
struct FaultPlace {
  using type = at_layer<Outer..., Chain::plan.fault.place>;
};
template <class Chain, std::size_t... Outer>
  requires(Chain::plan.fault.inside)
struct FaultPlace<Chain, Outer...>
    : FaultPlace<typename Chain::template block_at<Chain::plan.fault.place>, Outer..., Chain::plan.fault.place> {};

/// The types that the sentence of a chain's fault is spelled with.
template <class Chain, class = std::make_index_sequence<Chain::plan.fault.expected.rank>,
          class = std::make_index_sequence<Chain::plan.fault.given.rank>>
struct FaultTypes;
template <class Chain, std::size_t... E, std::size_t... G>
struct FaultTypes<Chain, std::index_sequence<E...>, std::index_sequence<G...>> {
  using place = typename FaultPlace<Chain>::type;
  using expected = expects<Shape<Chain::plan.fault.expected.axes[E]...>>;
  using given = gets<Shape<Chain::plan.fault.given.axes[G]...>>;
};

/// The same where there is no fault.
struct NoFault {
  using place = at_layer<>;
  using expected = expects<Shape<>>;
  using given = gets<Shape<>>;
};

template <class... Layers>
constexpr std::size_t first_non_layer() {
  const bool valid[] = {Layer<Layers>..., true};
  std::size_t index = 0;
  while (index < sizeof...(Layers) && valid[index]) ++index;
  return index;
}

/// The first of the required members, in the order of layer.hpp, that a type lacks, or 9.
template <class Type>
constexpr std::size_t first_missing_member() {
  const bool present[] = {has_class_name<void, Type>,      has_compute_output_shape<void, Type>,
                          has_compute_flops<void, Type>,   has_forward<void, Type>,
                          has_backward<void, Type>,        has_no_data_members<void, Type>,
                          has_parameter_array<void, Type>, has_constant_shapes<void, Type>,
                          computes_in_lanes<void, Type>,   false};
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

/// Type I of a list, or what stands behind its end.
template <std::size_t I, class... Layers>
struct Stranger {
  using type = LayerAt<I, Layers...>;
};
template <std::size_t I, class... Layers>
  requires(I == sizeof...(Layers))
struct Stranger<I, Layers...> {
  using type = EndOfChain;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
