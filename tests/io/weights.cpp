#include <doctest/doctest.h>
#include <hdf5.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctnn/ctnn.hpp>
#include <ctnn/io/weights.hpp>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../directory.hpp"
#include "keras_weights.hpp"
#include "nested_network.hpp"

using namespace ctnn;
namespace fs = std::filesystem;

namespace {

const fs::path fixtures = CTNN_SOURCE_ROOT "/tests/io";

/// Stands for layers of other kinds: only where their arrays lie in a file is of interest.
template <class Derived>
struct StandIn {
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
  template <class In, class Lane>
  static constexpr void forward(const Lane*, const ScalarOf<Lane>*, Lane*) {}
  template <class In, class Lane, class Gradient>
  static constexpr void backward(const Tape<Derived, Lane>&, const ScalarOf<Lane>*, const Lane*, Gradient*, Lane*) {}
};

struct FourArrays : StandIn<FourArrays> {
  static constexpr const char* class_name = "BatchNormalization";
  static constexpr std::array<Parameter, 4> parameters(Dimensions input) {
    const std::size_t n = input.known() ? input.last() : 0;
    return {{{"gamma", {n}, ones}, {"beta", {n}, ones}, {"moving_mean", {n}, ones}, {"moving_variance", {n}, ones}}};
  }
  static constexpr Initializer ones = zeros();
};

template <std::size_t Units>
struct InCell : StandIn<InCell<Units>> {
  static constexpr const char* class_name = "LSTM";
  static constexpr const char* weights_group = "cell";
  static constexpr Dimensions compute_output_shape(Dimensions) { return {Units}; }
  static constexpr std::array<Parameter, 3> parameters(Dimensions input) {
    const std::size_t n = input.known() ? input.last() : 0;
    return {
        {{"kernel", {n, 4 * Units}, zeros()}, {"recurrent_kernel", {Units, 4 * Units}, zeros()}, {"bias", {4 * Units}, zeros()}}};
  }
};

struct FourAxes : StandIn<FourAxes> {
  static constexpr const char* class_name = "Conv2D";
  static constexpr std::array<Parameter, 2> parameters(Dimensions input) {
    const std::size_t n = input.known() ? input.last() : 0;
    return {{{"kernel", {3, 2, n, 5}, zeros()}, {"bias", {5}, zeros()}}};
  }
};

struct ToPairs : StandIn<ToPairs> {
  static constexpr const char* class_name = "Reshape";
  static constexpr Dimensions compute_output_shape(Dimensions) { return {3, 2}; }
};

/// A text as a template's argument.
template <std::size_t Size>
struct Text {
  char text[Size];
  constexpr Text(const char (&letters)[Size]) { std::copy_n(letters, Size, text); }  // NOLINT(google-explicit-constructor)
};

/// A layer of one weight, with a class of this name.
template <Text Name>
struct Named : StandIn<Named<Name>> {
  static constexpr const char* class_name = Name.text;
  static constexpr std::array<Parameter, 1> parameters(Dimensions input) { return {{{"scale", input, zeros()}}}; }
};

using Net = Sequential<Dense<2, 3>, Tanh, Dense<1>>;

/// Numbers that no initializer gives.
template <class Model>
void fill(Model& model, double first = 0.5) {
  using Scalar = typename Model::scalar;
  for (std::size_t i = 0; i < Model::network::parameter_count; ++i) {
    model.data()[i] = static_cast<Scalar>(first + std::sin(static_cast<double>(i)) / 3);
  }
}

template <class Model, class Other>
bool same_bits(const Model& a, const Other& b) {
  return std::memcmp(a.data(), b.data(), Model::network::parameter_count * sizeof(typename Model::scalar)) == 0;
}

/// A weight file that is changed through HDF5 before it is loaded.
struct Changed : checks::Directory {
  fs::path file = path / "a.weights.h5";
  detail::QuietHdf5 quiet;
  hid_t id;

  template <class Network = Net, class Scalar = float>
  static Changed of() {
    return Changed(std::type_identity<Network>{}, Scalar{});
  }
  template <class Network, class Scalar>
  Changed(std::type_identity<Network>, Scalar) {
    Model<Network, Scalar> model;
    fill(model);
    save_weights(model, file);
    id = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    REQUIRE(id >= 0);
  }
  ~Changed() { close(); }

  void close() {
    if (id >= 0) REQUIRE(H5Fclose(id) >= 0);
    id = -1;
  }
  void remove(const char* name) const { REQUIRE(H5Ldelete(id, name, H5P_DEFAULT) >= 0); }
  void move(const char* from, const char* to) const { REQUIRE(H5Lmove(id, from, id, to, H5P_DEFAULT, H5P_DEFAULT) >= 0); }
  void group(const char* name) const { REQUIRE(H5Gclose(H5Gcreate2(id, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)) >= 0); }
  /// Writes an array in place of one that may be there.
  template <class Number>
  void array(const char* name, const std::vector<hsize_t>& axes, hid_t stored, hid_t type,
             const std::vector<Number>& values) const {
    if (H5Lexists(id, name, H5P_DEFAULT) > 0) remove(name);
    const hid_t space =
        axes.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(axes.size()), axes.data(), nullptr);
    const hid_t set = H5Dcreate2(id, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(set >= 0);
    REQUIRE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    H5Dclose(set);
    H5Sclose(space);
  }

  /// Writes an array of one number, and makes the groups that it lies in.
  void deep_array(const std::string& name) const {
    const hid_t links = H5Pcreate(H5P_LINK_CREATE), space = H5Screate(H5S_SCALAR);
    REQUIRE(H5Pset_create_intermediate_group(links, 1) >= 0);
    const hid_t set = H5Dcreate2(id, name.c_str(), H5T_IEEE_F32LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(set >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(links);
  }

  /// What load_weights says, without its name and the file's; the model must stay as it was.
  template <class Network = Net>
  std::string refusal() {
    close();
    Model<Network> model;
    fill(model, -2);
    const Model<Network> before = model;
    const std::string start = "ctnn: load_weights: " + file.string() + ": ";
    try {
      load_weights(model, file);
    } catch (const FileError& error) {
      const std::string text = error.what();
      REQUIRE(text.starts_with(start));
      CHECK(same_bits(model, before));
      return text.substr(start.size());
    }
    return "";
  }
};

/// Lets this process write no file longer than `bytes` for a while.
struct FileSizeLimit {
  rlimit before{};

  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit limit{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_DFL);
  }
};

}  // namespace

TEST_CASE("weights: layers are named as Keras's to_snake_case does, and counted by class") {
  using Pair = std::pair<const char*, const char*>;
  for (const auto& [class_name, name] :
       {Pair{"Dense", "dense"}, Pair{"LeakyReLU", "leaky_re_lu"}, Pair{"ReLU", "re_lu"}, Pair{"GELU", "gelu"}, Pair{"LSTM", "lstm"},
        Pair{"Conv2D", "conv2d"}, Pair{"Conv2DTranspose", "conv2d_transpose"}, Pair{"MaxPooling2D", "max_pooling2d"},
        Pair{"BatchNormalization", "batch_normalization"}, Pair{"Foo2Bar", "foo2_bar"}, Pair{"PReLU", "p_re_lu"},
        Pair{"SimpleRNN", "simple_rnn"}}) {
    CHECK(detail::snake_case(class_name) == name);
  }
  detail::LayerNames names;
  CHECK(names.next("Dense") == "dense");
  CHECK(names.next("LSTM") == "lstm");
  CHECK(names.next("Dense") == "dense_1");
  CHECK(names.next("Dense") == "dense_2");
}

TEST_CASE("weights: what is saved is loaded, bit by bit, in float and double, on the heap and in place") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.weights.h5";
  const auto check = [&]<class Scalar>(Scalar) {
    Model<NestedNetwork, Scalar> model, loaded;
    fill(model);
    model.data()[0] = std::numeric_limits<Scalar>::infinity();
    model.data()[1] = std::numeric_limits<Scalar>::quiet_NaN();
    model.data()[2] = -Scalar(0);
    model.data()[3] = std::numeric_limits<Scalar>::denorm_min();
    save_weights(model, path);
    load_weights(loaded, path);
    CHECK(same_bits(loaded, model));
    StaticModel<NestedNetwork, Scalar> in_place;
    load_weights(in_place, path);
    CHECK(same_bits(in_place, model));
    save_weights(in_place, directory.path / "b.weights.h5");
    CHECK(checks::bytes_of(directory.path / "b.weights.h5") == checks::bytes_of(path));
    // Of the oldest format, which every HDF5 reads and which holds no time.
    CHECK(checks::bytes_of(path)[8] == 0);
  };
  check(float{});
  check(double{});
  CHECK(directory.files() == std::set<std::string>{"a.weights.h5", "b.weights.h5"});
}

TEST_CASE("weights: float models read double files, and the other way round") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.weights.h5";
  Model<Net, double> in_double;
  fill(in_double);
  in_double.data()[0] = std::numeric_limits<float>::max();
  in_double.data()[1] = -std::numeric_limits<double>::infinity();
  save_weights(in_double, path);
  Model<Net, float> in_float;
  load_weights(in_float, path);
  for (std::size_t i = 0; i < Net::parameter_count; ++i) CHECK(in_float.data()[i] == static_cast<float>(in_double.data()[i]));

  // What no float holds is refused, and not made infinite.
  const Model<Net, float> before = in_float;
  const auto refuse = [&](auto& model, std::size_t index, const std::string& type) {
    CHECK_THROWS_WITH_AS(load_weights(model, path),
                         ("ctnn: load_weights: " + path.string() + ": kernel of dense (Dense) must hold numbers that fit into " +
                          type + ", but number " + std::to_string(index) + " is finite and too large")
                             .c_str(),
                         FileError);
  };
  for (const double large : {1e300, -1e39}) {
    in_double.data()[2] = large;
    save_weights(in_double, path);
    refuse(in_float, 2, "float");
    CHECK(same_bits(in_float, before));
  }
  if constexpr (std::numeric_limits<long double>::max_exponent > std::numeric_limits<double>::max_exponent) {
    auto changed = Changed::of();
    changed.array<long double>("layers/dense/vars/0", {2, 3}, H5T_NATIVE_LDOUBLE, H5T_NATIVE_LDOUBLE,
                               {1, -std::numeric_limits<long double>::infinity(), 3, 4, 5, 6});
    changed.close();
    load_weights(in_double, changed.file);
    CHECK(in_double.data()[1] == -std::numeric_limits<double>::infinity());
    CHECK(in_double.data()[5] == 6);
    changed.id = H5Fopen(changed.file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    changed.array<long double>("layers/dense/vars/0", {2, 3}, H5T_NATIVE_LDOUBLE, H5T_NATIVE_LDOUBLE,
                               {1, 2, 3, 4, -std::ldexp(1.0L, 5000), 6});
    changed.close();
    fs::copy_file(changed.file, path, fs::copy_options::overwrite_existing);
    refuse(in_double, 4, "double");
    refuse(in_float, 4, "float");
  }
  in_double.data()[2] = 3;

  save_weights(in_float, path);
  load_weights(in_double, path);
  for (std::size_t i = 0; i < Net::parameter_count; ++i) CHECK(in_double.data()[i] == static_cast<double>(in_float.data()[i]));
}

TEST_CASE("weights: a model that Keras saved is loaded, nested blocks included, and predicts the same") {
  Model<NestedNetwork> model;
  load_weights(model, fixtures / "keras.weights.h5");
  CHECK(std::equal(keras_weights::nested.begin(), keras_weights::nested.end(), model.data()));
  for (std::size_t i = 0; i < keras_weights::x.size() / 2; ++i) {
    const auto y = model(std::array{keras_weights::x[2 * i], keras_weights::x[2 * i + 1]});
    CHECK(std::abs(y[0] - keras_weights::predicted[2 * i]) < 1e-6f);
    CHECK(std::abs(y[1] - keras_weights::predicted[2 * i + 1]) < 1e-6f);
  }
}

TEST_CASE("weights: Normalization goes to Keras and back, with a count that is an integer there") {
  static_assert(AdaptedNetwork::parameter_count == keras_weights::adapted.size());
  Model<AdaptedNetwork> model;
  load_weights(model, fixtures / "keras_adapted.weights.h5");
  CHECK(std::equal(keras_weights::adapted.begin(), keras_weights::adapted.end(), model.data()));
  for (std::size_t i = 0; i < keras_weights::adapted_x.size() / 2; ++i) {
    const auto y = model(std::array{keras_weights::adapted_x[2 * i], keras_weights::adapted_x[2 * i + 1]});
    CHECK(y[0] == doctest::Approx(keras_weights::adapted_predicted[2 * i]).epsilon(1e-6));
    CHECK(y[1] == doctest::Approx(keras_weights::adapted_predicted[2 * i + 1]).epsilon(1e-6));
  }

  const checks::Directory directory;
  const fs::path path = directory.path / "a.weights.h5";
  Model<AdaptedNetwork> loaded;
  save_weights(model, path);
  load_weights(loaded, path);
  CHECK(same_bits(loaded, model));
  StaticModel<AdaptedNetwork, double> in_double;
  load_weights(in_double, path);
  CHECK(in_double.data()[4] == 50);

  // The count is a single integer, as Keras's is.
  const char* const count = "layers/normalization/vars/2";
  {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), array = H5Dopen2(file, count, H5P_DEFAULT);
    const hid_t type = H5Dget_type(array), space = H5Dget_space(array);
    CHECK(H5Tequal(type, H5T_STD_I32LE) > 0);
    CHECK(H5Sget_simple_extent_type(space) == H5S_SCALAR);
    H5Sclose(space), H5Tclose(type), H5Dclose(array), H5Fclose(file);
  }
  auto changed = Changed::of<AdaptedNetwork>();
  changed.array<float>(count, {}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {50});
  CHECK(changed.refusal<AdaptedNetwork>() == "count of normalization (Normalization) must hold integers, but holds others");
}

TEST_CASE("weights: layers of four arrays, of arrays of four axes and of arrays in a cell; an optimizer's state is passed over") {
  using Kinds = Sequential<Input<6>, FourArrays, ToPairs, InCell<2>>;
  static_assert(Kinds::parameter_count == keras_weights::kinds.size());
  Model<Kinds> model, loaded;
  load_weights(model, fixtures / "keras_kinds.weights.h5");
  CHECK(std::equal(keras_weights::kinds.begin(), keras_weights::kinds.end(), model.data()));

  const checks::Directory directory;
  const fs::path path = directory.path / "a.weights.h5";
  save_weights(model, path);
  load_weights(loaded, path);
  CHECK(same_bits(loaded, model));

  using Image = Sequential<Input<4, 4, 7>, FourAxes>;
  Model<Image> image, image_loaded;
  fill(image);
  save_weights(image, path);
  load_weights(image_loaded, path);
  CHECK(same_bits(image_loaded, image));

  // No weights at all are saved and loaded, too.
  Model<Sequential<Input<3>, Tanh>> empty;
  save_weights(empty, path);
  load_weights(empty, path);
  CHECK(checks::bytes_of(path).size() > 0);
}

TEST_CASE("weights: a missing group, array or layer is refused, and layers that are too many") {
  {
    auto changed = Changed::of();
    changed.remove("layers/dense_1");
    CHECK(changed.refusal() == "dense_1 (Dense) must have its weights in layers/dense_1/vars, but there is no such group");
  }
  {
    auto changed = Changed::of();
    changed.remove("layers");
    CHECK(changed.refusal() == "dense (Dense) must have its weights in layers/dense/vars, but there is no such group");
  }
  {
    auto changed = Changed::of<NestedNetwork>();
    changed.remove("layers/sequential_1/layers/dense_1/vars");
    CHECK(changed.refusal<NestedNetwork>() ==
          "sequential_1/dense_1 (Dense) must have its weights in layers/sequential_1/layers/dense_1/vars, but there is no such "
          "group");
  }
  {
    auto changed = Changed::of();
    changed.remove("layers/dense/vars/1");
    CHECK(changed.refusal() == "dense (Dense) must have 2 weights, kernel and bias, but has 1 in layers/dense/vars");
  }
  {
    auto changed = Changed::of();
    changed.array<float>("layers/dense/vars/2", {1}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {1});
    CHECK(changed.refusal() == "dense (Dense) must have 2 weights, kernel and bias, but has 3 in layers/dense/vars");
  }
  {
    auto changed = Changed::of();
    changed.move("layers/dense/vars/1", "layers/dense/vars/01");
    CHECK(changed.refusal() == "bias of dense (Dense) must be an array of the file itself, layers/dense/vars/1, but is not");
  }
  {
    auto changed = Changed::of<Sequential<Dense<2, 3>, Dense<1>, Dense<1>>>();
    CHECK(changed.refusal() == "all weights must belong to a layer of the model, but it has none for those in layers/dense_2");
  }
  {
    // One layer of weights more, in a block.
    auto changed = Changed::of<NestedNetwork>();
    changed.group("layers/sequential/layers/other");
    changed.group("layers/sequential/layers/other/cell");
    changed.array<float>("layers/sequential/layers/other/cell/0", {1}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {1});
    CHECK(changed.refusal<NestedNetwork>() ==
          "all weights must belong to a layer of the model, but it has none for those in layers/sequential/layers/other");
  }
  {
    // A layer without weights, and a random generator's state, are none.
    auto changed = Changed::of();
    changed.group("layers/dropout");
    changed.group("layers/dropout/vars");
    changed.group("layers/dropout/seed_generator");
    changed.array<std::uint32_t>("layers/dropout/seed_generator/0", {2}, H5T_STD_U32LE, H5T_NATIVE_UINT32, {1, 2});
    CHECK(changed.refusal() == "");
  }
  {
    // A group that holds itself has no end.
    auto changed = Changed::of();
    changed.group("layers/maze");
    for (const char* name : {"layers/maze/a", "layers/maze/b", "layers/maze/c"}) {
      REQUIRE(H5Lcreate_hard(changed.id, "layers/maze", changed.id, name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    }
    CHECK(changed.refusal() == "all weights must belong to a layer of the model, but it has none for those in layers/maze");
  }
}

TEST_CASE("weights: numbers that lie anywhere else are refused") {
  const auto none_for = [](const std::string& place) {
    return "all weights must belong to a layer of the model, but it has none for those in " + place;
  };
  const std::string long_name = "layers/" + std::string(256, 'n'), longer_name = "layers/" + std::string(4000, 'n');
  const std::pair<std::string, std::string> cases[] = {
      {"layers/dense/activation/vars/0", "layers/dense/activation"},  // as Keras saves a PReLU that is a Dense's activation
      {"layers/dense/more/vars/0", "layers/dense/more"},
      {"layers/dense/0", "layers/dense/0"},
      {"layers/0", "layers/0"},
      {"layers/tanh/vars/0", "layers/tanh"},  // the model has this layer, but no weights in it
      {"layers/sequential/vars/0", "layers/sequential"},
      {"vars/0", "vars"},
      {"extra/vars/0", "extra"},
      {"layers/optimizer/vars/0", "layers/optimizer"},
      {long_name + "/vars/0", long_name},
      {longer_name + "/vars/0", longer_name}};
  for (const auto& [array, place] : cases) {
    auto changed = Changed::of();
    changed.deep_array(array);
    CHECK(changed.refusal() == none_for(place));
  }
  {
    auto changed = Changed::of<NestedNetwork>();
    changed.deep_array("layers/sequential/vars/0");
    CHECK(changed.refusal<NestedNetwork>() == none_for("layers/sequential/vars"));
  }
  {
    // A Keras model that was compiled has its optimizer's state in the file; so has a block.
    auto changed = Changed::of<NestedNetwork>();
    changed.deep_array("optimizer/vars/1");
    changed.deep_array("layers/sequential/optimizer/vars/1");
    CHECK(changed.refusal<NestedNetwork>() == "");
  }
}

TEST_CASE("weights: chunks far larger than the array, numbers of any size and filters that are missing are refused") {
  const auto chunked = [](const Changed& changed, std::array<hsize_t, 2> chunk, const auto& set_filter) {
    changed.remove("layers/dense/vars/0");
    const hsize_t axes[] = {2, 3}, most[] = {H5S_UNLIMITED, H5S_UNLIMITED};
    const hid_t space = H5Screate_simple(2, axes, most), creation = H5Pcreate(H5P_DATASET_CREATE);
    REQUIRE(H5Pset_chunk(creation, 2, chunk.data()) >= 0);
    set_filter(creation);
    const hid_t set = H5Dcreate2(changed.id, "layers/dense/vars/0", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    REQUIRE(set >= 0);
    const float values[] = {1, 2, 3, 4, 5, 6};
    // A chunk of gigabytes is left unwritten.
    if (chunk[0] < 1000) REQUIRE(H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
  };
  const auto no_filter = [](hid_t) {};
  {
    auto changed = Changed::of();
    chunked(changed, {16000, 60000}, no_filter);
    CHECK(changed.refusal() ==
          "kernel of dense (Dense) must lie in chunks of at most 1048600 numbers, but its chunks have 960000000");
  }
  {
    auto changed = Changed::of();
    chunked(changed, {2, 2}, [](hid_t creation) { REQUIRE(H5Pset_deflate(creation, 6) >= 0); });
    changed.close();
    Model<Net> model;
    load_weights(model, changed.file);
    for (std::size_t i = 0; i < 6; ++i) CHECK(model.data()[i] == static_cast<float>(i + 1));
  }
  {
    // A filter that is there when the file is written: h5py's.
    constexpr H5Z_filter_t lzf = 32000;
    const H5Z_class2_t filter{
        H5Z_CLASS_T_VERS,
        lzf,
        1,
        1,
        "lzf",
        nullptr,
        nullptr,
        [](unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) { return bytes; }};
    REQUIRE(H5Zregister(&filter) >= 0);
    auto changed = Changed::of();
    chunked(changed, {2, 3}, [&](hid_t creation) { REQUIRE(H5Pset_filter(creation, lzf, 0, 0, nullptr) >= 0); });
    REQUIRE(H5Fclose(std::exchange(changed.id, -1)) >= 0);
    REQUIRE(H5Zunregister(lzf) >= 0);
    CHECK(changed.refusal() ==
          "kernel of dense (Dense) must be stored plainly or by a filter of libhdf5's own, such as gzip, but needs the filter "
          "\"lzf\", which is missing here");
  }
  {
    auto changed = Changed::of();
    const hid_t type = H5Tcopy(H5T_IEEE_F64LE);
    REQUIRE(H5Tset_size(type, 1000) >= 0);
    // Newer versions of HDF5 write no type most of whose bits are unused.
    REQUIRE(H5Tset_precision(type, 8000) >= 0);
    changed.array("layers/dense/vars/0", {2, 3}, type, type, std::vector<char>(6000));
    H5Tclose(type);
    CHECK(changed.refusal() == "kernel of dense (Dense) must hold numbers of at most 16 bytes, but holds some of 1000");
  }
}

TEST_CASE("weights: arrays of another shape or type are refused") {
  const std::vector<float> six(6, 1.0f);
  {
    auto changed = Changed::of();
    changed.array("layers/dense/vars/0", {3, 2}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, six);
    CHECK(changed.refusal() == "kernel of dense (Dense) must have shape (2, 3), but has (3, 2)");
  }
  {
    auto changed = Changed::of();
    changed.array("layers/dense/vars/0", {6}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, six);
    CHECK(changed.refusal() == "kernel of dense (Dense) must have shape (2, 3), but has (6,)");
  }
  {
    auto changed = Changed::of();
    changed.array("layers/dense_1/vars/1", {}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, six);
    CHECK(changed.refusal() == "bias of dense_1 (Dense) must have shape (1,), but has ()");
  }
  {
    auto changed = Changed::of();
    changed.array("layers/dense_1/vars/1", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, six);
    CHECK(changed.refusal() == "bias of dense_1 (Dense) must have shape (1,), but has (1, 1, 1, 1, 1, 1, 1, 1, 1)");
  }
  {
    auto changed = Changed::of();
    changed.array("layers/dense/vars/0", {2, 3}, H5T_STD_I32LE, H5T_NATIVE_FLOAT, six);
    CHECK(changed.refusal() == "kernel of dense (Dense) must hold floating-point numbers, but holds others");
  }
  {
    // Any other floating-point type will do: the highest byte first, or half as many bits.
    auto changed = Changed::of();
    changed.array("layers/dense/vars/0", {2, 3}, H5T_IEEE_F64BE, H5T_NATIVE_FLOAT, six);
    const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    REQUIRE(H5Tset_fields(half, 15, 10, 5, 0, 10) >= 0);
    REQUIRE(H5Tset_size(half, 2) >= 0);
    REQUIRE(H5Tset_ebias(half, 15) >= 0);
    changed.array<float>("layers/dense/vars/1", {3}, half, H5T_NATIVE_FLOAT, {0.5f, -2.0f, 0.25f});
    H5Tclose(half);
    changed.close();
    Model<Net> model;
    load_weights(model, changed.file);
    CHECK(std::equal(six.begin(), six.end(), model.data()));
    CHECK(model.data()[6] == 0.5f);
    CHECK(model.data()[8] == 0.25f);
  }
}

TEST_CASE("weights: links and arrays that lead out of the file are refused") {
  const std::string no_array = "kernel of dense (Dense) must be an array of the file itself, layers/dense/vars/0, but is not";
  {
    auto changed = Changed::of();
    changed.remove("layers/dense/vars/0");
    REQUIRE(H5Lcreate_soft("/layers/dense_1/vars/0", changed.id, "layers/dense/vars/0", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    CHECK(changed.refusal() == no_array);
  }
  {
    auto changed = Changed::of();
    changed.remove("layers/dense/vars/0");
    const std::string other = (fixtures / "keras.weights.h5").string();
    REQUIRE(H5Lcreate_external(other.c_str(), "/layers/dense/vars/0", changed.id, "layers/dense/vars/0", H5P_DEFAULT,
                               H5P_DEFAULT) >= 0);
    CHECK(changed.refusal() == no_array);
  }
  {
    auto changed = Changed::of();
    changed.remove("layers/dense/vars/0");
    const fs::path raw = changed.write("raw", std::string(24, 'a'));
    const hsize_t axes[] = {2, 3};
    const hid_t space = H5Screate_simple(2, axes, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    REQUIRE(H5Pset_external(creation, raw.c_str(), 0, 24) >= 0);
    const hid_t set = H5Dcreate2(changed.id, "layers/dense/vars/0", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    REQUIRE(set >= 0);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
    CHECK(changed.refusal() == no_array);
  }
}

TEST_CASE("weights: what is no whole HDF5 file is refused, and nothing is printed") {
  const checks::Directory directory;
  Model<Net> model;
  const auto refusal = [&](const fs::path& path) {
    const std::string start = "ctnn: load_weights: " + path.string() + ": ";
    try {
      load_weights(model, path);
    } catch (const FileError& error) {
      const std::string text = error.what();
      REQUIRE(text.starts_with(start));
      return text.substr(start.size());
    }
    return std::string();
  };
  CHECK(refusal(directory.path / "missing.weights.h5") == "the file must be readable, but: No such file or directory");
  CHECK(refusal(directory.path) == "must be a regular file, but is a directory");
  CHECK(refusal("/dev/zero") == "must be a regular file, but is something else");
  CHECK(refusal(directory.write("empty", "")) == "must be an HDF5 file, but is none");
  CHECK(refusal(directory.write("text", std::string(5000, 'a'))) == "must be an HDF5 file, but is none");

  fill(model);
  const fs::path path = directory.path / "a.weights.h5";
  save_weights(model, path);
  const std::string whole = checks::bytes_of(path);
  CHECK(refusal(directory.write("half", whole.substr(0, whole.size() / 2))) ==
        "must be a whole HDF5 file that no one is writing, but libhdf5 cannot open it");
  // Cut anywhere, it gives an error and no weights.
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    INFO("the first ", length, " bytes of ", whole.size());
    CHECK(refusal(directory.write("cut", whole.substr(0, length))) != "");
  }
}

TEST_CASE("weights: a file is replaced by a whole one, or stays as it was") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.weights.h5";
  Model<Sequential<Dense<100, 100>>> model;
  save_weights(model, path);
  const std::string before = checks::bytes_of(path);
  fill(model);
  {
    const FileSizeLimit limit(10'000);
    CHECK_THROWS_WITH_AS(save_weights(model, path),
                         ("ctnn: save_weights: cannot write " + path.string() + ": File too large").c_str(), FileError);
  }
  CHECK(directory.files() == std::set<std::string>{"a.weights.h5"});
  CHECK(checks::bytes_of(path) == before);
  save_weights(model, path);
  CHECK(checks::bytes_of(path) != before);
  CHECK(directory.files() == std::set<std::string>{"a.weights.h5"});

  const fs::path nowhere = directory.path / "missing" / "a.weights.h5", taken = directory.path / "b.weights.h5";
  CHECK_THROWS_WITH_AS(save_weights(model, nowhere),
                       ("ctnn: save_weights: cannot write " + nowhere.string() + ": No such file or directory").c_str(), FileError);
  fs::create_directory(taken);
  CHECK_THROWS_WITH_AS(save_weights(model, taken),
                       ("ctnn: save_weights: cannot write " + taken.string() + ": Is a directory").c_str(), FileError);
  CHECK(directory.files() == std::set<std::string>{"a.weights.h5", "b.weights.h5"});
  CHECK_THROWS_WITH_AS(save_weights(model, directory.path / "a.h5"),
                       "ctnn: save_weights: the file's name must end in .weights.h5, but is a.h5", FileError);
}

TEST_CASE("weights: saving touches no file but its target") {
  const checks::Directory directory;
  Model<Net> model, loaded;
  fill(model);
  const fs::path before = fs::current_path();
  fs::current_path(directory.path);
  // libhdf5 reads a file of the name that a file in memory has.
  directory.write("weights", "");
  fs::resize_file("weights", std::uintmax_t{1} << 29);
  const auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const long earlier = peak();
  save_weights(model, "a.weights.h5");
  CHECK(peak() - earlier < (1 << 17));
  fs::current_path(before);

  // A program's own file in memory, of that name.
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  REQUIRE(H5Pset_fapl_core(access, 1 << 20, false) >= 0);
  const hid_t file = H5Fcreate("weights", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  REQUIRE(file >= 0);
  save_weights(model, directory.path / "b.weights.h5");
  H5Fclose(file);
  H5Pclose(access);
  load_weights(loaded, directory.path / "b.weights.h5");
  CHECK(same_bits(loaded, model));
  CHECK(checks::bytes_of(directory.path / "a.weights.h5") == checks::bytes_of(directory.path / "b.weights.h5"));
}

TEST_CASE("weights: links are followed, and modes kept") {
  const checks::Directory directory;
  fs::create_directory(directory.path / "disk");
  const fs::path link = directory.path / "link.weights.h5", real = directory.path / "disk" / "real.weights.h5";
  Model<Net> model, loaded;
  save_weights(model, real);
  fs::permissions(real, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("disk/real.weights.h5", link);
  fill(model);
  save_weights(model, link);
  CHECK(fs::is_symlink(link));
  load_weights(loaded, real);
  CHECK(same_bits(loaded, model));
  const bool private_still = fs::status(real).permissions() == (fs::perms::owner_read | fs::perms::owner_write);
  CHECK(private_still);
}

TEST_CASE("weights: two layers of one name in the file are refused, and any class's weights are in it") {
  const checks::Directory directory;
  const fs::path path = directory.path / "a.weights.h5";
  Model<Sequential<Dense<2, 3>, Dense<3>, Named<"Dense_1">>> twice;
  const std::string what =
      "each layer must have a name of its own in the file, but two are called layers/dense_1; give one of their classes another "
      "class_name";
  CHECK_THROWS_WITH_AS(save_weights(twice, path), ("ctnn: save_weights: " + what).c_str(), FileError);
  CHECK_THROWS_WITH_AS(load_weights(twice, path), ("ctnn: load_weights: " + what).c_str(), FileError);
  CHECK(directory.files().empty());

  Model<Sequential<Input<3>, Named<"InputLayer">, Named<"..">, Named<"\u00c9a b">>> odd, loaded;
  fill(odd);
  save_weights(odd, path);
  load_weights(loaded, path);
  CHECK(same_bits(loaded, odd));
}

static_assert(detail::is_group_name("Dense") && detail::is_group_name("..") && detail::is_group_name(" "));
static_assert(!detail::is_group_name("") && !detail::is_group_name(".") && !detail::is_group_name("A/B") &&
              !detail::is_group_name("/"));

TEST_CASE("weights: threads save and load at the same time") {
  const checks::Directory directory;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const fs::path path = directory.path / (std::to_string(thread) + ".weights.h5");
      for (int i = 0; i < 25; ++i) {
        Model<NestedNetwork> model, loaded;
        fill(model, 10 * thread + i);
        save_weights(model, path);
        load_weights(loaded, path);
        wrong += !same_bits(loaded, model);
        try {
          load_weights(loaded, directory.path);
          ++wrong;
        } catch (const FileError&) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("weights: a model that was moved from has none") {
  const checks::Directory directory;
  Model<Net> model;
  const Model<Net> taken = std::move(model);
  CHECK_THROWS_WITH_AS(save_weights(model, directory.path / "a.weights.h5"),
                       "ctnn: save_weights: the model is empty, because it was moved from", EmptyModelError);
  CHECK_THROWS_WITH_AS(load_weights(model, directory.path / "a.weights.h5"),
                       "ctnn: load_weights: the model is empty, because it was moved from", EmptyModelError);
}

TEST_CASE("weights: libhdf5's own handler of errors is left as it was") {
  H5E_auto2_t before = nullptr, after = nullptr;
  void* data = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &before, &data);
  Model<Net> model;
  CHECK_THROWS_AS(load_weights(model, "/dev/null"), FileError);
  H5Eget_auto2(H5E_DEFAULT, &after, &data);
  const bool set = before != nullptr, kept = after == before;
  CHECK(set);
  CHECK(kept);
}
