// adapt: what Normalization must know of data, found out in one pass over them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "batch_forward.hpp"
#include "batches.hpp"
#include "braces.hpp"
#include "errors.hpp"
#include "number_text.hpp"
#include "sequential.hpp"
#include "threads.hpp"
#include "xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

template <class Layer>
concept Adapts = requires { requires Layer::adapts; };

/// Whether a layer is adapted to data that go into the network around it; a block, whether any of its layers is.
template <class Layer>
inline constexpr bool adapts_to_input = Adapts<Layer> && !requires { requires Layer::adapts_to_output; };
template <IsChain Layer>
inline constexpr bool adapts_to_input<Layer> = adapts_to_input<typename Layer::sequential>;
template <class... Layers>
inline constexpr bool adapts_to_input<Sequential<Layers...>> = [] {
  bool found = false;
  for (const bool adapts : {false, adapts_to_input<Layers>...}) found |= adapts;
  return found;
}();

}  // namespace detail

/// Whether there is anything that adapt could find out.
template <class Layer>
inline constexpr bool can_adapt = detail::Adapts<Layer> || detail::adapts_to_input<Layer>;

namespace detail {

/// Of a number that is no number: its sample, and where in that it is.
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_not_finite(double value, std::size_t sample, std::size_t index,
                                                                    const Dimensions& shape, const std::string& what) {
  std::string place;
  if (shape.rank == 1) {
    place = concat("row ", std::to_string(sample), ", column ", std::to_string(index));
  } else {
    std::size_t position[Dimensions::max_rank] = {};
    for (std::size_t axis = shape.rank; axis-- > 0; index /= shape.axes[axis]) position[axis] = index % shape.axes[axis];
    place = concat("sample ", std::to_string(sample), " at ", shape_text("", position, shape.rank));
  }
  throw DataError(concat("ctnn: adapt: ", what, " must hold finite numbers, but holds ", number_text(value), " in ", place,
                         "; leave such samples out, or fill in what is missing"));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_too_spread(double variance, std::size_t channel, bool is_float,
                                                                    const std::string& what) {
  throw DataError(concat("ctnn: adapt: the variance of ", what, " must fit into ", is_float ? "float" : "double",
                         ", but that of column ", std::to_string(channel), " is ",
                         math::is_finite(variance) ? short_text(variance) : std::string("infinite"),
                         "; scale the data, as by Rescaling"));
}

/// The mean and the variance of each of some channels, whose values are added one by one (Welford 1962). So the variance is right
/// where the mean is far larger than the deviation, and that of equal values is exactly 0.
class Moments {
 public:
  /// `what`: where the values are, for messages.
  Moments(std::size_t channels, std::string what) : what_(std::move(what)), mean_(channels), squares_(channels) {}

  /// Adds a sample of this shape, whose last axis are the channels. Throws DataError for numbers that are not finite.
  template <class Scalar>
  void add(const Scalar* sample, const Dimensions& shape) {
    const std::size_t channels = mean_.size(), size = shape.size();
    for (std::size_t row = 0; row < size; row += channels) {
      const double share = 1 / static_cast<double>(++values_);
      for (std::size_t c = 0; c < channels; ++c) {
        const Scalar value = sample[row + c];
        if (!math::is_finite(value)) throw_not_finite(static_cast<double>(value), samples_, row + c, shape, what_);
        const double away = static_cast<double>(value) - mean_[c];
        mean_[c] += away * share;
        squares_[c] += away * (static_cast<double>(value) - mean_[c]);
      }
    }
    ++samples_;
  }

  /// Writes the means, and behind them the variances. Throws DataError for those that a Scalar does not hold.
  template <class Scalar>
  void write(Scalar* target) const {
    const std::size_t channels = mean_.size();
    for (std::size_t c = 0; c < channels; ++c) {
      const double variance = squares_[c] / static_cast<double>(values_);
      if (!math::is_finite(variance) || variance > static_cast<double>((std::numeric_limits<Scalar>::max)()))
        throw_too_spread(variance, c, std::is_same_v<Scalar, float>, what_);
      target[c] = static_cast<Scalar>(mean_[c]);
      target[channels + c] = static_cast<Scalar>(variance);
    }
  }

 private:
  std::string what_;
  std::vector<double> mean_, squares_;
  std::size_t values_ = 0, samples_ = 0;
};

/// Adapts layers to `count` samples of shape `In`, whose way to a layer leads through the layers before it.
template <class In, class Scalar>
struct Adaptation {
  Samples<Scalar> x;
  std::size_t count;
  Scalar* parameters;  ///< of all layers, of which this writes what it finds out

  /// All layers of a chain behind the layers `Before`, one after another.
  template <class Chain, class... Before>
  void adapt_chain() const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      [[maybe_unused]] const int each[] = {0, (adapt_part<Chain, I, Before...>(), 0)...};
    }(std::make_index_sequence<Chain::count>{});
  }

  /// One layer.
  template <class Layer, class... Before>
  void adapt_layer() const {
    using Way = Chain<In, Before...>;
    constexpr std::size_t place = sizeof...(Before);
    constexpr const Dimensions& shape = Way::template boundary<place>::dimensions;
    Moments moments(shape.last(), Way::is_identity ? "x" : concat("what comes to ", Layer::class_name));
    if constexpr (Way::is_identity) {
      std::vector<Scalar> scratch(In::size);
      for (std::size_t i = 0; i < count; ++i) moments.add(x(i, scratch.data()), shape);
    } else {
      for_each_output<Way>([&](const Scalar* output) { moments.add(output, shape); });
    }
    moments.write(parameters + Way::plan.offset[place]);
  }

 private:
  template <class Chain, std::size_t I, class... Before>
  void adapt_part() const {
    using Layer = typename Chain::template layer<I>;
    if constexpr (adapts_to_input<Layer>) {
      [&]<std::size_t... J>(std::index_sequence<J...>) {
        if constexpr (IsChain<Layer>) {
          adapt_chain<typename Layer::template chain<typename Chain::template boundary<I>>, Before...,
                      typename Chain::template layer<J>...>();
        } else {
          adapt_layer<Layer, Before..., typename Chain::template layer<J>...>();
        }
      }(std::make_index_sequence<I>{});
    }
  }

  /// Calls visit(output) with what a chain makes of each sample, some samples at a time.
  template <class Way, class Visit>
  void for_each_output(const Visit& visit) const {
    using Lane = BatchLane<Scalar>;
    constexpr std::size_t together = std::max<std::size_t>(kernels::width_of<Lane>, 65536 / Way::out);
    const ThreadWorkers<Lane, ForwardPlan<Way, In::size, Lane>::memory, 0> workers(1);
    std::vector<Scalar> outputs(std::min(together, count) * Way::out);
    for (std::size_t first = 0; first < count; first += together) {
      const std::size_t size = std::min(together, count - first);
      forward_samples<Way, In::size, Lane>(x.from(first), 0, size, parameters, outputs.data(), workers.memory(0));
      for (std::size_t i = 0; i < size; ++i) visit(static_cast<const Scalar*>(outputs.data() + i * Way::out));
    }
  }
};

/// Adapts a layer with input shape `In`, or all layers of a block.
template <class Layer, class In, class Scalar, class Batch>
void adapt(const Batch& x, Scalar* parameters) {
  static_assert(can_adapt<Layer>,
                "ctnn: adapt must be called of a layer that adapts to data, as Normalization<>, or of a network or block with such "
                "a layer; Normalization<Invert> is adapted by itself, to the targets, as model[3_c].adapt(y)");
  if constexpr (can_adapt<Layer>) check_tensor<at_input, Batch>();
  if constexpr (can_adapt<Layer> && passes_as_tensor<Batch>) {
    check_static_shape<at_input, In, Batch>();
    const std::size_t count = batch_size<In>(x, "adapt", ": the input x");
    // All layers change, or none.
    constexpr std::size_t size = parameter_count<Layer>(In::dimensions);
    std::vector<Scalar> adapted(parameters, parameters + size);
    const Adaptation<In, Scalar> adaptation{samples_of<In, Scalar>(x), count, adapted.data()};
    if constexpr (IsChain<Layer>) {
      adaptation.template adapt_chain<typename Layer::template chain<In>>();
    } else {
      adaptation.template adapt_layer<Layer>();
    }
    std::copy(adapted.begin(), adapted.end(), parameters);
  }
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
