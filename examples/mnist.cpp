#include "mnist.hpp"

#include <algorithm>
#include <cstdio>
#include <ctnn/plot/confusion_matrix.hpp>
#include <ctnn/plot/history.hpp>
#include <ctnn/plot/image_grid.hpp>
#include <filesystem>
#include <iostream>
#include <span>
#include <vector>

using namespace ctnn;

namespace {

constexpr std::size_t classes = 10, side = 28;

/// What the network says of one test image.
struct Prediction {
  std::size_t image;  ///< its place among the test images
  std::size_t digit, truth;
  float probability;  ///< of the digit

  bool wrong() const { return digit != truth; }
  std::string text(const char* pattern) const {
    char text[64];
    std::snprintf(text, sizeof text, pattern, digit, truth, 100 * static_cast<double>(probability));
    return text;
  }
};

std::vector<Prediction> predictions_of(const xt::xtensor<float, 2>& probabilities, const MnistPart& test) {
  std::vector<Prediction> result;
  for (std::size_t i = 0; i < test.labels.size(); ++i) {
    const std::span<const float, classes> row(probabilities.data() + i * classes, classes);
    const auto most = std::max_element(row.begin(), row.end());
    result.push_back(
        {.image = i, .digit = static_cast<std::size_t>(most - row.begin()), .truth = test.labels(i), .probability = *most});
  }
  return result;
}

/// How often each digit was taken for which: axes (true digit, predicted digit).
xt::xtensor<int, 2> count_confusions(const std::vector<Prediction>& predictions) {
  xt::xtensor<int, 2> counts = xt::zeros<int>({classes, classes});
  for (const Prediction& prediction : predictions) ++counts(prediction.truth, prediction.digit);
  return counts;
}

/// Test images with captions, ten in a row; mistakes red.
plot::ImageGrid grid(const std::string& title, const MnistPart& test, std::span<const Prediction> shown, const char* caption) {
  plot::ImageGrid result(side, side);
  result.title(title);
  for (const Prediction& prediction : shown) {
    const std::span pixels(test.images.data() + prediction.image * side * side, side * side);
    result.add(pixels, prediction.text(caption), prediction.wrong());
  }
  return result;
}

template <class Save>
void save(const std::filesystem::path& path, const Save& save_as) {
  for (const char* extension : {".svg", ".png"}) {
    const std::filesystem::path file = path.string() + extension;
    save_as(file);
    std::cout << "wrote " << file.string() << '\n';
  }
}

}  // namespace

void report(const std::string& name, const History& history, const MnistPart& test, const xt::xtensor<float, 2>& probabilities,
            const MnistOptions& options) {
  std::vector<Prediction> predictions = predictions_of(probabilities, test);
  if (!plot::gnuplot_available()) {
    std::cout << "no picture: " << plot::gnuplot_missing << '\n';
    return;
  }

  const std::filesystem::path start = options.output / name;
  save(start.string() + "_history", [&](const std::filesystem::path& file) { plot::history(history, file); });

  const xt::xtensor<int, 2> confusions = count_confusions(predictions);
  save(start.string() + "_confusion", [&](const std::filesystem::path& file) {
    plot::confusion_matrix(confusions, {}, file, {.title = "Digits of the test set"});
  });

  const std::span first = std::span(predictions).first(std::min<std::size_t>(predictions.size(), 40));
  const plot::ImageGrid digits = grid("The first test images: predicted digit, true digit", test, first, "%zu, true %zu");
  save(start.string() + "_digits", [&](const std::filesystem::path& file) { digits.save(file); });

  std::erase_if(predictions, [](const Prediction& prediction) { return !prediction.wrong(); });
  std::sort(predictions.begin(), predictions.end(), [](const Prediction& a, const Prediction& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.image < b.image;
  });
  if (predictions.empty()) return;
  const std::span surest = std::span(predictions).first(std::min<std::size_t>(predictions.size(), 20));
  const plot::ImageGrid mistakes =
      grid("The most confident mistakes: predicted digit, true digit, probability", test, surest, "%zu, true %zu\n%.1f %%");
  save(start.string() + "_mistakes", [&](const std::filesystem::path& file) { mistakes.save(file); });
}
