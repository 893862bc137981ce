// Chain: a list of layers for one input shape, ready to run. Training is a recursion: forward of a layer, the rest of the
// chain, backward of the layer, inlined into one function whose local variables are the tape.
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

/// One layer for one input shape. Each step exists twice: inlined, for chains of few layers, and as a function that all
/// layers of the same kind in a long chain share, which keeps its compile time small.
template <class Layer, class In>
struct Leaf {
  template <bool Inlined, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    if constexpr (Inlined) {
      Layer::template forward<In>(x, parameters, y);
    } else {
      shared_forward(x, parameters, y);
    }
  }

  /// Forward that leaves `record` for backward.
  template <bool Inlined, class Lane>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y,
                                                     [[maybe_unused]] Lane* record) {
    if constexpr (!HasTape<Layer>) {
      forward<Inlined>(x, parameters, y);
    } else if constexpr (Inlined) {
      Layer::template forward_training<In>(x, parameters, y, record);
    } else {
      shared_forward_training(x, parameters, y, record);
    }
  }

  /// Adds to `gradient`; writes dx if `InputGradient` is set.
  template <bool Inlined, bool InputGradient, class Lane, class Gradient>
  CTNN_INLINE static constexpr void backward(const Tape<Layer, Lane>& tape, const ScalarOf<Lane>* parameters, const Lane* dy,
                                             Gradient* gradient, Lane* dx) {
    if constexpr (!Inlined) {
      shared_backward<InputGradient>(tape, parameters, dy, gradient, dx);
    } else if constexpr (InputGradient) {
      Layer::template backward<In>(tape, parameters, dy, gradient, dx);
    } else if constexpr (requires { Layer::template parameter_gradient<In>(tape, dy, gradient); }) {
      Layer::template parameter_gradient<In>(tape, dy, gradient);
    } else {
      alignas(kernels::alignment) Lane unused[In::size];
      Layer::template backward<In>(tape, parameters, dy, gradient, static_cast<Lane*>(unused));
    }
  }

 private:
  template <class Lane>
  CTNN_NOINLINE static constexpr void shared_forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    forward<true>(x, parameters, y);
  }
  template <class Lane>
  CTNN_NOINLINE static constexpr void shared_forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y,
                                                              Lane* record) {
    forward_training<true>(x, parameters, y, record);
  }
  template <bool InputGradient, class Lane, class Gradient>
  CTNN_NOINLINE static constexpr void shared_backward(const Tape<Layer, Lane>& tape, const ScalarOf<Lane>* parameters,
                                                      const Lane* dy, Gradient* gradient, Lane* dx) {
    backward<true, InputGradient>(tape, parameters, dy, gradient, dx);
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

  template <std::size_t I>
  using layer = LayerAt<I, Layers...>;

  /// The shape before layer I.
  template <std::size_t I>
  using boundary = typename Boundary<plan, I>::type;

  /// Chains of at most this many layers become one function.
  static constexpr std::size_t most_inlined = 8;
  static constexpr bool inlined = plan.leaves <= most_inlined;
  /// A longer chain is cut into functions of this many layers, which keeps compile time linear.
  static constexpr std::size_t group = 16;

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

  /// Training from layer I on. `rest(y, dy)` is called with the chain's output and must fill dy, the gradient of
  /// what it computes. Parameter gradients are added up; dx is written if `InputGradient` is set.
  template <std::size_t I, bool InputGradient, bool Inlined = inlined, class Lane, class Rest>
  CTNN_INLINE static constexpr void train(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients, Lane* dx,
                                          const Rest& rest) {
    if constexpr (I == count) {
      rest(x, dx);
    } else if constexpr (I % group == group - 1) {
      train_group<I, InputGradient, Inlined>(x, parameters, gradients, dx, rest);
    } else {
      train_layer<I, InputGradient, Inlined>(x, parameters, gradients, dx, rest);
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

  template <std::size_t I, bool InputGradient, bool Inlined, class Lane, class Rest>
  CTNN_NOINLINE static constexpr void train_group(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients,
                                                  Lane* dx, const Rest& rest) {
    train_layer<I, InputGradient, Inlined>(x, parameters, gradients, dx, rest);
  }

  template <std::size_t I, bool Inlined, class Lane>
  CTNN_INLINE static constexpr void forward_layer(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output) {
    if constexpr (IsIdentity<layer<I>>) {
      forward<I + 1, Inlined>(x, parameters, output);
    } else if constexpr (I == plan.last) {
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
      layer<I>::template chain<boundary<I>>::template forward<0, Inlined>(x, parameters + plan.offset[I], y);
    } else {
      Leaf<layer<I>, boundary<I>>::template forward<Inlined>(x, parameters + plan.offset[I], y);
    }
  }

  template <std::size_t I, bool InputGradient, bool Inlined, class Lane, class Rest>
  CTNN_INLINE static constexpr void train_layer(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients,
                                                Lane* dx, const Rest& rest) {
    using L = layer<I>;
    constexpr bool trainable = plan.offset[I + 1] > plan.offset[I];
    // A layer's output gradient is needed by its own parameters and by those before it.
    const auto next = [&](const Lane* y, Lane* dy) CTNN_INLINE_LAMBDA {
      train<I + 1, InputGradient || (plan.offset[I + 1] > 0), Inlined>(y, parameters, gradients, dy, rest);
    };
    const ScalarOf<Lane>* const own = parameters + plan.offset[I];
    const Gradients<Lane> sums = gradients.at(plan.lane_offset[I], plan.offset[I]);
    if constexpr (IsIdentity<L>) {
      next(x, dx);
    } else if constexpr (IsChain<L>) {
      L::template chain<boundary<I>>::template train<0, InputGradient, Inlined>(x, own, sums, dx, next);
    } else {
      using Step = Leaf<L, boundary<I>>;
      constexpr std::size_t size = boundary<I + 1>::size;
      constexpr std::size_t record_size = tape_size<L>(boundary<I>::dimensions);
      alignas(kernels::alignment) Lane y[size];
      alignas(kernels::alignment) Lane dy[size];
      alignas(kernels::alignment) Lane record[record_size == 0 ? 1 : record_size];
      Step::template forward_training<Inlined>(x, own, y, record);
      next(y, dy);
      if constexpr (InputGradient || trainable) {
        constexpr bool in_lanes = !trainable || plan.lane_offset[I + 1] > plan.lane_offset[I];
        const Tape<L, Lane> tape(x, y, record);
        if constexpr (kernels::width_of<Lane> > 1 && in_lanes) {
          Step::template backward<Inlined, InputGradient>(tape, own, dy, sums.lanes, dx);
        } else {
          Step::template backward<Inlined, InputGradient>(tape, own, dy, sums.scalars, dx);
        }
      }
    }
  }
};

}  // namespace ctnn::detail
