// Where a network's arrays lie in a Keras 3 weight file: the k-th array of a layer is layers/<name>/vars/<k>, that of a layer
// inside a block layers/<block>/layers/<name>/vars/<k>. Names are those of the classes, counted anew in every block.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../layer.hpp"
#include "../sequential.hpp"
#include "../summary.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// A layer with weights, or a block.
struct WeightGroup {
  std::string path = {};               ///< of the group that holds "vars"; "" for the network itself
  std::string name = {};               ///< as Keras numbers it: "dense_1"
  std::string text = {};               ///< for messages: "dense_1 (Dense)"
  std::vector<Parameter> arrays = {};  ///< none for a block
  std::size_t offset = 0;              ///< of the first number among the network's parameters
  bool is_block = false;
  std::set<std::string> children = {};  ///< a block's layers by name
};

/// Adds a chain's group, and then those of its layers.
template <class Chain>
void add_weight_groups(std::vector<WeightGroup>& groups, const WeightGroup& block) {
  const std::size_t own = groups.size();
  groups.push_back(block);
  LayerNames names;
  const std::string inside = block.path.empty() ? "layers/" : block.path + "/layers/";
  const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using Layer = typename Chain::template layer<I>;
    using In = typename Chain::template boundary<I>;
    const std::string class_name = Layer::class_name;
    // Keras does not count the input among the layers.
    if (class_name == "InputLayer") return;
    WeightGroup group{.name = names.next(class_name), .offset = block.offset + Chain::plan.offset[I]};
    groups[own].children.insert(group.name);
    group.path = inside + group.name;
    group.text =
        concat(block.path.empty() ? "" : block.text.substr(0, block.text.find(' ')) + "/", group.name, " (", class_name, ")");
    if constexpr (IsChain<Layer>) {
      group.is_block = true;
      add_weight_groups<typename Layer::template chain<In>>(groups, group);
    } else if constexpr (HasParameters<Layer>) {
      if constexpr (requires { Layer::weights_group; }) group.path += concat("/", Layer::weights_group);
      for (const Parameter& array : Layer::parameters(In::dimensions)) group.arrays.push_back(array);
      if (!group.arrays.empty()) groups.push_back(std::move(group));
    }
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] const int each[] = {0, (add(std::integral_constant<std::size_t, I>{}), 0)...};
  }(std::make_index_sequence<Chain::count>{});
}

/// All groups of a network, outer blocks before their layers.
template <class Chain>
std::vector<WeightGroup> weight_groups() {
  std::vector<WeightGroup> groups;
  add_weight_groups<Chain>(groups, {.path = "", .name = "sequential", .text = "sequential (Sequential)", .is_block = true});
  return groups;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
