// Where a network's arrays lie in a Keras 3 weight file: the k-th array of a layer is layers/<name>/vars/<k>, that of a layer
// inside a block layers/<block>/layers/<name>/vars/<k>. Names are those of the classes, counted anew in every block.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../errors.hpp"
#include "../layer.hpp"
#include "../sequential.hpp"
#include "../summary.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Whether HDF5 takes a text for the name of a group, and not for a path or for the group that it is in.
constexpr bool is_group_name(std::string_view name) { return !name.empty() && name != "." && name.find('/') == name.npos; }

/// A layer with weights, or a block.
struct WeightGroup {
  std::string path = {};               ///< of the group that holds "vars"; "" for the network itself
  std::string name = {};               ///< as Keras numbers it: "dense_1"
  std::string text = {};               ///< for messages: "dense_1 (Dense)"
  std::vector<Parameter> arrays = {};  ///< none for a block
  std::size_t offset = 0;              ///< of the first number among the network's parameters
  bool is_block = false;
};

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

/// Adds a chain's group, and then those of its layers. A function that all networks share.
[[gnu::cold]] inline void add_weight_groups(std::vector<WeightGroup>& groups, const WeightGroup& block, const WeightChain& chain) {
  groups.push_back(block);
  LayerNames names;
  const std::string inside = block.path.empty() ? "layers/" : concat(block.path, "/layers/");
  const std::string before = block.path.empty() ? "" : concat(block.text.substr(0, block.text.find(' ')), "/");
  for (std::size_t i = 0; i < chain.count; ++i) {
    const WeightLayer& layer = chain.layers[i];
    const std::string class_name = layer.class_name;
    // Keras does not count the input among the layers.
    if (class_name == "InputLayer" && layer.count == 0 && !layer.block) continue;
    WeightGroup group{.name = names.next(class_name), .offset = block.offset + chain.offset[i], .is_block = layer.block != nullptr};
    group.path = concat(inside, group.name);
    group.text = concat(before, group.name, " (", class_name, ")");
    if (layer.block) {
      add_weight_groups(groups, group, *layer.block);
    } else if (layer.count > 0) {
      if (layer.inside) group.path += concat("/", layer.inside);
      group.arrays.assign(layer.arrays, layer.arrays + layer.count);
      groups.push_back(std::move(group));
    }
  }
}

/// All groups of a network, outer blocks before their layers. Throws FileError, beginning with `where`, if two have one name,
/// as the second Dense of a network and a layer of a class Dense_1.
[[gnu::cold]] inline std::vector<WeightGroup> weight_groups(const WeightChain& chain, const std::string& where) {
  std::vector<WeightGroup> groups;
  add_weight_groups(groups, {.path = "", .name = "sequential", .text = "sequential (Sequential)", .is_block = true}, chain);
  std::set<std::string> paths;
  for (const WeightGroup& group : groups) {
    if (paths.insert(group.path).second) continue;
    throw FileError(concat(where, "each layer must have a name of its own in the file, but two are called ", group.path,
                           "; give one of their classes another class_name"));
  }
  return groups;
}

/// Refuses a model without parameters.
[[gnu::cold]] inline void require_parameters(const void* parameters, const char* where) {
  if (!parameters) throw EmptyModelError(concat("ctnn: ", where, ": the model is empty, because it was moved from"));
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
