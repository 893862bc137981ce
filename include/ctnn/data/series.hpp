// Windows of a series: what to predict a later value from. They overlap in memory, and nothing is copied.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether a series is numbers in memory that stay where they are.
template <class Series>
inline constexpr bool is_series_in_memory = false;
template <class Series>
  requires(std::is_lvalue_reference_v<Series> && xt::has_data_interface<std::remove_cvref_t<Series>>::value)
inline constexpr bool is_series_in_memory<Series> = true;

/// Whether a series' type shows that its axes are (time) or (time, features).
template <std::size_t Rank>
inline constexpr bool are_axes_of_series = Rank == 1 || Rank == 2;

/// Windows and their targets. They refer to the series.
template <class X, class Y>
struct SeriesWindows {
  X x;
  Y y;
};

namespace detail {

/// The number of windows. Throws where there is none.
[[gnu::cold]] inline std::size_t count_windows(std::size_t times, std::size_t length, std::size_t horizon, std::size_t stride) {
  const auto require = [](std::size_t number, const char* name) {
    if (number == 0) throw OptionError(concat("ctnn: windows: ", name, " must be at least 1, but is 0"));
  };
  require(length, "length");
  require(horizon, "horizon");
  require(stride, "stride");
  if (times < length || times - length < horizon) {
    throw ShapeError(concat("ctnn: windows: the series must have a time for a window of ", std::to_string(length),
                            " and for what comes ", std::to_string(horizon), " later, but has ", std::to_string(times)));
  }
  return (times - length - horizon) / stride + 1;
}

/// Numbers of someone else, of these axes and strides.
template <std::size_t Rank, class Scalar>
auto strided(const Scalar* data, const std::array<std::size_t, Rank>& shape, const std::array<std::ptrdiff_t, Rank>& strides) {
  std::size_t size = 1;
  for (const std::size_t length : shape) size *= length;
  // xtensor wants as many numbers as the shape has, though windows share them; it is the strides that it follows.
  return xt::adapt(static_cast<const Scalar*>(data), size, xt::no_ownership(), shape, strides);
}

}  // namespace detail

/// The windows of a series and what comes after each: `const auto [x, y] = windows(series, 24)`, then `fit(x, y)`. Window i has
/// the `length` times from i · stride on, and its target is the time that comes `horizon` after its last. A series with axes
/// (time) gives x (n, length) and y (n); one with (time, features), x (n, length, features) and y (n, features). They are views,
/// and the series must live as long and keep its size. Throws OptionError for a 0, ShapeError for a series that is too short.
template <class Series>
auto windows(Series&& series, std::size_t length, std::size_t horizon = 1, std::size_t stride = 1) {
  static_assert(is_series_in_memory<Series>,
                "ctnn: windows must be given a series that has a name and lies in memory, an xtensor container or a view of one, "
                "because it refers to it; as_batch(v, v.size()) makes one of a std::vector v");
  if constexpr (is_series_in_memory<Series>) {
    constexpr std::size_t rank = detail::static_rank<std::remove_cvref_t<Series>>;
    static_assert(
        are_axes_of_series<rank>,
        "ctnn: windows must be given a series whose type shows axes (time) or (time, features), as xt::xtensor<float, 1>");
    if constexpr (are_axes_of_series<rank>) {
      const auto times = static_cast<std::size_t>(series.shape()[0]);
      const std::size_t count = detail::count_windows(times, length, horizon, stride);
      const auto* const first = series.data() + series.data_offset();
      const auto time = static_cast<std::ptrdiff_t>(series.strides()[0]), step = static_cast<std::ptrdiff_t>(stride) * time;
      const auto* const target = first + static_cast<std::ptrdiff_t>(length + horizon - 1) * time;
      if constexpr (rank == 1) {
        return SeriesWindows{detail::strided<2>(first, {count, length}, {step, time}), detail::strided<1>(target, {count}, {step})};
      } else {
        const auto features = static_cast<std::size_t>(series.shape()[1]);
        const auto feature = static_cast<std::ptrdiff_t>(series.strides()[1]);
        return SeriesWindows{detail::strided<3>(first, {count, length, features}, {step, time, feature}),
                             detail::strided<2>(target, {count, features}, {step, feature})};
      }
    } else {
      return SeriesWindows{xt::xarray<float>(), xt::xarray<float>()};
    }
  } else {
    return SeriesWindows{xt::xarray<float>(), xt::xarray<float>()};
  }
}

}  // namespace ctnn::inline CTNN_VARIANT
