// Reshape: the same numbers under other axes.
#pragma once

#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's Reshape in row-major order, as in Reshape<4, 4, 1>; one axis may be −1 and follows from the others. Costs
/// nothing: the numbers lie in memory as they are.
template <std::ptrdiff_t... Axes>
struct Reshape {
 private:
  static constexpr std::size_t inferred = (std::size_t{0} + ... + (Axes == -1));
  static constexpr bool valid = sizeof...(Axes) > 0 && sizeof...(Axes) <= Dimensions::max_rank&& inferred <= 1 &&
                                ((Axes == -1 || Axes > 0) && ...);
  /// Numbers under the axes that are given.
  static constexpr std::size_t known = valid ? (std::size_t{1} * ... * static_cast<std::size_t>(Axes == -1 ? 1 : Axes)) : 1;

 public:
  static constexpr const char* class_name = "Reshape";
  static constexpr bool is_identity = true;

  /// As many numbers as the axes hold; where one is inferred, a multiple of what the others hold, the next one up.
  static constexpr Dimensions expected_input(Dimensions given) {
    if (!given.known() || !valid || given.size() == 0) return given;
    const std::size_t wanted = inferred ? (given.size() + known - 1) / known * known : known;
    return given.size() == wanted ? given : Dimensions{wanted};
  }
  static constexpr Dimensions compute_output_shape(Dimensions input) {
    if constexpr (valid) {
      return {(Axes == -1 ? input.size() / known : static_cast<std::size_t>(Axes))...};
    } else {
      return input;
    }
  }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }

  static_assert(valid, "ctnn: Reshape's axes must be one to eight, each at least 1, or −1 for one that follows from the others");
};

}  // namespace ctnn::inline CTNN_VARIANT
