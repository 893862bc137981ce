// LayerView: one layer's weights inside a model, as xtensor views.
#pragma once

#include <algorithm>
#include <boost/hana/integral_constant.hpp>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "adapt.hpp"
#include "batches.hpp"
#include "braces.hpp"
#include "errors.hpp"
#include "sequential.hpp"
#include "xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

template <class Layer, class In, class Scalar>
class LayerView;

/// Where: an array that set_weights is given.
struct at_weights;
/// Whether a layer's numbers may be written.
template <class Layer, class Number>
inline constexpr bool may_be_set = !std::is_const_v<Number>;
template <std::size_t Count>
struct arrays_wanted;
template <std::size_t Count>
struct arrays_given;
/// Whether a layer is given as many arrays as it has.
template <class Layer, class Wanted, class Given>
inline constexpr bool counts_agree = false;
template <class Layer, std::size_t Count>
inline constexpr bool counts_agree<Layer, arrays_wanted<Count>, arrays_given<Count>> = true;

namespace detail {

/// The view of layer I of a chain; an index past the end is one error, and the first layer stands in.
template <class Chain, std::size_t I, class Scalar>
constexpr auto layer_view(Scalar* parameters) {
  static_assert(layer_exists<at_layer<I>, layer_count_is<Chain::count>>,
                "ctnn: a layer's index must be less than the network's number of layers");
  constexpr std::size_t index = I < Chain::count ? I : 0;
  return LayerView<typename Chain::template layer<index>, typename Chain::template boundary<index>, Scalar>(
      parameters + Chain::plan.offset[index]);
}

}  // namespace detail

/// Layer `Layer` of a model, with input shape `In`. Refers to the model's parameters; const ones through `const Scalar`.
template <class Layer, class In, class Scalar>
class LayerView {
 public:
  constexpr explicit LayerView(Scalar* first) : parameters_(first) {}

  /// The layer's arrays in Keras's order, as a tuple of fixed-shape views into the model: kernel (in, out) and bias (out)
  /// for Dense. A block gives those of all its layers.
  auto weights() const { return views(std::make_index_sequence<detail::parameter_arrays<Layer>>{}); }

  /// Copies new values into the layer, one array for each of `weights()`; throws ShapeError where a shape differs, and
  /// then changes nothing.
  template <class... Arrays>
  void set_weights(const Arrays&... values) const {
    static_assert(may_be_set<Layer, Scalar>, "ctnn: set_weights must be called of a model that is not const");
    static_assert(counts_agree<Layer, arrays_wanted<detail::parameter_arrays<Layer>>, arrays_given<sizeof...(Arrays)>>,
                  "ctnn: set_weights must be given one array for each of the layer's weights");
    if constexpr (sizeof...(Arrays) > 0) detail::check_tensors<at_weights, Arrays...>();
    if constexpr (may_be_set<Layer, Scalar> && sizeof...(Arrays) == detail::parameter_arrays<Layer> &&
                  (detail::passes_as_tensor<Arrays> && ...)) {
      set(values...);
    }
  }

  // Arrays in braces are refused by a sentence.
  void set_weights(const detail::Anything&, const detail::Anything& = {}) const {
    detail::check_tensor<at_weights, detail::in_braces<Scalar>>();
  }

  /// Finds out the mean and the variance of each channel of x, axes (batch, …input shape), over all axes but the last, and keeps
  /// them in the layer: Keras's Normalization.adapt. A block adapts all of its layers, each to what comes to it. Throws ShapeError
  /// for other axes or no sample, DataError for numbers that are infinite or NaN and for a variance that is too large for the
  /// model's type, and then changes nothing.
  template <class Batch>
  void adapt(const Batch& x) const {
    static_assert(may_be_set<Layer, Scalar>, "ctnn: adapt must be called of a model that is not const");
    if constexpr (may_be_set<Layer, Scalar>) detail::adapt<Layer, In>(x, parameters_);
  }
  void adapt(detail::Braces) const { detail::check_tensor<at_input, detail::in_braces<Scalar>>(); }

  template <class Stream>
  friend Stream& operator<<(Stream& out, const LayerView&) {
    static_assert(is_printed<Layer, Stream>,
                  "ctnn: a layer's weights must be printed one by one, as std::get<0>(model[0_c].weights())");
    return out;
  }

  /// A layer of a nested block.
  template <class Index, Index I>
  constexpr auto operator[](boost::hana::integral_constant<Index, I>) const
    requires detail::IsChain<Layer>
  {
    return detail::layer_view<typename Layer::template chain<In>, static_cast<std::size_t>(I)>(parameters_);
  }

 private:
  template <class... Arrays>
  void set(const Arrays&... values) const {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (check_static<K, Arrays>(), ...);
      (check<K>(values), ...);
      // Evaluated before any is written: an array may be computed from the weights it replaces.
      const std::array<std::vector<Scalar>, sizeof...(Arrays)> evaluated{evaluate(values)...};
      Scalar* next = parameters_;
      for (const std::vector<Scalar>& array : evaluated) next = std::copy(array.begin(), array.end(), next);
    }(std::index_sequence_for<Arrays...>{});
  }

  static constexpr auto list() {
    if constexpr (detail::HasParameters<Layer>) {
      return Layer::parameters(In::dimensions);
    } else {
      return std::array<Parameter, 0>{};
    }
  }
  static constexpr auto arrays = list();

  template <std::size_t... K>
  auto views(std::index_sequence<K...>) const {
    return std::tuple{view<K>()...};
  }

  template <std::size_t K>
  auto view() const {
    constexpr std::size_t offset = [] {
      std::size_t sum = 0;
      for (std::size_t k = 0; k < K; ++k) sum += arrays[k].shape.size();
      return sum;
    }();
    return [this]<std::size_t... Axis>(std::index_sequence<Axis...>) {
      return xt::adapt(parameters_ + offset, xt::fixed_shape<arrays[K].shape.axes[Axis]...>{});
    }(std::make_index_sequence<arrays[K].shape.rank>{});
  }

  template <class Array>
  static std::vector<Scalar> evaluate(const Array& array) {
    std::vector<Scalar> result;
    result.reserve(array.size());
    std::transform(array.template cbegin<xt::layout_type::row_major>(), array.template cend<xt::layout_type::row_major>(),
                   std::back_inserter(result), [](const auto& value) { return static_cast<Scalar>(value); });
    return result;
  }

  /// Checks what an array's type says of its shape.
  template <std::size_t K, class Array>
  static constexpr void check_static() {
    using Given = typename detail::StaticShape<Array>::type;
    [[maybe_unused]] constexpr auto expected = []<std::size_t... Axis>(std::index_sequence<Axis...>) {
      return Shape<arrays[K].shape.axes[Axis]...>{};
    }(std::make_index_sequence<arrays[K].shape.rank>{});
    if constexpr (detail::FixedTensor<Array> ||
                  (detail::static_rank<Array> != SIZE_MAX && detail::static_rank<Array> != expected.rank)) {
      static_assert(shapes_agree<at_array<K>, expects<std::remove_const_t<decltype(expected)>>, gets<Given>>,
                    "ctnn: an array given to set_weights must have the shape of the layer's own");
    }
  }

  template <std::size_t K, class Array>
  static void check(const Array& array) {
    const Dimensions& expected = arrays[K].shape;
    bool agrees = array.dimension() == expected.rank;
    for (std::size_t i = 0; agrees && i < expected.rank; ++i)
      agrees = static_cast<std::size_t>(array.shape()[i]) == expected.axes[i];
    if (!agrees) {
      throw ShapeError(detail::concat("ctnn: set_weights: ", arrays[K].name, " of ", Layer::class_name, " must have shape ",
                                      detail::shape_text("", expected.axes, expected.rank), ", but has ",
                                      detail::shape_text("", array.shape(), array.dimension())));
    }
  }

  Scalar* parameters_;
};

}  // namespace ctnn::inline CTNN_VARIANT
