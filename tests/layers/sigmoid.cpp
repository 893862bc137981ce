#include <ctnn/layers/sigmoid.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Sigmoid: values, and gradient by central differences") {
  checks::activation<Sigmoid>([](double x) { return 1 / (1 + std::exp(-x)); });
  static_assert(Sigmoid::value(0.0f) == 0.5f && Sigmoid::value(-200.0f) == 0.0f && Sigmoid::value(200.0f) == 1.0f);
}
