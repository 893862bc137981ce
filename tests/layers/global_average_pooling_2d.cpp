#include <ctnn/layers/global_average_pooling_2d.hpp>

#include "run_layer.hpp"

using namespace ctnn;

namespace {

template <class Lane, std::size_t H, std::size_t W, std::size_t C>
void check_size() {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>, places = H * W;
  const auto x = checks::numbers<Scalar>(width * places * C, 1);
  const auto dy = checks::numbers<Scalar>(width * C, 2);
  std::vector<double> y(width * C), dx(x.size());
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < places * C; ++i) {
      y[s * C + i % C] += static_cast<double>(x[s * places * C + i]) / places;
      dx[s * places * C + i] = static_cast<double>(dy[s * C + i % C]) / places;
    }
  }
  const auto result = checks::run_layer<GlobalAveragePooling2D, Shape<H, W, C>, Lane>(x, {}, dy);
  const double tolerance = sizeof(Scalar) == 4 ? 1e-6 : 1e-15;
  INFO(H, " × ", W, " × ", C, ", width ", width);
  CHECK(checks::array_error(result.y, y) <= tolerance);
  CHECK(checks::array_error(result.dx, dx) <= tolerance);
}

}  // namespace

TEST_CASE_TEMPLATE("GlobalAveragePooling2D against the definition", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  check_size<Lane, 1, 1, 1>();
  check_size<Lane, 1, 3, 2>();
  check_size<Lane, 5, 7, 3>();
  check_size<Lane, 2, 2, 4>();
  check_size<Lane, 3, 5, 16>();
  check_size<Lane, 4, 4, 39>();
}

TEST_CASE("GlobalAveragePooling2D: gradient by central differences") {
  checks::central_differences<Sequential<Input<3, 5, 2>, Dense<6>, Tanh, GlobalAveragePooling2D, Dense<2>>>();
}

static_assert(std::same_as<Sequential<Input<7, 6, 3>, GlobalAveragePooling2D>::output_shape, Shape<3>>);
static_assert(StaticModel<Sequential<Input<2, 1, 2>, GlobalAveragePooling2D>>{}(std::array{1.0f, 2.0f, 5.0f, -4.0f}) ==
              std::array{3.0f, -1.0f});
