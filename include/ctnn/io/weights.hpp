// save_weights and load_weights: a model's parameters in Keras 3's own `.weights.h5` files. A Keras Sequential of the same
// layers loads what ctnn saves, and the other way round. Needs HDF5 (Debian: libhdf5-dev); one thread at a time.
//
// ctnn checks all that it asks of a file, but libhdf5 itself believes what a file says of itself: made by a fuzzer, one of
// 14 KB had it ask for 4 GB. Load weights only from whom you trust.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../static_model.hpp"
#include "hdf5.hpp"
#include "pending_file.hpp"
#include "regular_file.hpp"
#include "weight_list.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

[[noreturn]] inline void fail_file(const std::string& where, const std::string& what) { throw FileError(concat(where, what)); }

inline Hdf5 open_weight_file(const std::filesystem::path& path, const std::string& where) {
  if (const std::string problem = why_unreadable(path); !problem.empty()) fail_file(where, problem);
  if (H5Fis_hdf5(path.c_str()) <= 0) fail_file(where, "must be an HDF5 file, but is none");
  Hdf5 file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file) fail_file(where, "must be a whole HDF5 file that no one is writing, but libhdf5 cannot open it");
  return file;
}

/// Whether a group, or one inside it, holds an array of floating-point numbers. (Keras keeps the state of random
/// generators as integers.) A file may be a maze: what is too large or too deep to look through is taken for weights.
inline bool holds_weights(const Hdf5& group, std::size_t& budget, std::size_t depth = 0) {
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

/// Refuses weights of layers that the model does not have.
inline void check_no_other_layers(const Hdf5& file, const WeightGroup& block, const std::string& where) {
  const std::string path = block.path.empty() ? "layers" : block.path + "/layers";
  const Hdf5 layers = open_group(file, path);
  if (!layers) return;
  std::size_t budget = 10'000;
  for (hsize_t i = 0; i < size_of(layers); ++i) {
    const std::string name = name_in(layers, i);
    if (block.children.contains(name)) continue;
    if (const Hdf5 layer = open_group(layers, name); layer && holds_weights(layer, budget)) {
      fail_file(where, concat("all weights must belong to a layer of the model, but it has none for those in ", path, "/", name));
    }
  }
}

/// "kernel and bias", "gamma, beta, moving_mean and moving_variance".
inline std::string names_text(const std::vector<Parameter>& arrays) {
  std::string text;
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    text += concat(k == 0 ? "" : k + 1 == arrays.size() ? " and " : ", ", arrays[k].name);
  }
  return text;
}

template <class Scalar>
void load_group(const Hdf5& file, const WeightGroup& group, Scalar* target, const std::string& where) {
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
    if (!is_floating_point(array)) fail_file(where, concat(what, " must hold floating-point numbers, but holds others"));
    if (H5Dread(array.id(), hdf5_type<Scalar>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, target) < 0) {
      fail_file(where, concat(what, " must be readable, but libhdf5 cannot read it; the file is damaged"));
    }
    target += wanted.shape.size();
  }
}

/// Reads all of a file into `parameters`, which a failure leaves half filled.
template <class Scalar>
void load_groups(const std::filesystem::path& path, const std::vector<WeightGroup>& groups, Scalar* parameters) {
  const std::string where = concat("ctnn: load_weights: ", path.string(), ": ");
  const QuietHdf5 quiet;
  const Hdf5 file = open_weight_file(path, where);
  for (const WeightGroup& group : groups) {
    if (group.is_block) {
      check_no_other_layers(file, group, where);
    } else {
      load_group(file, group, parameters + group.offset, where);
    }
  }
}

/// Makes "vars" in the group at a path, with the layer's name, as Keras does.
inline Hdf5 create_variables(const Hdf5& file, const WeightGroup& group) {
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
bool save_array(const Hdf5& variables, std::size_t k, const Dimensions& shape, const Scalar* values) {
  std::array<hsize_t, Dimensions::max_rank> axes{};
  std::copy_n(shape.axes, shape.rank, axes.begin());
  const Hdf5 space(H5Screate_simple(static_cast<int>(shape.rank), axes.data(), nullptr), H5Sclose);
  // The same weights give the same bytes.
  const Hdf5 creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), false);
  const Hdf5 array(H5Dcreate2(variables.id(), std::to_string(k).c_str(), hdf5_type<Scalar>(), space.id(), H5P_DEFAULT,
                              creation.id(), H5P_DEFAULT),
                   H5Dclose);
  return array && H5Dwrite(array.id(), hdf5_type<Scalar>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
}

/// A weight file's bytes. Made in memory: libhdf5 does not take a disk that is full well.
template <class Scalar>
std::vector<unsigned char> weight_file(const std::vector<WeightGroup>& groups, const Scalar* parameters) {
  const QuietHdf5 quiet;
  const Hdf5 access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.id(), std::size_t{1} << 20, false);
  const Hdf5 file(H5Fcreate("weights", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
  bool done = static_cast<bool>(file);
  for (const WeightGroup& group : groups) {
    const Hdf5 variables = create_variables(file, group);
    done = done && variables;
    const Scalar* values = parameters + group.offset;
    for (std::size_t k = 0; done && k < group.arrays.size(); ++k) {
      done = save_array(variables, k, group.arrays[k].shape, values);
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

template <class Model>
void require_not_empty(const Model& model, const char* where) {
  if (model.empty()) throw EmptyModelError(concat("ctnn: ", where, ": the model is empty, because it was moved from"));
}

}  // namespace detail

/// Writes a model's parameters to a file whose name must end in ".weights.h5", as Keras wants it: float32 for a float model,
/// float64 for a double one. A file of that name is replaced, in one step and only by a whole one. Throws FileError if it
/// cannot be written.
template <class Net, class Scalar, class Storage>
void save_weights(const BasicModel<Net, Scalar, Storage>& model, const std::filesystem::path& path) {
  detail::require_not_empty(model, "save_weights");
  const std::string where = "ctnn: save_weights: ";
  if (!path.filename().string().ends_with(".weights.h5")) {
    throw FileError(detail::concat(where, "the file's name must end in .weights.h5, but is ", path.filename().string()));
  }
  using Chain = typename BasicModel<Net, Scalar, Storage>::chain;
  const std::vector<unsigned char> bytes = detail::weight_file(detail::weight_groups<Chain>(), model.data());
  detail::PendingFile<FileError> file(path, where);
  file.write(bytes);
  file.commit();
}

/// Reads a model's parameters from a file that Keras 3 or `save_weights` wrote, whatever its floating-point type; values
/// that are infinite or NaN, too. Throws FileError, and leaves the model as it was, unless the file has all of the model's
/// arrays, in their shapes, and no other layer's.
template <class Net, class Scalar, class Storage>
void load_weights(BasicModel<Net, Scalar, Storage>& model, const std::filesystem::path& path) {
  detail::require_not_empty(model, "load_weights");
  using Chain = typename BasicModel<Net, Scalar, Storage>::chain;
  std::vector<Scalar> parameters(BasicModel<Net, Scalar, Storage>::network::parameter_count);
  detail::load_groups(path, detail::weight_groups<Chain>(), parameters.data());
  std::copy(parameters.begin(), parameters.end(), model.data());
}

}  // namespace ctnn::inline CTNN_VARIANT
