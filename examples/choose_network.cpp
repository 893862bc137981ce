// A network that is chosen when the program runs. Networks are types, so the program holds all that it may choose among: each costs
// the compiler what the first one does, less the headers.
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

using namespace ctnn;

// [readme]
using Line = Sequential<Dense<1, 1>>;
using Small = Sequential<Dense<1, 4>, Tanh, Dense<1>>;
using Large = Sequential<Dense<1, 16>, Tanh, Dense<16>, Tanh, Dense<1>>;
using AnyModel = std::variant<Model<Line>, Model<Small>, Model<Large>>;

AnyModel model_named(const std::string& name) {
  if (name == "line") return Model<Line>{Seed{1}};
  if (name == "small") return Model<Small>{Seed{1}};
  if (name == "large") return Model<Large>{Seed{1}};
  throw OptionError("the network must be line, small or large, but is " + name);
}

/// Trains whichever it is; returns the loss on what was held back.
double train(AnyModel& any, const xt::xtensor<float, 1>& x, const xt::xtensor<float, 1>& y) {
  return std::visit(
      [&](auto& model) {
        auto trainer = model.compile(Adam{.learning_rate = 0.01}, MeanSquaredError{});
        return trainer.fit(x, y, {.epochs = 200, .validation_split = 0.25, .verbose = 0}).val_loss.back();
      },
      any);
}
// [/readme]

int main(int argc, char** argv) try {
  xt::random::seed(1);
  const xt::xtensor<float, 1> x = xt::random::rand<float>({200}, -1.0f, 1.0f);
  const xt::xtensor<float, 1> y = xt::sin(5.0f * x);

  std::vector<std::string> names(argv + 1, argv + argc);
  if (names.empty()) names = {"line", "small", "large"};
  for (const std::string& name : names) {
    AnyModel model = model_named(name);
    std::cout << name << ": loss " << train(model, x, y) << '\n';
  }
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
