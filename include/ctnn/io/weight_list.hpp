// Where a network's arrays lie in a Keras 3 weight file: the k-th array of a layer is layers/<name>/vars/<k>, that of a layer
// inside a block layers/<block>/layers/<name>/vars/<k>. Names are those of the classes, counted anew in every block.
#pragma once

#include <cstddef>
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

/// Adds a chain's group, and then those of its layers.
template <class Chain>
[[gnu::cold]] void add_weight_groups(std::vector<WeightGroup>& groups, const WeightGroup& block) {
  groups.push_back(block);
  LayerNames names;
  const std::string inside = block.path.empty() ? "layers/" : block.path + "/layers/";
  const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using Layer = typename Chain::template layer<I>;
    using In = typename Chain::template boundary<I>;
    static_assert(is_group_name(Layer::class_name),
                  "ctnn: a layer's class_name must name a group of a weight file: at least one character, no \"/\", and not \".\"");
    const std::string class_name = Layer::class_name;
    // Keras does not count the input among the layers.
    if (class_name == "InputLayer" && !HasParameters<Layer>) return;
    WeightGroup group{.name = names.next(class_name), .offset = block.offset + Chain::plan.offset[I]};
    group.path = inside + group.name;
    group.text =
        concat(block.path.empty() ? "" : block.text.substr(0, block.text.find(' ')) + "/", group.name, " (", class_name, ")");
    if constexpr (IsChain<Layer>) {
      group.is_block = true;
      add_weight_groups<typename Layer::template chain<In>>(groups, group);
    } else if constexpr (HasParameters<Layer>) {
      if constexpr (requires { Layer::weights_group; }) {
        static_assert(
            is_group_name(Layer::weights_group),
            "ctnn: a layer's weights_group must name a group of a weight file: at least one character, no \"/\", and not \".\"");
        group.path += concat("/", Layer::weights_group);
      }
      for (const Parameter& array : Layer::parameters(In::dimensions)) group.arrays.push_back(array);
      if (!group.arrays.empty()) groups.push_back(std::move(group));
    }
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] const int each[] = {0, (add(std::integral_constant<std::size_t, I>{}), 0)...};
  }(std::make_index_sequence<Chain::count>{});
}

/// All groups of a network, outer blocks before their layers. Throws FileError, beginning with `where`, if two have one name,
/// as the second Dense of a network and a layer of a class Dense_1.
template <class Chain>
std::vector<WeightGroup> weight_groups(const std::string& where) {
  std::vector<WeightGroup> groups;
  add_weight_groups<Chain>(groups, {.path = "", .name = "sequential", .text = "sequential (Sequential)", .is_block = true});
  std::set<std::string> paths;
  for (const WeightGroup& group : groups) {
    if (paths.insert(group.path).second) continue;
    throw FileError(concat(where, "each layer must have a name of its own in the file, but two are called ", group.path,
                           "; give one of their classes another class_name"));
  }
  return groups;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
