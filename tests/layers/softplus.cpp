#include <ctnn/layers/softplus.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Softplus: values, and gradient by central differences") {
  checks::activation<Softplus>([](double x) { return std::log1p(std::exp(x)); });
  // Neither overflow nor cancellation far out.
  static_assert(Softplus::value(500.0f) == 500.0f && Softplus::value(-50.0f) > 0.0f);
}
