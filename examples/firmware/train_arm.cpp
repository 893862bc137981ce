// Trains the network of a robot arm and writes it as the header that the firmware includes.
//   train_arm [HEADER]
#include <ctnn/ctnn.hpp>
#include <ctnn/io/header.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

#include "arm_network.hpp"

using namespace arm_example;

int main(int argc, char** argv) {
  // [readme]
  xt::random::seed(1);
  const xt::xtensor<float, 1> shoulder = xt::random::rand<float>({4096}, shoulder_range.low, shoulder_range.high);
  const xt::xtensor<float, 1> elbow = xt::random::rand<float>({4096}, elbow_range.low, elbow_range.high);
  const xt::xtensor<float, 2> hand = xt::stack(xt::xtuple(xt::cos(shoulder) + xt::cos(shoulder + elbow),  //
                                                          xt::sin(shoulder) + xt::sin(shoulder + elbow)),
                                               1);
  const xt::xtensor<float, 2> joints = xt::stack(xt::xtuple(shoulder, elbow), 1);

  Model<Network> model{Seed{1}};
  const CosineDecay rate{.initial_learning_rate = 0.01, .decay_steps = 128 * 400};
  auto trainer = model.compile(Adam{.learning_rate = rate}, MeanSquaredError{});
  trainer.fit(hand, joints, {.epochs = 400, .verbose = 0});
  const double loss = trainer.evaluate(hand, joints);
  save_header(model, argc > 1 ? argv[1] : "arm.hpp", "arm", {.loss = loss});
  // [/readme]
  std::cout << "mean squared error: " << loss << " rad²\n";
  return loss < 1e-4 ? 0 : 1;
}
