#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "../checks.hpp"
#include "../directory.hpp"
#include "../reference/callback_fixtures.hpp"

using namespace ctnn;
namespace fs = std::filesystem;

namespace {

using Two = Sequential<Dense<3, 8>, Tanh, Dense<2>>;

xt::xtensor<float, 2> batch(std::size_t count, std::size_t features, std::uint64_t seed = 9) {
  const auto values = checks::numbers<float>(count * features, seed);
  return xt::adapt(values, std::array{count, features});
}

/// How often the sign is right: a metric of this test's own.
struct SameSign {
  static constexpr const char* name = "same_sign_accuracy";
  template <class LossType, class Output, class Lane>
  constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    Lane total(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      total += math::select(predicted[i] * target[i] > Lane(0), Lane(1), Lane(0));
    }
    return total * Lane(ScalarOf<Lane>(1) / ScalarOf<Lane>(Output::size));
  }
};
/// A metric whose better direction its name does not tell.
struct Highest {
  static constexpr const char* name = "highest";
  template <class LossType, class Output, class Lane>
  constexpr Lane evaluate(const Lane* predicted, const Lane*) const {
    return predicted[0];
  }
};

struct Fixture {
  xt::xtensor<float, 2> x = batch(50, 3), y = batch(50, 2, 4);
  Model<Two> model{Seed{1}};

  auto trainer() { return model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{}); }
};

/// A callback that puts a number of a made-up sequence into the logs of each epoch.
auto scripted(const std::vector<double>& values) {
  return [&values](std::size_t epoch, Logs& logs) { logs.set("value", values.at(epoch)); };
}

template <class Function>
std::string printed(const Function& function) {
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  function();
  std::cout.rdbuf(before);
  return out.str();
}

/// Notes whatever it is told.
struct Recorder {
  std::string story;

  template <class Trainer>
  void on_train_begin(Trainer&) {
    story += "begin ";
  }
  template <class Trainer>
  void on_epoch_begin(Trainer&, std::size_t epoch) {
    story += "epoch" + std::to_string(epoch) + "( ";
  }
  template <class Trainer>
  void on_batch_end(Trainer&, std::size_t batch, const Logs&) {
    story += std::to_string(batch) + ' ';
  }
  template <class Trainer>
  void on_epoch_end(Trainer&, std::size_t epoch, const Logs&) {
    story += ")" + std::to_string(epoch) + ' ';
  }
  template <class Trainer>
  void on_train_end(Trainer&) {
    story += "end";
  }
};

void report(std::size_t epoch, const Logs& logs) { std::cout << epoch << ' ' << logs.size() << '\n'; }

}  // namespace

TEST_CASE("callbacks are told of everything, in order, by reference or by value") {
  Fixture f;
  auto trainer = f.trainer();
  Recorder first, second;
  const FitOptions options{.batch_size = 20, .epochs = 2, .verbose = 0};
  trainer.fit(f.x, f.y, options, first, Recorder{}, second);
  CHECK(first.story == "begin epoch0( 0 1 2 )0 epoch1( 0 1 2 )1 end");
  CHECK(second.story == first.story);

  std::string order;
  const auto one = [&](std::size_t epoch, const Logs&) { order += "a" + std::to_string(epoch); };
  const auto two = [&](auto& same, std::size_t epoch, const Logs&) {
    CHECK(&same == &trainer);
    order += "b" + std::to_string(epoch);
  };
  std::function<void(std::size_t, const Logs&)> three = one;
  trainer.fit(f.x, f.y, options, one, two, three, [&](std::size_t, auto&) { order += "c"; });
  CHECK(order == "a0b0a0ca1b1a1c");
  CHECK(printed([&] { trainer.fit(f.x, f.y, options, report); }) == "0 1\n1 1\n");
}

TEST_CASE("what is no callback is refused by concept, and so is a member that takes other things") {
  using Trainer = decltype(std::declval<Fixture&>().trainer());
  struct Nothing {};
  struct NoTrainer {
    void on_train_begin(Trainer&) {}
    void on_epoch_end(std::size_t, const Logs&) {}
  };
  struct Misspelt {
    void on_epoch_finished(Trainer&, std::size_t, const Logs&) {}
  };
  static_assert(Callback<Recorder, Trainer>);
  static_assert(Callback<EarlyStopping, Trainer>);
  static_assert(Callback<ReduceLROnPlateau, Trainer>);
  static_assert(Callback<LearningRateScheduler, Trainer>);
  static_assert(Callback<CSVLogger, Trainer>);
  static_assert(!Callback<const EarlyStopping, Trainer>, "it keeps what it has seen");
  static_assert(!Callback<Nothing, Trainer>);
  static_assert(!Callback<NoTrainer, Trainer>);
  static_assert(!Callback<Misspelt, Trainer>);
  static_assert(!Callback<int, Trainer>);
  CHECK(true);
}

TEST_CASE("logs: the running means of a batch, the sorted names of an epoch, and history") {
  Fixture f;
  auto trainer = f.model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{}, SameSign{}, Highest{}, SameSign{});
  Model<Two> twin{Seed{1}};
  auto stepped = twin.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{}, SameSign{}, Highest{}, SameSign{});
  struct Watch {
    decltype(stepped)& other;
    const Fixture& f;
    double loss = 0, sign = 0;
    void on_batch_end(decltype(trainer)&, std::size_t index, const Logs& logs) {
      const std::size_t first = index * 16, last = std::min<std::size_t>(first + 16, 50);
      const auto scores = other.train_on_batch(xt::view(f.x, xt::range(first, last)), xt::view(f.y, xt::range(first, last)));
      const auto size = static_cast<double>(last - first), seen = static_cast<double>(last);
      loss += static_cast<double>(scores.loss) * size;
      sign += static_cast<double>(scores.metrics[0]) * size;
      CHECK(logs["loss"] == doctest::Approx(loss / seen));
      CHECK(logs["same_sign_accuracy"] == doctest::Approx(sign / seen));
      CHECK(logs["same_sign_accuracy_1"] == logs["same_sign_accuracy"]);
      CHECK(logs.find("val_loss") == nullptr);
    }
    void on_epoch_end(decltype(trainer)&, std::size_t, const Logs& logs) {
      std::string names;
      for (const auto& [name, value] : logs) names += name + ' ';
      CHECK(names ==
            "highest loss same_sign_accuracy same_sign_accuracy_1 val_highest val_loss val_same_sign_accuracy "
            "val_same_sign_accuracy_1 ");
      CHECK(logs["loss"] == doctest::Approx(loss / 50));
    }
  };
  const auto held_x = batch(21, 3, 5), held_y = batch(21, 2, 6);
  const History history = trainer.fit(f.x, f.y, {.batch_size = 16, .shuffle = false, .verbose = 0}, ValidationData{held_x, held_y},
                                      Watch{stepped, f}, [](std::size_t, Logs& logs) { logs.set("mine", 7); });
  const auto scores = trainer.evaluate(held_x, held_y);
  CHECK(history.val_loss[0] == doctest::Approx(scores.loss).epsilon(1e-6));
  CHECK(history["val_same_sign_accuracy"][0] == doctest::Approx(scores.metrics[0]).epsilon(1e-6));
  CHECK(history["val_highest"][0] == doctest::Approx(scores.metrics[1]).epsilon(1e-6));
  CHECK(history["mine"] == std::vector<double>{7});
  CHECK(history.names().back() == "mine");
  const std::string text = printed([&] {
    trainer.fit(f.x, f.y, {.batch_size = 16, .verbose = 2}, ValidationData{held_x, held_y},
                [](std::size_t, Logs& logs) { logs.set("learning_rate", 0.5); });
  });
  CHECK(text.find("/step - highest: ") != std::string::npos);
  CHECK(text.ends_with(" - learning_rate: 0.5000\n"));
}

TEST_CASE("stop_training ends after the batch, with validation and on_epoch_end, or after the epoch") {
  Fixture f;
  auto trainer = f.trainer();
  struct Stopper : Recorder {
    std::size_t batch_to_stop;
    explicit Stopper(std::size_t number) : batch_to_stop(number) {}
    void on_batch_end(decltype(trainer)& running, std::size_t index, const Logs& logs) {
      Recorder::on_batch_end(running, index, logs);
      if (index == batch_to_stop) running.stop_training();
    }
  };
  Stopper stopper{1};
  const FitOptions options{.batch_size = 8, .epochs = 4, .validation_split = 0.2, .verbose = 0};
  const History history = trainer.fit(f.x, f.y, options, stopper);
  CHECK(stopper.story == "begin epoch0( 0 1 )0 end");
  CHECK(trainer.iterations() == 2);
  CHECK(history.loss.size() == 1);
  CHECK(std::isfinite(history.val_loss.at(0)));
  CHECK_FALSE(history.interrupted);

  const History second = trainer.fit(f.x, f.y, options, [](auto& running, std::size_t epoch, const Logs&) {
    if (epoch == 1) running.stop_training();
  });
  CHECK(second.loss.size() == 2);
  CHECK(trainer.fit(f.x, f.y, options).loss.size() == 4);

  // As in Keras, to stop before the first batch is to stop after it.
  struct AtOnce {
    void on_train_begin(decltype(trainer)& running) { running.stop_training(); }
  };
  const std::uint64_t before = trainer.iterations();
  CHECK(trainer.fit(f.x, f.y, options, AtOnce{}).loss.size() == 1);
  CHECK(trainer.iterations() == before + 1);
}

TEST_CASE("what a callback throws leaves fit") {
  Fixture f;
  auto trainer = f.trainer();
  Recorder recorder;
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, {.epochs = 3, .verbose = 0}, recorder,
                                   [](std::size_t, const Logs&) { throw std::domain_error("mine"); }),
                       "mine", std::domain_error);
  CHECK(recorder.story == "begin epoch0( 0 1 )0 ");
}

TEST_CASE("a callback that moves the model or the trainer away ends fit") {
  Fixture f;
  auto trainer = f.trainer();
  CHECK_THROWS_AS(
      trainer.fit(f.x, f.y, {.epochs = 3, .verbose = 0}, [&](std::size_t, const Logs&) { const auto away = std::move(trainer); }),
      EmptyModelError);
  Fixture other;
  auto second = other.trainer();
  CHECK_THROWS_AS(second.fit(other.x, other.y, {.epochs = 3, .verbose = 0},
                             [&](std::size_t, const Logs&) { const auto away = std::move(other.model); }),
                  EmptyModelError);
}

TEST_CASE("a fit that a loss beyond all numbers ends gives its history, and tells its callbacks") {
  const xt::xtensor<float, 1> x = xt::linspace(-1.0f, 1.0f, 64), y = xt::sin(3.0f * x);
  Model<Sequential<Dense<1, 8>, Tanh, Dense<1>>> model{Seed{1}};
  auto trainer = model.compile(Adam{.learning_rate = 0.01}, MeanSquaredError{});
  EarlyStopping stopping{.patience = 100, .restore_best_weights = true};
  std::vector<float> best_weights;
  std::size_t ends = 0;
  struct End {
    std::size_t* ends;
    void on_train_end(decltype(trainer)&) { ++*ends; }
  };
  History history;
  try {
    trainer.fit(x, y, {.epochs = 60, .validation_split = 0.2, .verbose = 0}, stopping,
                LearningRateScheduler{[](std::size_t epoch, double) { return epoch < 20 ? 0.01 : 1e30; }}, End{&ends},
                [&](std::size_t epoch, const Logs& logs) {
                  if (*stopping.best == logs["val_loss"]) best_weights.assign(model.data(), model.data() + 25);
                  CHECK(epoch < 21);
                });
    FAIL("the loss was finite");
  } catch (const NonFiniteFitError& error) {
    history = error.history;
  }
  REQUIRE(history.loss.size() == 20);
  CHECK(history["learning_rate"].size() == 20);
  CHECK(history.val_loss[stopping.best_epoch] == *stopping.best);
  CHECK(ends == 1);
  CHECK(std::vector<float>(model.data(), model.data() + 25) == best_weights);
  const auto held = xt::view(x, xt::range(51, 64)), wanted = xt::view(y, xt::range(51, 64));
  CHECK(trainer.evaluate(held, wanted) == doctest::Approx(*stopping.best).epsilon(1e-5));
}

namespace {

struct EachEpoch {
  std::function<void()> change;
  void on_epoch_begin(auto&, std::size_t) { change(); }
};
struct EachBatch {
  std::function<void()> change;
  void on_batch_end(auto&, std::size_t, const Logs&) { change(); }
};

}  // namespace

TEST_CASE("callbacks may assign to what fit was given, as long as it holds as many samples") {
  const xt::xtensor<float, 1> first = xt::linspace(-1.0f, 1.0f, 40), y = xt::sin(3.0f * first);
  const auto train = [&](auto&& change) {
    xt::xtensor<float, 1> x = first;
    Model<Sequential<Dense<1, 1>>> model{Seed{1}};
    model.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{}).fit(x, y, {.epochs = 3, .verbose = 0}, change(x));
    return std::vector<float>(model.data(), model.data() + 2);
  };
  const auto epochs_in_place =
      train([](auto& x) { return EachEpoch{[&x] { std::for_each(x.begin(), x.end(), [](float& v) { v += 0.01f; }); }}; });
  CHECK(train([](auto& x) { return EachEpoch{[&x] { x = x + 0.01f; }}; }) == epochs_in_place);
  const auto batches_in_place =
      train([](auto& x) { return EachBatch{[&x] { std::for_each(x.begin(), x.end(), [](float& v) { v += 0.01f; }); }}; });
  CHECK(train([](auto& x) { return EachBatch{[&x] { x = x + 0.01f; }}; }) == batches_in_place);
  CHECK(batches_in_place != epochs_in_place);
  CHECK_THROWS_WITH_AS(train([](auto& x) { return EachEpoch{[&x] { x = xt::xtensor<float, 1>{1, 2, 3}; }}; }),
                       "ctnn: fit: the target y must hold as many samples as x, 3, but holds 40", ShapeError);
  xt::xtensor<float, 1> x = first;
  Model<Sequential<Dense<1, 1>>> model{Seed{1}};
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, MeanSquaredError{}).fit(x, x, {.epochs = 2, .verbose = 0}, EachEpoch{[&x] {
                                                                      x = xt::xtensor<float, 1>{1, 2, 3};
                                                                    }}),
                       "ctnn: fit: x and y must keep their number of samples until fit returns, 40, but a callback made it 3",
                       ShapeError);
}

TEST_CASE("a fit inside a callback leaves the outer one's stop, names and seed alone") {
  Fixture f;
  auto trainer = f.trainer();
  const History stopped = trainer.fit(
      f.x, f.y, {.epochs = 10, .validation_split = 0.5, .verbose = 0}, [&, n = 0](auto& running, std::size_t, const Logs&) mutable {
        if (n++ > 0) return;
        const auto names = running.log_names();
        running.stop_training();
        running.fit(f.x, f.y, {.verbose = 0}, [&](std::size_t, const Logs&) { running.stop_training(); });
        CHECK(running.log_names() == names);
        CHECK(names.size() > 1);
      });
  CHECK(stopped.loss.size() == 1);
  const History went_on = trainer.fit(f.x, f.y, {.epochs = 3, .verbose = 0}, [&](auto& running, std::size_t, const Logs&) {
    running.fit(f.x, f.y, {.verbose = 0}, [&](std::size_t, const Logs&) { running.stop_training(); });
  });
  CHECK(went_on.loss.size() == 3);

  // Dropout draws by the seed and the step: after a fit inside, as if there had been a fit before.
  const auto masks = [](Seed inner) {
    const xt::xtensor<float, 2> x = xt::ones<float>({1, 16});
    const xt::xtensor<float, 1> y{5};
    Model<Sequential<Input<16>, Dropout<0.5>, Dense<1>>> model{Seed{9}};
    auto dropping = model.compile(SGD{.learning_rate = 1e-9}, MeanSquaredError{});
    std::vector<bool> dropped;
    dropping.fit(x, y, {.epochs = 3, .verbose = 0, .seed = Seed{1}}, [&](std::size_t, const Logs&) {
      for (int i = 0; i < 16; ++i) dropped.push_back(dropping.gradient()[i] == 0);
      dropping.fit(x, y, {.verbose = 0, .seed = inner});
    });
    return dropped;
  };
  CHECK(masks(Seed{1}) == masks(Seed{77}));
}

TEST_CASE("options of callbacks that are no number are refused") {
  Fixture f;
  auto trainer = f.trainer();
  const double nan = std::nan("");
  CHECK_THROWS_AS(trainer.fit(f.x, f.y, {.verbose = 0}, EarlyStopping{.monitor = "loss", .min_delta = nan}), OptionError);
  CHECK_THROWS_AS(trainer.fit(f.x, f.y, {.verbose = 0}, EarlyStopping{.monitor = "loss", .baseline = nan}), OptionError);
}

TEST_CASE("the learning rate is read and set; what the optimizer refuses changes nothing") {
  Fixture f;
  auto trainer = f.trainer();
  CHECK(trainer.learning_rate() == 0.05);
  trainer.set_learning_rate(0.5);
  CHECK(trainer.learning_rate() == 0.5);
  Model<Two> twin{Seed{1}};
  auto other = twin.compile(SGD{.learning_rate = 0.5}, MeanSquaredError{});
  trainer.train_on_batch(f.x, f.y);
  other.train_on_batch(f.x, f.y);
  CHECK(std::equal(twin.data(), twin.data() + Two::parameter_count, f.model.data()));
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    CHECK_THROWS_WITH_AS(trainer.set_learning_rate(bad),
                         ("ctnn: set_learning_rate: SGD's learning_rate must be positive, finite and normal as one of the model's "
                          "numbers, but is " +
                          detail::number_text(bad))
                             .c_str(),
                         OptionError);
  }
  CHECK(trainer.learning_rate() == 0.5);
}

TEST_CASE("EarlyStopping stops where Keras's does, and restores the same weights") {
  for (const auto& expected : callback_fixtures::stops) {
    Fixture f;
    auto trainer = f.trainer();
    std::vector<std::vector<float>> weights;
    EarlyStopping stopping{.monitor = "value",
                           .min_delta = expected.min_delta,
                           .patience = expected.patience,
                           .mode = expected.mode,
                           .baseline = expected.baseline,
                           .restore_best_weights = true,
                           .start_from_epoch = expected.start_from_epoch};
    const auto keep = [&](std::size_t, const Logs&) {
      weights.emplace_back(f.model.data(), f.model.data() + Two::parameter_count);
    };
    // Twice: what the first fit has seen must not matter to the second.
    for (int repetition = 0; repetition < 2; ++repetition) {
      weights.clear();
      const History history = trainer.fit(f.x, f.y, {.batch_size = 50, .epochs = expected.values.size(), .verbose = 0},
                                          scripted(expected.values), keep, stopping);
      INFO("fixture ", &expected - callback_fixtures::stops, ", repetition ", repetition);
      CHECK(history.loss.size() == expected.epochs);
      CHECK(stopping.stopped_epoch == expected.stopped_epoch);
      CHECK(stopping.best_epoch == expected.best_epoch);
      CHECK(std::equal(weights[expected.restored].begin(), weights[expected.restored].end(), f.model.data()));
    }
  }
}

TEST_CASE("EarlyStopping without restoring leaves the last weights, and says what it does if asked") {
  Fixture f;
  auto trainer = f.trainer();
  const std::vector<double> values{3, 2, 4, 5, 6, 7};
  std::vector<float> last;
  const auto keep = [&](std::size_t, const Logs&) { last.assign(f.model.data(), f.model.data() + Two::parameter_count); };
  trainer.fit(f.x, f.y, {.epochs = 6, .verbose = 0}, scripted(values),
              EarlyStopping{.monitor = "value", .patience = 2, .mode = "min"}, keep);
  CHECK(std::equal(last.begin(), last.end(), f.model.data()));
  const std::string text = printed([&] {
    trainer.fit(f.x, f.y, {.epochs = 6, .verbose = 0}, scripted(values),
                EarlyStopping{.monitor = "value", .patience = 2, .verbose = 1, .mode = "min", .restore_best_weights = true});
  });
  CHECK(text == "Epoch 4: early stopping\nRestoring model weights from the end of the best epoch: 2.\n");
}

TEST_CASE("a monitor's direction: by name as Keras knows it, or given") {
  for (const char* name :
       {"accuracy", "binary_accuracy", "val_sparse_top_k_categorical_accuracy", "auc", "mean_io_u", "r2_score"}) {
    CHECK(detail::Improvement::of("c", name, "auto", 0, {}).sign == 1);
  }
  for (const char* name : {"loss", "val_loss", "mean_squared_error", "val_categorical_crossentropy", "hinge", "squared_hinge"}) {
    CHECK(detail::Improvement::of("c", name, "auto", 0, {}).sign == -1);
  }
  Fixture f;
  auto trainer = f.model.compile(SGD{}, MeanSquaredError{}, Highest{});
  const FitOptions options{.epochs = 2, .validation_split = 0.2, .verbose = 0};
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, options, EarlyStopping{.monitor = "val_highest"}),
                       "ctnn: EarlyStopping: mode must be \"min\" or \"max\" to monitor \"val_highest\", whose better direction "
                       "its name does not say, but is \"auto\"",
                       OptionError);
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, options, EarlyStopping{.monitor = "val_acc"}),
                       "ctnn: EarlyStopping: monitor must be one of \"highest\", \"loss\", \"val_highest\", \"val_loss\", but is "
                       "\"val_acc\" (for what a callback sets in the logs, mode must be \"min\" or \"max\")",
                       OptionError);
  CHECK_NOTHROW(trainer.fit(f.x, f.y, options, EarlyStopping{.monitor = "val_highest", .mode = "max"}));
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, options, ReduceLROnPlateau{.mode = "least"}),
                       "ctnn: ReduceLROnPlateau: mode must be \"auto\", \"min\" or \"max\", but is \"least\"", OptionError);
}

TEST_CASE("a monitor that is not there is refused: before the first epoch, where that can be known") {
  Fixture f;
  auto trainer = f.trainer();
  const FitOptions options{.epochs = 2, .verbose = 0};
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, options, EarlyStopping{}),
                       "ctnn: EarlyStopping: fit must have validation data to monitor \"val_loss\", but has none", OptionError);
  CHECK(trainer.iterations() == 0);
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, options, ReduceLROnPlateau{.monitor = "accuracy"}),
                       "ctnn: ReduceLROnPlateau: monitor must be one of \"loss\", \"learning_rate\", but is \"accuracy\"",
                       OptionError);
}

TEST_CASE("ReduceLROnPlateau gives Keras's rates") {
  for (const auto& expected : callback_fixtures::plateaus) {
    ReduceLROnPlateau reduce{.monitor = "value",
                             .factor = expected.factor,
                             .patience = expected.patience,
                             .mode = "min",
                             .min_delta = expected.min_delta,
                             .cooldown = expected.cooldown,
                             .min_lr = expected.min_lr};
    for (int repetition = 0; repetition < 2; ++repetition) {
      Fixture f;
      auto trainer = f.model.compile(SGD{.learning_rate = 1}, MeanSquaredError{});
      std::vector<double> rates;
      trainer.fit(f.x * 1e-3f, f.y * 1e-3f, {.batch_size = 50, .epochs = expected.values.size(), .verbose = 0},
                  scripted(expected.values), reduce,
                  [&](auto& running, std::size_t, const Logs&) { rates.push_back(running.learning_rate()); });
      INFO("fixture ", &expected - callback_fixtures::plateaus, ", repetition ", repetition);
      CHECK(rates == expected.rates);
    }
  }
}

TEST_CASE("ReduceLROnPlateau logs the rate that the epoch had, and refuses impossible options") {
  Fixture f;
  auto trainer = f.trainer();
  const std::vector<double> values{1, 1, 1};
  std::string text;
  History history;
  text = printed([&] {
    history = trainer.fit(f.x, f.y, {.epochs = 3, .verbose = 0}, scripted(values),
                          ReduceLROnPlateau{.monitor = "value", .patience = 1, .verbose = 1, .mode = "min"});
  });
  CHECK(history["learning_rate"][1] == 0.05);
  CHECK(history["learning_rate"][2] == doctest::Approx(0.005));
  CHECK(text ==
        "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.005.\nEpoch 3: ReduceLROnPlateau reducing learning rate to "
        "0.0005.\n");
  const FitOptions options{.validation_split = 0.2, .verbose = 0};
  for (const double factor : {1.0, 2.0, 0.0, -1.0, std::nan("")}) {
    CHECK_THROWS_AS(trainer.fit(f.x, f.y, options, ReduceLROnPlateau{.factor = factor}), OptionError);
  }
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, options, ReduceLROnPlateau{.min_lr = -1}),
                       "ctnn: ReduceLROnPlateau: min_lr must be finite and not negative, but is -1", OptionError);
  for (const double bad : {std::nan(""), HUGE_VAL})
    CHECK_THROWS_AS(trainer.fit(f.x, f.y, options, ReduceLROnPlateau{.min_lr = bad}), OptionError);
  CHECK_THROWS_AS(trainer.fit(f.x, f.y, options, ReduceLROnPlateau{.min_delta = std::nan("")}), OptionError);
}

TEST_CASE("LearningRateScheduler sets each epoch's rate") {
  Fixture f;
  auto trainer = f.trainer();
  const LearningRateScheduler halve{[](std::size_t epoch, double rate) { return epoch == 0 ? rate : rate / 2; }};
  LearningRateScheduler scheduler = halve;
  const History history = trainer.fit(f.x, f.y, {.epochs = 4, .verbose = 0}, scheduler);
  CHECK(history["learning_rate"] == std::vector<double>{0.05, 0.025, 0.0125, 0.00625});
  CHECK(trainer.learning_rate() == 0.00625);
  CHECK_THROWS_AS(trainer.fit(f.x, f.y, {.verbose = 0}, LearningRateScheduler{[](std::size_t, double) { return -1.0; }}),
                  OptionError);
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, {.verbose = 0}, LearningRateScheduler{}),
                       "ctnn: LearningRateScheduler: schedule must be a function, but is empty", OptionError);
  CHECK(printed([&] {
          trainer.fit(f.x, f.y, {.verbose = 0}, LearningRateScheduler{[](std::size_t, double) { return 0.25; }, 1});
        }) == "Epoch 1: LearningRateScheduler setting learning rate to 0.25.\n");
}

TEST_CASE("CSVLogger writes the logs with all their digits") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.csv";
  Fixture f;
  auto trainer = f.model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{}, SameSign{});
  CSVLogger logger{.filename = path};
  std::string midway;
  const History history = trainer.fit(f.x, f.y, {.epochs = 2, .validation_split = 0.2, .verbose = 0},
                                      LearningRateScheduler{[](std::size_t, double rate) { return rate; }}, logger,
                                      [&](std::size_t epoch, const Logs&) {
                                        if (epoch == 0) midway = checks::bytes_of(path);
                                      });
  std::istringstream file(checks::bytes_of(path));
  CHECK(std::count(midway.begin(), midway.end(), '\n') == 2);
  std::string line;
  std::getline(file, line);
  CHECK(line == "epoch,learning_rate,loss,same_sign_accuracy,val_loss,val_same_sign_accuracy");
  for (std::size_t epoch = 0; epoch < 2; ++epoch) {
    std::getline(file, line, ',');
    CHECK(line == std::to_string(epoch));
    for (const char* name : {"learning_rate", "loss", "same_sign_accuracy", "val_loss", "val_same_sign_accuracy"}) {
      std::getline(file, line, std::string_view(name) == "val_same_sign_accuracy" ? '\n' : ',');
      CHECK(std::stod(line) == history[name][epoch]);
    }
  }
  CHECK_FALSE(std::getline(file, line));

  SUBCASE("a second fit begins anew, or goes on with the file") {
    trainer.fit(f.x, f.y, {.verbose = 0}, logger);
    CHECK(checks::bytes_of(path).starts_with("epoch,loss,same_sign_accuracy\n0,"));
    logger.append = true;
    trainer.fit(f.x, f.y, {.verbose = 0}, logger);
    const std::string text = checks::bytes_of(path);
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
    CHECK(text.find("epoch", 1) == std::string::npos);
    trainer.fit(f.x, f.y, {.verbose = 0}, CSVLogger{.filename = directory.path / "new.csv", .append = true});
    CHECK(checks::bytes_of(directory.path / "new.csv").starts_with("epoch,"));
  }
  SUBCASE("another separator, names that need quotes, and numbers that come or go") {
    trainer.fit(
        f.x, f.y, {.epochs = 3, .verbose = 0},
        [](std::size_t epoch, Logs& logs) {
          if (epoch != 1) logs.set("a;\"b\"", 1e-20);
          if (epoch > 0) logs.set("late", 1);
        },
        CSVLogger{.filename = path, .separator = ';'});
    const std::string text = checks::bytes_of(path);
    CHECK(text.starts_with("epoch;\"a;\"\"b\"\"\";loss;same_sign_accuracy\n0;1e-20;"));
    CHECK(text.find("\n1;NA;") != std::string::npos);
    CHECK(text.find("late") == std::string::npos);
  }
}

TEST_CASE("CSVLogger names a file that it cannot write") {
  const checks::Directory directory;
  Fixture f;
  auto trainer = f.trainer();
  const std::string missing = (directory.path / "missing" / "a.csv").string();
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, {.verbose = 0}, CSVLogger{.filename = missing}),
                       ("ctnn: CSVLogger: cannot write " + missing + ": No such file or directory").c_str(), FileError);
  CHECK(trainer.iterations() == 0);
  CHECK_THROWS_WITH_AS(trainer.fit(f.x, f.y, {.verbose = 0}, CSVLogger{.filename = "/dev/full"}),
                       "ctnn: CSVLogger: cannot write /dev/full: No space left on device", FileError);
}
