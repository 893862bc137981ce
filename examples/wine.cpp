// A table of one's own: from a CSV file to a network that is judged on what it has not seen, and saved.
#include <ctnn/ctnn.hpp>
#include <ctnn/data/csv.hpp>
#include <ctnn/data/split.hpp>
#include <ctnn/io/weights.hpp>
#include <ctnn/plot/confusion_matrix.hpp>
#include <ctnn/plot/history.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

#include "options.hpp"
#include "wine_network.hpp"

using namespace ctnn;

int main(int argc, char** argv) try {
  const WineOptions options =
      parse_options(argc, argv, "Trains a network that tells three cultivars by their wine.", WineOptions{});

  // [readme]
  const Table table = read_csv(options.data);
  const auto x = table.numbers_except({"cultivar"});
  const auto [y, cultivars] = table.labels("cultivar");
  // The table is sorted by cultivar: it is shuffled, and each part has each cultivar in its share.
  const auto split = train_test_split(x, y, {.test = 0.2, .validation = 0.15, .seed = Seed{options.seed}});

  Model<WineNet> model{Seed{options.seed}};
  model.adapt(split.train.x);
  auto trainer = model.compile(Adam{.learning_rate = options.learning_rate}, SparseCategoricalCrossentropy{}, Accuracy{},
                               Precision{}, Recall{}, ConfusionMatrix{});
  const History history = trainer.fit(
      split.train.x, split.train.y, {.batch_size = 16, .epochs = options.epochs, .verbose = 0, .seed = Seed{options.seed}},
      ValidationData{split.validation.x, split.validation.y}, EarlyStopping{.patience = 30, .restore_best_weights = true});

  const auto scores = trainer.evaluate(split.test.x, split.test.y);
  std::cout << "epochs: " << history.loss.size() << ", test accuracy: " << scores["accuracy"]
            << ", precision: " << scores.get<Precision>() << ", recall: " << scores.get<Recall>() << '\n';
  save_weights(model, options.output / "wine.weights.h5");
  // [/readme]

  if (!plot::gnuplot_available()) {
    std::cout << "no picture: " << plot::gnuplot_missing << '\n';
    return finish();
  }
  for (const char* extension : {".svg", ".png"}) {
    plot::history(history, (options.output / "wine_history").string() + extension);
    plot::confusion_matrix(scores.get<ConfusionMatrix>(), cultivars, (options.output / "wine_confusion").string() + extension,
                           {.title = "Cultivars of the test part"});
    std::cout << "wrote wine_history" << extension << " and wine_confusion" << extension << " in " << options.output.string()
              << '\n';
  }
  return finish();
} catch (...) {
  return explain();
}
