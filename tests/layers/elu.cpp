#include <ctnn/layers/elu.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("ELU: values, and gradient by central differences") {
  checks::activation<ELU<>>([](double x) { return x > 0 ? x : std::expm1(x); });
  checks::activation<ELU<0.5>>([](double x) { return x > 0 ? x : 0.5 * std::expm1(x); });
}
