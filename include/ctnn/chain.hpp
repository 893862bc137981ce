// Chain: a list of layers for one input shape, ready to run: what the passes through it (chain_on_stack.hpp for few small layers,
// chain_in_memory.hpp for all others) need to know of it, and the choice between them.
#pragma once

#include "chain_in_memory.hpp"
#include "chain_on_stack.hpp"
#include "kernels/reduction.hpp"
#include "plan.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Sums `count` lanes over their samples.
template <class Lane>
CTNN_NOINLINE void reduce_lanes(const Lane* lanes, std::size_t count, ScalarOf<Lane>* sums) {
  constexpr std::size_t together = 4;
  std::size_t k = 0;
  for (; k + together <= count; k += together) kernels::sum_each<together>(lanes + k, sums + k);
  for (; k < count; ++k) sums[k] = kernels::sum(lanes[k]);
}

/// What a chain is made of, for the passes through it: a leaf, or the chain of a block or piece.
template <class In, class Layer>
struct PartOf {
  using type = Leaf<Layer, In>;
};
template <class In, IsChain Block>
struct PartOf<In, Block> {
  using type = typename Block::template chain<In>;
};

/// A list of layers for one input shape.
template <class In, class... Layers>
struct Chain {
  static constexpr std::size_t count = sizeof...(Layers);
  static constexpr Plan<count> plan = plan_chain<In, Layers...>();

  using list = LayerList<Layers...>;
  template <std::size_t I>
  using layer = typename list::template layer<I>;

  // What is asked of the plan more than once, layer by layer: to read one number of a long plan costs GCC a copy of it.
  template <std::size_t I>
  static constexpr Dimensions shape = plan.shape[I];
  /// The shape before layer I.
  template <std::size_t I>
  using boundary = typename Boundary<shape<I>>::type;
  /// Where layer I's parameters begin, and among them those whose gradient is summed in lanes.
  template <std::size_t I>
  static constexpr std::size_t offset = plan.offset[I];
  template <std::size_t I>
  static constexpr std::size_t lane_offset = plan.lane_offset[I];
  /// Whether a layer before layer I has parameters that are trained.
  template <std::size_t I>
  static constexpr bool trains_before = plan.trains[I];
  static constexpr std::size_t last_layer = plan.last;
  static constexpr std::size_t flops = plan.flops[count];
  /// Numbers of an output.
  static constexpr std::size_t out = boundary<count>::size;

  // As others see a part of a chain (Leaf).
  static constexpr bool is_chain = true, is_identity = plan.leaves == 0, keeps_output = plan.keeps_output;
  static constexpr std::size_t leaves = plan.leaves;

  /// Layer I for its input: a Leaf or the Chain of a block.
  template <std::size_t I>
  using step = typename PartOf<boundary<I>, layer<I>>::type;
  /// The Chain of block I for what it is given, which for a first block may not be what it wants.
  template <std::size_t I>
  using block_at = typename layer<I>::template chain<std::conditional_t<I == 0, In, boundary<I>>>;

  /// Whether it consists of pieces in place of its steps, for a pass in memory.
  static constexpr bool is_long = count > list::length;
  static constexpr std::size_t parts = is_long ? (count + list::length - 1) / list::length : count;
  /// The first layer of a part, whose input and parameters begin where the part's do.
  static constexpr std::size_t first(std::size_t part) { return !is_long ? part : part < parts ? part * list::length : count; }
  template <std::size_t P>
  struct PartAt : PartOf<boundary<P>, layer<P>> {};
  template <std::size_t P>
    requires(is_long && P < parts)
  struct PartAt<P> : PartOf<boundary<first(P)>, typename list::template piece<P>> {};
  template <std::size_t P>
  using part = typename PartAt<P>::type;

  /// The first layers, of which the last does the second half of a sample's operations: how many they are.
  static constexpr std::size_t half = [] {
    std::size_t layers = 0;
    while (layers < count && 2 * plan.flops[layers] <= flops) ++layers;
    return layers;
  }();
  /// Whether any of them is a block.
  static constexpr bool nests = Planner<Layers...>::blocks > 0;

  /// Chains of at most this many layers may become one function.
  static constexpr std::size_t most_on_stack = 8;
  static constexpr bool on_stack = plan.leaves <= most_on_stack;

  /// Lanes of a tile that a pass in memory needs.
  template <class Lane, Passage Kind>
  static constexpr std::size_t memory = InMemory<Chain, Lane>::template size<Kind>;

  /// The output for one tile; what lies between is on the stack.
  template <class Lane>
  CTNN_INLINE static constexpr void infer(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    // Where each layer's output is a variable of its own, all of them take at most four times as much.
    if constexpr (on_stack && memory<Lane, Passage::infer> * sizeof(Lane) <= 16384) {
      OnStack<Chain>::infer(x, parameters, output);
    } else {
      alignas(kernels::alignment) Lane values[memory<Lane, Passage::infer>];
      InMemory<Chain, Lane>::template infer<Passage::infer>(x, parameters, output, {0, 0, 1, false, static_cast<Lane*>(values)});
    }
  }

  /// Training with one tile, whose values are on the stack. `rest(y, dy)` is called with the chain's output and must fill dy, the
  /// gradient of what it computes. Parameter gradients are added up.
  template <class Lane, class Pass, class Rest>
  CTNN_INLINE static constexpr void train(const Lane* x, const ScalarOf<Lane>* parameters, const Gradients<Lane>& gradients,
                                          const Pass& pass, const Rest& rest) {
    if constexpr (on_stack) {
      OnStack<Chain>::template train<false>(x, parameters, gradients, static_cast<Lane*>(nullptr), pass,
                                            [&](const Lane* y, Lane* dy, const auto&) CTNN_INLINE_LAMBDA { rest(y, dy); });
    } else {
      alignas(kernels::alignment) Lane values[memory<Lane, Passage::train>];
      InMemory<Chain, Lane>::template train<false>(x, parameters, gradients, static_cast<Lane*>(nullptr),
                                                   {pass.noise, pass.first, 1, false, static_cast<Lane*>(values)}, rest);
    }
  }

  /// Names the functions of its own layers (Leaf::name_functions).
  template <class Lane>
  static void name_functions() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (name_functions_of<step<I>, Lane>(), ...);
    }(std::make_index_sequence<is_long ? 0 : count>{});
  }

  /// Sums the gradients held in lanes over their samples, into the flat gradient.
  template <class Lane>
  CTNN_INLINE static constexpr void reduce(const Lane* lanes, ScalarOf<Lane>* gradient) {
    [&]<std::size_t... P>(std::index_sequence<P...>) CTNN_INLINE_LAMBDA {
      [[maybe_unused]] const int each[] = {0, (reduce_part<P>(lanes, gradient), 0)...};
    }(std::make_index_sequence<parts>{});
  }

 private:
  template <class Step, class Lane>
  static void name_functions_of() {
    if constexpr (!Step::is_identity) Step::template name_functions<Lane>();
  }

  template <std::size_t P, class Lane>
  CTNN_INLINE static constexpr void reduce_part(const Lane* lanes, ScalarOf<Lane>* gradient) {
    constexpr std::size_t begin = lane_offset<first(P)>, sums = lane_offset<first(P + 1)> - begin;
    lanes += begin, gradient += offset<first(P)>;
    if constexpr (sums == 0) {
      return;
    } else if constexpr (sums == offset<first(P + 1)> - offset<first(P)> && sums > 16) {
      reduce_lanes(lanes, sums, gradient);
    } else if constexpr (part<P>::is_chain) {
      part<P>::reduce(lanes, gradient);
    } else {
      kernels::sum_each<sums>(lanes, gradient);
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
