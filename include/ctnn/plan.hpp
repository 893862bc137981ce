// Plan: all that a list of layers does not say by itself, computed in one pass over values: the shape at every
// boundary, where each layer's parameters lie, what backward keeps, and the first place where two layers do not fit.
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/type.hpp>
#include <type_traits>
#include <utility>

#include "diagnostics.hpp"
#include "layer.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Where two layers do not fit: the path to the later one through nested blocks, and the two shapes.
struct Fault {
  static constexpr std::size_t max_depth = 8;

  std::size_t depth = 0;
  std::size_t path[max_depth] = {};
  Dimensions expected, given;
  bool empty = false;  ///< an axis of `given` is 0 long; else the two shapes differ

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
  std::size_t leaves = 0;      ///< layers that compute, those of nested blocks counted one by one
  std::size_t inner_tape = 0;  ///< values that backward reads, the chain's own input and output left out
  bool keeps_input = false;    ///< whether backward reads the chain's input
  bool keeps_output = false;   ///< and its output
  std::size_t last = Count;    ///< the last layer that computes anything, or Count
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
    [[maybe_unused]] std::size_t index = 0;
    [[maybe_unused]] bool started = false;
    // Elements of an array in place of a fold, here and elsewhere over layers: Clang folds no more than 256.
    [[maybe_unused]] const int each[] = {0, (add<Layers>(result, index, started), 0)...};
    return result;
  }

  /// The arrays of all layers' parameters.
  static constexpr std::size_t parameter_arrays() {
    std::size_t sum = 0;
    for (const std::size_t own : {std::size_t{0}, detail::parameter_arrays<Layers>...}) sum += own;
    return sum;
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
        if constexpr (IsChain<Layer>) {
          plan.leaves += Layer::leaf_count;
        } else {
          ++plan.leaves;
        }
      }
      // After a fault the chain goes on with the shape that the layer wants, so that nothing else is reported.
      if (expected.known()) {
        plan.shape[i + 1] = Layer::compute_output_shape(expected);
        if (!plan.fault.found() && !IsChain<Layer>) {
          if (expected.size() == 0)
            plan.fault = Fault{1, {i}, {}, expected, true};
          else if (plan.shape[i + 1].size() == 0)
            plan.fault = Fault{1, {i}, {}, plan.shape[i + 1], true};
        }
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

template <class In, class... Layers>
struct Chain;

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

/// The same where there is no fault.
struct NoFault {
  using place = at_layer<>;
  using expected = expects<Shape<>>;
  using given = gets<Shape<>>;
};

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

}  // namespace ctnn::inline CTNN_VARIANT::detail
