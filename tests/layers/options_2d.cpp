// Options and windows: compiling is passing.
#include <ctnn/layers/options_2d.hpp>

using namespace ctnn;
using detail::expected_image, detail::Extent, detail::MistakenOption, detail::OptionKind, detail::Options2D, detail::TypeOfOption,
    detail::WindowAxis;

namespace {

template <detail::Option... Options>
constexpr Options2D read = detail::read_options<OptionKind::kernel, OptionKind::strides, OptionKind::dilation, OptionKind::padding>(
    std::type_identity<TypeOfOption<Options>>{}...);

// Any order; defaults where nothing is said; one number for both.
static_assert(read<Same, Strides<2>, Kernel<3, 5>>.get(OptionKind::kernel, {}) == Extent{3, 5});
static_assert(read<Same, Strides<2>, Kernel<3, 5>>.get(OptionKind::strides, {}) == Extent{2, 2});
static_assert(read<Same, Strides<2>, Kernel<3, 5>>.get(OptionKind::dilation, {1, 1}) == Extent{1, 1});
static_assert(read<Same>.same && !read<Valid>.same && !read<>.same && !read<>.has(OptionKind::kernel));
static_assert(std::is_same_v<decltype(Kernel<3>), decltype(Kernel<3, 3>)>);

// The first mistake, and its option.
using Mistake = Options2D::Mistake;
template <Mistake Kind, detail::Option... Options>
using Mistaken = MistakenOption<read<Options...>.mistake == Kind, read<Options...>.position, TypeOfOption<Options>...>;
static_assert(read<Kernel<3>, Same>.mistake == Mistake::none);
static_assert(std::is_same_v<Mistaken<Mistake::unknown, Kernel<3>, Pool<2>, 1>, detail::Pool<2, 2>>);
static_assert(std::is_same_v<Mistaken<Mistake::unknown, 3>, int>);
static_assert(std::is_same_v<Mistaken<Mistake::unknown, "same">, const char*>);
static_assert(std::is_same_v<Mistaken<Mistake::repeated, Same, Kernel<3>, Valid>, detail::Valid>);
static_assert(std::is_same_v<Mistaken<Mistake::repeated, Kernel<3>, Kernel<3>, 1>, detail::Kernel<3, 3>>);
static_assert(std::is_same_v<Mistaken<Mistake::unknown, Kernel<3>, Kernel<3>, 1>, void>, "only the first is reported");
static_assert(std::is_same_v<Mistaken<Mistake::not_positive, Same, Kernel<3, 0>>, detail::Kernel<3, 0>>);
static_assert(read<Kernel<0>, Kernel<2>>.get(OptionKind::kernel, {}) == Extent{2, 2}, "what is mistaken is left out");

/// The numbers of TensorFlow's documentation, and each window's elements one by one.
constexpr bool agrees(const WindowAxis& axis) {
  const std::size_t span = (axis.window - 1) * axis.dilation + 1;
  std::size_t outputs = 0, before = 0;
  if (axis.same) {
    outputs = (axis.length + axis.stride - 1) / axis.stride;
    const std::size_t reach = (outputs - 1) * axis.stride + span;
    before = reach > axis.length ? (reach - axis.length) / 2 : 0;
  } else {
    while (outputs * axis.stride + span <= axis.length) ++outputs;
  }
  if (axis.count() != outputs || axis.before() != before || axis.span() != span) return false;
  std::size_t seen[32] = {};
  bool whole = true;
  for (std::size_t index = 0; index < outputs; ++index) {
    for (std::size_t element = 0; element < axis.window; ++element) {
      const std::size_t shifted = index * axis.stride + element * axis.dilation;
      const bool inside = shifted >= before && shifted - before < axis.length;
      whole = whole && inside;
      if (inside != (element >= axis.first(index) && element < axis.end(index))) return false;
      if (inside && axis.position(index, element) != shifted - before) return false;
      if (inside) ++seen[shifted - before];
    }
  }
  // Windows that only leave out what lies behind the last one are whole, too.
  if (axis.all_whole() && !whole) return false;
  if (!axis.disjoint()) return true;
  bool all = true;
  for (std::size_t i = 0; i < axis.length; ++i) {
    if (seen[i] > 1 || axis.covers(i) != (seen[i] == 1)) return false;
    all = all && seen[i] == 1;
  }
  return axis.covers_all() == all;
}

template <bool IsSame>
constexpr bool all_agree = [] {
  for (std::size_t length = 1; length <= 9; ++length) {
    for (std::size_t window = 1; window <= 5; ++window) {
      for (std::size_t stride = 1; stride <= 4; ++stride) {
        for (std::size_t dilation = 1; dilation <= 3; ++dilation) {
          if (!agrees({length, window, stride, dilation, IsSame})) return false;
        }
      }
    }
  }
  return true;
}();
static_assert(all_agree<false> && all_agree<true>);

// Three axes as they are; what is missing or too much is shown.
static_assert(expected_image({5, 6, 3}) == Dimensions{5, 6, 3} && !expected_image({}).known());
static_assert(expected_image({28, 28}) == Dimensions{28, 28, 1} && expected_image({7}) == Dimensions{1, 1, 7});
static_assert(expected_image({5, 6, 2, 3}) == Dimensions{5, 6, 3});

}  // namespace
