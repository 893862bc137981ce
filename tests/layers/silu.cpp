#include <ctnn/layers/silu.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("SiLU: values, and gradient by central differences") {
  checks::activation<SiLU>([](double x) { return x / (1 + std::exp(-x)); });
}
