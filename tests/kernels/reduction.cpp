#include <ctnn/kernels/reduction.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

template <class Lane, std::size_t Count>
void check_count() {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  // Small whole numbers, so that every order of addition gives the same.
  Scalar values[Count][width], sums[Count + 1];
  Lane lanes[Count];
  for (std::size_t k = 0; k < Count; ++k) {
    for (std::size_t i = 0; i < width; ++i) values[k][i] = static_cast<Scalar>((7 * k + 3 * i) % 19) - 9;
    lanes[k] = Lane::load(values[k]);
  }
  sums[Count] = 1234;
  kernels::sum_each<Count>(lanes, sums);
  for (std::size_t k = 0; k < Count; ++k) {
    Scalar expected = 0;
    for (const Scalar value : values[k]) expected += value;
    INFO("sum ", k, " of ", Count);
    CHECK(sums[k] == expected);
    CHECK(kernels::sum(lanes[k]) == expected);
  }
  CHECK(sums[Count] == 1234);
}

}  // namespace

TEST_CASE_TEMPLATE("sums of any number of lanes", Scalar, float, double) {
  using Lane = kernels::NativeLane<Scalar>;
  [&]<std::size_t... I>(std::index_sequence<I...>) { (check_count<Lane, I + 1>(), ...); }(std::make_index_sequence<21>{});
}
