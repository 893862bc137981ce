#include <ctnn/layers/input.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Input names the shape and computes nothing") {
  using Net = Sequential<Input<4, 3>, Dense<2>>;
  static_assert(std::same_as<Net::input_shape, Shape<4, 3>> && std::same_as<Net::output_shape, Shape<4, 2>>);
  static_assert(Sequential<Input<4, 3>>::parameter_count == 0);
  checks::central_differences<Net>();
}
