#include <ctnn/layers/leaky_relu.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("LeakyReLU: values, and gradient by central differences") {
  checks::activation<LeakyReLU<>>([](double x) { return x > 0 ? x : 0.3 * x; });
  checks::activation<LeakyReLU<0.1>>([](double x) { return x > 0 ? x : 0.1 * x; });
}
