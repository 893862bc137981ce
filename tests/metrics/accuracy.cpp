#include <ctnn/xtensor.hpp>

#include "metrics.hpp"

static_assert(Metric<Accuracy>);

TEST_CASE("Accuracy is what Keras chooses by the output and the targets") {
  // One output: binary, with 0.5 as the threshold.
  CHECK(value<BinaryCrossentropy, Shape<1>>(Accuracy{}, std::array{0.6f}, std::array{1.0f}) == 1);
  CHECK(value<MeanSquaredError, Shape<1>>(Accuracy{}, std::array{0.4f}, std::array{1.0f}) == 0);
  CHECK(value<BinaryCrossentropy, Shape<2, 1>>(Accuracy{}, std::array{0.6f, 0.6f}, std::array{1.0f, 0.0f}) == 0.5f);
  // Several: by class numbers or by the largest target, which Keras does behind a binary crossentropy, too.
  CHECK(value<SparseCategoricalCrossentropy, Shape<2>>(Accuracy{}, std::array{0.1f, 0.3f}, std::array{1.0f}) == 1);
  CHECK(value<CategoricalCrossentropy, Shape<2>>(Accuracy{}, std::array{0.1f, 0.3f}, std::array{0.0f, 1.0f}) == 1);
  CHECK(value<BinaryCrossentropy, Shape<2>>(Accuracy{}, std::array{0.6f, 0.7f}, std::array{0.0f, 1.0f}) == 1);
}

TEST_CASE("metrics are means over the batch, whatever its size, and leave the training alone") {
  using Net = Sequential<Dense<3, 4>, Softmax>;
  for (const std::size_t count : {1u, 2u, 15u, 16u, 17u, 31u, 33u, 200u}) {
    INFO("batch of ", count);
    const auto values = checks::numbers<float>(count * 3, 9);
    const xt::xtensor<float, 2> x = xt::adapt(values, std::array{count, std::size_t{3}});
    xt::xtensor<int, 1> y = xt::zeros<int>({count});
    for (std::size_t i = 0; i < count; ++i) y(i) = static_cast<int>(i * i % 4);
    Model<Net> model{Seed{1}}, plain{Seed{1}};
    const auto predicted = model.predict(x);
    double hits = 0, loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float* row = &predicted(i, 0);
      hits += std::max_element(row, row + 4) - row == y(i);
      loss -= std::log(static_cast<double>(row[y(i)]));
    }
    auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{}, Accuracy{}, SparseCategoricalCrossentropy{});
    const auto scores = trainer.train_on_batch(x, y);
    CHECK(scores.metrics[0] == doctest::Approx(hits / static_cast<double>(count)));
    CHECK(scores.metrics[1] == doctest::Approx(loss / static_cast<double>(count)).epsilon(1e-5));
    CHECK(scores.loss == doctest::Approx(scores.metrics[1]).epsilon(1e-5));
    plain.compile(SGD{}, SparseCategoricalCrossentropy{}).train_on_batch(x, y);
    CHECK(std::equal(model.data(), model.data() + Net::parameter_count, plain.data()));
  }
}

static_assert(Accuracy{}.evaluate<SparseCategoricalCrossentropy, Shape<2>>(std::array{0.1, 0.9}.data(), std::array{1.0}.data()) ==
              1);
