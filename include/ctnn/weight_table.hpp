// A network's arrays of parameters as a table that the compiler makes, and Keras's names for its layers.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "layer.hpp"
#include "sequential.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Whether HDF5 takes a text for the name of a group, and not for a path or for the group that it is in.
constexpr bool is_group_name(std::string_view name) { return !name.empty() && name != "." && name.find('/') == name.npos; }

struct WeightChain;

/// What the groups of a weight file need to know of a layer.
struct WeightLayer {
  const char* class_name;
  const char* inside;  ///< a group between the layer's own and its arrays', or null
  const Parameter* arrays;
  std::size_t count;         ///< of the arrays
  const WeightChain* block;  ///< of a block, its layers
};
/// The same of a list of layers.
struct WeightChain {
  const WeightLayer* layers;
  const std::size_t* offset;  ///< of each layer's first number among the chain's parameters
  std::size_t count;
};

/// The arrays of a layer, which stay.
template <class Layer, class In>
inline constexpr auto weight_arrays = Layer::parameters(In::dimensions);

template <class Chain>
struct WeightChainOf {
  template <std::size_t I>
  static constexpr WeightLayer layer() {
    using Layer = typename Chain::template layer<I>;
    using In = typename Chain::template boundary<I>;
    static_assert(is_group_name(Layer::class_name),
                  "ctnn: a layer's class_name must name a group of a weight file: at least one character, no \"/\", and not \".\"");
    WeightLayer result{Layer::class_name, nullptr, nullptr, 0, nullptr};
    if constexpr (IsChain<Layer>) {
      result.block = &WeightChainOf<typename Layer::template chain<In>>::value;
    } else if constexpr (HasParameters<Layer>) {
      if constexpr (requires { Layer::weights_group; }) {
        static_assert(
            is_group_name(Layer::weights_group),
            "ctnn: a layer's weights_group must name a group of a weight file: at least one character, no \"/\", and not \".\"");
        result.inside = Layer::weights_group;
      }
      result.arrays = std::data(weight_arrays<Layer, In>);
      result.count = std::size(weight_arrays<Layer, In>);
    }
    return result;
  }
  static constexpr auto layers = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<WeightLayer, Chain::count>{layer<I>()...};
  }(std::make_index_sequence<Chain::count>{});
  static constexpr WeightChain value{layers.data(), Chain::plan.offset, Chain::count};
};

/// Letter i of a class's name as Keras names layers after it, or two: "AveragePooling2D" → "average_pooling2d".
struct SnakeLetters {
  char letters[2];
  std::size_t count;
};
constexpr SnakeLetters snake_letters(std::string_view class_name, std::size_t i) {
  const bool upper = class_name[i] >= 'A' && class_name[i] <= 'Z';
  const auto lower_at = [&](std::size_t k) { return k < class_name.size() && class_name[k] >= 'a' && class_name[k] <= 'z'; };
  const char lower = upper ? static_cast<char>(class_name[i] - 'A' + 'a') : class_name[i];
  if (upper && i > 0 && (lower_at(i - 1) || lower_at(i + 1))) return {{'_', lower}, 2};
  return {{lower}, 1};
}

/// Whether `name` is what Keras calls a layer of this class of which there are `earlier` ones before it: "dense", "dense_1".
constexpr bool is_layer_name(std::string_view name, std::string_view class_name, std::size_t earlier) {
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const SnakeLetters wanted = snake_letters(class_name, i);
    if (!name.starts_with(std::string_view(wanted.letters, wanted.count))) return false;
    name.remove_prefix(wanted.count);
  }
  if (earlier == 0) return name.empty();
  for (; earlier > 0; earlier /= 10) {
    if (name.empty() || name.back() != static_cast<char>('0' + earlier % 10)) return false;
    name.remove_suffix(1);
  }
  return name == "_";
}

/// Where an array lies among a network's parameters; of no size where there is none.
struct WeightPlace {
  std::size_t offset = 0, size = 0;
};
constexpr WeightPlace array_place(const WeightLayer& layer, std::size_t offset, std::string_view name) {
  for (std::size_t k = 0; k < layer.count; ++k) {
    if (layer.arrays[k].name == name) return {offset, layer.arrays[k].shape.size()};
    offset += layer.arrays[k].shape.size();
  }
  return {};
}
/// By its path: "dense_1/kernel" or, in a block, "sequential/dense/kernel".
constexpr WeightPlace weight_place(const WeightChain& chain, std::string_view path, std::size_t offset = 0) {
  const std::size_t cut = path.find('/');
  if (cut == path.npos) return {};
  const std::string_view name = path.substr(0, cut), rest = path.substr(cut + 1);
  for (std::size_t i = 0; i < chain.count; ++i) {
    const WeightLayer& layer = chain.layers[i];
    std::size_t earlier = 0;
    for (std::size_t k = 0; k < i; ++k) earlier += std::string_view(chain.layers[k].class_name) == layer.class_name;
    if (!is_layer_name(name, layer.class_name, earlier)) continue;
    const std::size_t first = offset + chain.offset[i];
    return layer.block ? weight_place(*layer.block, rest, first) : array_place(layer, first, rest);
  }
  return {};
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
