// Passes through a chain whose values lie in memory: forward through all layers, then back. They follow a table, made when the
// program is compiled, of functions that all layers of a kind share and of places. So what such a chain costs a compiler grows
// with the kinds of layers that it is made of, and little with their number.
#pragma once

#include "leaf.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// What a pass is for.
enum class Passage {
  infer,
  infer_training,  ///< what layers do in training, without a way back
  train,
  train_input  ///< … with a gradient of the chain's input
};

/// A layer that computes something: what it does, and where. Places count lanes of a tile from where the memory begins.
template <class Lane>
struct Step {
  static constexpr std::size_t at_input = static_cast<std::size_t>(-1);   ///< x, dx: the chain's own
  static constexpr std::size_t at_output = static_cast<std::size_t>(-2);  ///< y: the output of an inference

  void (*forward)(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, Lane* record, const MemoryPass<Lane>& pass);
  /// Null where nobody asks for a gradient.
  void (*backward)(const Lane* x, const Lane* y, const Lane* record, const ScalarOf<Lane>* parameters, const Lane* dy,
                   const Gradients<Lane>& gradients, Lane* dx, const MemoryPass<Lane>& pass);
  std::size_t x, y, dx, dy, record;
  std::size_t offset, lane_offset;  ///< of its parameters

  /// The lanes at a place.
  constexpr Lane* at(std::size_t place, const MemoryPass<Lane>& pass) const { return pass.memory + place * pass.tiles; }
};

/// All steps of a chain.
template <class Lane, std::size_t Count>
struct Table {
  Step<Lane> steps[Count == 0 ? 1 : Count];
  std::size_t y, dy;  ///< places of the output and of its gradient
  std::size_t size;   ///< lanes of a tile that there must be
};

/// Makes a table, part by part. In training all values are kept, one after another; in inference outputs take turns in two
/// places. A layer that works in place leaves its output where its input is, unless that is the chain's own, and its dx where dy
/// is. Without `Functions` it has the places alone, and so compiles none.
template <class Lane, Passage Kind, bool Functions, std::size_t Count>
class TableBuilder {
  static constexpr bool training = Kind == Passage::train || Kind == Passage::train_input;

 public:
  template <class Chain, bool InputGradient = Kind == Passage::train_input>
  constexpr void add_chain(std::size_t offset = 0, std::size_t lane_offset = 0) {
    [&]<std::size_t... P>(std::index_sequence<P...>) {
      // A layer's output gradient is needed by its own parameters and by those before it.
      [[maybe_unused]] const int each[] = {
          0, (add<typename Chain::template part<P>, (InputGradient || Chain::plan.trains[Chain::first(P)])>(
                  offset + Chain::plan.offset[Chain::first(P)], lane_offset + Chain::plan.lane_offset[Chain::first(P)]),
              0)...};
    }(std::make_index_sequence<Chain::parts>{});
  }

  constexpr Table<Lane, Count> finish() {
    if constexpr (!training) {
      for (std::size_t i = 0; i < index; ++i) {
        Step<Lane>& step = table.steps[i];
        for (std::size_t* place : {&step.x, &step.y}) {
          if (*place == other) *place = turn_sizes[0];
        }
        step.record = turn_sizes[0] + turn_sizes[1];
      }
      table.size += turn_sizes[0] + turn_sizes[1];
    }
    table.y = y, table.dy = dy;
    return table;
  }

 private:
  /// In inference, the second of the two places until the size of the first is known.
  static constexpr std::size_t other = static_cast<std::size_t>(-3);

  template <class Part, bool Needed>
  constexpr void add([[maybe_unused]] std::size_t offset, [[maybe_unused]] std::size_t lane_offset) {
    if constexpr (Part::is_chain) {
      add_chain<Part, Needed>(offset, lane_offset);
    } else if constexpr (!Part::is_identity) {
      Step<Lane>& step = table.steps[index++];
      step = {};
      if constexpr (Functions) {
        // A layer that does the same in training is one function.
        step.forward = &Part::template forward_all<(Kind != Passage::infer && Part::template trains_apart<Lane>), Lane>;
        if constexpr (training && (Needed || Part::trains)) {
          step.backward = &Part::template backward_all<Needed, Lane>;
        } else if constexpr (training && Part::parameter_count != 0) {
          step.backward = &Part::template clear_gradient<Lane>;
        }
      }
      step.offset = offset, step.lane_offset = lane_offset;
      step.x = y, step.dx = dy;
      const bool in_place = Part::works_in_place && writable && !(!training && index == Count);
      if constexpr (training) {
        if (!in_place) y = take(Part::out), dy = take(Part::out);
        step.record = take(Part::record_size);
        if constexpr (!Needed && Part::trains) {
          // A gradient that nobody reads, written over what comes after this layer.
          step.dx = end;
          reserve(end + Part::in);
        }
      } else {
        if (index == Count) {
          y = Step<Lane>::at_output;
        } else if (!in_place) {
          const bool second = y == 0;
          y = second ? other : 0;
          if (rounded(Part::out) > turn_sizes[second]) turn_sizes[second] = rounded(Part::out);
        }
        if constexpr (Kind == Passage::infer_training) reserve(Part::record_size);
      }
      step.y = y, step.dy = dy;
      writable = !training || !Part::keeps_output;
    }
  }

  /// Every array begins at a boundary, where no load of a register crosses one.
  static constexpr std::size_t rounded(std::size_t lanes) {
    constexpr std::size_t unit = sizeof(Lane) < kernels::alignment ? kernels::alignment / sizeof(Lane) : 1;
    return (lanes + unit - 1) / unit * unit;
  }
  constexpr std::size_t take(std::size_t lanes) {
    const std::size_t begin = end;
    reserve(end += rounded(lanes));
    return begin;
  }
  constexpr void reserve(std::size_t lanes) {
    if (lanes > table.size) table.size = lanes;
  }

  Table<Lane, Count> table{};
  std::size_t index = 0, end = 0;
  std::size_t y = Step<Lane>::at_input, dy = Step<Lane>::at_input;
  std::size_t turn_sizes[2] = {};
  bool writable = false;
};

/// Follows a table forward; `output` is that of an inference.
template <class Lane>
CTNN_NOINLINE constexpr void run_forward(const Step<Lane>* steps, std::size_t count, const Lane* x,
                                         const ScalarOf<Lane>* parameters, Lane* output, MemoryPass<Lane> pass) {
  for (std::size_t i = 0; i < count; ++i, pass.noise += noise_step) {
    const Step<Lane>& step = steps[i];
    step.forward(step.x == Step<Lane>::at_input ? x : step.at(step.x, pass), parameters + step.offset,
                 step.y == Step<Lane>::at_output ? output : step.at(step.y, pass), step.at(step.record, pass), pass);
  }
}

/// … and back.
template <class Lane>
CTNN_NOINLINE constexpr void run_backward(const Step<Lane>* steps, std::size_t count, const Lane* x,
                                          const ScalarOf<Lane>* parameters, const Gradients<Lane>& gradients, Lane* dx,
                                          const MemoryPass<Lane>& pass) {
  for (std::size_t i = count; i-- > 0;) {
    const Step<Lane>& step = steps[i];
    if (!step.backward) continue;
    step.backward(step.x == Step<Lane>::at_input ? x : step.at(step.x, pass), step.at(step.y, pass), step.at(step.record, pass),
                  parameters + step.offset, step.at(step.dy, pass), gradients.at(step.lane_offset, step.offset),
                  step.dx == Step<Lane>::at_input ? dx : step.at(step.dx, pass), pass);
  }
}

/// The passes through a chain in memory.
template <class Chain, class Lane>
struct InMemory {
  template <Passage Kind, bool Functions = true>
  static constexpr Table<Lane, Chain::leaves> table = [] {
    TableBuilder<Lane, Kind, Functions, Chain::leaves> builder;
    builder.template add_chain<Chain>();
    return builder.finish();
  }();
  /// Lanes of a tile that a pass needs.
  template <Passage Kind>
  static constexpr std::size_t size = table<Kind, false>.size;

  /// Inference of the tiles of a pass: writes the chain's outputs to `output`. With `Passage::infer_training` layers do what they
  /// do in training, with the random numbers of a `train` with this pass.
  template <Passage Kind>
  static constexpr void infer(const Lane* x, const ScalarOf<Lane>* parameters, Lane* output, const MemoryPass<Lane>& pass) {
    if constexpr (Chain::leaves == 0) {
      for (std::size_t i = 0; i < pass.tiles * Chain::out; ++i) output[i] = x[i];
    } else {
      run_forward(table<Kind>.steps, Chain::leaves, x, parameters, output, pass);
    }
  }

  /// Training of the tiles of a pass. `rest(y, dy)` is called with the chain's output and must fill dy, the gradient of what it
  /// computes. Parameter gradients are added up, or replaced by a fresh pass; dx is written if `InputGradient` is set.
  template <bool InputGradient, class Rest>
  static constexpr void train(const Lane* x, const ScalarOf<Lane>* parameters, const Gradients<Lane>& gradients, Lane* dx,
                              const MemoryPass<Lane>& pass, const Rest& rest) {
    if constexpr (Chain::leaves == 0) {
      rest(x, dx);
    } else {
      constexpr Passage kind = InputGradient ? Passage::train_input : Passage::train;
      constexpr const auto& all = table<kind>;
      run_forward(all.steps, Chain::leaves, x, parameters, static_cast<Lane*>(nullptr), pass);
      rest(static_cast<const Lane*>(pass.memory + all.y * pass.tiles), pass.memory + all.dy * pass.tiles);
      run_backward(all.steps, Chain::leaves, x, parameters, gradients, dx, pass);
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
