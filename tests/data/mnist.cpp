#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctnn/data/mnist.hpp>
#include <filesystem>
#include <string>

#include "../directory.hpp"
#include "idx_files.hpp"

using checks::gzip;
using checks::idx_header;
using ctnn::DataError;
using ctnn::load_mnist;
using namespace std::string_literals;

namespace {

/// A directory of a data set with three digits to train and two to test with.
struct TinyMnist : checks::Directory {
  TinyMnist() {
    write("train-images-idx3-ubyte.gz", gzip(idx_header(0x08, {3, 28, 28}) + pixels(3)));
    write("train-labels-idx1-ubyte.gz", gzip(idx_header(0x08, {3}) + "\x07\x00\x09"s));
    write("t10k-images-idx3-ubyte", idx_header(0x08, {2, 28, 28}) + pixels(2));
    write("t10k-labels-idx1-ubyte", idx_header(0x08, {2}) + "\x01\x02"s);
  }

  static std::string pixels(std::size_t count) {
    std::string bytes(count * 784, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 % 256);
    return bytes;
  }

  /// What load_mnist says, without "ctnn: " and with the directory as "DIR".
  std::string refusal() const {
    std::string text;
    try {
      load_mnist(path);
    } catch (const DataError& error) {
      text = error.what();
      const std::size_t place = text.find(path.string());
      REQUIRE(place != std::string::npos);
      text.replace(place, path.string().size(), "DIR");
    }
    return text;
  }
};

}  // namespace

TEST_CASE("MNIST: images in [0, 1] with axes (n, 28, 28, 1), and labels; plain or compressed") {
  const TinyMnist directory;
  const ctnn::Mnist mnist = load_mnist(directory.path);
  CHECK(mnist.train.images.shape() == std::array<std::size_t, 4>{3, 28, 28, 1});
  CHECK(mnist.test.images.shape() == std::array<std::size_t, 4>{2, 28, 28, 1});
  CHECK(mnist.train.labels == xt::xtensor<std::uint8_t, 1>{7, 0, 9});
  CHECK(mnist.test.labels == xt::xtensor<std::uint8_t, 1>{1, 2});
  for (std::size_t i = 0; i < 3 * 784; ++i) {
    REQUIRE(mnist.train.images(i / 784, i % 784 / 28, i % 28, 0) == static_cast<float>(i * 7 % 256) / 255);
  }
  CHECK(*std::max_element(mnist.train.images.begin(), mnist.train.images.end()) == 1);
}

TEST_CASE("MNIST: a data set that is incomplete or contradicts itself is refused") {
  const std::string images = "train-images-idx3-ubyte.gz", labels = "train-labels-idx1-ubyte.gz";
  {
    const TinyMnist directory;
    std::filesystem::remove(directory.path / "t10k-labels-idx1-ubyte");
    CHECK(directory.refusal() ==
          "ctnn: load_mnist: DIR: the directory must hold t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz, but holds neither");
  }
  {
    const TinyMnist directory;
    directory.write(labels, idx_header(0x08, {3}) + "\x07\x0a\x09"s);
    CHECK(directory.refusal() == "ctnn: load_mnist: DIR/" + labels + ": labels must lie in [0, 10), but label number 1 is 10");
  }
  {
    const TinyMnist directory;
    directory.write(labels, idx_header(0x08, {2}) + "\x07\x00"s);
    CHECK(directory.refusal() ==
          "ctnn: load_mnist: DIR/" + images + ": there must be as many images as labels, 2, but there are 3");
  }
  {
    const TinyMnist directory;
    directory.write(images, idx_header(0x08, {3, 28, 27}) + std::string(3 * 28 * 27, 'a'));
    CHECK(directory.refusal() == "ctnn: load_mnist: DIR/" + images + ": images must have shape (28, 28), but have (28, 27)");
  }
  {
    const TinyMnist directory;
    directory.write(images, "no data");
    CHECK(directory.refusal() ==
          "ctnn: read_idx: DIR/" + images + ": an IDX file must begin with two zero bytes, but this begins with 0x6e 0x6f");
  }
}

TEST_CASE("MNIST: the data set that comes with the examples") {
  const ctnn::Mnist mnist = load_mnist(CTNN_SOURCE_ROOT "/examples/data/mnist");
  CHECK(mnist.train.images.shape() == std::array<std::size_t, 4>{60000, 28, 28, 1});
  CHECK(mnist.test.images.shape() == std::array<std::size_t, 4>{10000, 28, 28, 1});
  constexpr std::array<int, 5> first_to_train{5, 0, 4, 1, 9}, first_to_test{7, 2, 1, 0, 4};
  CHECK(std::equal(first_to_train.begin(), first_to_train.end(), mnist.train.labels.begin()));
  CHECK(std::equal(first_to_test.begin(), first_to_test.end(), mnist.test.labels.begin()));
  std::array<int, 10> counts{};
  for (const std::uint8_t label : mnist.train.labels) ++counts[label];
  CHECK(counts == std::array{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949});
  // The mean grey of the training images, by which many programs normalise them.
  double sum = 0;
  for (const float pixel : mnist.train.images) sum += static_cast<double>(pixel);
  CHECK(sum / static_cast<double>(mnist.train.images.size()) == doctest::Approx(0.1306604762738429).epsilon(1e-7));
}

TEST_CASE("MNIST: names with a dot, as file managers and Kaggle have them") {
  const TinyMnist directory;
  for (const char* name :
       {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
    std::string dotted = name;
    dotted[dotted.find("-idx")] = '.';
    std::filesystem::rename(directory.path / name, directory.path / dotted);
  }
  // Beside its files Kaggle has directories.
  std::filesystem::create_directory(directory.path / "t10k-images-idx3-ubyte");
  const ctnn::Mnist mnist = load_mnist(directory.path);
  CHECK(mnist.train.labels == xt::xtensor<std::uint8_t, 1>{7, 0, 9});
  CHECK(mnist.test.labels == xt::xtensor<std::uint8_t, 1>{1, 2});
  CHECK(mnist.test.images.shape(0) == 2);
}

TEST_CASE("MNIST: no directory, or files without a digit") {
  TinyMnist directory;
  directory.write("t10k-images-idx3-ubyte", idx_header(0x08, {0, 28, 28}));
  directory.write("t10k-labels-idx1-ubyte", idx_header(0x08, {0}));
  CHECK(directory.refusal() == "ctnn: load_mnist: DIR/t10k-labels-idx1-ubyte: there must be at least one label, but there is none");
  CHECK_THROWS_WITH_AS(load_mnist("nowhere"),
                       "ctnn: load_mnist: nowhere: this must be the directory of MNIST's files, but is No such file or directory",
                       DataError);
}
