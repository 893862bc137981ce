#include <ctnn/layers/gelu.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("GELU: values, and gradient by central differences") {
  checks::activation<GELU>([](double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); });
}
