// Where a network's arrays lie in a Keras 3 weight file: the k-th array of a layer is layers/<name>/vars/<k>, that of a layer
// inside a block layers/<block>/layers/<name>/vars/<k>. Names are those of the classes, counted anew in every block.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../errors.hpp"
#include "../layer.hpp"
#include "../sequential.hpp"
#include "../summary.hpp"
#include "../weight_table.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// A layer with weights, or a block.
struct WeightGroup {
  std::string path = {};               ///< of the group that holds "vars"; "" for the network itself
  std::string name = {};               ///< as Keras numbers it: "dense_1"
  std::string text = {};               ///< for messages: "dense_1 (Dense)"
  std::vector<Parameter> arrays = {};  ///< none for a block
  std::size_t offset = 0;              ///< of the first number among the network's parameters
  bool is_block = false;
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
