#include <ctnn/layers/elu.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("ELU: values, and gradient by central differences") {
  checks::activation<ELU<>>([](double x) { return x > 0 ? x : std::expm1(x); });
  // Near zero, where eˣ − 1 by subtraction would have no digits left.
  for (const float x : {-1e-2f, -1e-4f, -1e-6f, -3e-8f}) {
    CHECK(checks::relative_error(static_cast<double>(ELU<>::value(x)), std::expm1(static_cast<double>(x)), 0) < 3e-7);
  }
  checks::activation<ELU<0.5>>([](double x) { return x > 0 ? x : 0.5 * std::expm1(x); });
}
