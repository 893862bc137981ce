#include <algorithm>
#include <array>
#include <atomic>
#include <clocale>
#include <cmath>
#include <ctnn/ctnn.hpp>
#include <ctnn/io/model_checkpoint.hpp>
#include <ctnn/xtensor.hpp>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "../checks.hpp"
#include "../directory.hpp"

namespace fs = std::filesystem;

namespace checkpoint_test {

/// A layer of this test's own, so that its network's save_weights below is the one that is found.
struct Mine {
  static constexpr const char* class_name = "Mine";
  static constexpr bool is_identity = true;
  static constexpr ctnn::Dimensions compute_output_shape(ctnn::Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(ctnn::Dimensions) { return 0; }
};
using Net = ctnn::Sequential<ctnn::Dense<3, 8>, ctnn::Tanh, Mine, ctnn::Dense<2>>;

/// Writes the first parameter.
void save_weights(const ctnn::Model<Net>& model, const fs::path& path) {
  std::ofstream file(path);
  file << model.data()[0];
  if (!file) throw ctnn::FileError("ctnn: save_weights: cannot write " + path.string());
}

}  // namespace checkpoint_test

using namespace ctnn;

namespace {

xt::xtensor<float, 2> batch(std::size_t count, std::size_t features, std::uint64_t seed = 9) {
  const auto values = checks::numbers<float>(count * features, seed);
  return xt::adapt(values, std::array{count, features});
}

/// A directory of the test's own, and a model to train.
struct Fixture : checks::Directory {
  xt::xtensor<float, 2> x = batch(50, 3), y = batch(50, 2, 4);
  Model<checkpoint_test::Net> model{Seed{1}};
  Trainer<checkpoint_test::Net, float, SGD, MeanSquaredError> trainer =
      model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});

  /// Those in directories below, too.
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) names.insert(fs::relative(entry.path(), path).string());
    }
    return names;
  }
  /// Trains with a made-up sequence of numbers for "value".
  template <class Callback>
  void fit(const std::vector<double>& values, Callback& callback) {
    trainer.fit(
        x, y, {.batch_size = 50, .epochs = values.size(), .verbose = 0},
        [&](std::size_t epoch, Logs& logs) { logs.set("value", values[epoch]); }, callback);
  }
};

float number_in(const fs::path& path) {
  std::ifstream file(path);
  float number = 0;
  file >> number;
  return number;
}

std::string filled(const std::string& pattern, std::size_t epoch = 3) {
  Logs logs;
  logs.set("loss", 0.125);
  logs.set("val_loss", -12.3456);
  return detail::checkpoint_path(pattern, epoch, logs);
}

}  // namespace

TEST_CASE("every epoch's weights, or the best ones, as Keras chooses them") {
  const std::vector<double> values{3, 2, 4, 2, 1, 5};
  {
    Fixture f;
    ModelCheckpoint all{.filepath = f.path / "new" / "deep" / "{epoch:02d}-{value:.1f}.weights.h5"};
    f.fit(values, all);
    CHECK(f.files() == std::set<std::string>{"new/deep/01-3.0.weights.h5", "new/deep/02-2.0.weights.h5",
                                             "new/deep/03-4.0.weights.h5", "new/deep/04-2.0.weights.h5",
                                             "new/deep/05-1.0.weights.h5", "new/deep/06-5.0.weights.h5"});
    CHECK(number_in(f.path / "new/deep/06-5.0.weights.h5") == doctest::Approx(f.model.data()[0]).epsilon(1e-5));
    CHECK(number_in(f.path / "new/deep/06-5.0.weights.h5") != number_in(f.path / "new/deep/05-1.0.weights.h5"));
  }
  const auto best_of = [&](ModelCheckpoint checkpoint) {
    Fixture f;
    checkpoint.filepath = f.path / "{epoch}.weights.h5";
    checkpoint.monitor = "value";
    checkpoint.save_best_only = true;
    f.fit(values, checkpoint);
    return f.files();
  };
  CHECK(best_of({.filepath = "", .mode = "min"}) == std::set<std::string>{"1.weights.h5", "2.weights.h5", "5.weights.h5"});
  CHECK(best_of({.filepath = "", .mode = "max"}) == std::set<std::string>{"1.weights.h5", "3.weights.h5", "6.weights.h5"});
  CHECK(best_of({.filepath = "", .mode = "min", .initial_value_threshold = 2.5}) ==
        std::set<std::string>{"2.weights.h5", "5.weights.h5"});
  CHECK(best_of({.filepath = "", .mode = "min", .initial_value_threshold = 0.5}).empty());
}

TEST_CASE("a second fit goes on with the best of the first, as in Keras") {
  Fixture f;
  ModelCheckpoint checkpoint{.filepath = f.path / "{epoch}.weights.h5", .monitor = "value", .save_best_only = true, .mode = "min"};
  f.fit({3, 2}, checkpoint);
  for (const auto& entry : fs::directory_iterator(f.path)) fs::remove(entry);
  f.fit({2.5, 2.5, 1.5}, checkpoint);
  CHECK(f.files() == std::set<std::string>{"3.weights.h5"});
}

TEST_CASE("an epoch counts as the best once its file is there, and is told of then") {
  Fixture f;
  std::ofstream(f.path / "run") << "in the way";
  ModelCheckpoint checkpoint{
      .filepath = f.path / "run" / "{epoch}.weights.h5", .monitor = "value", .verbose = 1, .save_best_only = true, .mode = "min"};
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  CHECK_THROWS_AS(f.fit({2}, checkpoint), FileError);
  CHECK_FALSE(checkpoint.best.has_value());
  fs::remove(f.path / "run");
  // It has been better, but that is lost.
  f.fit({4, 3}, checkpoint);
  fs::remove_all(f.path / "run");
  std::ofstream(f.path / "run") << "in the way";
  CHECK_THROWS_AS(f.fit({1}, checkpoint), FileError);
  std::cout.rdbuf(before);
  CHECK(checkpoint.best == 3);
  CHECK(out.str() == "Epoch 1: value improved from None to 4.00000, saving model to " + (f.path / "run/1.weights.h5").string() +
                         "\nEpoch 2: value improved from 4.00000 to 3.00000, saving model to " +
                         (f.path / "run/2.weights.h5").string() + "\n");
}

TEST_CASE("two fits on two threads write their own weights") {
  const checks::Directory directory;
  const auto x = batch(20, 3), y = batch(20, 1, 4);
  std::atomic<int> right = 0;
  const auto train = [&](std::uint64_t seed) {
    Model<Sequential<Dense<3, 1>>> model{Seed{seed}}, loaded;
    auto trainer = model.compile(SGD{}, MeanSquaredError{});
    trainer.fit(x, y, {.epochs = 40, .verbose = 0},
                ModelCheckpoint{.filepath = directory.path / (std::to_string(seed) + "-{epoch}.weights.h5")});
    load_weights(loaded, directory.path / (std::to_string(seed) + "-40.weights.h5"));
    right += std::equal(loaded.data(), loaded.data() + 4, model.data());
  };
  std::thread first(train, 1), second(train, 2);
  first.join();
  second.join();
  CHECK(right == 2);
  CHECK(directory.files().size() == 80);
}

TEST_CASE("it tells what it does") {
  Fixture f;
  const std::string path = (f.path / "a.weights.h5").string();
  ModelCheckpoint checkpoint{.filepath = path, .monitor = "value", .verbose = 1, .save_best_only = true, .mode = "min"};
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  f.fit({3, 4, 2}, checkpoint);
  checkpoint.save_best_only = false;
  f.fit({1}, checkpoint);
  std::cout.rdbuf(before);
  CHECK(out.str() == "Epoch 1: value improved from None to 3.00000, saving model to " + path +
                         "\nEpoch 2: value did not improve from 3.00000\nEpoch 3: value improved from 3.00000 to 2.00000, saving "
                         "model to " +
                         path + "\nEpoch 1: saving model to " + path + "\n");
}

TEST_CASE("what cannot be is refused by name") {
  Fixture f;
  const auto refused = [&](ModelCheckpoint checkpoint, const std::string& message) {
    CHECK_THROWS_WITH_AS(f.trainer.fit(f.x, f.y, {.verbose = 0}, checkpoint), message.c_str(), OptionError);
  };
  refused({.filepath = "a.keras"}, "ctnn: ModelCheckpoint: filepath must end in .weights.h5, but is \"a.keras\"");
  refused({.filepath = "a.weights.h5", .monitor = "loss", .save_best_only = true, .initial_value_threshold = std::nan("")},
          "ctnn: ModelCheckpoint: initial_value_threshold must be a number, but is NaN");
  refused({.filepath = "a.weights.h5", .save_best_only = true},
          "ctnn: ModelCheckpoint: fit must have validation data to monitor \"val_loss\", but has none");
  CHECK(f.trainer.iterations() == 0);
  refused({.filepath = "a.weights.h5", .monitor = "accuracy", .save_best_only = true},
          "ctnn: ModelCheckpoint: monitor must be one of \"loss\", but is \"accuracy\"");
  refused({.filepath = "{val_loss}.weights.h5"},
          "ctnn: ModelCheckpoint: filepath must have placeholders as {epoch:02d} and {val_loss:.2f}, but \"val_loss\" is not among "
          "epoch, \"loss\" in \"{val_loss}.weights.h5\"");
  std::ofstream(f.path / "file") << "text";
  CHECK_THROWS_WITH_AS(
      f.trainer.fit(f.x, f.y, {.verbose = 0}, ModelCheckpoint{.filepath = f.path / "file" / "b" / "a.weights.h5"}),
      ("ctnn: ModelCheckpoint: cannot make the directory " + (f.path / "file" / "b").string() + ": Not a directory").c_str(),
      FileError);
}

TEST_CASE("neither the program's locale nor the stream's base changes what is written") {
  // A locale with a decimal comma, whichever is installed; where none is, C++'s alone is changed.
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8", "pt_BR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name)) break;
  }
  CHECK(filled("{epoch}-{val_loss:.2f}-{loss:g}-{loss}-{loss:.1e}") == "3--12.35-0.125-0.125-1.2e-01");
  Fixture f;
  const std::string path = (f.path / "a.weights.h5").string();
  ModelCheckpoint checkpoint{.filepath = path, .monitor = "value", .verbose = 1, .save_best_only = true, .mode = "min"};
  std::ostringstream out;
  out << std::hex << std::showbase;
  std::streambuf* const buffer = std::cout.rdbuf(out.rdbuf());
  const auto flags = std::cout.flags(out.flags());
  f.fit({20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 1.5}, checkpoint);
  std::cout.flags(flags);
  std::cout.rdbuf(buffer);
  std::setlocale(LC_ALL, before.c_str());
  CHECK(out.str().ends_with("Epoch 11: value improved from 20.00000 to 1.50000, saving model to " + path + "\n"));
}

TEST_CASE("placeholders are Python's") {
  // Each is what Python's "…".format(epoch=3, loss=0.125, val_loss=-12.3456) gives.
  CHECK(filled("plain") == "plain");
  CHECK(filled("{epoch}-{epoch:02d}-{epoch:d}-{epoch:4d}|") == "3-03-3-   3|");
  CHECK(filled("{epoch:02d}", 123) == "123");
  CHECK(filled("{loss:.2f} {loss:f} {loss:.1e} {loss}") == "0.12 0.125000 1.2e-01 0.125");
  CHECK(filled("{val_loss:.2f} {val_loss:010.3f} {val_loss:9.2f}|") == "-12.35 -00012.346    -12.35|");
  CHECK(filled("{epoch:.1f}") == "3.0");
  CHECK(filled("{{epoch}} {{{epoch}}}") == "{epoch} {3}");
  const auto number = [](double value, const std::string& format) {
    Logs logs;
    logs.set("loss", value);
    return detail::checkpoint_path("{loss" + format + "}", 3, logs);
  };
  // In the formats "", ":.1", ":.3", ":.3g" and ":G".
  const std::pair<double, std::array<const char*, 5>> numbers[] = {
      {0.125, {"0.125", "0.1", "0.125", "0.125", "0.125"}},
      {3, {"3.0", "3e+00", "3.0", "3", "3"}},
      {100, {"100.0", "1e+02", "1e+02", "100", "100"}},
      {123456, {"123456.0", "1e+05", "1.23e+05", "1.23e+05", "123456"}},
      {1e15, {"1000000000000000.0", "1e+15", "1e+15", "1e+15", "1E+15"}},
      {1e16, {"1e+16", "1e+16", "1e+16", "1e+16", "1E+16"}},
      {123456789012345680.0, {"1.2345678901234568e+17", "1e+17", "1.23e+17", "1.23e+17", "1.23457E+17"}},
      {1e-4, {"0.0001", "0.0001", "0.0001", "0.0001", "0.0001"}},
      {1e-5, {"1e-05", "1e-05", "1e-05", "1e-05", "1E-05"}},
      {-0.0, {"-0.0", "-0e+00", "-0.0", "-0", "-0"}},
      {-HUGE_VAL, {"-inf", "-inf", "-inf", "-inf", "-INF"}},
      {-std::numeric_limits<double>::quiet_NaN(), {"nan", "nan", "nan", "nan", "NAN"}}};
  for (const auto& [value, texts] : numbers) {
    for (std::size_t i = 0; i < 5; ++i) CHECK(number(value, std::array{"", ":.1", ":.3", ":.3g", ":G"}[i]) == texts[i]);
  }
  CHECK(number(1e300, ":.100f").size() == 402);
  CHECK(number(100, ":08") == "000100.0");
  CHECK(number(HUGE_VAL, ":09.2f") == "000000inf");
  for (const char* wrong : {"{", "}", "{epoch", "a}b", "{}", "{los}", "{epoch:02x}", "{loss:d}", "{loss:.2f:}", "{loss:>8}",
                            "{epoch:s}", "{epoch:.1}", "{loss:.999f}", "{loss:.}", "{loss:99999999999f}", "{loss:%}"}) {
    INFO(wrong);
    CHECK_THROWS_AS(filled(wrong), OptionError);
  }
}
