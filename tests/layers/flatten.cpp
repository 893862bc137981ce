#include <ctnn/layers/flatten.hpp>
#include <ctnn/model.hpp>
#include <sstream>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Flatten makes one axis, passes values and gradients through, and costs nothing") {
  using Net = Sequential<Input<2, 3, 2>, Flatten, Dense<4>>;
  static_assert(std::same_as<Net::input_shape, Shape<2, 3, 2>> && std::same_as<Net::output_shape, Shape<4>>);
  static_assert(Net::parameter_count == (12 + 1) * 4);
  static_assert(Net::flops == Sequential<Dense<12, 4>>::flops && Net::tape_bytes == Sequential<Dense<12, 4>>::tape_bytes);
  static_assert(std::same_as<Sequential<Input<5>, Flatten>::output_shape, Shape<5>>);
  static_assert(StaticModel<Sequential<Input<2, 2>, Flatten>>{}(std::array{3.0f, -4.0f, 1.0f, 0.0f}) ==
                std::array{3.0f, -4.0f, 1.0f, 0.0f});
  checks::central_differences<Net>();
  checks::central_differences<Sequential<Input<2, 3>, Dense<2>, Flatten, Tanh, Dense<2>, Flatten>>();
  checks::central_differences<Sequential<Input<2, 3>, Dense<2>, Sequential<Flatten>, Sequential<Tanh, Flatten>, Dense<2>>>();
}

TEST_CASE("Flatten: a model's batches have the shapes on either side") {
  using Net = Sequential<Input<2, 3>, Flatten>;
  static_assert(std::same_as<Net::output_shape, Shape<6>>);
  const Model<Net> model;
  xt::xtensor<float, 3> x{{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}};
  const auto y = model.predict(x);
  REQUIRE(y.dimension() == 2);
  CHECK(y.shape(1) == 6);
  CHECK(y(0, 5) == 6);
  CHECK(y(1, 3) == 10);
  std::ostringstream table;
  Model<Sequential<Input<2, 3>, Dense<4>, Flatten, Dense<1>>>{}.summary(table);
  CHECK(table.str().find("│ flatten (Flatten)               │ (None, 8)              │             0 │") != std::string::npos);
  CHECK(table.str().find("│ dense_1 (Dense)                 │ (None, 1)              │             9 │") != std::string::npos);
}
