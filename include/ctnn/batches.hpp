// The border to xtensor: any expression whose axes are (batch, …sample shape) becomes Samples, without a copy
// where its numbers lie in memory as they are needed, else by a copy, some tiles at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include "diagnostics.hpp"
#include "errors.hpp"
#include "predictions.hpp"
#include "samples.hpp"
#include "shape.hpp"
#include "xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// An xtensor container, view or unevaluated expression.
template <class Type>
concept Tensor = xt::is_xexpression<std::remove_cvref_t<Type>>::value;

/// Whether what stands there is a tensor, and one of numbers.
template <class Where, class Type>
inline constexpr bool is_tensor = Tensor<Type>;
template <class Where, class Type>
inline constexpr bool holds_numbers = requires(const typename Type::value_type& value) { static_cast<double>(value); };

namespace detail {

/// Refuses what is no tensor.
template <class Where, class Type>
constexpr void check_tensor() {
  static_assert(is_tensor<Where, Type>,
                "ctnn: a batch must be an xtensor container, view or expression, which as_batch(v, samples, features) makes of a "
                "std::vector v, an array, a span or a pointer");
  if constexpr (Tensor<Type>) static_assert(holds_numbers<Where, Type>, "ctnn: a batch must hold numbers");
}
/// Whether it passed.
template <class Type>
constexpr bool passes_as_tensor = false;
template <Tensor Type>
constexpr bool passes_as_tensor<Type> = holds_numbers<void, Type>;

/// The same of several, the first of which that is none is refused.
template <class Where, class First, class... Rest>
constexpr void check_tensors() {
  check_tensor<Where, First>();
  if constexpr (passes_as_tensor<First> && sizeof...(Rest) > 0) check_tensors<Where, Rest...>();
}

template <std::size_t... Axes>
constexpr Dimensions fixed_dimensions(const xt::fixed_shape<Axes...>&) {
  return {Axes...};
}
template <class Type>
concept FixedTensor = requires(const typename Type::shape_type& shape) { fixed_dimensions(shape); };

/// A fixed tensor's shape; of another tensor whose type shows its number of axes, that.
template <class Type>
struct StaticShape {
  using type = axes<static_rank<Type>>;
};
template <std::size_t... Axes>
Shape<Axes...> shape_of(const xt::fixed_shape<Axes...>&);
template <FixedTensor Type>
struct StaticShape<Type> {
  using type = decltype(shape_of(std::declval<typename Type::shape_type>()));
};

template <class Type>
struct FixedSample;
template <std::size_t Batch, std::size_t... Axes>
struct FixedSample<xt::fixed_shape<Batch, Axes...>> {
  using type = Shape<Axes...>;
};
template <std::size_t Batch>
struct FixedSample<xt::fixed_shape<Batch>> {
  using type = Shape<1>;
};

/// Checks what a batch's type says of its shape: all of it, or the number of axes. `Where` is at_input or at_target.
template <class Where, class SampleShape, class Type>
constexpr void check_static_shape() {
  constexpr std::size_t rank = static_rank<Type>;
  if constexpr (FixedTensor<Type> && rank != 0) {
    using Given = typename FixedSample<typename Type::shape_type>::type;
    static_assert(shapes_agree<Where, expects<SampleShape>, gets<Given>>,
                  "ctnn: a batch's axes after the first must equal the network's input or output shape");
  } else if constexpr (rank != SIZE_MAX && SampleShape::rank != 0) {
    // A network whose shapes are unknown is reported as such.
    if constexpr (std::is_same_v<Where, at_input>) {
      static_assert(axes_agree<Where, expects<SampleShape>, axes<rank>>,
                    "ctnn: a batch of inputs must have one axis more than the network's input shape");
    } else {
      static_assert(axes_agree<Where, expects<SampleShape>, axes<rank>>,
                    "ctnn: a batch of targets must have one axis more than the loss wants a target to have (class numbers are "
                    "targets of SparseCategoricalCrossentropy; images become rows by Flatten)");
    }
  }
}

// What is thrown is made in functions of their own, so that the checks before each step, inlined, are a few comparisons.

template <class SampleShape, class Type>
[[noreturn, gnu::cold, gnu::noinline]] void throw_shape_error(const Type& batch, const char* where, const char* what) {
  throw ShapeError(concat("ctnn: ", where, what, " must have shape ",
                          shape_text("batch", SampleShape::dimensions.axes, SampleShape::rank), ", but has ",
                          shape_text("", batch.shape(), batch.dimension())));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_empty_batch(const char* where, const char* what) {
  throw ShapeError(concat("ctnn: ", where, what, " must hold at least one sample, but its batch axis is 0 long"));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_moved(const char* where, const char* what) {
  throw ShapeError(concat("ctnn: ", where, what, " must hold its numbers, but they were moved to another tensor"));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_count_error(std::size_t expected, std::size_t given, const char* where) {
  throw ShapeError(concat("ctnn: ", where, ": the target y must hold as many samples as x, ", std::to_string(expected),
                          ", but holds ", std::to_string(given)));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_too_many(std::size_t count) {
  throw ShapeError(concat("ctnn: predict: the outputs of ", std::to_string(count), " samples are more than memory can hold"));
}

/// The number of samples of a batch; throws ShapeError unless its axes are (batch, …SampleShape), or (batch) alone
/// for samples of one number, and there is at least one sample.
template <class SampleShape, class Type>
CTNN_INLINE std::size_t batch_size(const Type& batch, const char* where, const char* what) {
  const auto& shape = batch.shape();
  const std::size_t rank = batch.dimension();
  bool agrees = rank == SampleShape::rank + 1 || (rank == 1 && SampleShape::rank == 1 && SampleShape::size == 1);
  for (std::size_t i = 1; agrees && i < rank; ++i) {
    agrees = static_cast<std::size_t>(shape[i]) == SampleShape::dimensions.axes[i - 1];
  }
  if (!agrees) throw_shape_error<SampleShape>(batch, where, what);
  const auto count = static_cast<std::size_t>(shape[0]);
  if (count == 0) throw_empty_batch(where, what);
  // What xtensor has moved from keeps its shape.
  if constexpr (xt::has_data_interface<Type>::value) {
    if (batch.data() == nullptr) throw_moved(where, what);
  }
  return count;
}

/// Whether each sample's numbers follow one another in memory.
template <class Type>
CTNN_INLINE bool samples_are_contiguous(const Type& batch) {
  std::ptrdiff_t expected = 1;
  for (std::size_t i = batch.dimension() - 1; i > 0; --i) {
    const auto length = static_cast<std::ptrdiff_t>(batch.shape()[i]);
    if (length != 1 && static_cast<std::ptrdiff_t>(batch.strides()[i]) != expected) return false;
    expected *= length;
  }
  return true;
}

/// Copies a sample of any expression, in row-major order.
template <class SampleShape, class Scalar, class Type>
void copy_sample(const void* source, std::size_t index, Scalar* target) {
  const Type& batch = *static_cast<const Type*>(source);
  std::array<std::size_t, SampleShape::rank + 1> position{index};
  const std::size_t rank = batch.dimension();
  for (std::size_t i = 0; i < SampleShape::size; ++i) {
    // What holds no numbers is refused elsewhere.
    if constexpr (passes_as_tensor<Type>) {
      target[i] = static_cast<Scalar>(batch.element(position.begin(), position.begin() + static_cast<std::ptrdiff_t>(rank)));
    }
    for (std::size_t axis = rank - 1; axis > 0; --axis) {
      if (++position[axis] < SampleShape::dimensions.axes[axis - 1]) break;
      position[axis] = 0;
    }
  }
}

/// Where a checked batch's samples are. Refers to `batch`.
template <class SampleShape, class Scalar, class Type>
CTNN_INLINE Samples<Scalar> samples_of(const Type& batch) {
  if constexpr (xt::has_data_interface<Type>::value && std::is_same_v<typename Type::value_type, Scalar>) {
    if (samples_are_contiguous(batch)) {
      // xtensor gives an axis of length 1 the stride 0; a batch of one sample never steps.
      return {.data = batch.data() + batch.data_offset(), .stride = static_cast<std::ptrdiff_t>(batch.strides()[0])};
    }
  }
  return {.copy = &copy_sample<SampleShape, Scalar, Type>, .source = std::addressof(batch)};
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
