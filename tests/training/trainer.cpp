#include <cstring>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
using Two = Sequential<Dense<3, 8>, Tanh, Dense<2>>;

xt::xtensor<float, 2> batch(std::size_t count, std::size_t features, std::uint64_t seed = 9) {
  const auto values = checks::numbers<float>(count * features, seed);
  return xt::adapt(values, std::array{count, features});
}

template <class Net>
std::vector<float> parameters(const Model<Net>& model) {
  return {model.data(), model.data() + Net::parameter_count};
}

/// Runs a function with what std::cout prints caught.
template <class Function>
std::string printed(const Function& function) {
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  function();
  std::cout.rdbuf(before);
  return out.str();
}

}  // namespace

TEST_CASE("a step returns the loss before it, averaged over the batch") {
  for (const std::size_t count : {1u, 2u, 15u, 16u, 17u, 31u, 33u, 200u}) {
    Model<Two> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
    const auto x = batch(count, 3), y = batch(count, 2, 4);
    const auto before = model.predict(x);
    const double expected = xt::mean(xt::square(xt::cast<double>(before) - y))();
    const float loss = trainer.train_on_batch(x, y);
    INFO("batch of ", count);
    CHECK(loss == doctest::Approx(expected).epsilon(1e-5));
    CHECK(trainer.test_on_batch(x, y) < loss);
    CHECK(trainer.iterations() == 1);
  }
}

TEST_CASE("the gradient is averaged, not summed: a batch twice over takes the same step") {
  Model<Two> once{Seed{1}}, twice{Seed{1}};
  const auto x = batch(13, 3), y = batch(13, 2, 4);
  const auto xx = xt::concatenate(xt::xtuple(x, x)), yy = xt::concatenate(xt::xtuple(y, y));
  once.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{}).train_on_batch(x, y);
  twice.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{}).train_on_batch(xx, yy);
  for (std::size_t i = 0; i < Two::parameter_count; ++i) CHECK(once.data()[i] == doctest::Approx(twice.data()[i]).epsilon(1e-5));
}

TEST_CASE("whatever the layout of x and y, the step is the same") {
  const auto x = batch(37, 3), y = batch(37, 2, 4);
  const auto after = [](const auto& inputs, const auto& targets) {
    Model<Two> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 0.1, .momentum = 0.9}, Huber{});
    for (int step = 0; step < 3; ++step) trainer.train_on_batch(inputs, targets);
    return parameters(model);
  };
  const auto expected = after(x, y);
  CHECK(after(xt::xtensor<float, 2, xt::layout_type::column_major>(x), y) == expected);
  CHECK(after(x + 0.0f, xt::cast<float>(xt::xtensor<double, 2>(y))) == expected);
  xt::xtensor<float, 2> wide = xt::zeros<float>({74, 6});
  xt::view(wide, xt::range(0, 74, 2), xt::range(0, 3)) = x;
  CHECK(after(xt::view(wide, xt::range(0, 74, 2), xt::range(0, 3)), xt::transpose(xt::xtensor<float, 2>(xt::transpose(y)))) ==
        expected);
  CHECK(after(x, y) == expected);
}

TEST_CASE("targets of integers and of another float type are converted") {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const xt::xtensor<float, 1> x = xt::linspace(-1.0f, 1.0f, 5);
  const xt::xtensor<int, 1> whole{-1, 0, 0, 1, 1};
  CHECK(trainer.test_on_batch(x, whole) == trainer.test_on_batch(xt::cast<double>(x), xt::cast<float>(whole)));
}

TEST_CASE("bad batches are refused by name and change nothing") {
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const auto before = parameters(model);
  const auto x = batch(5, 3), y = batch(5, 2);
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(y, y), "ctnn: train_on_batch: the input x must have shape (batch, 3), but has (5, 2)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, x),
                       "ctnn: train_on_batch: the target y must have shape (batch, 2), but has (5, 3)", ShapeError);
  CHECK_THROWS_WITH_AS(trainer.test_on_batch(x, batch(4, 2)),
                       "ctnn: test_on_batch: the target y must hold as many samples as x, 5, but holds 4", ShapeError);
  CHECK_THROWS_AS(trainer.train_on_batch(batch(0, 3), batch(0, 2)), ShapeError);
  CHECK_THROWS_AS(trainer.fit(batch(0, 3), batch(0, 2)), ShapeError);
  CHECK_THROWS_AS(trainer.evaluate(x, batch(6, 2)), ShapeError);
  CHECK(parameters(model) == before);
  CHECK(trainer.iterations() == 0);
}

TEST_CASE("a loss that is infinite or NaN is refused, with the parameters as they were") {
  for (const std::size_t count : {1u, 16u, 19u}) {
    for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF, 3e38f}) {
      Model<Two> model{Seed{1}};
      auto trainer = model.compile(SGD{.learning_rate = 0.1, .momentum = 0.9}, MeanSquaredError{});
      auto x = batch(count, 3), y = batch(count, 2);
      trainer.train_on_batch(x, y);
      const auto before = parameters(model);
      y(count - 1, 1) = bad;
      CHECK_THROWS_AS(trainer.train_on_batch(x, y), NonFiniteLossError);
      CHECK_THROWS_AS(trainer.test_on_batch(x, y), NonFiniteLossError);
      CHECK_THROWS_AS(trainer.evaluate(x, y), NonFiniteLossError);
      CHECK(parameters(model) == before);
      CHECK(trainer.iterations() == 1);
      // The momentum is untouched, too: the next good step is the one that would have come.
      auto undisturbed = [&] {
        Model<Two> twin{Seed{1}};
        auto other = twin.compile(SGD{.learning_rate = 0.1, .momentum = 0.9}, MeanSquaredError{});
        other.train_on_batch(x, batch(count, 2));
        other.train_on_batch(x, batch(count, 2));
        return parameters(twin);
      }();
      trainer.train_on_batch(x, batch(count, 2));
      CHECK(parameters(model) == undisturbed);
    }
  }
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  auto x = batch(3, 3);
  x(1, 1) = std::nanf("");
  CHECK_THROWS_WITH_AS(
      trainer.train_on_batch(x, batch(3, 2)),
      "ctnn: train_on_batch: the loss must be finite, but is nan; the parameters were left as they are (x must be finite, but "
      "sample 1 has nan at place 1)",
      NonFiniteLossError);
}

TEST_CASE("a loss that is not finite names the sample and what is wrong with it, by its place in the data") {
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  auto x = batch(70, 3), y = batch(70, 2);
  const auto says = [&](const auto& function, const char* text) {
    try {
      function();
      FAIL_CHECK("nothing was thrown");
    } catch (const NonFiniteLossError& error) {
      INFO(error.what());
      CHECK(std::string(error.what()).find(text) != std::string::npos);
    }
  };
  x(41, 2) = std::nanf("");
  says([&] { trainer.fit(x, y, {.batch_size = 16, .verbose = 0}); }, "(x must be finite, but sample 41 has nan at place 2)");
  says([&] { trainer.fit(x, y, {.batch_size = 16, .shuffle = false, .verbose = 0}); }, "but sample 41 has nan at place 2)");
  says([&] { trainer.fit(x, y, {.validation_split = 0.5, .verbose = 0}); }, "fit: validation: the loss must be finite");
  says([&] { trainer.evaluate(xt::view(x, xt::all(), xt::all()), y, {.batch_size = 16}); }, "but sample 41 has nan at place 2)");
  x(41, 2) = 0;
  y(7, 0) = -HUGE_VALF;
  says([&] { trainer.evaluate(x, y); }, "(y must be finite, but sample 7 has -inf at place 0)");
  y(7, 0) = 1e38f;
  says([&] { trainer.evaluate(x, y); }, "(a smaller learning rate or scaled inputs may help)");

  Model<Sequential<Dense<3, 4>, Softmax>> classifier{Seed{1}};
  auto other = classifier.compile(SGD{}, SparseCategoricalCrossentropy{});
  xt::xtensor<int, 1> labels = xt::zeros<int>({70});
  labels(65) = 4;
  says([&] { other.fit(x, labels, {.verbose = 0}); }, "(labels must be class numbers in [0, 4), but that of sample 65 is 4)");
  labels(65) = -1;
  says([&] { other.test_on_batch(x, labels); }, "but that of sample 65 is -1)");
}

TEST_CASE("impossible options are refused by name") {
  Model<Two> model{Seed{1}};
  for (const double rate : {0.0, -0.1, std::nan(""), HUGE_VAL, 1e39, 1e-60}) {
    CHECK_THROWS_WITH_AS(
        model.compile(SGD{.learning_rate = rate}, MeanSquaredError{}),
        ("ctnn: compile: SGD's learning_rate must be positive, finite and normal as one of the model's numbers, but "
         "is " +
         detail::number_text(rate))
            .c_str(),
        OptionError);
  }
  CHECK_THROWS_WITH_AS(model.compile(SGD{.momentum = 2}, MeanSquaredError{}),
                       "ctnn: compile: SGD's momentum must lie in [0, 1], but is 2", OptionError);
  CHECK_THROWS_WITH_AS(model.compile(SGD{.clipnorm = 1, .clipvalue = 1}, MeanSquaredError{}),
                       "ctnn: compile: SGD must be given at most one of clipnorm, clipvalue and global_clipnorm", OptionError);
  CHECK_THROWS_WITH_AS(
      model.compile(Adam{.learning_rate = CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 0}}, MeanSquaredError{}),
      "ctnn: compile: CosineDecay's decay_steps must be at least 1, but is 0", OptionError);
  CHECK_THROWS_WITH_AS(model.compile(SGD{.learning_rate = static_cast<double (*)(std::uint64_t)>(nullptr)}, MeanSquaredError{}),
                       "ctnn: compile: a learning rate's function must be one, but is null", OptionError);
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, Huber{.delta = -1}),
                       "ctnn: compile: Huber's delta must be positive, finite and normal as one of the model's numbers, but is -1",
                       OptionError);
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const auto x = batch(10, 3), y = batch(10, 2);
  const auto before = parameters(model);
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.batch_size = 0}), "ctnn: fit: batch_size must be at least 1, but is 0", OptionError);
  CHECK_THROWS_AS(trainer.evaluate(x, y, {.batch_size = 0}), OptionError);
  CHECK_THROWS_AS(trainer.fit(x, y, {.epochs = 0}), OptionError);
  CHECK_THROWS_AS(trainer.fit(x, y, {.verbose = 3}), OptionError);
  for (const double split : {-0.1, 1.0, 2.0, std::nan("")}) {
    CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.validation_split = split}),
                         ("ctnn: fit: validation_split must lie in [0, 1), but is " + detail::number_text(split)).c_str(),
                         OptionError);
  }
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.validation_split = 0.99}),
                       "ctnn: fit: validation_split leaves no sample of 10 to train on", OptionError);
  CHECK(parameters(model) == before);
}

TEST_CASE("fit: the same seed gives the same bits, another order others") {
  const auto run = [](const FitOptions& options) {
    Model<Two> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
    const History history = trainer.fit(batch(50, 3), batch(50, 2, 4), options);
    CHECK(history.loss.size() == options.epochs);
    return std::pair(parameters(model), history.loss);
  };
  const FitOptions options{.batch_size = 8, .epochs = 3, .verbose = 0};
  CHECK(run(options) == run(options));
  CHECK(run(options) != run({.batch_size = 8, .epochs = 3, .verbose = 0, .seed = Seed{1}}));
  CHECK(run(options) != run({.batch_size = 8, .epochs = 3, .shuffle = false, .verbose = 0}));
}

TEST_CASE("fit without shuffling is train_on_batch over the batches in turn, the last one smaller") {
  const auto x = batch(50, 3), y = batch(50, 2, 4);
  Model<Two> a{Seed{1}}, b{Seed{1}};
  auto fitted = a.compile(SGD{.learning_rate = 0.05, .momentum = 0.9}, MeanSquaredError{});
  auto stepped = b.compile(SGD{.learning_rate = 0.05, .momentum = 0.9}, MeanSquaredError{});
  const History history = fitted.fit(x, y, {.batch_size = 16, .shuffle = false, .verbose = 0});
  double total = 0;
  for (std::size_t first = 0; first < 50; first += 16) {
    const std::size_t last = std::min<std::size_t>(first + 16, 50);
    total += static_cast<double>(stepped.train_on_batch(xt::view(x, xt::range(first, last)), xt::view(y, xt::range(first, last)))) *
             static_cast<double>(last - first);
  }
  CHECK(parameters(a) == parameters(b));
  CHECK(history.loss[0] == doctest::Approx(total / 50));
}

TEST_CASE("fit shuffles all samples into the batches, each once") {
  // One weight, one step an epoch over all samples: whatever the order, the step is the same up to rounding.
  const auto x = batch(40, 3), y = batch(40, 2, 4);
  Model<Two> a{Seed{1}}, b{Seed{1}};
  a.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{}).fit(x, y, {.batch_size = 40, .verbose = 0});
  b.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{}).fit(x, y, {.batch_size = 40, .shuffle = false, .verbose = 0});
  for (std::size_t i = 0; i < Two::parameter_count; ++i) CHECK(a.data()[i] == doctest::Approx(b.data()[i]).epsilon(1e-4));
}

TEST_CASE("validation: the last part, or data given") {
  const auto x = batch(50, 3), y = batch(50, 2, 4);
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
  const History split = trainer.fit(x, y, {.batch_size = 8, .epochs = 2, .validation_split = 0.2, .verbose = 0});
  const auto tail_x = xt::view(x, xt::range(40, 50)), tail_y = xt::view(y, xt::range(40, 50));
  CHECK(split.val_loss.size() == 2);
  CHECK(split.val_loss[1] == doctest::Approx(trainer.evaluate(tail_x, tail_y)).epsilon(1e-6));

  const History given = trainer.fit(x, y, {.verbose = 0}, ValidationData{tail_x, tail_y});
  CHECK(given.val_loss[0] == doctest::Approx(trainer.evaluate(tail_x, tail_y)).epsilon(1e-6));
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.verbose = 0}, ValidationData{tail_y, tail_y}),
                       "ctnn: fit: validation data: the input x must have shape (batch, 3), but has (10, 2)", ShapeError);
}

TEST_CASE("a batch size beyond the data is the whole of it") {
  const auto x = batch(50, 3), y = batch(50, 2, 4);
  const auto run = [&](std::size_t size) {
    Model<Two> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
    return trainer.fit(x, y, {.batch_size = size, .epochs = 2, .shuffle = false, .validation_split = 0.2, .verbose = 2});
  };
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  const History whole = run(40), beyond = run(SIZE_MAX), nearly = run(SIZE_MAX - 3);
  std::cout.rdbuf(before);
  CHECK(whole.loss == beyond.loss);
  CHECK(whole.val_loss == beyond.val_loss);
  CHECK(whole.val_loss == nearly.val_loss);
  CHECK(out.str().find("0/0") == std::string::npos);
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  CHECK(trainer.evaluate(x, y, {.batch_size = SIZE_MAX}) == trainer.evaluate(x, y, {.batch_size = 50}));
}

TEST_CASE("evaluate is the mean over all samples, whatever the batch size") {
  const auto x = batch(50, 3), y = batch(50, 2, 4);
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const float whole = trainer.test_on_batch(x, y);
  for (const std::size_t size : {1u, 7u, 16u, 50u, 1000u})
    CHECK(trainer.evaluate(x, y, {.batch_size = size}) == doctest::Approx(whole).epsilon(1e-6));
}

TEST_CASE("what fit prints: nothing, or a line an epoch where there is no terminal") {
  const auto x = batch(50, 3), y = batch(50, 2, 4);
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  CHECK(printed([&] { trainer.fit(x, y, {.epochs = 2, .verbose = 0}); }).empty());
  for (const int verbose : {1, 2}) {
    const std::string text =
        printed([&] { trainer.fit(x, y, {.batch_size = 8, .epochs = 2, .validation_split = 0.1, .verbose = verbose}); });
    CHECK(text.starts_with("Epoch 1/2\n6/6 - 0s - "));
    CHECK(text.find("/step - loss: ") != std::string::npos);
    CHECK(text.find(" - val_loss: ") != std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  }
  CHECK(printed([&] { trainer.fit(x, y); }).starts_with("2/2 - "));
}

TEST_CASE("fit warns of a class that validation_split leaves none of to train on") {
  const auto x = batch(8, 3);
  const auto warned = [&](const auto& y, const FitOptions& options) {
    Model<Sequential<Dense<3, 4>, Softmax>> model{Seed{1}};
    auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
    std::ostringstream out;
    std::streambuf* const before = std::cerr.rdbuf(out.rdbuf());
    printed([&] { trainer.fit(x, y, options); });
    std::cerr.rdbuf(before);
    return out.str();
  };
  const xt::xtensor<int, 1> sorted{0, 0, 0, 1, 1, 1, 3, 3};
  const xt::xtensor<float, 1> mixed{3, 0, 1, 1, 0, 1, 3, 0};
  CHECK(
      warned(sorted, {.epochs = 2, .validation_split = 0.25}) ==
      "ctnn: fit: warning: validation_split holds back the last 2 of 8 samples, and with them all of class 3, which is not trained "
      "on; train_test_split (ctnn/data/split.hpp) gives each part every class\n");
  CHECK(warned(xt::eval(xt::view(sorted, xt::all(), xt::newaxis())), {.validation_split = 0.75, .verbose = 2}).find("class 1,") !=
        std::string::npos);
  CHECK(warned(sorted, {.validation_split = 0.25, .verbose = 0}).empty());
  CHECK(warned(sorted, {.validation_split = 0.125}).empty());
  CHECK(warned(sorted, {}).empty());
  CHECK(warned(mixed, {.validation_split = 0.5}).empty());
  // One probability is of two classes.
  Model<Sequential<Dense<1, 1>, Sigmoid>> binary{Seed{1}};
  auto binary_trainer = binary.compile(SGD{}, BinaryCrossentropy{});
  std::ostringstream binary_out;
  std::streambuf* const shown = std::cerr.rdbuf(binary_out.rdbuf());
  const xt::xtensor<float, 1> halves{0, 0, 0, 0, 1, 1, 1, 1};
  printed([&] { binary_trainer.fit(halves, halves, {.validation_split = 0.5}); });
  std::cerr.rdbuf(shown);
  CHECK(binary_out.str().find("all of class 1,") != std::string::npos);
  // What is no class number is refused by its loss.
  for (const float wrong : {-1.0f, 4.0f, 1e30f, std::numeric_limits<float>::quiet_NaN()}) {
    std::ostringstream out;
    std::streambuf* const before = std::cerr.rdbuf(out.rdbuf());
    const float labels[] = {0, wrong, 0, wrong, 0};
    detail::warn_of_untrained_class(Samples<float>{.data = labels, .stride = 1}, 3, 5, 4);
    std::cerr.rdbuf(before);
    CHECK(out.str().empty());
  }
}

TEST_CASE("fixed-shape batches train, checked when compiled") {
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const xt::xtensor_fixed<float, xt::xshape<5, 3>> x = batch(5, 3);
  const xt::xtensor_fixed<float, xt::xshape<5, 2>> y = batch(5, 2);
  const float before = trainer.test_on_batch(batch(5, 3), batch(5, 2));
  CHECK(trainer.train_on_batch(x, y) == before);
}

TEST_CASE("a gradient that is infinite though the loss is finite is refused") {
  Model<Sequential<Dense<1, 1>>> model{Seed{1}};
  model.data()[0] = 0;
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const xt::xtensor<float, 1> x{1e38f, 1e38f}, y{1e4f, 1e4f};
  CHECK_THROWS_WITH_AS(
      trainer.train_on_batch(x, y),
      "ctnn: train_on_batch: the loss is finite, but its gradient is not; the parameters were left as they are (scaled inputs "
      "may help)",
      NonFiniteLossError);
  CHECK(model.data()[0] == 0);
  CHECK(model.data()[1] == 0);
  CHECK(trainer.iterations() == 0);
}

namespace {

/// One step of a finite gradient that would leave what is infinite: nothing changes, and a step of another rate can follow.
template <class Net, class Optimizer>
void check_infinite_step(const Optimizer& optimizer, float target) {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(optimizer, MeanAbsoluteError{});
  const auto before = parameters(model);
  auto y = batch(5, 2);
  y.fill(target);
  auto x = batch(5, 3);
  x *= target;
  INFO(Optimizer::name, ", ", Net::parameter_count, " parameters");
  CHECK_THROWS_WITH_AS(
      trainer.train_on_batch(x, y),
      "ctnn: train_on_batch: the loss and its gradient are finite, but what the step would leave is not; the parameters were left "
      "as they are (a smaller learning rate or scaled inputs may help)",
      NonFiniteLossError);
  CHECK(parameters(model) == before);
  CHECK(trainer.iterations() == 0);
  for (std::size_t k = 0; k < trainer.state().in_use(); ++k) CHECK(trainer.state().slot(k)[0] < 2);
  trainer.set_learning_rate(0.1);
  trainer.train_on_batch(batch(5, 3), batch(5, 2));
  CHECK(trainer.iterations() == 1);
}

}  // namespace

TEST_CASE("a step that would leave infinite parameters is refused") {
  // Below and above the number of parameters that are moved one by one.
  using Small = Sequential<Dense<3, 2>>;
  using Large = Sequential<Dense<3, 20>, Dense<2>>;
  const float huge = 1e25f;
  check_infinite_step<Small>(SGD{.learning_rate = 1e20}, huge);
  check_infinite_step<Small>(SGD{.learning_rate = 1e20, .momentum = 0.9, .nesterov = true}, huge);
  // These divide by the gradient's size, so that the rate alone decides.
  check_infinite_step<Small>(Adam{.learning_rate = 3e38}, huge);
  check_infinite_step<Large>(Adam{.learning_rate = 3e38, .amsgrad = true}, huge);
  check_infinite_step<Small>(RMSprop{.learning_rate = 3e38}, huge);
  check_infinite_step<Large>(Adagrad{.learning_rate = 3e38}, huge);

  // What is clipped is no longer too large, and a large step that stays finite is done.
  Model<Two> model{Seed{1}};
  auto clipped = model.compile(Adam{.clipnorm = 1}, MeanAbsoluteError{});
  auto x = batch(5, 3);
  x *= huge;
  clipped.train_on_batch(x, batch(5, 2));
  CHECK(clipped.iterations() == 1);
  CHECK(std::abs(model.data()[0]) < 10);
  auto far = model.compile(SGD{.learning_rate = 1e20}, MeanAbsoluteError{});
  far.train_on_batch(batch(5, 3), batch(5, 2));
  CHECK(std::abs(model.data()[0]) > 1e15f);
  CHECK(std::isfinite(model.data()[0]));

  // What decays by more than itself grows.
  auto decayed = model.compile(SGD{.learning_rate = 1, .weight_decay = 1e30}, MeanAbsoluteError{});
  const auto before = parameters(model);
  CHECK_THROWS_AS(decayed.train_on_batch(batch(5, 3), batch(5, 2)), NonFiniteLossError);
  CHECK(parameters(model) == before);
}

TEST_CASE("a trainer moved from is empty, and says so") {
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{.momentum = 0.9}, MeanSquaredError{});
  auto taken = std::move(trainer);
  const auto x = batch(5, 3), y = batch(5, 2);
  CHECK_NOTHROW(taken.train_on_batch(x, y));
  static_assert(!std::is_copy_constructible_v<decltype(trainer)> && !std::is_copy_assignable_v<decltype(trainer)>);
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, y), "ctnn: train_on_batch: the trainer is empty, because it was moved from",
                       EmptyModelError);
}

namespace {

/// A model and its trainer, as a program keeps them together.
struct Agent {
  Model<Two> model{Seed{1}};
  decltype(model.compile(Adam{}, MeanSquaredError{})) trainer = model.compile(Adam{}, MeanSquaredError{});
};

}  // namespace

TEST_CASE("a trainer follows its model where that is moved") {
  static_assert(std::is_nothrow_move_constructible_v<Agent> && std::is_move_assignable_v<Agent>);
  static_assert(!std::is_copy_constructible_v<Agent>, "a copy would train the other's model");
  const auto x = batch(5, 3), y = batch(5, 2);
  Agent still;
  still.trainer.train_on_batch(x, y);
  const auto expected = parameters(still.model);

  std::vector<Agent> agents;
  for (int i = 0; i < 3; ++i) agents.emplace_back();
  CHECK(&agents[0].trainer.model() == &agents[0].model);
  agents[0].trainer.train_on_batch(x, y);
  CHECK(parameters(agents[0].model) == expected);
  CHECK(parameters(agents[1].model) != expected);
  std::swap(agents[0], agents[2]);
  CHECK(parameters(agents[2].model) == expected);
  agents[0].trainer.train_on_batch(x, y);
  CHECK(parameters(agents[0].model) == expected);
  agents.erase(agents.begin());
  CHECK(&agents[1].trainer.model() == &agents[1].model);
  agents[1].trainer.fit(x, y, {.verbose = 0}, [&](std::size_t, const Logs&) { agents.reserve(agents.size()); });

  Model<Two> model{Seed{1}};
  auto trainer = model.compile(Adam{}, MeanSquaredError{});
  trainer.fit(x, y, {.shuffle = false, .verbose = 0}, [&](std::size_t, const Logs&) { still.model = std::move(model); });
  CHECK(&trainer.model() == &still.model);
  CHECK(parameters(still.model) == expected);
  CHECK_THROWS_WITH_AS(still.trainer.train_on_batch(x, y),
                       "ctnn: train_on_batch: the trainer's model is gone, because it ended or another was moved to it",
                       EmptyModelError);
}

TEST_CASE("a trainer goes on with what its model is given, and knows when that is gone") {
  const auto x = batch(5, 3), y = batch(5, 2);
  Agent fresh;
  fresh.trainer.train_on_batch(x, y);
  const auto expected = parameters(fresh.model);
  std::optional<Model<Two>> model(Seed{2});
  auto trainer = model->compile(Adam{}, MeanSquaredError{});
  *model = Model<Two>{Seed{1}};
  trainer.train_on_batch(x, y);
  CHECK(parameters(*model) == expected);
  const Model<Two> other{Seed{3}};
  *model = other;
  CHECK(trainer.evaluate(x, y) > 0);
  Model<Two>& same = *model;
  same = std::move(*model);
  CHECK(trainer.evaluate(x, y) > 0);
  model.reset();
  CHECK_THROWS_AS(trainer.evaluate(x, y), EmptyModelError);
  CHECK_THROWS_AS(trainer.fit(x, y), EmptyModelError);
  CHECK_THROWS_AS(trainer.model(), EmptyModelError);
}

namespace {

/// A loss and an optimizer of a user's own.
struct Biased {
  static constexpr const char* name = "biased";
  template <class Output, class Lane>
  constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    Lane total(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      total += predicted[i] - target[i];
      gradient[i] = Lane(scale);
    }
    return total;
  }
};
struct Constant {
  double rate = 0.5;
  static constexpr const char* name = "constant";
  static constexpr std::size_t slots = 0;
  constexpr std::size_t slots_in_use() const { return 0; }
  template <class>
  constexpr const char* problem() const {
    return nullptr;
  }
  template <class Scalar>
  constexpr Constant at(std::uint64_t) const {
    return *this;
  }
  template <std::size_t, class Lane>
  constexpr void update(Lane& parameter, Lane, Lane*) const {
    parameter -= Lane(static_cast<ScalarOf<Lane>>(rate));
  }
};
static_assert(Loss<Biased> && Optimizer<Constant>);

}  // namespace

TEST_CASE("a user's own loss and optimizer work as the built-in ones do") {
  Model<Two> model{Seed{1}};
  const auto before = parameters(model);
  auto trainer = model.compile(Constant{}, Biased{});
  const auto x = batch(19, 3), y = batch(19, 2);
  const auto predicted = model.predict(x);
  CHECK(trainer.train_on_batch(x, y) == doctest::Approx(xt::sum(predicted - y)() / 19).epsilon(1e-4));
  for (std::size_t i = 0; i < Two::parameter_count; ++i) CHECK(model.data()[i] == before[i] - 0.5f);
}

TEST_CASE("samples of several axes train the same from every layout") {
  using Rows = Sequential<Input<2, 3>, Dense<4>, Tanh, Dense<2>>;
  const auto values = checks::numbers<float>(21 * 6, 3), wanted = checks::numbers<float>(21 * 4, 4);
  const xt::xtensor<float, 3> x = xt::adapt(values, std::array<std::size_t, 3>{21, 2, 3});
  const xt::xtensor<float, 3> y = xt::adapt(wanted, std::array<std::size_t, 3>{21, 2, 2});
  const auto after = [](const auto& inputs, const auto& targets) {
    Model<Rows> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
    for (int step = 0; step < 3; ++step) trainer.train_on_batch(inputs, targets);
    return std::pair(parameters(model), xt::xtensor<float, 3>(model.predict(inputs)));
  };
  const auto expected = after(x, y);
  CHECK(after(xt::xtensor<float, 3, xt::layout_type::column_major>(x), y) == expected);
  CHECK(after(xt::xtensor<double, 3>(x), xt::xtensor<double, 3>(y)) == expected);
  CHECK(after(x + 0.0f, y) == expected);
  const xt::xtensor<float, 3> turned = xt::transpose(x, {2, 0, 1});
  CHECK(after(xt::transpose(turned, {1, 2, 0}), y) == expected);
  const xt::xtensor<float, 3> reversed = xt::view(x, xt::range(20, xt::placeholders::_, -1));
  CHECK(after(xt::view(reversed, xt::range(20, xt::placeholders::_, -1)), y) == expected);
  std::vector<float> shifted(values.size() + 1);
  std::copy(values.begin(), values.end(), shifted.begin() + 1);
  CHECK(after(xt::adapt(shifted.data() + 1, values.size(), xt::no_ownership(), std::array<std::size_t, 3>{21, 2, 3}), y) ==
        expected);
  CHECK_THROWS_AS(after(xt::xtensor<float, 3>::from_shape({21, 3, 2}), y), ShapeError);

  using Column = Sequential<Input<3, 1>, Dense<1>>;
  Model<Column> model{Seed{1}};
  const auto tall = xt::view(xt::transpose(x, {0, 2, 1}), xt::all(), xt::all(), xt::range(1, 2));
  const xt::xtensor<float, 3> solid = tall;
  CHECK(model.predict(tall) == model.predict(solid));
}

TEST_CASE("a layer with very many sums in lanes does not keep them on the stack") {
  // 420 parameters a layer, ten times over: beyond what stays on the stack.
  using Deep =
      Sequential<Dense<20, 20>, Dense<20>, Dense<20>, Dense<20>, Dense<20>, Dense<20>, Dense<20>, Dense<20>, Dense<20>, Dense<20>>;
  Model<Deep, double> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 1e-3}, MeanSquaredError{});
  const auto values = checks::numbers<double>(20 * 20, 3);
  const xt::xtensor<double, 2> x = xt::adapt(values, std::array<std::size_t, 2>{20, 20});
  const double before = trainer.train_on_batch(x, x);
  Model<Deep, double> again{Seed{1}};
  const std::vector<double> start(again.data(), again.data() + Deep::parameter_count);
  const auto gradient = checks::gradient<Deep, double>(MeanSquaredError{}, start, values, values, 20);
  double largest = 0, apart = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    largest = std::max(largest, std::abs(gradient[i]));
    apart = std::max(apart, std::abs(gradient[i] - trainer.gradient()[i]));
  }
  CHECK(apart < 1e-12 * largest);
  CHECK(trainer.test_on_batch(x, x) < before);
}

TEST_CASE("a schedule that gives no rate is refused before anything moves") {
  Model<Two> model{Seed{1}};
  const auto x = batch(20, 3), y = batch(20, 2, 4);
  for (const double bad : {std::nan(""), -0.1, HUGE_VAL, 1e39}) {
    static double rate;
    rate = bad;
    auto trainer =
        model.compile(Adam{.learning_rate = [](std::uint64_t step) { return step == 1 ? rate : 0.001; }}, MeanSquaredError{});
    trainer.train_on_batch(x, y);
    const auto before = parameters(model);
    CHECK_THROWS_AS(trainer.train_on_batch(x, y), OptionError);
    CHECK(parameters(model) == before);
    CHECK(trainer.iterations() == 1);
  }
}

namespace {

struct Own : Sequential<Dense<3, 8>, ReLU, Dense<4>, Softmax> {};
using Plain = Sequential<Dense<3, 8>, ReLU, Dense<4>, Softmax>;
using Block = Sequential<Dense<16>, BatchNormalization<>, ReLU>;
using OfBlocks = Sequential<Input<3>, Regularized<Block, L2{0.001}>, Own::layer<2>, Softmax>;
using OfLayers = Sequential<Input<3>, Regularized<Dense<16>, L2{0.001}>, BatchNormalization<>, ReLU, Dense<4>, Softmax>;

template <class Net>
std::vector<float> after_training() {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
  xt::xtensor<int, 1> labels = xt::arange<int>(40) % 4;
  trainer.fit(batch(40, 3), labels, {.epochs = 3, .verbose = 0});
  std::vector<float> result(model.data(), model.data() + Net::parameter_count);
  result.push_back(trainer.evaluate(batch(40, 3), labels));
  return result;
}

}  // namespace

TEST_CASE("a type that inherits from a network is that network, and a regularized block is its layers") {
  CHECK(after_training<Own>() == after_training<Plain>());
  CHECK(after_training<OfBlocks>() == after_training<OfLayers>());
}
