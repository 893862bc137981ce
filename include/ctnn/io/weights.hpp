// save_weights and load_weights: a model's parameters in Keras 3's own `.weights.h5` files. A Keras Sequential of the same
// layers loads what ctnn saves, and the other way round. Needs HDF5 (Debian: libhdf5-dev). Several threads may save and load:
// libhdf5 lets in one at a time, by ctnn::hdf5_mutex (hdf5.hpp).
//
// ctnn checks all that it asks of a file, but libhdf5 itself believes what a file says of itself: made by a fuzzer, one of
// 14 KB had it ask for 4 GB. Load weights only from whom you trust.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <new>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../kernels/arithmetic.hpp"
#include "../static_model.hpp"
#include "hdf5.hpp"
#include "pending_file.hpp"
#include "regular_file.hpp"
#include "weight_list.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

[[noreturn]] inline void fail_file(const std::string& where, const std::string& what) { throw FileError(concat(where, what)); }

[[gnu::cold]] inline Hdf5 open_weight_file(const std::filesystem::path& path, const std::string& where) {
  if (const std::string problem = why_unreadable(path); !problem.empty()) fail_file(where, problem);
  if (H5Fis_hdf5(path.c_str()) <= 0) fail_file(where, "must be an HDF5 file, but is none");
  Hdf5 file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file) fail_file(where, "must be a whole HDF5 file that no one is writing, but libhdf5 cannot open it");
  return file;
}

/// Whether a group, or one inside it, holds an array of floating-point numbers. (Keras keeps the state of random
/// generators as integers.) A file may be a maze: what is too large or too deep to look through is taken for weights.
[[gnu::cold]] inline bool holds_weights(const Hdf5& group, std::size_t& budget, std::size_t depth = 0) {
  if (depth > 32) return true;
  for (hsize_t i = 0; i < size_of(group); ++i) {
    if (budget == 0) return true;
    --budget;
    const std::string name = name_in(group, i);
    if (const Hdf5 inner = open_group(group, name)) {
      if (holds_weights(inner, budget, depth + 1)) return true;
    } else if (const Hdf5 array = open_array(group, name); array && is_floating_point(array)) {
      return true;
    }
  }
  return false;
}

/// Where a model's weights lie in a file.
struct WeightPlaces {
  std::set<std::string> groups;  ///< all that lead to weights
  std::set<std::string> layers, blocks;

  explicit WeightPlaces(const std::vector<WeightGroup>& all) {
    for (const WeightGroup& group : all) {
      (group.is_block ? blocks : layers).insert(group.path);
      for (std::size_t end = group.path.size(); end != std::string::npos; end = group.path.rfind('/', end - 1)) {
        groups.insert(group.path.substr(0, end));
        if (end == 0) break;
      }
    }
  }
};

/// Refuses weights that belong to no layer of the model, in a group of the file and all below it. What Keras keeps beside a
/// network's layers, the state of its optimizer, is passed over.
[[gnu::cold]] inline void check_no_others(const Hdf5& group, const std::string& path, const WeightPlaces& places,
                                          std::size_t& budget, const std::string& where) {
  for (hsize_t i = 0; i < size_of(group); ++i) {
    const std::string name = name_in(group, i);
    if ((name == "vars" && places.layers.contains(path)) || (name == "optimizer" && places.blocks.contains(path))) continue;
    const std::string inside = path.empty() ? name : concat(path, "/", name);
    const Hdf5 inner = open_group(group, name);
    if (inner && places.groups.contains(inside)) {
      check_no_others(inner, inside, places, budget, where);
      continue;
    }
    const Hdf5 array = open_array(group, name);
    if (inner ? holds_weights(inner, budget) : array && is_floating_point(array)) {
      fail_file(where, concat("all weights must belong to a layer of the model, but it has none for those in ", inside));
    }
  }
}

/// "kernel and bias", "gamma, beta, moving_mean and moving_variance".
[[gnu::cold]] inline std::string names_text(const std::vector<Parameter>& arrays) {
  std::string text;
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    text += concat(k == 0 ? "" : k + 1 == arrays.size() ? " and " : ", ", arrays[k].name);
  }
  return text;
}

/// Reads an array of `count` numbers.
template <class Scalar>
[[gnu::cold]] void read_numbers(const Hdf5& array, Scalar* target, std::size_t count, const std::string& where,
                                const std::string& what) {
  // libhdf5 takes memory for what a file says of itself: a number of any size, a chunk far larger than the array.
  const std::size_t bytes = number_bytes(array), chunk = chunk_size(array), most = 4 * count + (std::size_t{1} << 20);
  if (bytes > sizeof(long double)) {
    fail_file(where, concat(what, " must hold numbers of at most ", std::to_string(sizeof(long double)),
                            " bytes, but holds some of ", std::to_string(bytes)));
  }
  if (chunk > most) {
    fail_file(where, concat(what, " must lie in chunks of at most ", std::to_string(most), " numbers, but its chunks have ",
                            std::to_string(chunk)));
  }
  if (H5Dread(array.id(), hdf5_type<Scalar>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, target) < 0) {
    if (const std::string filter = missing_filter(array); !filter.empty()) {
      fail_file(where,
                concat(what, " must be stored plainly or by a filter of libhdf5's own, such as gzip, but needs the filter \"",
                       filter, "\", which is missing here"));
    }
    fail_file(where, concat(what, " must be readable, but libhdf5 cannot read it; the file is damaged"));
  }
  // What is infinite here may be finite in the file.
  if (bytes <= sizeof(Scalar) || std::all_of(target, target + count, math::is_finite<Scalar>)) return;
  std::vector<long double> stored(count);
  H5Dread(array.id(), H5T_NATIVE_LDOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.data());
  for (std::size_t i = 0; i < count; ++i) {
    // Made so small that a double holds it, whatever it is, unless it is infinite or NaN.
    const auto small = static_cast<double>(std::ldexp(stored[i], -std::numeric_limits<long double>::max_exponent));
    if (math::is_finite(target[i]) || !math::is_finite(small)) continue;
    fail_file(where, concat(what, " must hold numbers that fit into ", std::is_same_v<Scalar, float> ? "float" : "double",
                            ", but number ", std::to_string(i), " is finite and too large"));
  }
}

template <class Scalar>
[[gnu::cold]] void load_group(const Hdf5& file, const WeightGroup& group, Scalar* target, const std::string& where) {
  const std::string path = group.path + "/vars";
  const Hdf5 variables = open_group(file, path);
  if (!variables) fail_file(where, concat(group.text, " must have its weights in ", path, ", but there is no such group"));
  if (const std::size_t found = size_of(variables); found != group.arrays.size()) {
    fail_file(where, concat(group.text, " must have ", std::to_string(group.arrays.size()),
                            group.arrays.size() == 1 ? " weight, " : " weights, ", names_text(group.arrays), ", but has ",
                            std::to_string(found), " in ", path));
  }
  for (std::size_t k = 0; k < group.arrays.size(); ++k) {
    const Parameter& wanted = group.arrays[k];
    const std::string what = concat(wanted.name, " of ", group.text);
    const Hdf5 array = open_array(variables, std::to_string(k));
    if (!array) {
      fail_file(where, concat(what, " must be an array of the file itself, ", path, "/", std::to_string(k), ", but is not"));
    }
    const auto [rank, axes] = axes_of(array);
    if (rank != wanted.shape.rank || !std::equal(axes.begin(), axes.begin() + rank, wanted.shape.axes)) {
      fail_file(where, concat(what, " must have shape ", shape_text("", wanted.shape.axes, wanted.shape.rank), ", but has ",
                              shape_text("", axes, rank)));
    }
    if (!holds_class(array, wanted.is_integer ? H5T_INTEGER : H5T_FLOAT)) {
      fail_file(where,
                concat(what, " must hold ", wanted.is_integer ? "integers" : "floating-point numbers", ", but holds others"));
    }
    read_numbers(array, target, wanted.shape.size(), where, what);
    target += wanted.shape.size();
  }
}

/// Reads all of a file into `parameters`, which a failure leaves half filled.
template <class Scalar>
[[gnu::cold]] void load_groups(const std::filesystem::path& path, const std::vector<WeightGroup>& groups, Scalar* parameters) {
  const std::string where = concat("ctnn: load_weights: ", path.string(), ": ");
  const QuietHdf5 quiet;
  const Hdf5 file = open_weight_file(path, where);
  const WeightPlaces places(groups);
  std::size_t budget = 10'000;
  const Hdf5 root = Hdf5(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose);
  check_no_others(root, "", places, budget, where);
  for (const WeightGroup& group : groups) {
    if (!group.is_block) load_group(file, group, parameters + group.offset, where);
  }
}

/// Makes "vars" in the group at a path, with the layer's name, as Keras does.
[[gnu::cold]] inline Hdf5 create_variables(const Hdf5& file, const WeightGroup& group) {
  const Hdf5 links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links.id(), 1);
  const std::string path = group.path.empty() ? "vars" : group.path + "/vars";
  Hdf5 variables(H5Gcreate2(file.id(), path.c_str(), links.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  const Hdf5 type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  const Hdf5 attribute(H5Acreate2(variables.id(), "name", type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  const char* const name = group.name.c_str();
  if (H5Awrite(attribute.id(), type.id(), static_cast<const void*>(&name)) < 0) return {H5I_INVALID_HID, H5Gclose};
  return variables;
}

template <class Scalar>
[[gnu::cold]] bool save_array(const Hdf5& variables, std::size_t k, const Parameter& parameter, const Scalar* values) {
  const Dimensions& shape = parameter.shape;
  std::array<hsize_t, Dimensions::max_rank> axes{};
  std::copy_n(shape.axes, shape.rank, axes.begin());
  const Hdf5 space(H5Screate_simple(static_cast<int>(shape.rank), axes.data(), nullptr), H5Sclose);
  // The same weights give the same bytes.
  const Hdf5 creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), false);
  const hid_t type = parameter.is_integer ? H5T_STD_I32LE : hdf5_type<Scalar>();
  const Hdf5 array(H5Dcreate2(variables.id(), std::to_string(k).c_str(), type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                   H5Dclose);
  return array && H5Dwrite(array.id(), hdf5_type<Scalar>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
}

/// A weight file's bytes. Made in memory: libhdf5 does not take a disk that is full well.
template <class Scalar>
[[gnu::cold]] std::vector<unsigned char> weight_file(const std::vector<WeightGroup>& groups, const Scalar* parameters) {
  const QuietHdf5 quiet;
  const Hdf5 access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.id(), std::size_t{1} << 20, false);
  // The format that every HDF5 reads and that knows no times: HDF5 2 would date the groups, and the same weights differ.
  H5Pset_libver_bounds(access.id(), H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
  // libhdf5 looks for a file of this name all the same, and would read it: no file's name is as long.
  const std::string no_file(std::size_t{1} << 13, 'w');
  const Hdf5 file(H5Fcreate(no_file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
  bool done = static_cast<bool>(file);
  for (const WeightGroup& group : groups) {
    const Hdf5 variables = create_variables(file, group);
    done = done && variables;
    const Scalar* values = parameters + group.offset;
    for (std::size_t k = 0; done && k < group.arrays.size(); ++k) {
      done = save_array(variables, k, group.arrays[k], values);
      values += group.arrays[k].shape.size();
    }
  }
  done = done && H5Fflush(file.id(), H5F_SCOPE_LOCAL) >= 0;
  const ssize_t size = done ? H5Fget_file_image(file.id(), nullptr, 0) : 0;
  std::vector<unsigned char> bytes(size > 0 ? static_cast<std::size_t>(size) : 0);
  // libhdf5 fails here only where it finds no memory.
  if (size <= 0 || H5Fget_file_image(file.id(), bytes.data(), bytes.size()) != size) throw std::bad_alloc();
  return bytes;
}

/// Writes parameters to a file.
template <class Scalar>
[[gnu::cold]] void save_chain(const std::filesystem::path& path, const WeightChain& chain, const Scalar* parameters) {
  require_parameters(parameters, "save_weights");
  const std::string where = "ctnn: save_weights: ", name = path.filename().string();
  if (!name.ends_with(".weights.h5")) {
    throw FileError(concat(where, "the file's name must end in .weights.h5, but is ", name));
  }
  const std::vector<unsigned char> bytes = weight_file(weight_groups(chain, where), parameters);
  PendingFile<FileError> file(path, where);
  file.write(bytes);
  file.commit();
}

/// Reads a file's `count` parameters, all or none.
template <class Scalar>
[[gnu::cold]] void load_chain(const std::filesystem::path& path, const WeightChain& chain, Scalar* parameters, std::size_t count) {
  require_parameters(parameters, "load_weights");
  std::vector<Scalar> read(count);
  load_groups(path, weight_groups(chain, "ctnn: load_weights: "), read.data());
  std::copy(read.begin(), read.end(), parameters);
}

}  // namespace detail

/// Writes a model's parameters to a file whose name must end in ".weights.h5", as Keras wants it: float32 for a float model,
/// float64 for a double one, int32 for a count. A file of that name is replaced, in one step and only by a whole one that has its
/// mode; a symbolic link is followed. Throws FileError if it cannot be written, if it is a directory, a pipe or a device, or if two
/// of the network's layers would have the same name in it.
template <class Net, class Scalar, class Storage>
void save_weights(const BasicModel<Net, Scalar, Storage>& model, const std::filesystem::path& path) {
  detail::save_chain(path, detail::WeightChainOf<typename BasicModel<Net, Scalar, Storage>::chain>::value, model.data());
}

/// Reads a model's parameters from a file that Keras 3 or `save_weights` wrote, whatever its floating-point type; values
/// that are infinite or NaN, too. Throws FileError, and leaves the model as it was, unless the file has all of the model's
/// arrays, in their shapes, and no other layer's: no floating-point array may lie elsewhere in it, but for an optimizer's state. A
/// number that is finite in the file and too large for the model's type is refused, too.
template <class Net, class Scalar, class Storage>
void load_weights(BasicModel<Net, Scalar, Storage>& model, const std::filesystem::path& path) {
  using Chain = typename BasicModel<Net, Scalar, Storage>::chain;
  detail::load_chain(path, detail::WeightChainOf<Chain>::value, model.data(), Chain::plan.offset[Chain::count]);
}

}  // namespace ctnn::inline CTNN_VARIANT
