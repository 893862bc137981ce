#include <ctnn/layers/reshape.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("Reshape gives other axes to the same numbers, and costs nothing") {
  using Net = Sequential<Input<12>, Reshape<2, 3, 2>, Dense<4>>;
  static_assert(std::same_as<Net::output_shape, Shape<2, 3, 4>> && Net::parameter_count == (2 + 1) * 4);
  static_assert(Net::flops == 6 * 2 * 2 * 4 && Net::tape_bytes == sizeof(float) * 12);
  static_assert(StaticModel<Sequential<Input<4>, Reshape<2, 2>>>{}(std::array{3.0f, -4.0f, 1.0f, 0.0f}) ==
                std::array{3.0f, -4.0f, 1.0f, 0.0f});
  checks::central_differences<Net>();
  checks::central_differences<Sequential<Dense<3, 4>, Reshape<2, 2>, Tanh, Dense<3>, Reshape<6>, Dense<1>>>();
}

TEST_CASE("Reshape: one axis may follow from the others, as in Keras") {
  static_assert(std::same_as<Sequential<Input<12>, Reshape<-1, 2, 2>>::output_shape, Shape<3, 2, 2>>);
  static_assert(std::same_as<Sequential<Input<3, 4>, Reshape<-1>>::output_shape, Shape<12>>);
  static_assert(std::same_as<Sequential<Input<12>, Reshape<4, -1, 3>>::output_shape, Shape<4, 1, 3>>);
  static_assert(!Chainable<Input<15>, Reshape<4, 4>> && !Chainable<Input<15>, Reshape<-1, 2>> &&
                !Chainable<Input<3>, Reshape<-1, 6>>);
  static_assert(Chainable<Input<4, 4>, Reshape<16, 1>>);
}
