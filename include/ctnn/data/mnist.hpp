// MNIST: 70,000 handwritten digits, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, from its four IDX files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "../errors.hpp"
#include "../xtensor_base.hpp"
#include "dataset.hpp"
#include "idx.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Digits, white on black, as Keras's tutorials bring them into a network.
struct MnistPart {
  xt::xtensor<float, 4> images;         ///< (n, 28, 28, 1), from 0, the black paper, to 1
  xt::xtensor<std::uint8_t, 1> labels;  ///< (n), the digit from 0 to 9
};

/// The whole data set: 60,000 digits to train with, 10,000 to test.
struct Mnist {
  MnistPart train, test;
};

namespace detail {

/// The file of this name, or of this name and ".gz"; or of this name with a dot in place of the hyphen before "idx", as
/// file managers and Kaggle have it.
[[gnu::cold]] inline std::filesystem::path mnist_file(const std::filesystem::path& directory, const std::string& name) {
  std::string dotted = name;
  dotted[name.find("-idx")] = '.';
  std::error_code error;
  for (const std::string& candidate : {name + ".gz", name, dotted + ".gz", dotted}) {
    // Kaggle has directories of such names, too.
    if (std::filesystem::exists(directory / candidate, error) && !std::filesystem::is_directory(directory / candidate, error)) {
      return directory / candidate;
    }
  }
  if (!std::filesystem::is_directory(directory, error)) {
    throw DataError(concat("ctnn: load_mnist: ", directory.string(), ": this must be the directory of MNIST's files, but is ",
                           error ? error.message() : std::string("no directory")));
  }
  throw DataError(
      concat("ctnn: load_mnist: ", directory.string(), ": the directory must hold ", name, " or ", name, ".gz, but holds neither"));
}

[[gnu::cold]] inline MnistPart mnist_part(const std::filesystem::path& directory, const std::string& prefix) {
  const std::filesystem::path image_file = mnist_file(directory, prefix + "-images-idx3-ubyte"),
                              label_file = mnist_file(directory, prefix + "-labels-idx1-ubyte");
  const auto labels = read_idx<std::uint8_t, 1>(label_file);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels(i) > 9) {
      throw DataError(concat("ctnn: load_mnist: ", label_file.string(), ": labels must lie in [0, 10), but label number ",
                             std::to_string(i), " is ", std::to_string(labels(i))));
    }
  }
  const auto images = read_idx<std::uint8_t, 3>(image_file);
  if (images.shape(1) != 28 || images.shape(2) != 28) {
    throw DataError(concat("ctnn: load_mnist: ", image_file.string(), ": images must have shape (28, 28), but have (",
                           std::to_string(images.shape(1)), ", ", std::to_string(images.shape(2)), ")"));
  }
  if (labels.size() == 0) {
    throw DataError(concat("ctnn: load_mnist: ", label_file.string(), ": there must be at least one label, but there is none"));
  }
  if (images.shape(0) != labels.size()) {
    throw DataError(concat("ctnn: load_mnist: ", image_file.string(), ": there must be as many images as labels, ",
                           std::to_string(labels.size()), ", but there are ", std::to_string(images.shape(0))));
  }
  return {.images = scaled(xt::view(images, xt::all(), xt::all(), xt::all(), xt::newaxis())), .labels = labels};
}

}  // namespace detail

/// Reads the data set from the directory of its files, `train-images-idx3-ubyte` or `train-images.idx3-ubyte` and so on, plain or
/// with ".gz". Throws
/// DataError if one is missing, empty or no IDX file, if images are not 28 × 28, labels not digits, or their numbers differ.
inline Mnist load_mnist(const std::filesystem::path& directory) {
  return {.train = detail::mnist_part(directory, "train"), .test = detail::mnist_part(directory, "t10k")};
}

}  // namespace ctnn::inline CTNN_VARIANT
