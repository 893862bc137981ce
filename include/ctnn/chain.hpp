// Chain: a list of layers for one input shape, ready to run. Training is a recursion: forward of a layer, the rest of the
// chain, backward of the layer. A narrow network becomes one function whose local variables are the tape; a wide one keeps
// its tape in memory that is given to it, and takes several tiles through each layer at once.
#pragma once

#include "kernels/reduction.hpp"
#include "plan.hpp"

namespace ctnn::detail {

/// Where a chain's parameter gradients go: sums a lane for narrow layers, plain sums for wide ones.
template <class Lane>
struct Gradients {
  Lane* lanes;
  ScalarOf<Lane>* scalars;

  constexpr Gradients at(std::size_t lane_offset, std::size_t offset) const {
    return {kernels::width_of<Lane> == 1 ? lanes : lanes + lane_offset, scalars + offset};
  }
};

/// How a training pass goes through a narrow chain: one tile, its values on the stack.
struct StackPass {
  static constexpr bool on_stack = true;
  static constexpr std::size_t tiles = 1;

  std::uint64_t noise;  ///< a number of the step, for the layers' random numbers
  std::size_t first;    ///< the number in the batch of the tile's first sample

  constexpr StackPass after(std::size_t) const { return {noise + noise_step, first}; }

  static constexpr std::uint64_t noise_step = 0x9e3779b97f4a7c15u;
};

/// … the same where what layers [0, Resumed) compute lies in memory already (Chain::run_head).
template <std::size_t Resumed, class Lane>
struct ResumedPass {
  static constexpr bool on_stack = true;
  static constexpr std::size_t tiles = 1;

  std::uint64_t noise;
  std::size_t first;
  Lane* memory;

  constexpr ResumedPass after(std::size_t values) const { return {noise + StackPass::noise_step, first, memory + values}; }
};

template <class Pass>
inline constexpr std::size_t resumed = 0;
template <std::size_t Resumed, class Lane>
inline constexpr std::size_t resumed<ResumedPass<Resumed, Lane>> = Resumed;

/// … through a wide one: `tiles` tiles, whose values lie in `memory`, and whose gradients replace those there if `fresh`.
template <class Lane>
struct MemoryPass {
  static constexpr bool on_stack = false;

  std::uint64_t noise;
  std::size_t first;
  std::size_t tiles;
  bool fresh;
  Lane* memory;

  /// The pass after some layers, with memory for `values` lanes a tile taken.
  constexpr MemoryPass after(std::size_t values, std::size_t layers = 1) const {
    return {noise + layers * StackPass::noise_step, first, tiles, fresh, memory + values * tiles};
  }
};

/// One layer for one input shape. Each step exists twice: inlined, for chains of few layers, and as a function that all
/// layers of the same kind in a long chain share, which keeps its compile time small.
template <class Layer, class In>
struct Leaf {
  static constexpr std::size_t in = In::size;
  static constexpr std::size_t out = Layer::compute_output_shape(In::dimensions).size();
  static constexpr std::size_t record_size = tape_size<Layer>(In::dimensions);

  template <bool Inlined, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    if constexpr (Inlined) {
      Layer::template forward<In>(x, parameters, y);
    } else {
      shared_forward(x, parameters, y);
    }
  }

  /// Forward of all tiles, that leaves `record` for backward.
  template <bool Inlined, class Lane, class Pass>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, Lane* record,
                                                     const Pass& pass) {
    if constexpr (!Inlined) {
      shared_forward_training(x, parameters, y, record, pass);
    } else {
      for (std::size_t t = 0; t < pass.tiles; ++t) {
        forward_tile(x + t * in, parameters, y + t * out, record + t * record_size, pass.noise,
                     pass.first + t * kernels::width_of<Lane>);
      }
    }
  }

  /// Adds to `gradient`, or replaces it in a fresh pass; writes dx if `InputGradient` is set. If not, a wide network gives it free
  /// memory for one tile.
  template <bool Inlined, bool InputGradient, class Lane, class Gradient, class Pass>
  CTNN_INLINE static constexpr void backward(const Lane* x, const Lane* y, const Lane* record, const ScalarOf<Lane>* parameters,
                                             const Lane* dy, Gradient* gradient, Lane* dx, const Pass& pass) {
    if constexpr (!Inlined) {
      shared_backward<InputGradient>(x, y, record, parameters, dy, gradient, dx, pass);
    } else if constexpr (Pass::on_stack) {
      backward_tile<InputGradient, true>(Tape<Layer, Lane>(x, y, record), parameters, dy, gradient, dx);
    } else if constexpr (requires(const Tape<Layer, Lane>& tape) {
                           Layer::template parameter_gradient<In>(tape, dy, gradient, pass.tiles, pass.fresh);
                         }) {
      Layer::template parameter_gradient<In>(Tape<Layer, Lane>(x, y, record), dy, gradient, pass.tiles, pass.fresh);
      if constexpr (InputGradient) {
        for (std::size_t t = 0; t < pass.tiles; ++t) Layer::template input_gradient<In>(parameters, dy + t * out, dx + t * in);
      }
    } else {
      if (pass.fresh) {
        for (std::size_t i = 0; i < parameter_count<Layer>(In::dimensions); ++i) gradient[i] = Gradient(0);
      }
      for (std::size_t t = 0; t < pass.tiles; ++t) {
        // Without an input gradient dx has room for one tile's, which nobody reads.
        backward_tile<InputGradient, false>(Tape<Layer, Lane>(x + t * in, y + t * out, record + t * record_size), parameters,
                                            dy + t * out, gradient, InputGradient ? dx + t * in : dx);
      }
    }
  }

 private:
  template <class Lane>
  CTNN_INLINE static constexpr void forward_tile(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y,
                                                 [[maybe_unused]] Lane* record, [[maybe_unused]] std::uint64_t noise,
                                                 [[maybe_unused]] std::size_t first) {
    if constexpr (requires(const SampleRandom<Lane>& random) {
                    Layer::template forward_training<In>(x, parameters, y, record, random);
                  }) {
      Layer::template forward_training<In>(x, parameters, y, record, SampleRandom<Lane>(noise, first));
    } else if constexpr (HasTape<Layer>) {
      Layer::template forward_training<In>(x, parameters, y, record);
    } else {
      Layer::template forward<In>(x, parameters, y);
    }
  }

  /// Where nobody asks for dx, the layer may write one all the same: to the stack or, of a wide network, to memory that is free.
  template <bool InputGradient, bool OnStack, class Lane, class Gradient>
  CTNN_INLINE static constexpr void backward_tile(const Tape<Layer, Lane>& tape, const ScalarOf<Lane>* parameters, const Lane* dy,
                                                  Gradient* gradient, Lane* dx) {
    if constexpr (!InputGradient && requires { Layer::template parameter_gradient<In>(tape, dy, gradient); }) {
      Layer::template parameter_gradient<In>(tape, dy, gradient);
    } else if constexpr (!InputGradient && OnStack) {
      alignas(kernels::alignment) Lane unused[in];
      Layer::template backward<In>(tape, parameters, dy, gradient, static_cast<Lane*>(unused));
    } else {
      Layer::template backward<In>(tape, parameters, dy, gradient, dx);
    }
  }

  template <class Lane>
  CTNN_NOINLINE static constexpr void shared_forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    forward<true>(x, parameters, y);
  }
  template <class Lane, class Pass>
  CTNN_NOINLINE static constexpr void shared_forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y,
                                                              Lane* record, const Pass& pass) {
    forward_training<true>(x, parameters, y, record, pass);
  }
  template <bool InputGradient, class Lane, class Gradient, class Pass>
  CTNN_NOINLINE static constexpr void shared_backward(const Lane* x, const Lane* y, const Lane* record,
                                                      const ScalarOf<Lane>* parameters, const Lane* dy, Gradient* gradient,
                                                      Lane* dx, const Pass& pass) {
    backward<true, InputGradient>(x, y, record, parameters, dy, gradient, dx, pass);
  }
};

/// Sums `count` lanes over their samples.
template <class Lane>
CTNN_NOINLINE void reduce_lanes(const Lane* lanes, std::size_t count, ScalarOf<Lane>* sums) {
  constexpr std::size_t together = 4;
  std::size_t k = 0;
  for (; k + together <= count; k += together) kernels::sum_each<together>(lanes + k, sums + k);
  for (; k < count; ++k) sums[k] = kernels::sum(lanes[k]);
}

/// A list of layers for one input shape.
template <class In, class... Layers>
struct Chain {
  static constexpr std::size_t count = sizeof...(Layers);
  static constexpr Plan<count> plan = Planner<Layers...>::plan(In::dimensions);

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
  static constexpr std::size_t last_layer = plan.last;

  /// Chains of at most this many layers become one function.
  static constexpr std::size_t most_inlined = 8;
  static constexpr bool inlined = plan.leaves <= most_inlined;
  /// Numbers of an output.
  static constexpr std::size_t out = boundary<count>::size;
  /// A longer chain is cut into functions of this many layers, which keeps compile time linear.
  static constexpr std::size_t group = 8;

  /// Inference from layer I on: writes the chain's output to `output`.
  template <std::size_t I, bool Inlined = inlined, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    if constexpr (I == count) {
      // Only a chain that computes nothing comes here.
      for (std::size_t i = 0; i < In::size; ++i) output[i] = x[i];
    } else if constexpr (I % group == group - 1) {
      forward_group<I, Inlined>(x, parameters, output);
    } else {
      forward_layer<I, Inlined>(x, parameters, output);
    }
  }

  /// The same for one tile of a chain whose values lie in memory, which has room for plan.outputs lanes. `Training`: what layers
  /// do in training, with room for plan.values; the numbers they draw are those of a `train` with this pass. `Writable`: a layer
  /// that works in place may write to x.
  template <std::size_t I, bool Training, bool Writable, class X, class Lane>
  static void forward_in(X* x, const ScalarOf<Lane>* parameters, Lane* output, const MemoryPass<Lane>& pass) {
    if constexpr (I == count) {
      for (std::size_t i = 0; i < out; ++i) output[i] = x[i];
    } else if constexpr (IsIdentity<layer<I>>) {
      forward_in<I + 1, Training, Writable>(x, parameters, output, pass);
    } else if constexpr (IsChain<layer<I>>) {
      using Inner = typename layer<I>::template chain<boundary<I>>;
      constexpr bool last = I == last_layer;
      Lane* const y = last ? output : pass.memory;
      Inner::template forward_in<0, Training, Writable>(x, parameters + offset<I>, y, pass.after(last ? 0 : Inner::out, 0));
      if constexpr (!last) forward_in<I + 1, Training, true>(y, parameters, output, pass.after(Inner::out, Inner::plan.leaves));
    } else {
      using Step = Leaf<layer<I>, boundary<I>>;
      constexpr bool last = I == last_layer, in_place = !last && Writable && WorksInPlace<layer<I>, boundary<I>>;
      Lane* y = last ? output : pass.memory;
      if constexpr (in_place) y = x;
      constexpr std::size_t own = last || in_place ? 0 : Step::out;
      if constexpr (Training) {
        Step::template forward_training<false>(static_cast<const Lane*>(x), parameters + offset<I>, y, pass.memory + own, pass);
      } else {
        Step::template forward<false>(static_cast<const Lane*>(x), parameters + offset<I>, y);
      }
      if constexpr (!last) forward_in<I + 1, Training, true>(y, parameters, output, pass.after(own));
    }
  }

  /// Where a chain of very few operations is cut when it is trained: the layers before run for some tiles, then the others. From
  /// end to end the operations of one tile wait for each other longer than a processor looks ahead; those of either part, of
  /// which the first has half of them and one layer more, do not (measured). 0 where it is not cut.
  static constexpr std::size_t cut = [] {
    std::size_t flops = 0, index = 0, half = 0;
    [[maybe_unused]] const auto pass = [&]<class L>(const L*) {
      flops += L::compute_flops(plan.shape[index++]);
      if (half == 0 && 2 * flops > plan.flops) half = index;
    };
    // No fold over layers: Clang folds no more than 256.
    [[maybe_unused]] const int each[] = {0, (pass(static_cast<const Layers*>(nullptr)), 0)...};
    bool blocks = false;
    for (const bool block : {false, IsChain<Layers>...}) blocks |= block;
    const bool few = plan.flops <= 128 && plan.leaves >= 3 && !blocks;
    return !few ? std::size_t{0} : half < count ? half + 1 : count;
  }();
  /// Lanes that the layers before the cut leave of one tile.
  static constexpr std::size_t head_values = []<std::size_t... I>(std::index_sequence<I...>) {
    return (std::size_t{0} + ... + (IsIdentity<layer<I>> ? 0 : shape<I + 1>.size() + ctnn::detail::tape_size<layer<I>>(shape<I>)));
  }(std::make_index_sequence<cut>{});

  /// Runs the layers before the cut forward.
  template <std::size_t I = 0, class Lane>
  CTNN_INLINE static void run_head(const Lane* x, const ScalarOf<Lane>* parameters, const ResumedPass<cut, Lane>& pass) {
    if constexpr (I < cut) {
      if constexpr (IsIdentity<layer<I>>) {
        run_head<I + 1>(x, parameters, pass);
      } else {
        using Step = Leaf<layer<I>, boundary<I>>;
        Step::template forward_training<inlined>(x, parameters + offset<I>, pass.memory, pass.memory + Step::out, pass);
        run_head<I + 1>(static_cast<const Lane*>(pass.memory), parameters, pass.after(Step::out + Step::record_size));
      }
    }
  }

  /// Training from layer I on. `rest(y, dy)` is called with the chain's output and must fill dy, the gradient of
  /// what it computes. Parameter gradients are added up; dx is written if `InputGradient` is set. `Writable`: a layer that
  /// works in place may write to x.
  template <std::size_t I, bool InputGradient, bool Inlined = inlined, bool Writable = true, class Lane, class Pass, class Rest>
  CTNN_INLINE static constexpr void train(Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients, Lane* dx,
                                          const Pass& pass, const Rest& rest) {
    if constexpr (resumed<Pass> != 0 && I == resumed<Pass>) {
      train<I, InputGradient, Inlined, Writable>(x, parameters, gradients, dx, StackPass{pass.noise, pass.first}, rest);
    } else if constexpr (I == count) {
      rest(x, dx, pass);
    } else if constexpr (I % group == group - 1) {
      train_group<I, InputGradient, Inlined, Writable>(x, parameters, gradients, dx, pass, rest);
    } else {
      train_layer<I, InputGradient, Inlined, Writable>(x, parameters, gradients, dx, pass, rest);
    }
  }

  /// Sums the gradients held in lanes over their samples, into the flat gradient.
  template <class Lane>
  CTNN_INLINE static constexpr void reduce(const Lane* lanes, ScalarOf<Lane>* gradient) {
    [&]<std::size_t... I>(std::index_sequence<I...>) CTNN_INLINE_LAMBDA {
      [[maybe_unused]] const int each[] = {0, (reduce_layer<I>(lanes + lane_offset<I>, gradient + offset<I>), 0)...};
    }(std::make_index_sequence<count>{});
  }

 private:
  template <std::size_t I, class Lane>
  CTNN_INLINE static constexpr void reduce_layer(const Lane* lanes, ScalarOf<Lane>* gradient) {
    constexpr std::size_t sums = lane_offset<I + 1> - lane_offset<I>;
    if constexpr (sums == 0) {
      return;
    } else if constexpr (IsChain<layer<I>>) {
      layer<I>::template chain<boundary<I>>::reduce(lanes, gradient);
    } else if constexpr (sums <= 16) {
      kernels::sum_each<sums>(lanes, gradient);
    } else {
      reduce_lanes(lanes, sums, gradient);
    }
  }

  template <std::size_t I, bool Inlined, class Lane>
  CTNN_NOINLINE static constexpr void forward_group(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    forward_layer<I, Inlined>(x, parameters, output);
  }

  template <std::size_t I, bool InputGradient, bool Inlined, bool Writable, class Lane, class Pass, class Rest>
  CTNN_NOINLINE static constexpr void train_group(Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients, Lane* dx,
                                                  const Pass& pass, const Rest& rest) {
    train_layer<I, InputGradient, Inlined, Writable>(x, parameters, gradients, dx, pass, rest);
  }

  template <std::size_t I, bool Inlined, class Lane>
  CTNN_INLINE static constexpr void forward_layer(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    if constexpr (IsIdentity<layer<I>>) {
      forward<I + 1, Inlined>(x, parameters, output);
    } else if constexpr (I == last_layer) {
      compute<I, Inlined>(x, parameters, output);
    } else {
      alignas(kernels::alignment) Lane y[boundary<I + 1>::size];
      compute<I, Inlined>(x, parameters, y);
      forward<I + 1, Inlined>(static_cast<const Lane*>(y), parameters, output);
    }
  }

  /// y = layer I of x.
  template <std::size_t I, bool Inlined, class Lane>
  CTNN_INLINE static constexpr void compute(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    if constexpr (IsChain<layer<I>>) {
      layer<I>::template chain<boundary<I>>::template forward<0, Inlined>(x, parameters + offset<I>, y);
    } else {
      Leaf<layer<I>, boundary<I>>::template forward<Inlined>(x, parameters + offset<I>, y);
    }
  }

  template <std::size_t I, bool InputGradient, bool Inlined, bool Writable, class Lane, class Pass, class Rest>
  CTNN_INLINE static constexpr void train_layer(Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients, Lane* dx,
                                                const Pass& pass, const Rest& rest) {
    using L = layer<I>;
    constexpr bool trainable = offset<I + 1> > offset<I>;
    // A layer's output gradient is needed by its own parameters and by those before it.
    constexpr bool needed = InputGradient || offset<I + 1> > 0;
    const ScalarOf<Lane>* const own = parameters + offset<I>;
    const Gradients<Lane> sums = gradients.at(lane_offset<I>, offset<I>);
    if constexpr (IsIdentity<L>) {
      train<I + 1, needed, Inlined, Writable>(x, parameters, gradients, dx, pass, rest);
    } else if constexpr (IsChain<L>) {
      const auto next = [&](Lane* y, Lane* dy, const Pass& passed) CTNN_INLINE_LAMBDA {
        train<I + 1, needed, Inlined, !L::keeps_output>(y, parameters, gradients, dy, passed, rest);
      };
      L::template chain<boundary<I>>::template train<0, InputGradient, Inlined, Writable>(x, own, sums, dx, pass, next);
    } else {
      using Step = Leaf<L, boundary<I>>;
      constexpr bool in_place = !Pass::on_stack && Writable && WorksInPlace<L, boundary<I>>;
      const auto through = [&](Lane* y, Lane* dy, Lane* record, const Pass& next) CTNN_INLINE_LAMBDA {
        if constexpr (I >= resumed<Pass>)
          Step::template forward_training<Inlined>(static_cast<const Lane*>(x), own, y, record, pass);
        train<I + 1, needed, Inlined, !keeps_output<L>>(y, parameters, gradients, dy, next, rest);
        if constexpr (InputGradient || trainable) {
          constexpr bool in_lanes = !trainable || lane_offset<I + 1> > lane_offset<I>;
          Lane* target = dx;
          if constexpr (!InputGradient && !Pass::on_stack) target = next.memory;
          const auto finish = [&](auto* gradient) CTNN_INLINE_LAMBDA {
            Step::template backward<Inlined, InputGradient>(static_cast<const Lane*>(x), static_cast<const Lane*>(y),
                                                            static_cast<const Lane*>(record), own, static_cast<const Lane*>(dy),
                                                            gradient, target, pass);
          };
          if constexpr (kernels::width_of<Lane> > 1 && in_lanes) {
            finish(sums.lanes);
          } else {
            finish(sums.scalars);
          }
        }
      };
      if constexpr (I < resumed<Pass>) {
        alignas(kernels::alignment) Lane dy[Step::out];
        through(pass.memory, dy, pass.memory + Step::out, pass.after(Step::out + Step::record_size));
      } else if constexpr (Pass::on_stack) {
        alignas(kernels::alignment) Lane y[Step::out];
        alignas(kernels::alignment) Lane dy[Step::out];
        if constexpr (Step::record_size == 0) {
          through(y, dy, static_cast<Lane*>(nullptr), pass.after(0));
        } else {
          alignas(kernels::alignment) Lane record[Step::record_size];
          through(y, dy, static_cast<Lane*>(record), pass.after(0));
        }
      } else {
        // What works in place takes x's memory, and its dx that of dy.
        constexpr std::size_t own_y = in_place ? 0 : Step::out, own_dy = in_place && InputGradient ? 0 : Step::out;
        Lane* const y = in_place ? x : pass.memory;
        Lane* const dy = in_place && InputGradient ? dx : pass.memory + own_y * pass.tiles;
        through(y, dy, pass.memory + (own_y + own_dy) * pass.tiles, pass.after(own_y + own_dy + Step::record_size));
      }
    }
  }
};

}  // namespace ctnn::detail
