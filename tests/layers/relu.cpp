#include <ctnn/layers/relu.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("ReLU: values, and gradient by central differences") {
  checks::activation<ReLU>([](double x) { return x > 0 ? x : 0.0; });
  static_assert(ReLU::value(0.0f) == 0.0f && ReLU::derivative(0.0f) == 0.0f);
  CHECK(std::isnan(ReLU::value(std::nanf(""))));
}
