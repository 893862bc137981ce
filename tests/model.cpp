#include <cstring>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "checks.hpp"

using namespace ctnn;
using namespace ctnn::literals;

namespace {

using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
using Wide = Sequential<Dense<3, 20>, ReLU, Dense<4>, Softmax>;
/// Of which several tiles go through a layer together, in memory.
using Wider = Sequential<Dense<3, 1200>, ReLU, Dense<4>, Softmax>;

xt::xtensor<float, 2> batch(std::size_t count, std::size_t features) {
  const auto values = checks::numbers<float>(count * features, 9);
  return xt::adapt(values, std::array{count, features});
}

}  // namespace

TEST_CASE_TEMPLATE("one sample and a batch agree, for every batch size around a register and around several", Network, Wide,
                   Wider) {
  const Model<Network> model{Seed{4}};
  for (std::size_t count = 1; count <= 70; ++count) {
    const auto x = batch(count, 3);
    const xt::xtensor<float, 2> y = model.predict(x);
    CHECK(y.shape(0) == count);
    CHECK(y.shape(1) == 4);
    for (std::size_t s = 0; s < count; ++s) {
      const auto one = model(std::array{x(s, 0), x(s, 1), x(s, 2)});
      for (std::size_t o = 0; o < 4; ++o) CHECK(y(s, o) == doctest::Approx(one[o]).epsilon(1e-5));
    }
  }
}

TEST_CASE("a network that computes nothing hands on all samples") {
  const Model<Sequential<Input<40, 40>, Flatten>> model;
  for (const std::size_t count : std::array<std::size_t, 4>{1, 7, 24, 70}) {
    const xt::xtensor<float, 2> x = batch(count, 1600);
    CHECK(model.predict(xt::xtensor<float, 3>(xt::reshape_view(x, {count, std::size_t{40}, std::size_t{40}}))) == x);
  }
}

TEST_CASE("a plain batch of numbers gives a plain batch") {
  const Model<Net> model{Seed{1}};
  const xt::xtensor<float, 1> x = xt::linspace(-0.5f, 0.5f, 21);
  const xt::xtensor<float, 1> y = model.predict(x);
  CHECK(y(3) == doctest::Approx(model(std::array{x(3)})[0]));
  const xt::xtensor<float, 2> column = model.predict(xt::xtensor<float, 2>(xt::view(x, xt::all(), xt::newaxis())));
  CHECK(column.shape(1) == 1);
  CHECK(column(3, 0) == y(3));
}

namespace {

template <class Batch>
constexpr std::size_t rank_of_predictions =
    detail::static_rank<decltype(std::declval<Model<Net>>().predict(std::declval<Batch>()))>;

/// Predicts for a plain batch of some kind, into a tensor of one axis.
template <class Batch>
void check_plain(const Model<Net>& model, const Batch& x) {
  static_assert(rank_of_predictions<const Batch&> == 1);
  const xt::xtensor<float, 1> y = model.predict(x);
  REQUIRE(y.size() == x.size());
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(y(i) == doctest::Approx(model(std::array{static_cast<float>(x(i))})[0]));
}

}  // namespace

TEST_CASE("a plain batch is plain as a view, as an expression and as a fixed tensor") {
  const Model<Net> model{Seed{1}};
  const xt::xtensor<float, 1> x = xt::linspace(-0.5f, 0.5f, 11);
  const xt::xtensor<float, 2> table = xt::stack(xt::xtuple(x, x), 1);
  const xt::xtensor<float, 1> one{0.25f};
  check_plain(model, xt::view(x, xt::range(0, 5)));
  check_plain(model, 2.0f * x);
  check_plain(model, xt::square(x));
  check_plain(model, xt::col(table, 1));
  check_plain(model, xt::flip(x, 0));
  check_plain(model, xt::linspace(-0.5f, 0.5f, 7));
  check_plain(model, xt::arange(0.0f, 3.0f));
  check_plain(model, xt::broadcast(one, {5}));
  check_plain(model, xt::cast<double>(x));
  check_plain(model, xt::sum(table, {1}));
  check_plain(model, xt::xtensor_fixed<float, xt::xshape<11>>(x));
  check_plain(model, xt::xtensor_fixed<float, xt::xshape<11>>(x) + 1.0f);
  check_plain(model, xt::view(x, xt::range(0, 5)) * 2.0f);
}

TEST_CASE("predictions are a tensor, and go into those of as many axes") {
  const Model<Net> model{Seed{1}};
  const xt::xtensor<float, 1> x = xt::linspace(-0.5f, 0.5f, 21);
  static_assert(rank_of_predictions<xt::xarray<float>> == 2 && rank_of_predictions<xt::xtensor<float, 2>> == 2);
  auto y = model.predict(x);
  const float fourth = y(3);
  CHECK(xt::view(y, xt::range(3, 5))(0) == fourth);
  CHECK((y - y)(3) == 0);
  xt::xtensor<float, 1> assigned;
  assigned = y;
  CHECK(assigned(3) == fourth);
  CHECK(assigned == y);
  assigned = model.predict(x) * 2.0f;
  CHECK(assigned(3) == 2 * fourth);
  xt::view(assigned, xt::range(0, 21)) = y;
  CHECK(assigned(3) == fourth);
  CHECK(xt::xtensor<double, 1>(model.predict(x))(3) == static_cast<double>(fourth));
  CHECK(xt::xtensor<float, 1, xt::layout_type::column_major>(y)(3) == fourth);
  CHECK(xt::xarray<float>(y)(3) == fourth);
  const xt::xarray<float> dynamic = model.predict(xt::xarray<float>(x));
  CHECK(dynamic.dimension() == 2);
  CHECK(dynamic(3, 0) == fourth);
  y *= 2.0f;
  CHECK(y(3) == 2 * fourth);
}

TEST_CASE("inputs of every layout, stride, alignment, type and expression give the same") {
  const Model<Wide> model{Seed{4}};
  const auto x = batch(23, 3);
  const xt::xtensor<float, 2> expected = model.predict(x);
  CHECK(model.predict(xt::xtensor<float, 2, xt::layout_type::column_major>(x)) == expected);
  CHECK(model.predict(xt::xarray<float>(x)) == expected);
  CHECK(model.predict(xt::xtensor<double, 2>(x)) == expected);
  CHECK(model.predict(x + 0.0f) == expected);
  CHECK(xt::allclose(model.predict(x * 2 - x), expected));

  xt::xtensor<float, 2> spread = xt::zeros<float>({46, 9});
  xt::view(spread, xt::range(0, 46, 2), xt::range(1, 9, 3)) = x;
  CHECK(model.predict(xt::view(spread, xt::range(0, 46, 2), xt::range(1, 9, 3))) == expected);
  const xt::xtensor<float, 2> transposed = xt::transpose(x);
  CHECK(model.predict(xt::transpose(transposed)) == expected);
  const xt::xtensor<float, 2> reversed = xt::view(x, xt::range(22, xt::placeholders::_, -1), xt::all());
  CHECK(model.predict(xt::view(reversed, xt::range(22, xt::placeholders::_, -1), xt::all())) == expected);

  // Four bytes past an aligned address, in a buffer of exactly the batch's size.
  std::vector<float> memory(x.size() + 1);
  std::copy(x.begin(), x.end(), memory.begin() + 1);
  CHECK(model.predict(xt::adapt(memory.data() + 1, x.size(), xt::no_ownership(), std::array<std::size_t, 2>{23, 3})) == expected);
}

TEST_CASE("an exact-size buffer is not read past its end, nor written") {
  // Under AddressSanitizer these are exact heap blocks; elsewhere the values alone are checked.
  for (std::size_t count = 1; count < 36; ++count) {
    const auto x = std::make_unique<float[]>(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = 0.01f * static_cast<float>(i);
    Model<Net> model{Seed{1}};
    auto trainer = model.compile(SGD{}, MeanSquaredError{});
    const auto view = xt::adapt(x.get(), count, xt::no_ownership(), std::array{count});
    trainer.train_on_batch(view, view);
    CHECK(model.predict(view).size() == count);
  }
  const auto sample = std::make_unique<float[]>(3);
  const auto output = std::make_unique<float[]>(4);
  const Model<Wide> model{Seed{4}};
  model.infer(sample.get(), output.get());
  CHECK(output[0] + output[1] + output[2] + output[3] == doctest::Approx(1));
}

TEST_CASE("a model is a value: copies are deep, and outlive the original") {
  auto original = std::make_unique<Model<Net>>(Seed{1});
  Model<Net> copy = *original;
  const auto answer = (*original)(std::array{0.3f});
  copy.data()[0] += 1;
  CHECK((*original)(std::array{0.3f}) == answer);
  copy = *original;
  original.reset();
  CHECK(copy(std::array{0.3f}) == answer);
  const Model<Net>& same = copy;
  copy = same;
  CHECK(copy(std::array{0.3f}) == answer);
}

TEST_CASE("a model moved from is empty, and says so") {
  Model<Net> model{Seed{1}};
  const xt::xtensor<float, 1> x = xt::linspace(-0.5f, 0.5f, 21);
  const Model<Net> taken = std::move(model);
  CHECK(model.empty());
  CHECK(!taken.empty());
  CHECK_THROWS_WITH_AS(model.predict(x), "ctnn: predict: the model is empty, because it was moved from", EmptyModelError);
  CHECK_THROWS_AS(model[0_c].weights(), EmptyModelError);
  CHECK_THROWS_AS(model.compile(SGD{}, MeanSquaredError{}), EmptyModelError);
  // One sample is answered without exceptions: by what is no number.
  CHECK(std::isnan(model(std::array{0.3f})[0]));
  const float sample = 0.3f;
  float output = 0;
  model.infer(&sample, &output);
  CHECK(std::isnan(output));
  const Model<Net> copy = model;
  CHECK(copy.empty());
  model = taken;
  CHECK(model(std::array{0.3f}) == taken(std::array{0.3f}));
}

template <class M>
concept Compiles = requires(M&& model) { std::forward<M>(model).compile(SGD{}, MeanSquaredError{}); };
static_assert(Compiles<Model<Net>&> && !Compiles<Model<Net>> && !Compiles<const Model<Net>&>, "a temporary has no trainer");
static_assert(Compiles<StaticModel<Net>&> && !Compiles<StaticModel<Net>>);

template <class M>
concept GivesWeights = requires(M&& model) { std::forward<M>(model)[0_c]; };
static_assert(GivesWeights<Model<Net>&> && GivesWeights<const Model<Net>&> && !GivesWeights<Model<Net>> &&
                  !GivesWeights<const Model<Net>>,
              "views would dangle");

TEST_CASE("the same seed gives the same bits, another seed others") {
  const Model<Wide> a{Seed{7}}, b{Seed{7}}, c{Seed{8}};
  CHECK(std::memcmp(a.data(), b.data(), Wide::parameter_count * sizeof(float)) == 0);
  CHECK(std::memcmp(a.data(), c.data(), Wide::parameter_count * sizeof(float)) != 0);
  const StaticModel<Wide> in_place{Seed{7}};
  CHECK(std::memcmp(a.data(), in_place.data(), Wide::parameter_count * sizeof(float)) == 0);
}

TEST_CASE("ten million parameters do not touch the stack") {
  using Large = Sequential<Dense<2000, 4000>, ReLU, Dense<500>>;
  static_assert(Large::parameter_count > 10'000'000);
  Model<Large> model{Seed{1}};
  Model<Large> copy = model;
  auto trainer = copy.compile(SGD{.learning_rate = 1e-4}, MeanSquaredError{});
  const auto x = batch(3, 2000);
  const float before = trainer.train_on_batch(x, batch(3, 500));
  CHECK(trainer.test_on_batch(x, batch(3, 500)) < before);
}

TEST_CASE("weights are views into the model") {
  Model<Wide> model{Seed{4}};
  auto [kernel, bias] = model[0_c].weights();
  CHECK(kernel.dimension() == 2);
  CHECK(kernel.shape()[0] == 3);
  CHECK(kernel.shape()[1] == 20);
  CHECK(bias.shape()[0] == 20);
  CHECK(&kernel(0, 0) == model.data());
  CHECK(&bias(0) == model.data() + 60);
  bias(1) = 5;
  CHECK(model.data()[61] == 5);
  const Model<Wide>& constant = model;
  const auto [later, unused] = constant[2_c].weights();
  static_assert(std::is_const_v<std::remove_reference_t<decltype(later(0, 0))>>);
  CHECK(&later(0, 0) == constant.data() + 80);
  CHECK(std::tuple_size_v<decltype(model[1_c].weights())> == 0);
}

TEST_CASE("set_weights copies, and refuses other shapes whole") {
  Model<Wide> model{Seed{4}};
  model[0_c].set_weights(xt::ones<float>({3, 20}), xt::zeros<double>({20}) - 2.0);
  CHECK(model.data()[59] == 1);
  CHECK(model.data()[60] == -2);
  auto [kernel, bias] = model[0_c].weights();
  model[0_c].set_weights(kernel * 3.0f, bias + kernel(0, 0));
  CHECK(model.data()[59] == 3);
  CHECK(model.data()[60] == -1);
  CHECK_THROWS_WITH_AS(model[0_c].set_weights(xt::zeros<float>({3, 20}), xt::zeros<float>({19})),
                       "ctnn: set_weights: bias of Dense must have shape (20,), but has (19,)", ShapeError);
  CHECK_THROWS_AS(model[0_c].set_weights(xt::zeros<float>({20, 3}), xt::zeros<float>({20})), ShapeError);
  CHECK_THROWS_AS(model[0_c].set_weights(xt::xarray<float>(xt::zeros<float>({60})), xt::zeros<float>({20})), ShapeError);
  CHECK_NOTHROW(model[2_c].set_weights(xt::xtensor_fixed<float, xt::xshape<20, 4>>{}, xt::zeros<float>({4})));
  CHECK(model.data()[59] == 3);
}

TEST_CASE("weights that are NaN or infinite are kept as they are") {
  Model<Net> model{Seed{1}};
  model[2_c].set_weights(xt::xtensor<float, 2>{{HUGE_VALF}, {-HUGE_VALF}}, xt::xtensor<float, 1>{std::nanf("")});
  const auto [kernel, bias] = model[2_c].weights();
  CHECK(kernel(0, 0) == HUGE_VALF);
  CHECK(kernel(1, 0) == -HUGE_VALF);
  CHECK(std::isnan(bias(0)));
}

TEST_CASE("a dense layer of odd width behind an activation stays inside its buffers") {
  const Model<Sequential<Dense<3, 7>, Sigmoid, Dense<20>, Sigmoid, Dense<21>, Sigmoid>> model{Seed{1}};
  for (const float p : model(std::array{1.0f, -2.0f, 3.0f})) CHECK((p > 0 && p < 1));
}

TEST_CASE("a block's layers are reached through it") {
  using Block = Sequential<Dense<4>, Tanh>;
  Model<Sequential<Input<3>, Block, Block, Dense<2>>> model{Seed{1}};
  const auto weights = model[2_c].weights();
  CHECK(std::tuple_size_v<decltype(weights)> == 2);
  const auto [kernel, bias] = model[2_c][0_c].weights();
  CHECK(&kernel(0, 0) == model.data() + 16);
  CHECK(&std::get<1>(weights)(0) == &bias(0));
}

TEST_CASE("nested blocks compute what the flat chain does, to the bit") {
  using Block = Sequential<Dense<8>, GELU>;
  using Nested = Sequential<Input<3>, Block, Sequential<Block, Softmax>, Dense<2>>;
  using Flat = Sequential<Input<3>, Dense<8>, GELU, Dense<8>, GELU, Softmax, Dense<2>>;
  Model<Nested> nested{Seed{5}};
  Model<Flat> flat{Seed{5}};
  auto nested_trainer = nested.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
  auto flat_trainer = flat.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
  const auto x = batch(21, 3), y = batch(21, 2);
  for (int step = 0; step < 5; ++step) CHECK(nested_trainer.train_on_batch(x, y) == flat_trainer.train_on_batch(x, y));
  CHECK(nested.predict(x) == flat.predict(x));
  CHECK(nested(std::array{1.0f, 2.0f, 3.0f}) == flat(std::array{1.0f, 2.0f, 3.0f}));
}

TEST_CASE("wrong shapes are named: where, expected, got") {
  const Model<Wide> model{Seed{4}};
  CHECK_THROWS_WITH_AS(model.predict(batch(5, 4)), "ctnn: predict: the input x must have shape (batch, 3), but has (5, 4)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(model.predict(xt::xarray<float>({1, 2, 3})),
                       "ctnn: predict: the input x must have shape (batch, 3), but has (3,)", ShapeError);
  CHECK_THROWS_AS(model.predict(xt::xarray<float>::from_shape({5, 3, 1})), ShapeError);
  auto moved = batch(5, 3);
  const auto taken = std::move(moved);
  CHECK_THROWS_WITH_AS(model.predict(moved),  // NOLINT(bugprone-use-after-move): what is tested
                       "ctnn: predict: the input x must hold its numbers, but they were moved to another tensor", ShapeError);
  CHECK_THROWS_AS(model.predict(xt::xarray<float>(2.0f)), ShapeError);
  CHECK_THROWS_WITH_AS(model.predict(batch(0, 3)),
                       "ctnn: predict: the input x must hold at least one sample, but its batch axis is 0 long", ShapeError);
  CHECK_THROWS_AS(model.predict(xt::broadcast(batch(1, 3), std::array<std::size_t, 2>{std::size_t{1} << 62, 3})), ShapeError);
  CHECK_NOTHROW(model.predict(xt::xtensor_fixed<float, xt::xshape<5, 3>>(batch(5, 3))));
}

TEST_CASE("summary is Keras's table") {
  std::ostringstream out;
  Model<Sequential<Input<3>, Dense<20>, ReLU, Dense<4>, Softmax>>{}.summary(out);
  const std::string text = out.str();
  CHECK(text.starts_with("Model: \"sequential\"\n┏━━"));
  CHECK(text.find("│ dense (Dense)                   │ (None, 20)             │            80 │           120 │") !=
        std::string::npos);
  CHECK(text.find("│ dense_1 (Dense)                 │ (None, 4)              │            84 │           160 │") !=
        std::string::npos);
  CHECK(text.find("re_lu (ReLU)") != std::string::npos);
  CHECK(text.find("InputLayer") == std::string::npos);
  CHECK(text.find(" Total params: 164 (656.00 B)\n Trainable params: 164 (656.00 B)\n Non-trainable params: 0 (0.00 B)\n") !=
        std::string::npos);
  // 120 + 20 + 160 operations, and the softmax's; the inputs of both dense layers and what ReLU and Softmax gave.
  using Net4 = Sequential<Input<3>, Dense<20>, ReLU, Dense<4>, Softmax>;
  CHECK(text.ends_with(detail::concat(" FLOPs per sample, forward: ", std::to_string(Net4::flops),
                                      "\n Kept per sample for backward: 27 (108.00 B)\n")));
  static_assert(Net4::flops == 300 + Softmax::compute_flops({4}));
  CHECK(detail::thousands(1234567) == "1,234,567");
  CHECK(detail::bytes_text(3 * 1024 * 1024) == "3.00 MB");
  CHECK(detail::snake_case("LeakyReLU") == "leaky_re_lu");
  CHECK(detail::snake_case("GELU") == "gelu");
  CHECK(detail::snake_case("BatchNormalization") == "batch_normalization");
}
