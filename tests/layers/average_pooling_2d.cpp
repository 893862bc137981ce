#include <ctnn/layers/average_pooling_2d.hpp>
#include <numeric>

#include "pooling_reference.hpp"

using namespace ctnn;

TEST_CASE("AveragePooling2D against the definition: the mean of what is inside the image") {
  checks::check_geometries<AveragePooling2D>([](const std::vector<double>& values, std::vector<double>& share) {
    const auto count = static_cast<double>(values.size());
    std::ranges::fill(share, 1 / count);
    return std::accumulate(values.begin(), values.end(), 0.0) / count;
  });
}

TEST_CASE("AveragePooling2D: Keras's defaults, and nothing is kept") {
  using Net = Sequential<Input<7, 6, 3>, AveragePooling2D<>>;
  static_assert(std::same_as<Net::output_shape, Shape<3, 3, 3>>);
  static_assert(Net::tape_bytes == 0 && Net::flops == 3 * 3 * 3 * 4);
}

TEST_CASE("AveragePooling2D: gradient by central differences") {
  checks::central_differences<Sequential<Input<4, 6, 2>, Dense<3>, Tanh, AveragePooling2D<>, Flatten, Dense<2>>>();
  checks::central_differences<Sequential<Input<5, 4, 1>, Dense<2>, AveragePooling2D<Pool<3, 2>, Strides<2, 1>, Same>, Tanh>>();
}

// The compiler pools: a window that reaches over the edge has two elements.
static_assert(StaticModel<Sequential<Input<2, 3, 1>, AveragePooling2D<Same>>>{}(std::array{1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 7.0f}) ==
              std::array{3.0f, 5.0f});
