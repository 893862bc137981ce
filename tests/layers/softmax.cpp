#include <ctnn/layers/softmax.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

template <std::size_t Classes>
void check_width() {
  std::array<float, Classes> equal{}, logits{};
  for (std::size_t i = 0; i < Classes; ++i) logits[i] = static_cast<float>(i % 5) * 0.7f - 1;
  const StaticModel<Sequential<Input<Classes>, Softmax>> model;
  INFO(Classes, " classes");
  for (const float p : model(equal)) CHECK(p == doctest::Approx(1.0 / Classes));
  double total = 0;
  for (const float l : logits) total += std::exp(static_cast<double>(l));
  const auto result = model(logits);
  for (std::size_t i = 0; i < Classes; ++i)
    CHECK(result[i] == doctest::Approx(std::exp(static_cast<double>(logits[i])) / total).epsilon(1e-6));
}

}  // namespace

TEST_CASE("Softmax over any width, multiple of a register or not") {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (check_width<I + 2>(), ...); }(std::make_index_sequence<34>{});
}

TEST_CASE("Softmax is over the last axis, and stable") {
  const StaticModel<Sequential<Input<2, 3>, Softmax>> model;
  const auto y = model(std::array{0.0f, 0.0f, 0.0f, 1000.0f, 0.0f, -1000.0f});
  CHECK(y[0] == doctest::Approx(1.0 / 3));
  CHECK(y[3] == 1.0f);
  CHECK(y[5] == 0.0f);
}

TEST_CASE("Softmax: gradient by central differences") {
  checks::central_differences<Sequential<Dense<3, 5>, Softmax>>();
  checks::central_differences<Sequential<Input<2, 3>, Dense<4>, Softmax, Dense<2>>>();
}
