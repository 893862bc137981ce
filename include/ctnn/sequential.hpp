// Sequential: a network is the list of its layers, an empty type. `a >> b` writes the same list as an arrow.
#pragma once

#include <boost/hana/integral_constant.hpp>
#include <type_traits>
#include <utility>

#include "chain.hpp"
#include "diagnostics.hpp"
#include "layer.hpp"
#include "plan.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// `0_c`, `1_c`, …: compile-time indices, from Boost.Hana.
namespace literals {
using namespace boost::hana::literals;
}

/// Whether a network's input shape follows from its type.
template <class Network>
inline constexpr bool input_is_known = Network::input_shape::rank != 0;

namespace detail {

template <IsChain Block>
constexpr bool is_sound<Block> = Block::is_sound;

template <class... Layers>
constexpr bool blocks_are_sound() {
  for (const bool sound : {true, detail::is_sound<Layers>...}) {
    if (!sound) return false;
  }
  return true;
}

}  // namespace detail

/// A chain of layers. An empty type: it names the architecture; Model holds the parameters.
///
/// A Sequential is itself a layer, so blocks nest; a block may leave its input to the chain around it.
template <class... Layers>
struct Sequential {
 private:
  // Instantiates the layers, before a concept asks about them: what is wrong with one is then reported by itself.
  using Sizes = std::index_sequence<sizeof(Layers)...>;
  using Planner = detail::Planner<Layers...>;
  using Own = detail::Chain<Shape<>, Layers...>;
  static constexpr const detail::Plan<sizeof...(Layers)>& own = Own::plan;
  static constexpr Dimensions own_input = own.shape[0], own_output = own.shape[sizeof...(Layers)];

 public:
  static constexpr std::size_t layer_count = sizeof...(Layers);
  /// Layers that compute, those of nested blocks counted one by one.
  static constexpr std::size_t leaf_count = own.leaves;
  /// The input's and output's Shape; Shape<> for a block whose input is not known by itself.
  using input_shape = typename detail::Boundary<own_input>::type;
  using output_shape = typename detail::Boundary<own_output>::type;
  // The numbers are those of what is known: of a block that leaves its input open, ask the network around it.
  /// Numbers that a model holds; those that are not trained, as moving statistics, included.
  static constexpr std::size_t parameter_count = own.offset[layer_count];
  /// Floating-point operations of one sample's forward pass; a multiply-add counts as two.
  static constexpr std::size_t flops = Own::flops;
  /// Bytes that one sample's backward pass reads of its forward pass, in float.
  static constexpr std::size_t tape_bytes = sizeof(float) * (own.inner_tape + (own.keeps_input ? own.shape[0].size() : 0) +
                                                             (own.keeps_output ? own.shape[layer_count].size() : 0));

  /// Whether all of it are layers, each of which fits the one before; where not, the conditions below have said so.
  static constexpr bool is_sound = layer_count > 0 && detail::first_non_layer<Layers...>() == layer_count && !own.fault.found
                                   && detail::blocks_are_sound<Layers...>();

  /// Layer I.
  template <std::size_t I>
  using layer = detail::LayerAt<I, Layers...>;
  /// The layers for an input shape: what models and trainers run.
  template <class In>
  using chain = detail::Chain<In, Layers...>;

  // The contract of a layer (layer.hpp).
  using is_chain = void;
  /// The list of layers, also of a type that inherits from one.
  using sequential = Sequential;
  static constexpr const char* class_name = "Sequential";
  /// A block of layers that compute nothing computes nothing.
  static constexpr bool is_identity = own.leaves == 0;
  static constexpr bool keeps_input = own.keeps_input;
  static constexpr bool keeps_output = own.keeps_output;

  static constexpr Dimensions expected_input(Dimensions given) { return plan(given).input; }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return plan(input).output; }
  static constexpr std::size_t compute_flops(Dimensions input) { return plan(input).flops; }

  static constexpr auto parameters(Dimensions input) {
    std::array<Parameter, Planner::parameter_arrays()> result{};
    Parameter* next = result.data();
    Planner::write_parameters(input, next);
    return result;
  }

  // Of a layer made of layers.
  static constexpr detail::LayerPlan plan(Dimensions input) { return Planner::plan(input).as_layer(); }
  static constexpr void write_parameters(Dimensions& shape, Parameter*& next) { Planner::write_parameters(shape, next); }

 private:
  // What a network must be comes last: Clang stops at the first condition that fails, and the rest of the program
  // must still find the members above.
  static constexpr std::size_t stranger = detail::first_non_layer<Layers...>();
  using Stranger = typename detail::Stranger<stranger, Layers...>::type;
  using Where = at_layer<stranger>;
  // The stranger where it lacks this member first, else a layer: one error, and it names the member.
  template <std::size_t Member>
  using Lacking = std::conditional_t<detail::first_missing_member<Stranger>() == Member, Stranger, detail::EndOfChain>;
  static_assert(has_layers<Sequential>, "ctnn: a network must have at least one layer");
  static_assert(has_class_name<Where, Lacking<0>>,
                "ctnn: a layer must have a static constexpr member const char* class_name, which is public");
  static_assert(
      has_compute_output_shape<Where, Lacking<1>>,
      "ctnn: a layer must have a static constexpr function Dimensions compute_output_shape(Dimensions input), which is public");
  static_assert(has_compute_flops<Where, Lacking<2>>,
                "ctnn: a layer must have a static constexpr function std::size_t compute_flops(Dimensions input), which is public");
  static_assert(has_forward<Where, Lacking<3>>,
                "ctnn: a layer must have a static function template forward<In>(x, parameters, y), which is public");
  static_assert(
      has_backward<Where, Lacking<4>>,
      "ctnn: a layer must have a static function template backward<In>(tape, parameters, dy, gradient, dx), which is public");
  static_assert(has_no_data_members<Where, Lacking<5>>,
                "ctnn: a layer must have no data members; what varies is a template argument");
  static_assert(has_parameter_array<Where, Lacking<6>>,
                "ctnn: a layer's function parameters(Dimensions input) must return a std::array<Parameter, N>");
  static_assert(has_constant_shapes<Where, Lacking<7>>,
                "ctnn: a layer's compute_output_shape, compute_flops, expected_input and parameters must be constexpr");
  static_assert(computes_in_lanes<Where, Lacking<8>>,
                "ctnn: a layer's forward and backward must be templates of the Lane that x, y, dy and dx point to, which holds a "
                "number of each of several samples; float or double alone will not do");
  using Fault = detail::FaultTypes<Own>;
  using NoFault = detail::NoFault;
  using Empty = std::conditional_t<own.fault.empty, Fault, NoFault>;
  static_assert(
      sizes_are_positive<typename Empty::place, typename Empty::given>,
      "ctnn: a layer's sizes must be at least 1, and a window no larger than its image, over whose edges it reaches with Same");
  // A number of axes that differs has another remedy.
  static constexpr bool other_rank = !own.fault.empty && own.fault.expected.rank != own.fault.given.rank;
  using Rank = std::conditional_t<other_rank, Fault, NoFault>;
  static_assert(shapes_agree<typename Rank::place, typename Rank::expected, typename Rank::given>,
                "ctnn: a layer's input shape must equal the previous layer's output shape, in the number of axes, too: images have "
                "rows, columns and channels, as Input<28, 28, 1> or Reshape<28, 28, 1> gives, and Flatten makes one axis of them");
  using Break = std::conditional_t<own.fault.empty || other_rank, NoFault, Fault>;
  static_assert(shapes_agree<typename Break::place, typename Break::expected, typename Break::given>,
                "ctnn: a layer's input shape must equal the previous layer's output shape");
};

/// What stands as a value, or as several or none, where a type is wanted.
template <class... Types>
struct value_of {};
/// Whether a network's layers are types.
template <class... Layers>
inline constexpr bool layers_are_types = false;

/// A network of values, which is refused.
template <class First, class... Rest>
struct Sequential<value_of<First>, value_of<Rest>...> {
  static constexpr bool is_sound = false;

  template <class... Values>
  constexpr explicit Sequential(const Values&...) {}

  static_assert(layers_are_types<First, Rest...>,
                "ctnn: a network must be given its layers as types, as Sequential<Dense<4, 3>, ReLU>, and a model its network");
};
template <class First, class... Rest>
Sequential(First, Rest...) -> Sequential<value_of<First>, value_of<Rest>...>;

/// Whether these types are layers and each fits the one before: the condition of Sequential, for constraints.
template <class... Layers>
concept Chainable = sizeof...(Layers) > 0 && detail::first_non_layer<Layers...>() == sizeof...(Layers) &&
                    !detail::Chain<Shape<>, Layers...>::plan.fault.found;

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

}  // namespace ctnn::inline CTNN_VARIANT
