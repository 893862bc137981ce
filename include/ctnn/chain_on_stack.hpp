// Passes through a chain of few small layers, one tile at a time. Training is a recursion: forward of a layer, the rest of the
// chain, backward of the layer. So the chain becomes one function whose local variables are the tape.
#pragma once

#include "leaf.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// The passes through a chain whose values are on the stack.
template <class Chain>
struct OnStack {
  static constexpr std::size_t count = Chain::count;
  template <std::size_t I>
  using Step = typename Chain::template step<I>;

  /// Inference from layer I on: writes the chain's output to `output`. Where memory is what counts, `own` is x where that is a
  /// layer's, over which one that works in place may write.
  template <std::size_t I = 0, class Lane>
  CTNN_INLINE static constexpr void infer(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output,
                                          [[maybe_unused]] Lane* own = nullptr) {
    if constexpr (I == count) {
      // Only a chain that computes nothing comes here.
      for (std::size_t i = 0; i < Chain::out; ++i) output[i] = x[i];
    } else if constexpr (Step<I>::is_identity) {
      infer<I + 1>(x, parameters, output, own);
    } else if constexpr (I == Chain::last_layer) {
      compute<I>(x, parameters, output);
    } else if constexpr (kernels::shares_loops && follows_own<I> && works_in_place<I>) {
      compute<I>(x, parameters, own);
      infer<I + 1>(x, parameters, output, own);
    } else {
      alignas(kernels::alignment) Lane y[Step<I>::out];
      compute<I>(x, parameters, static_cast<Lane*>(y));
      infer<I + 1>(static_cast<const Lane*>(y), parameters, output, static_cast<Lane*>(y));
    }
  }

  /// Training from layer I on. `rest(y, dy, pass)` is called with the chain's output and must fill dy, the gradient of what it
  /// computes. Parameter gradients are added up; dx is written if `InputGradient` is set.
  template <bool InputGradient, std::size_t I = 0, class Lane, class Pass, class Rest>
  CTNN_INLINE static constexpr void train(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients, Lane* dx,
                                          const Pass& pass, const Rest& rest) {
    if constexpr (I == Pass::resumed && I != 0) {
      train<InputGradient, I>(x, parameters, gradients, dx, StackPass{pass.noise, pass.first}, rest);
    } else if constexpr (I == count) {
      rest(x, dx, pass);
    } else if constexpr (Step<I>::is_identity) {
      train<needed<InputGradient, I>, I + 1>(x, parameters, gradients, dx, pass, rest);
    } else if constexpr (Step<I>::is_chain) {
      const auto next = [&](const Lane* y, Lane* dy, const Pass& passed) CTNN_INLINE_LAMBDA {
        train<needed<InputGradient, I>, I + 1>(y, parameters, gradients, dy, passed, rest);
      };
      OnStack<Step<I>>::template train<InputGradient>(x, parameters + Chain::template offset<I>,
                                                      gradients.at(Chain::template lane_offset<I>, Chain::template offset<I>), dx,
                                                      pass, next);
    } else {
      train_layer<InputGradient, I>(x, parameters, gradients, dx, pass, rest);
    }
  }

  /// Where a chain of very few operations is cut when it is trained: the layers before run for some tiles, then the others. From
  /// end to end the operations of one tile wait for each other longer than a processor looks ahead; those of either part, of
  /// which the first has half of them and one layer more, do not (measured). 0 where it is not cut.
  static constexpr std::size_t cut = [] {
    const bool few = Chain::flops <= 128 && Chain::plan.leaves >= 3 && Chain::on_stack && !Chain::nests;
    return !few ? std::size_t{0} : Chain::half < count ? Chain::half + 1 : count;
  }();
  /// Lanes that the layers before the cut leave of one tile.
  static constexpr std::size_t head_values = []<std::size_t... I>(std::index_sequence<I...>) {
    return (std::size_t{0} + ... + (Step<I>::is_identity ? 0 : Step<I>::out + Step<I>::record_size));
  }(std::make_index_sequence<cut>{});

  /// Runs the layers before the cut forward.
  template <std::size_t I = 0, class Lane>
  CTNN_INLINE static void run_head(const Lane* x, const ScalarOf<Lane>* parameters, const ResumedPass<cut, Lane>& pass) {
    if constexpr (I < cut) {
      if constexpr (Step<I>::is_identity) {
        run_head<I + 1>(x, parameters, pass);
      } else {
        Lane* const y = pass.memory;
        Step<I>::forward_training(x, parameters + Chain::template offset<I>, y, y + Step<I>::out, pass.noise, pass.first);
        run_head<I + 1>(static_cast<const Lane*>(y), parameters, pass.after(Step<I>::out + Step<I>::record_size));
      }
    }
  }

 private:
  /// Whether a layer is given what another one of this chain has written, and whether it may write over that.
  template <std::size_t I>
  static constexpr bool follows_own = []<std::size_t... J>(std::index_sequence<J...>) {
    return (false || ... || !Step<J>::is_identity);
  }(std::make_index_sequence<I>{});
  template <std::size_t I>
  static constexpr bool works_in_place = [] {
    if constexpr (Step<I>::is_chain) {
      return false;
    } else {
      return Step<I>::works_in_place;
    }
  }();

  /// A layer's output gradient is needed by its own parameters and by those before it.
  template <bool InputGradient, std::size_t I>
  static constexpr bool needed = InputGradient || Chain::template trains_before<I + 1>;

  /// y = layer I of x.
  template <std::size_t I, class Lane>
  CTNN_INLINE static constexpr void compute(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    if constexpr (Step<I>::is_chain) {
      OnStack<Step<I>>::infer(x, parameters + Chain::template offset<I>, y);
    } else {
      Step<I>::forward(x, parameters + Chain::template offset<I>, y);
    }
  }

  template <bool InputGradient, std::size_t I, class Lane, class Pass, class Rest>
  CTNN_INLINE static constexpr void train_layer(const Lane* x, const ScalarOf<Lane>* parameters, Gradients<Lane> gradients,
                                                Lane* dx, const Pass& pass, const Rest& rest) {
    const ScalarOf<Lane>* const own = parameters + Chain::template offset<I>;
    const auto through = [&](Lane* y, Lane* dy, Lane* record, const Pass& next) CTNN_INLINE_LAMBDA {
      if constexpr (I >= Pass::resumed) Step<I>::forward_training(x, own, y, record, pass.noise, pass.first);
      train<needed<InputGradient, I>, I + 1>(static_cast<const Lane*>(y), parameters, gradients, dy, next, rest);
      const auto finish = [&](Lane* target) CTNN_INLINE_LAMBDA {
        Step<I>::template backward<InputGradient>(
            x, static_cast<const Lane*>(y), static_cast<const Lane*>(record), own, static_cast<const Lane*>(dy),
            Step<I>::gradient(gradients.at(Chain::template lane_offset<I>, Chain::template offset<I>)), target);
      };
      if constexpr (InputGradient) {
        finish(dx);
      } else if constexpr (Step<I>::trains) {
        alignas(kernels::alignment) Lane unused[Step<I>::in];
        finish(static_cast<Lane*>(unused));
      }
    };
    if constexpr (I < Pass::resumed) {
      alignas(kernels::alignment) Lane dy[Step<I>::out];
      through(pass.memory, static_cast<Lane*>(dy), pass.memory + Step<I>::out, pass.after(Step<I>::out + Step<I>::record_size));
    } else {
      alignas(kernels::alignment) Lane y[Step<I>::out];
      alignas(kernels::alignment) Lane dy[Step<I>::out];
      if constexpr (Step<I>::record_size == 0) {
        through(static_cast<Lane*>(y), static_cast<Lane*>(dy), static_cast<Lane*>(nullptr), pass.after(0));
      } else {
        alignas(kernels::alignment) Lane record[Step<I>::record_size];
        through(static_cast<Lane*>(y), static_cast<Lane*>(dy), static_cast<Lane*>(record), pass.after(0));
      }
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
