// Options of the layers that move a window over an image (height, width, channels), given in any order, each at most once, as in
// MaxPooling2D<Pool<3, 3>, Strides<2>, Same>. They are values, so that what Keras takes in their place, as 3 or "same", reaches
// the layer and is refused by a sentence; their types say which they are.
#pragma once

#include <cstddef>
#include <type_traits>

#include "../windows.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// The options' types.
namespace detail {

template <std::size_t Height, std::size_t Width>
struct Pool {};
template <std::size_t Height, std::size_t Width>
struct Kernel {};
template <std::size_t Height, std::size_t Width>
struct Strides {};
template <std::size_t Height, std::size_t Width>
struct Dilation {};
struct Valid {};
struct Same {};

}  // namespace detail

// As in Keras, one number stands for both the height and the width.

/// Keras's pool_size.
template <std::size_t Height, std::size_t Width = Height>
inline constexpr detail::Pool<Height, Width> Pool{};
/// Keras's kernel_size.
template <std::size_t Height, std::size_t Width = Height>
inline constexpr detail::Kernel<Height, Width> Kernel{};
/// Keras's strides: from one window to the next, down and to the right.
template <std::size_t Height, std::size_t Width = Height>
inline constexpr detail::Strides<Height, Width> Strides{};
/// Keras's dilation_rate: from one element of a window to the next.
template <std::size_t Height, std::size_t Width = Height>
inline constexpr detail::Dilation<Height, Width> Dilation{};
/// Keras's padding="valid", the default: windows lie inside the image.
inline constexpr detail::Valid Valid{};
/// Keras's padding="same": windows reach over the edges, so that with strides of 1 the output is as large as the image.
inline constexpr detail::Same Same{};

/// Whether a layer takes this option.
template <class Layer, class Option>
inline constexpr bool takes_option = false;
template <class Layer>
inline constexpr bool takes_option<Layer, void> = true;

/// Whether a layer is given this option, or another in its place, only once: Same and Valid exclude each other.
template <class Layer, class Option>
inline constexpr bool takes_option_once = false;
template <class Layer>
inline constexpr bool takes_option_once<Layer, void> = true;

/// Whether an option's height and width are at least 1.
template <class Layer, class Option>
inline constexpr bool option_is_positive = false;
template <class Layer>
inline constexpr bool option_is_positive<Layer, void> = true;

namespace detail {

/// What a layer is given as an option, which may be any value: `Which` is its type.
template <class Which>
struct Option {
  using type = Which;
  template <class Given>
  constexpr Option(const Given&) {}
};
template <class Given>
Option(Given) -> Option<Given>;

/// Its type.
template <Option Given>
using TypeOfOption = typename decltype(Given)::type;

enum class OptionKind : std::size_t { pool, kernel, strides, dilation, padding, none };

/// What an option says.
struct OptionValue {
  OptionKind kind = OptionKind::none;
  Extent extent = {};
  bool same = false;
};

template <class Option>
inline constexpr OptionValue option_value{};
template <std::size_t Height, std::size_t Width>
inline constexpr OptionValue option_value<Pool<Height, Width>>{OptionKind::pool, {Height, Width}};
template <std::size_t Height, std::size_t Width>
inline constexpr OptionValue option_value<Kernel<Height, Width>>{OptionKind::kernel, {Height, Width}};
template <std::size_t Height, std::size_t Width>
inline constexpr OptionValue option_value<Strides<Height, Width>>{OptionKind::strides, {Height, Width}};
template <std::size_t Height, std::size_t Width>
inline constexpr OptionValue option_value<Dilation<Height, Width>>{OptionKind::dilation, {Height, Width}};
template <>
inline constexpr OptionValue option_value<Valid>{OptionKind::padding};
template <>
inline constexpr OptionValue option_value<Same>{OptionKind::padding, {}, true};

/// A layer's options, read in one pass: the first of each kind, and the first mistake.
struct Options2D {
  static constexpr std::size_t kinds = static_cast<std::size_t>(OptionKind::none);
  enum class Mistake { none, unknown, repeated, not_positive };

  bool given[kinds] = {};
  Extent extents[kinds] = {};
  bool same = false;
  Mistake mistake = Mistake::none;
  std::size_t position = 0;  ///< of the mistake

  constexpr bool has(OptionKind kind) const { return given[static_cast<std::size_t>(kind)]; }
  /// What was given, or else `otherwise`.
  constexpr Extent get(OptionKind kind, Extent otherwise) const {
    return has(kind) ? extents[static_cast<std::size_t>(kind)] : otherwise;
  }
};

/// Reads `Options` for a layer that takes the kinds `Taken`. What is mistaken is left out, so that nothing else is reported.
template <OptionKind... Taken, class... Options>
consteval Options2D read_options(const std::type_identity<Options>&...) {
  Options2D result;
  [[maybe_unused]] std::size_t position = 0;
  [[maybe_unused]] const auto read = [&](const OptionValue& option) {
    const auto kind = static_cast<std::size_t>(option.kind);
    auto mistake = Options2D::Mistake::none;
    if (!((option.kind == Taken) || ...)) {
      mistake = Options2D::Mistake::unknown;
    } else if (result.given[kind]) {
      mistake = Options2D::Mistake::repeated;
    } else if (option.extent.height == 0 || option.extent.width == 0) {
      mistake = Options2D::Mistake::not_positive;
    } else {
      result.given[kind] = true;
      result.extents[kind] = option.extent;
      if (option.kind == OptionKind::padding) result.same = option.same;
    }
    if (mistake != Options2D::Mistake::none && result.mistake == Options2D::Mistake::none) {
      result.mistake = mistake;
      result.position = position;
    }
    ++position;
  };
  (read(option_value<Options>), ...);
  return result;
}

/// Type `Position` of a list, or void.
template <std::size_t Position, class... Types>
struct TypeAt : std::type_identity<void> {};
template <class First, class... Rest>
struct TypeAt<0, First, Rest...> : std::type_identity<First> {};
template <std::size_t Position, class First, class... Rest>
  requires(Position > 0)
struct TypeAt<Position, First, Rest...> : TypeAt<Position - 1, Rest...> {};

/// The option at `Position` where it is mistaken, or void: what a layer's static_assert names. (It takes numbers: a reference to
/// the layer's Options2D is no constant to GCC 14 while the layer is being defined.)
template <bool IsMistaken, std::size_t Position, class... Options>
using MistakenOption = std::conditional_t<IsMistaken, typename TypeAt<Position, Options...>::type, void>;

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
