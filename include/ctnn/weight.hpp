// weight<"dense_1/kernel">(model): an array of a model's parameters by its name or its layer's index, without xtensor.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "static_model.hpp"
#include "weight_table.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A text as a template argument.
template <std::size_t Size>
struct Name {
  char text[Size] = {};

  constexpr Name(const char (&given)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) text[i] = given[i];
  }
  constexpr operator std::string_view() const { return {text, Size - 1}; }
};

/// Whether a network has an array of this name.
template <class Network, Name Path>
inline constexpr bool has_weight =
    detail::weight_place(detail::WeightChainOf<typename Network::template chain<typename Network::input_shape>>::value, Path).size >
    0;
/// The same of its layer I.
template <class Network, std::size_t I, Name Array>
inline constexpr bool layer_has_weight = [] {
  constexpr auto& chain = detail::WeightChainOf<typename Network::template chain<typename Network::input_shape>>::value;
  return I < chain.count && detail::array_place(chain.layers[I < chain.count ? I : 0], 0, Array).size > 0;
}();

/// The array of a model that Keras gives this path, as weight<"dense_1/kernel">(model), or in a block "sequential/dense/kernel":
/// its numbers in row-major order, by reference.
template <Name Path, class Net, class Scalar, class Storage>
constexpr auto weight(BasicModel<Net, Scalar, Storage>& model) {
  static_assert(has_weight<Net, Path>,
                "ctnn: a weight must be named by its layer and array as in model.summary() and Keras, as \"dense_1/kernel\"");
  using Chain = typename BasicModel<Net, Scalar, Storage>::chain;
  constexpr detail::WeightPlace place = detail::weight_place(detail::WeightChainOf<Chain>::value, Path);
  return std::span<Scalar, place.size>(model.data() + place.offset, place.size);
}
template <Name Path, class Net, class Scalar, class Storage>
constexpr auto weight(const BasicModel<Net, Scalar, Storage>& model) {
  static_assert(has_weight<Net, Path>,
                "ctnn: a weight must be named by its layer and array as in model.summary() and Keras, as \"dense_1/kernel\"");
  using Chain = typename BasicModel<Net, Scalar, Storage>::chain;
  constexpr detail::WeightPlace place = detail::weight_place(detail::WeightChainOf<Chain>::value, Path);
  return std::span<const Scalar, place.size>(model.data() + place.offset, place.size);
}

/// The same by the layer's index from 0: weight<2, "kernel">(model).
template <std::size_t I, Name Array, class Net, class Scalar, class Storage>
constexpr auto weight(BasicModel<Net, Scalar, Storage>& model) {
  static_assert(layer_has_weight<Net, I, Array>,
                "ctnn: a weight must be named by its layer's index and its array, as weight<0, \"kernel\">(model)");
  constexpr auto& chain = detail::WeightChainOf<typename BasicModel<Net, Scalar, Storage>::chain>::value;
  constexpr detail::WeightPlace place = detail::array_place(chain.layers[I], chain.offset[I], Array);
  return std::span<Scalar, place.size>(model.data() + place.offset, place.size);
}
template <std::size_t I, Name Array, class Net, class Scalar, class Storage>
constexpr auto weight(const BasicModel<Net, Scalar, Storage>& model) {
  static_assert(layer_has_weight<Net, I, Array>,
                "ctnn: a weight must be named by its layer's index and its array, as weight<0, \"kernel\">(model)");
  constexpr auto& chain = detail::WeightChainOf<typename BasicModel<Net, Scalar, Storage>::chain>::value;
  constexpr detail::WeightPlace place = detail::array_place(chain.layers[I], chain.offset[I], Array);
  return std::span<const Scalar, place.size>(model.data() + place.offset, place.size);
}

}  // namespace ctnn::inline CTNN_VARIANT
