// The products of many tiles, which take tiles in pairs and go through deep kernels part by part, against those of one tile.
#include <ctnn/kernels/product_gradient.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// Small whole numbers, so that every order of addition gives the same.
template <class Lane>
std::vector<Lane> lanes(std::size_t count, std::size_t seed) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  std::vector<Lane> result(count);
  for (std::size_t k = 0; k < count; ++k) {
    Scalar values[width];
    for (std::size_t i = 0; i < width; ++i) values[i] = static_cast<Scalar>((5 * k + 3 * i + seed) % 17) - 8;
    result[k] = Lane::load(values);
  }
  return result;
}

template <class Lane>
bool same(const Lane* a, const Lane* b, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < kernels::width_of<Lane>; ++i) {
      if (a[k][i] != b[k][i]) return false;
    }
  }
  return true;
}

template <class Lane, std::size_t In, std::size_t Out>
void check_size() {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t most = 11;
  std::vector<Scalar> kernel((In + 1) * Out);
  for (std::size_t i = 0; i < kernel.size(); ++i) kernel[i] = static_cast<Scalar>((11 * i) % 13) - 6;
  const Scalar* const bias = kernel.data() + In * Out;
  const auto x = lanes<Lane>(In * most, 1), dy = lanes<Lane>(Out * most, 2);
  for (const std::size_t count : std::array<std::size_t, 7>{0, 1, 2, 3, 4, 9, 11}) {
    INFO(In, " → ", Out, ", ", count, " tiles");
    // The last stays as it was.
    auto y = lanes<Lane>(Out * count + 1, 3), expected_y = y;
    auto dx = lanes<Lane>(In * count + 1, 4), expected_dx = dx;
    kernels::affine<In, Out>(x.data(), kernel.data(), bias, y.data(), count);
    kernels::affine_input_gradient<In, Out>(kernel.data(), dy.data(), dx.data(), count);
    for (std::size_t t = 0; t < count; ++t) {
      kernels::affine<In, Out>(x.data() + t * In, kernel.data(), bias, expected_y.data() + t * Out);
      kernels::affine_input_gradient<In, Out>(kernel.data(), dy.data() + t * Out, expected_dx.data() + t * In);
    }
    CHECK(same(y.data(), expected_y.data(), y.size()));
    CHECK(same(dx.data(), expected_dx.data(), dx.size()));

    // Gradients of all tiles, in numbers, beside those in lanes, tile by tile.
    std::vector<Scalar> gradient((In + 1) * Out + 1, Scalar(77)), sums((In + 1) * Out);
    std::vector<Lane> in_lanes((In + 1) * Out, Lane(Scalar(0)));
    if (count == 0) continue;
    kernels::affine_gradient<In, Out>(x.data(), dy.data(), count, true, gradient.data(), gradient.data() + In * Out);
    for (std::size_t t = 0; t < count; ++t) {
      kernels::affine_gradient<In, Out>(x.data() + t * In, dy.data() + t * Out, in_lanes.data(), in_lanes.data() + In * Out);
    }
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = kernels::sum(in_lanes[i]);
    CHECK(gradient.back() == 77);
    gradient.pop_back();
    CHECK(gradient == sums);
  }
}

}  // namespace

// Each size takes a compiler a second.
TEST_CASE("dense products of many tiles are those of each tile") {
  using Lane = kernels::NativeLane<float>;
  check_size<Lane, 1, 1>();
  check_size<Lane, 3, 2>();
  check_size<Lane, 5, 3>();
  check_size<Lane, 24, 5>();
  check_size<Lane, 17, 13>();
  check_size<Lane, 40, 64>();
  check_size<Lane, kernels::detail::near_rows, 60>();
  check_size<Lane, kernels::detail::near_rows + 1, 47>();
  check_size<Lane, 2 * kernels::detail::near_rows + 3, 25>();
  check_size<Lane, 19, 2 * kernels::detail::near_rows + 1>();
}

TEST_CASE("and in double") {
  using Lane = kernels::NativeLane<double>;
  check_size<Lane, 5, 3>();
  check_size<Lane, 17, 13>();
  check_size<Lane, kernels::detail::near_rows + 1, 47>();
  check_size<Lane, 19, 2 * kernels::detail::near_rows + 1>();
}
