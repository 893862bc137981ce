// Leaf: one layer for one input shape, and what it is told by a pass through the chain that it belongs to.
#pragma once

#include "layer.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Where a chain's parameter gradients go: sums a lane for narrow layers, plain sums for wide ones.
template <class Lane>
struct Gradients {
  Lane* lanes;
  ScalarOf<Lane>* scalars;

  constexpr Gradients at(std::size_t lane_offset, std::size_t offset) const {
    return {kernels::width_of<Lane> == 1 ? lanes : lanes + lane_offset, scalars + offset};
  }
};

/// What sets the random numbers of a layer apart from those of the one before.
inline constexpr std::uint64_t noise_step = 0x9e3779b97f4a7c15u;

/// How a training pass goes through a chain whose values lie on the stack: one tile.
struct StackPass {
  static constexpr std::size_t resumed = 0;

  std::uint64_t noise;  ///< a number of the step, for the layers' random numbers
  std::size_t first;    ///< the number in the batch of the tile's first sample

  constexpr StackPass after(std::size_t) const { return {noise + noise_step, first}; }
};

/// … the same where what layers [0, Resumed) compute lies in memory already (OnStack::run_head).
template <std::size_t Resumed, class Lane>
struct ResumedPass {
  static constexpr std::size_t resumed = Resumed;

  std::uint64_t noise;
  std::size_t first;
  Lane* memory;

  constexpr ResumedPass after(std::size_t values) const { return {noise + noise_step, first, memory + values}; }
};

/// … through one whose values lie in `memory`: `tiles` tiles, whose gradients replace what was there if `fresh`, or add to it.
template <class Lane>
struct MemoryPass {
  std::uint64_t noise;
  std::size_t first;
  std::size_t tiles;
  bool fresh;
  Lane* memory;
};

/// One layer for one input shape.
template <class Layer, class In>
struct Leaf {
  static constexpr bool is_chain = false, is_identity = IsIdentity<Layer>;
  static constexpr std::size_t leaves = is_identity ? 0 : 1;
  static constexpr std::size_t in = In::size;
  static constexpr std::size_t out = Layer::compute_output_shape(In::dimensions).size();
  static constexpr std::size_t record_size = tape_size<Layer>(In::dimensions);
  static constexpr std::size_t parameter_count = ctnn::detail::parameter_count<Layer>(In::dimensions);
  static constexpr bool trains = trains_parameters_of<Layer>(In::dimensions);
  static constexpr bool in_lanes = parameter_count == 0 || has_lane_gradient<Layer>(In::dimensions);
  static constexpr bool works_in_place = WorksInPlace<Layer, In>, keeps_output = ctnn::detail::keeps_output<Layer>;

  template <class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    Layer::template forward<In>(x, parameters, y);
  }

  /// Whether training draws random numbers, and whether it does anything else than `forward`.
  template <class Lane>
  static constexpr bool draws =
      requires(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, const SampleRandom<Lane>& random) {
        Layer::template forward_training<In>(x, parameters, y, y, random);
      };
  template <class Lane>
  static constexpr bool trains_apart = draws<Lane> || HasTape<Layer>;

  /// Forward of a tile that begins with sample `first`, and leaves `record` for backward.
  template <class Lane>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y,
                                                     [[maybe_unused]] Lane* record, [[maybe_unused]] std::uint64_t noise,
                                                     [[maybe_unused]] std::size_t first) {
    if constexpr (draws<Lane>) {
      Layer::template forward_training<In>(x, parameters, y, record, SampleRandom<Lane>(noise, first));
    } else if constexpr (HasTape<Layer>) {
      Layer::template forward_training<In>(x, parameters, y, record);
    } else {
      Layer::template forward<In>(x, parameters, y);
    }
  }

  /// Adds a tile's gradient to `gradient`, and writes dx. Without `InputGradient` nobody reads that, but it may be written.
  template <bool InputGradient, class Lane, class Gradient>
  CTNN_INLINE static constexpr void backward(const Lane* x, const Lane* y, const Lane* record, const ScalarOf<Lane>* parameters,
                                             const Lane* dy, Gradient* gradient, Lane* dx) {
    const Tape<Layer, Lane> tape(x, y, record);
    if constexpr (!InputGradient && requires { Layer::template parameter_gradient<In>(tape, dy, gradient); }) {
      Layer::template parameter_gradient<In>(tape, dy, gradient);
    } else {
      Layer::template backward<In>(tape, parameters, dy, gradient, dx);
    }
  }

  /// Names the layer's functions that training runs, and calls none: compilers report what is wrong in one from where it is named
  /// first, which inside of a pass is a long way from the program.
  template <class Lane>
  static void name_functions() {
    using Sum = std::conditional_t<in_lanes, Lane, ScalarOf<Lane>>;
    [[maybe_unused]] const auto call = [](const Tape<Layer, Lane>& tape, const ScalarOf<Lane>* parameters, Lane* values,
                                          Sum* sums) {
      if constexpr (!trains_apart<Lane>) Layer::template forward<In>(values, parameters, values);
      constexpr bool at_once = requires { Layer::template parameter_gradient<In>(tape, values, sums, std::size_t{1}, true); };
      if constexpr (!at_once && requires { Layer::template backward<In>(tape, parameters, values, sums, values); }) {
        Layer::template backward<In>(tape, parameters, values, sums, values);
      }
    };
  }

  /// Where its gradient is summed: in lanes or in numbers.
  template <class Lane>
  CTNN_INLINE static constexpr auto* gradient(const Gradients<Lane>& gradients) {
    if constexpr (kernels::width_of<Lane> > 1 && in_lanes) {
      return gradients.lanes;
    } else {
      return gradients.scalars;
    }
  }

  // The same as functions that all layers of a kind share, of the tiles of a pass, which follow one another.

  /// Without `Training`, `record` is left alone.
  template <bool Training, class Lane>
  CTNN_NOINLINE static constexpr void forward_all(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y,
                                                  [[maybe_unused]] Lane* record, const MemoryPass<Lane>& pass) {
    if constexpr (requires { Layer::template forward<In>(x, parameters, y, pass.tiles); } && !(Training && trains_apart<Lane>)) {
      Layer::template forward<In>(x, parameters, y, pass.tiles);
    } else {
      for (std::size_t t = 0; t < pass.tiles; ++t) {
        if constexpr (Training) {
          forward_training(x + t * in, parameters, y + t * out, record + t * record_size, pass.noise,
                           pass.first + t * kernels::width_of<Lane>);
        } else {
          forward(x + t * in, parameters, y + t * out);
        }
      }
    }
  }

  /// In place of backward where nobody reads dx, and none of the parameters are trained.
  template <class Lane>
  static constexpr void clear_gradient(const Lane*, const Lane*, const Lane*, const ScalarOf<Lane>*, const Lane*,
                                       const Gradients<Lane>& gradients, Lane*, const MemoryPass<Lane>& pass) {
    auto* const sums = gradient(gradients);
    for (std::size_t i = 0; pass.fresh && i < parameter_count; ++i) sums[i] = {};
  }

  /// Without `InputGradient`, dx has room for one tile's.
  template <bool InputGradient, class Lane>
  CTNN_NOINLINE static constexpr void backward_all(const Lane* x, const Lane* y, const Lane* record,
                                                   const ScalarOf<Lane>* parameters, const Lane* dy,
                                                   const Gradients<Lane>& gradients, Lane* dx, const MemoryPass<Lane>& pass) {
    auto* const sums = gradient(gradients);
    constexpr bool at_once =
        requires(const Tape<Layer, Lane>& tape) { Layer::template parameter_gradient<In>(tape, dy, sums, pass.tiles, pass.fresh); };
    if constexpr (at_once) {
      // What is made for many samples need not be for constant evaluation, which is of one.
      if (kernels::width_of<Lane> > 1 || !std::is_constant_evaluated()) {
        Layer::template parameter_gradient<In>(Tape<Layer, Lane>(x, y, record), dy, sums, pass.tiles, pass.fresh);
        if constexpr (InputGradient) {
          Layer::template input_gradient<In>(parameters, dy, dx, pass.tiles);
        }
        return;
      }
    }
    if constexpr (!at_once || kernels::width_of<Lane> == 1) {
      if (pass.fresh) {
        for (std::size_t i = 0; i < parameter_count; ++i) sums[i] = {};
      }
      for (std::size_t t = 0; t < pass.tiles; ++t) {
        backward<InputGradient>(x + t * in, y + t * out, record + t * record_size, parameters, dy + t * out, sums,
                                InputGradient ? dx + t * in : dx);
      }
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
