#include <ctnn/layers/linear.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Linear passes values and gradients through, and costs nothing") {
  static_assert(Sequential<Input<3>, Linear>::flops == 0 && Sequential<Input<3>, Linear>::tape_bytes == 0);
  CHECK(StaticModel<Sequential<Input<2>, Linear>>{}(std::array{3.0f, -4.0f}) == std::array{3.0f, -4.0f});
  checks::central_differences<Sequential<Dense<3, 5>, Linear, Dense<2>, Linear>>();
}
