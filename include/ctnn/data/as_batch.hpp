// as_batch: numbers that lie side by side in memory, as those of a std::vector, seen as a batch. Nothing is copied.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether numbers lie side by side: what a std::span can see, or what a pointer leads to.
template <class Numbers>
inline constexpr bool are_side_by_side = false;
template <class Numbers>
  requires requires(std::remove_reference_t<Numbers>& numbers) {
    requires std::is_arithmetic_v<typename decltype(std::span(numbers))::value_type>;
  }
inline constexpr bool are_side_by_side<Numbers> = true;
template <class Numbers>
  requires std::is_pointer_v<std::remove_cvref_t<Numbers>>
inline constexpr bool are_side_by_side<Numbers> = std::is_arithmetic_v<std::remove_pointer_t<std::remove_cvref_t<Numbers>>>;

/// Whether numbers stay where they are when the expression that names them ends.
template <class Numbers>
inline constexpr bool outlive_the_call = std::is_lvalue_reference_v<Numbers> || std::is_pointer_v<Numbers>;
template <class Number, std::size_t Size>
inline constexpr bool outlive_the_call<std::span<Number, Size>> = true;

/// Whether a batch's shape is given by numbers, the first of which is that of its samples.
template <class... Lengths>
inline constexpr bool are_lengths = sizeof...(Lengths) > 0 &&
                                    ((std::integral<Lengths> && !std::same_as<Lengths, bool> && !std::same_as<Lengths, char>) &&
                                     ...);

namespace detail {

/// Numbers that a batch refers to, and how many they are; SIZE_MAX where nobody knows.
template <class Number>
struct NumbersAt {
  const Number* data;
  std::size_t size;

  const Number* first() const { return data; }
};
template <class Numbers>
auto numbers_at(const Numbers& numbers) {
  if constexpr (std::is_pointer_v<Numbers>) {
    return NumbersAt<std::remove_const_t<std::remove_pointer_t<Numbers>>>{numbers, SIZE_MAX};
  } else {
    const std::span all(numbers);
    return NumbersAt<typename decltype(all)::value_type>{all.data(), all.size()};
  }
}

/// The numbers of a shape; SIZE_MAX where they are more than memory can hold.
template <class Axes>
[[gnu::cold]] std::size_t size_of_shape(const Axes& shape) {
  constexpr std::size_t most = PTRDIFF_MAX / sizeof(double);
  // Strides are computed of the axes even where one of them is 0.
  std::size_t strides = 1;
  bool overflows = false, is_empty = false;
  for (const std::size_t length : shape) {
    is_empty = is_empty || length == 0;
    if (length == 0 || overflows) continue;
    overflows = strides > most / length;
    strides *= overflows ? 1 : length;
  }
  return overflows ? SIZE_MAX : is_empty ? 0 : strides;
}

/// `given`: SIZE_MAX where it is not known. `size`: that of the shape, SIZE_MAX where there is none.
[[noreturn, gnu::cold]] inline void throw_unfit(std::size_t given, std::size_t size, const std::vector<std::string>& lengths) {
  std::string shape = lengths.size() == 1 ? lengths[0] + "," : lengths[0];
  for (std::size_t i = 1; i < lengths.size(); ++i) shape += ", " + lengths[i];
  if (size == SIZE_MAX) {
    throw ShapeError(
        concat("ctnn: as_batch: the lengths of the shape must not be negative, and must fit into memory, but are (", shape, ")"));
  }
  if (given == SIZE_MAX)
    throw ShapeError(concat("ctnn: as_batch: the numbers of shape (", shape, ") must lie somewhere, but the pointer is null"));
  throw ShapeError(concat("ctnn: as_batch: shape (", shape, ") needs ", std::to_string(size), " numbers, but there are ",
                          std::to_string(given)));
}

}  // namespace detail

/// The numbers of a std::vector, std::array, std::span or C array, or behind a pointer, as a batch with axes (samples, …):
/// `as_batch(v, 100, 28, 28, 1)`, `as_batch(pointer, 100, 4)`, `as_batch(labels, 100)`. They lie in row-major order, sample by
/// sample, are not copied, and must stay where they are as long as the batch is used. Throws ShapeError if they are not as many
/// as the shape needs, which nobody knows of a pointer.
template <class Numbers, class... Lengths>
auto as_batch(Numbers&& numbers, Lengths... shape) {
  static_assert(are_side_by_side<Numbers>,
                "ctnn: as_batch must be given numbers that lie side by side, as those of a std::vector<float>, std::array, "
                "std::span or behind a pointer; what lies elsewhere, as rows of their own, is copied into one std::vector first");
  if constexpr (are_side_by_side<Numbers>) {
    static_assert(outlive_the_call<Numbers>, "ctnn: as_batch must be given numbers that have a name, because it refers to them");
    static_assert(
        are_lengths<Lengths...>,
        "ctnn: as_batch must be given the number of samples and the lengths of a sample's axes, as as_batch(v, 100, 28, 28, 1)");
  }
  if constexpr (are_side_by_side<Numbers> && outlive_the_call<Numbers> && are_lengths<Lengths...>) {
    const auto all = detail::numbers_at(numbers);
    const bool fit = (std::in_range<std::size_t>(shape) && ...);
    const std::array<std::size_t, sizeof...(Lengths)> lengths{static_cast<std::size_t>(shape)...};
    const std::size_t size = fit ? detail::size_of_shape(lengths) : SIZE_MAX;
    if (size == SIZE_MAX || (all.size != SIZE_MAX && all.size != size) || (!all.data && size > 0)) [[unlikely]] {
      detail::throw_unfit(all.size, size, {std::to_string(shape)...});
    }
    // A pointer that is no variable is kept, not referred to.
    return xt::adapt(all.first(), size, xt::no_ownership(), lengths);
  } else {
    return xt::xarray<float>();
  }
}

}  // namespace ctnn::inline CTNN_VARIANT
