// What the network that wine.cpp trained says of wines: no table of means lies beside its weights.
#include <ctnn/ctnn.hpp>
#include <ctnn/data/csv.hpp>
#include <ctnn/io/weights.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

#include "options.hpp"
#include "wine_network.hpp"

using namespace ctnn;

int main(int argc, char** argv) try {
  const WineAnswerOptions options = parse_options(argc, argv, "Says of which cultivar wines are.", WineAnswerOptions{});

  Model<WineNet> model;
  load_weights(model, options.weights);
  const Table table = read_csv(options.data);
  const auto answers = model.predict(table.numbers_except({"cultivar"}));
  const auto cultivars = xt::argmax(answers, 1);
  for (std::size_t i = 0; i < answers.shape(0); ++i) {
    std::cout << "wine " << i + 1 << ": cultivar " << cultivars(i) + 1 << ", " << 100 * answers(i, cultivars(i)) << " %\n";
  }
  return finish();
} catch (...) {
  return explain();
}
