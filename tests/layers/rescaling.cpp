#include <ctnn/layers/rescaling.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Rescaling: values, and gradient by central differences") {
  checks::activation<Rescaling<0.75, -1.5>>([](double x) { return 0.75 * x - 1.5; });
  // Layers behind see what it gives, and those before it a gradient of its scale.
  checks::central_differences<Sequential<Input<2, 3>, Rescaling<-2>, Dense<4>, Rescaling<0.5, 1>, Flatten, Dense<2>>>();
}

TEST_CASE("Rescaling: any shape, no parameters, and nothing is kept for backward") {
  using Net = Sequential<Input<2, 3, 1>, Rescaling<1.0 / 255>>;
  static_assert(std::same_as<Net::output_shape, Shape<2, 3, 1>> && Net::parameter_count == 0);
  static_assert(Net::flops == 2 * 6 && Net::tape_bytes == 0);
  using Quarter = Sequential<Input<2, 2>, Rescaling<0.25, 1>>;
  static_assert(StaticModel<Quarter>{}(std::array{0.0f, 255.0f, 8.0f, -4.0f}) == std::array{1.0f, 64.75f, 3.0f, 0.0f});
}
