// Ctrl-C during fit. The signal is raised in this process, or in a child where it is to end one.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <sstream>
#include <thread>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Two = Sequential<Dense<3, 8>, Tanh, Dense<2>>;
using TwoTrainer = Trainer<Two, float, SGD, MeanSquaredError>;

xt::xtensor<float, 2> batch(std::size_t count, std::size_t features, std::uint64_t seed = 9) {
  const auto values = checks::numbers<float>(count * features, seed);
  return xt::adapt(values, std::array{count, features});
}

/// Raises SIGINT after one batch, counted over all epochs, and notes what it is told.
struct Raise {
  std::size_t at_batch;
  std::size_t batches = 0, epochs = 0;
  bool ended = false;

  void on_batch_end(TwoTrainer&, std::size_t, const Logs&) {
    if (batches++ == at_batch) std::raise(SIGINT);
  }
  void on_epoch_end(TwoTrainer&, std::size_t, const Logs&) { ++epochs; }
  void on_train_end(TwoTrainer&) { ended = true; }
};

/// A loss that raises the signal when it is evaluated without training, and counts how often it is.
struct Loud {
  static std::size_t& evaluations() {
    static std::size_t count = 0;
    return count;
  }
  static constexpr const char* name = "loud";
  template <class Output, class Lane>
  constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    // Only the validation's targets are 5.
    if (!std::is_constant_evaluated()) {
      float first;
      if constexpr (kernels::width_of<Lane> == 1) {
        first = static_cast<float>(target[0]);
      } else {
        first = static_cast<float>(target[0][0]);
      }
      if (first == 5 && evaluations()++ == 0) std::raise(SIGINT);
    }
    return MeanSquaredError{}.evaluate<Output>(predicted, target, scale, gradient);
  }
};

struct Fixture {
  xt::xtensor<float, 2> x = batch(50, 3), y = batch(50, 2, 4);
  Model<Two> model{Seed{1}};
  TwoTrainer trainer = model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
};

/// Gives SIGINT its default action for a while: doctest has one of its own.
class DefaultAction {
 public:
  DefaultAction() {
    struct sigaction usual{};
    usual.sa_handler = SIG_DFL;
    ::sigaction(SIGINT, &usual, &before_);
  }
  DefaultAction(const DefaultAction&) = delete;
  DefaultAction& operator=(const DefaultAction&) = delete;
  ~DefaultAction() { ::sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

bool interrupt_has_default_action() {
  struct sigaction action{};
  ::sigaction(SIGINT, nullptr, &action);
  return action.sa_handler == SIG_DFL;
}

/// How a child process ends that runs this function.
template <class Function>
int status_of_child(const Function& function) {
  const pid_t child = ::fork();
  if (child == 0) {
    function();
    ::_exit(7);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

volatile std::sig_atomic_t noted = 0;
void note(int) { noted = noted + 1; }

}  // namespace

TEST_CASE("Ctrl-C ends fit after the running batch: the model whole, the history returned") {
  const DefaultAction usual;
  Fixture f;
  const FitOptions options{.batch_size = 8, .epochs = 5, .verbose = 0};
  // 7 batches an epoch: the third of the second epoch.
  Raise raise{.at_batch = 9};
  const History history = f.trainer.fit(f.x, f.y, options, raise);
  CHECK(history.interrupted);
  CHECK(f.trainer.iterations() == 10);
  CHECK(raise.batches == 10);
  CHECK(raise.epochs == 1);
  CHECK(raise.ended);
  CHECK(history.loss.size() == 2);
  CHECK(interrupt_has_default_action());

  // The parameters are those after ten whole steps.
  Fixture g;
  struct Stop {
    void on_batch_end(TwoTrainer& trainer, std::size_t, const Logs&) {
      if (trainer.iterations() == 10) trainer.stop_training();
    }
  };
  const History stopped = g.trainer.fit(g.x, g.y, options, Stop{});
  CHECK(std::equal(f.model.data(), f.model.data() + Two::parameter_count, g.model.data()));
  CHECK(history.loss == stopped.loss);

  // The next fit is not interrupted by what came before it.
  const History next = f.trainer.fit(f.x, f.y, options);
  CHECK_FALSE(next.interrupted);
  CHECK(next.loss.size() == 5);
}

TEST_CASE("an epoch cut short has no validation; one that is whole has") {
  const DefaultAction usual;
  Fixture f;
  const FitOptions options{.batch_size = 8, .epochs = 5, .validation_split = 0.2, .verbose = 0};
  // 5 batches an epoch.
  Raise midway{.at_batch = 7};
  const History cut = f.trainer.fit(f.x, f.y, options, midway);
  CHECK(cut.val_loss.size() == 2);
  CHECK(std::isfinite(cut.val_loss[0]));
  CHECK(std::isnan(cut.val_loss[1]));
  CHECK(midway.epochs == 1);

  const History between =
      f.trainer.fit(f.x, f.y, options, [](std::size_t epoch, const Logs&) { std::raise(epoch == 1 ? SIGINT : SIGCHLD); });
  CHECK(between.interrupted);
  CHECK(between.val_loss.size() == 2);
  CHECK(std::isfinite(between.val_loss[1]));

  // Without validation, the epoch's last batch is its end.
  Raise last{.at_batch = 6};
  const History whole = f.trainer.fit(f.x, f.y, {.batch_size = 8, .epochs = 5, .verbose = 0}, last);
  CHECK(whole.interrupted);
  CHECK(last.epochs == 1);
}

TEST_CASE("Ctrl-C during the validation ends that, too") {
  const DefaultAction usual;
  Model<Two> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.05}, Loud{});
  const auto x = batch(50, 3), y = batch(50, 2, 4), held_x = batch(64, 3, 5);
  const xt::xtensor<float, 2> held_y = xt::ones<float>({64, 2}) * 5.0f;
  const History history = trainer.fit(x, y, {.batch_size = 1, .epochs = 3, .verbose = 0}, ValidationData{held_x, held_y});
  CHECK(history.interrupted);
  CHECK(trainer.iterations() == 50);
  CHECK(Loud::evaluations() == 1);
  CHECK(history.loss.size() == 1);
  CHECK(std::isnan(history.val_loss.at(0)));
}

TEST_CASE("an interrupted fit still restores the best weights") {
  const DefaultAction usual;
  Fixture f;
  std::vector<float> first;
  const History history = f.trainer.fit(
      f.x, f.y, {.epochs = 5, .verbose = 0},
      [&](std::size_t epoch, Logs& logs) {
        if (epoch == 0) first.assign(f.model.data(), f.model.data() + Two::parameter_count);
        logs.set("value", static_cast<double>(epoch));
        if (epoch == 2) std::raise(SIGINT);
      },
      EarlyStopping{.monitor = "value", .patience = 9, .mode = "min", .restore_best_weights = true});
  CHECK(history.loss.size() == 3);
  CHECK(std::equal(first.begin(), first.end(), f.model.data()));
}

TEST_CASE("what is printed says that it was interrupted") {
  const DefaultAction usual;
  Fixture f;
  std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  f.trainer.fit(f.x, f.y, {.batch_size = 8, .epochs = 5, .validation_split = 0.2, .verbose = 2}, Raise{.at_batch = 7});
  std::cout.rdbuf(before);
  CHECK(out.str().find("Epoch 2/5\n3/5 - interrupted - loss: ") != std::string::npos);
  CHECK(out.str().find("nan") == std::string::npos);
  CHECK(out.str().find("Epoch 3/5") == std::string::npos);
}

TEST_CASE("a second Ctrl-C ends the program; so does the first where fit is told to leave it alone") {
  const DefaultAction usual;
  const auto ended_by_interrupt = [](int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGINT; };
  CHECK(ended_by_interrupt(status_of_child([] {
    Fixture f;
    f.trainer.fit(f.x, f.y, {.verbose = 0}, [](std::size_t, const Logs&) {
      std::raise(SIGINT);
      std::raise(SIGINT);
    });
  })));
  CHECK(ended_by_interrupt(status_of_child([] {
    Fixture f;
    f.trainer.fit(f.x, f.y, {.verbose = 0, .stop_on_interrupt = false}, [](std::size_t, const Logs&) { std::raise(SIGINT); });
  })));
  // After fit, the first one, as before.
  CHECK(ended_by_interrupt(status_of_child([] {
    Fixture f;
    f.trainer.fit(f.x, f.y, {.verbose = 0}, [](std::size_t, const Logs&) { std::raise(SIGINT); });
    std::raise(SIGINT);
  })));
  // The twin: one within fit is survived.
  const int status = status_of_child([] {
    Fixture f;
    f.trainer.fit(f.x, f.y, {.verbose = 0}, [](std::size_t, const Logs&) { std::raise(SIGINT); });
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a handler of the program's own, or a signal that it ignores, is left as it is") {
  const DefaultAction usual;
  Fixture f;
  const auto raise = [](std::size_t, const Logs&) { std::raise(SIGINT); };
  std::signal(SIGINT, note);
  noted = 0;
  CHECK_FALSE(f.trainer.fit(f.x, f.y, {.epochs = 2, .verbose = 0}, raise).interrupted);
  CHECK(noted == 2);
  CHECK((std::signal(SIGINT, SIG_IGN) == note));
  CHECK_FALSE(f.trainer.fit(f.x, f.y, {.epochs = 2, .verbose = 0}, raise).interrupted);
  CHECK((std::signal(SIGINT, SIG_DFL) == SIG_IGN));
  // One that the program sets while fit runs stays.
  f.trainer.fit(f.x, f.y, {.verbose = 0}, [](std::size_t, const Logs&) { std::signal(SIGINT, note); });
  CHECK((std::signal(SIGINT, SIG_DFL) == note));
  CHECK(interrupt_has_default_action());
}

TEST_CASE("nested and parallel fits all end, and the signal's action is restored by the last") {
  const DefaultAction usual;
  Fixture outer, inner;
  bool inner_interrupted = false;
  const History history = outer.trainer.fit(outer.x, outer.y, {.epochs = 3, .verbose = 0}, [&](std::size_t, const Logs&) {
    inner_interrupted =
        inner.trainer.fit(inner.x, inner.y, {.batch_size = 8, .epochs = 3, .verbose = 0}, Raise{.at_batch = 2}).interrupted;
    CHECK(inner.trainer.iterations() == 3);
  });
  CHECK(inner_interrupted);
  CHECK(history.interrupted);
  CHECK(history.loss.size() == 1);
  CHECK(interrupt_has_default_action());

  std::atomic<int> running = 0, interrupted = 0;
  const auto train = [&](bool raises) {
    Fixture f;
    bool told = false;
    const History parallel = f.trainer.fit(f.x, f.y, {.epochs = 1'000'000'000, .verbose = 0}, [&](std::size_t, const Logs&) {
      if (!told) ++running;
      told = true;
      if (raises && running == 3) {
        // Once: the second would end the program.
        running = 4;
        std::raise(SIGINT);
      }
    });
    interrupted += parallel.interrupted;
  };
  std::thread first(train, false), second(train, false), third(train, true);
  first.join();
  second.join();
  third.join();
  CHECK(interrupted == 3);
  CHECK(interrupt_has_default_action());
}
