#include <ctnn/layers/tanh.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Tanh: values, and gradient by central differences") {
  checks::activation<Tanh>([](double x) { return std::tanh(x); });
  static_assert(Tanh::value(20.0f) == 1.0f && Tanh::value(-20.0f) == -1.0f);
}
