// The words of ctnn's compile errors. A rejected program names the condition that failed, with its values as
// type arguments: shapes_agree<at_layer<2>, expects<Shape<3>>, gets<Shape<4>>>.
#pragma once

#include <cstddef>

#include "shape.hpp"

namespace ctnn {

/// Where: the layer's index in its network; in a nested block, the block's index and then the layer's in it.
template <std::size_t... Index>
struct at_layer;
/// Where: a batch or a sample handed to a network, and the targets of training.
struct at_input;
struct at_target;
/// Where: the array of that index among a layer's weights.
template <std::size_t Index>
struct at_array;

template <class Shape>
struct expects;
template <class Shape>
struct gets;

/// Whether two shapes that must be equal are.
template <class Where, class Expected, class Given>
inline constexpr bool shapes_agree = false;
template <class Where, class Shape>
inline constexpr bool shapes_agree<Where, expects<Shape>, gets<Shape>> = true;

template <std::size_t Count>
struct axes;

/// Whether a batch there has the axes of a sample, and that of the samples.
template <class Where, class Sample, class Given>
inline constexpr bool axes_agree = false;
template <class Where, class Sample>
inline constexpr bool axes_agree<Where, expects<Sample>, axes<Sample::rank + 1>> = true;
/// Samples of one number may do without their axis.
template <class Where>
inline constexpr bool axes_agree<Where, expects<Shape<1>>, axes<1>> = true;

/// Whether a tensor of so many axes can be given predictions of so many.
template <class Tensor, class Predictions>
inline constexpr bool holds_predictions = false;

/// Whether the layer there takes and gives at least one number: what Dense<3, 0> does not.
template <class Where, class Given>
inline constexpr bool sizes_are_positive = false;
template <class Given>
inline constexpr bool sizes_are_positive<at_layer<>, Given> = true;

/// Whether a layer's options, which its type shows, are in their ranges.
template <class Layer, bool InRange>
inline constexpr bool options_in_range = InRange;

/// Whether a network has any layers.
template <class Network>
inline constexpr bool has_layers = true;
template <template <class...> class Network>
inline constexpr bool has_layers<Network<>> = false;

/// Whether a network has anything to train; where its input is not known, that is the mistake to report.
template <class Network>
inline constexpr bool has_parameters = Network::parameter_count > 0 || Network::input_shape::rank == 0;

/// Whether any of them are trained.
template <class Network, bool Trained>
inline constexpr bool trains_parameters = Trained;

/// Whether there is memory for a batch where a network's layers couple its samples.
template <class Network, bool CanGrow>
inline constexpr bool can_grow = CanGrow;

/// Whether this can be written to a stream.
template <class Type, class Stream>
inline constexpr bool is_printed = false;

template <std::size_t Count>
struct layer_count_is;

/// Whether a network has a layer of this index.
template <class Where, class Count>
inline constexpr bool layer_exists = false;
template <std::size_t Index, std::size_t Count>
inline constexpr bool layer_exists<at_layer<Index>, layer_count_is<Count>> = Index < Count;

template <std::size_t Count>
struct class_count_is;

/// Whether an output's last axis holds classes to choose from.
template <class Count>
inline constexpr bool has_classes = false;
template <std::size_t Count>
inline constexpr bool has_classes<class_count_is<Count>> = (Count > 1);

}  // namespace ctnn
