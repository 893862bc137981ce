#include <doctest/doctest.h>

#include <ctnn/core.hpp>
#include <ctnn/weight.hpp>
#include <string_view>

using namespace ctnn;

namespace {

using Net = Sequential<Input<2>, Dense<3>, ReLU, Sequential<Dense<4>, Tanh>, Dense<1>, BatchNormalization<>>;
constexpr StaticModel<Net> model{Seed{1}};

}  // namespace

// By Keras's names, which count in each block anew.
static_assert(weight<"dense/kernel">(model).size() == 6 && weight<"dense/kernel">(model).data() == model.data());
static_assert(weight<"dense/bias">(model).data() == model.data() + 6);
static_assert(weight<"sequential/dense/bias">(model).data() == model.data() + 9 + 12);
static_assert(weight<"dense_1/kernel">(model).size() == 4 && weight<"dense_1/kernel">(model).data() == model.data() + 9 + 16);
static_assert(weight<"batch_normalization/moving_variance">(model)[0] == 1);
// By the layer's index, the input's being 0.
static_assert(weight<1, "bias">(model).data() == weight<"dense/bias">(model).data());
static_assert(weight<4, "kernel">(model).data() == weight<"dense_1/kernel">(model).data());
// What there is not.
static_assert(has_weight<Net, "dense/bias">);
static_assert(!has_weight<Net, "dense_2/bias"> && !has_weight<Net, "dense_0/bias"> && !has_weight<Net, "dense_01/bias">);
static_assert(!has_weight<Net, "dense/gamma"> && !has_weight<Net, "dense"> && !has_weight<Net, "dense/"> && !has_weight<Net, "">);
static_assert(!has_weight<Net, "re_lu/kernel"> && !has_weight<Net, "sequential/bias"> &&
              !has_weight<Net, "sequential/dense_1/bias">);
static_assert(!layer_has_weight<Net, 0, "kernel"> && !layer_has_weight<Net, 6, "kernel"> && layer_has_weight<Net, 5, "gamma">);

// The eleventh of a kind has two digits.
using Long = Sequential<Input<1>, Dense<1>, Dense<1>, Dense<1>, Dense<1>, Dense<1>, Dense<1>, Dense<1>, Dense<1>, Dense<1>,
                        Dense<1>, Dense<1>, Dense<1>>;
static_assert(has_weight<Long, "dense_10/bias"> && has_weight<Long, "dense_11/bias"> && !has_weight<Long, "dense_12/bias">);
static_assert(weight<"dense_10/bias">(StaticModel<Long>{}).size() == 1);

TEST_CASE("a weight may be written") {
  StaticModel<Net> own{Seed{1}};
  weight<"dense/bias">(own)[1] = 5;
  CHECK(own.data()[7] == 5);
  weight<4, "bias">(own)[0] = 6;
  CHECK(own.data()[9 + 16 + 4] == 6);
}
