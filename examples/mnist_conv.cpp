// A convolutional network that reads handwritten digits, after LeNet-5.
#include <ctnn/ctnn.hpp>
#include <ctnn/data/mnist.hpp>
#include <ctnn/io/weights.hpp>
#include <iostream>

#include "digit_networks.hpp"
#include "mnist.hpp"
#include "options.hpp"

using namespace ctnn;
using digits::ConvNet;

int main(int argc, char** argv) try {
  const MnistOptions options = parse_options(argc, argv, "Trains a network like LeNet-5 on MNIST.", MnistOptions{});

  // [readme]
  const auto [train, test] = load_mnist(options.data);

  Model<ConvNet> model{Seed{options.seed}};
  model.summary();

  // The last tenth is held back, to watch what the network makes of digits that it does not learn from.
  const std::size_t learned = train.labels.size() * 9 / 10, batches = (learned + options.batch_size - 1) / options.batch_size;
  const CosineDecay rate{.initial_learning_rate = options.learning_rate, .decay_steps = batches * options.epochs};
  auto trainer = model.compile(Adam{.learning_rate = rate}, SparseCategoricalCrossentropy{}, Accuracy{});
  const History history = trainer.fit(train.images, train.labels,
                                      {.batch_size = options.batch_size,
                                       .epochs = options.epochs,
                                       .validation_split = 0.1,
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_weights(model, options.output / "mnist_conv.weights.h5");

  const auto [loss, metrics] = trainer.evaluate(test.images, test.labels, {.threads = options.threads});
  std::cout << "test loss: " << loss << ", test accuracy: " << metrics[0] << '\n';
  // [/readme]

  report("mnist_conv", history, test, model.predict(test.images, {.threads = options.threads}), options);
  return finish();
} catch (...) {
  return explain();
}
