// What ctnn needs of HDF5's C interface: handles that close themselves, groups and arrays that lie in the file itself.
// libhdf5 as Debian builds it is not thread-safe: a mutex lets in one thread at a time.
#pragma once

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "../errors.hpp"
#include "../shape.hpp"

namespace ctnn {

/// Held by ctnn while it is inside of libhdf5, which lets in one thread at a time, so that several threads may save and load
/// weights. A program that calls libhdf5 itself while other threads use ctnn's functions holds it, too:
/// `const std::scoped_lock lock(ctnn::hdf5_mutex);`. It is one for all of a program's files, however they are compiled.
inline std::recursive_mutex hdf5_mutex;

}  // namespace ctnn

namespace ctnn::inline CTNN_VARIANT::detail {

/// What ctnn needs while it is inside of libhdf5: no other thread is, and nothing is printed of what ctnn throws.
class QuietHdf5 {
 public:
  QuietHdf5() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;
  ~QuietHdf5() {
    H5Eclear2(H5E_DEFAULT);
    H5Eset_auto2(H5E_DEFAULT, function_, data_);
  }

 private:
  std::scoped_lock<std::recursive_mutex> lock_{hdf5_mutex};
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// Owns an object of libhdf5; false where a call has failed.
class Hdf5 {
 public:
  using Close = herr_t (*)(hid_t);

  Hdf5(hid_t id, Close close) : id_(id), close_(close) {}
  Hdf5(Hdf5&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5& operator=(Hdf5&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5() {
    if (id_ >= 0) close_(id_);
  }

  explicit operator bool() const { return id_ >= 0; }
  hid_t id() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

/// Whether an object of this name lies in a group itself: a soft or external link might lead to another file.
[[gnu::cold]] inline bool holds(const Hdf5& group, const std::string& name) {
  H5L_info_t link;
  return H5Lexists(group.id(), name.c_str(), H5P_DEFAULT) > 0 && H5Lget_info(group.id(), name.c_str(), &link, H5P_DEFAULT) >= 0 &&
         link.type == H5L_TYPE_HARD;
}

/// The group at a path such as "layers/dense/vars", or none.
[[gnu::cold]] inline Hdf5 open_group(const Hdf5& parent, const std::string& path) {
  const std::size_t end = path.find('/');
  const std::string name = path.substr(0, end);
  Hdf5 group(holds(parent, name) ? H5Gopen2(parent.id(), name.c_str(), H5P_DEFAULT) : hid_t{H5I_INVALID_HID}, H5Gclose);
  return end == std::string::npos || !group ? std::move(group) : open_group(group, path.substr(end + 1));
}

/// The number of objects in a group.
[[gnu::cold]] inline std::size_t size_of(const Hdf5& group) {
  H5G_info_t info{};
  return H5Gget_info(group.id(), &info) >= 0 ? static_cast<std::size_t>(info.nlinks) : 0;
}

/// The name of a group's object, in alphabetical order.
[[gnu::cold]] inline std::string name_in(const Hdf5& group, hsize_t index) {
  const auto copy = [&](char* text, std::size_t size) {
    return H5Lget_name_by_idx(group.id(), ".", H5_INDEX_NAME, H5_ITER_INC, index, text, size, H5P_DEFAULT);
  };
  const ssize_t length = copy(nullptr, 0);
  std::string name(length > 0 ? static_cast<std::size_t>(length) : 0, '\0');
  copy(name.data(), name.size() + 1);
  return name;
}

/// An array of a group, or none. Its numbers lie in the file itself, too.
[[gnu::cold]] inline Hdf5 open_array(const Hdf5& group, const std::string& name) {
  Hdf5 array(holds(group, name) ? H5Dopen2(group.id(), name.c_str(), H5P_DEFAULT) : hid_t{H5I_INVALID_HID}, H5Dclose);
  if (array) {
    const Hdf5 creation(H5Dget_create_plist(array.id()), H5Pclose);
    if (H5Pget_layout(creation.id()) == H5D_VIRTUAL || H5Pget_external_count(creation.id()) != 0)
      return {H5I_INVALID_HID, H5Dclose};
  }
  return array;
}

/// The lengths of an array's axes. An array of more axes than ctnn knows has one of them too many.
[[gnu::cold]] inline std::pair<std::size_t, std::array<std::size_t, Dimensions::max_rank + 1>> axes_of(const Hdf5& array) {
  std::pair<std::size_t, std::array<std::size_t, Dimensions::max_rank + 1>> result{};
  const Hdf5 space(H5Dget_space(array.id()), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> axes{};
  const int rank = H5Sget_simple_extent_dims(space.id(), axes.data(), nullptr);
  result.first = rank < 0 ? 0 : std::min(static_cast<std::size_t>(rank), result.second.size());
  for (std::size_t i = 0; i < result.first; ++i) result.second[i] = static_cast<std::size_t>(axes[i]);
  return result;
}

/// Whether an array's numbers are of a class, as H5T_FLOAT.
[[gnu::cold]] inline bool holds_class(const Hdf5& array, H5T_class_t wanted) {
  const Hdf5 type(H5Dget_type(array.id()), H5Tclose);
  return H5Tget_class(type.id()) == wanted;
}
[[gnu::cold]] inline bool is_floating_point(const Hdf5& array) { return holds_class(array, H5T_FLOAT); }

/// Bytes of one of an array's numbers.
[[gnu::cold]] inline std::size_t number_bytes(const Hdf5& array) {
  const Hdf5 type(H5Dget_type(array.id()), H5Tclose);
  return H5Tget_size(type.id());
}

/// The numbers of each part that an array is cut into, as libhdf5 reads it; 0 for an array in one piece.
[[gnu::cold]] inline std::size_t chunk_size(const Hdf5& array) {
  const Hdf5 creation(H5Dget_create_plist(array.id()), H5Pclose);
  if (H5Pget_layout(creation.id()) != H5D_CHUNKED) return 0;
  std::array<hsize_t, H5S_MAX_RANK> axes{};
  const int rank = H5Pget_chunk(creation.id(), H5S_MAX_RANK, axes.data());
  std::size_t size = 1;
  for (int i = 0; i < rank; ++i) {
    const auto length = static_cast<std::size_t>(axes[static_cast<std::size_t>(i)]);
    size = length != 0 && size > SIZE_MAX / length ? SIZE_MAX : size * length;
  }
  return size;
}

/// The name of a filter that an array's numbers have gone through and this libhdf5 lacks; empty where it lacks none.
[[gnu::cold]] inline std::string missing_filter(const Hdf5& array) {
  const Hdf5 creation(H5Dget_create_plist(array.id()), H5Pclose);
  for (int i = 0; i < H5Pget_nfilters(creation.id()); ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    char name[64] = "";
    const H5Z_filter_t filter =
        H5Pget_filter2(creation.id(), static_cast<unsigned>(i), &flags, &values, nullptr, sizeof name, name, &config);
    if (filter >= 0 && H5Zfilter_avail(filter) <= 0) return *name ? name : concat("number ", std::to_string(filter));
  }
  return "";
}

template <class Scalar>
hid_t hdf5_type() {
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>);
  return std::is_same_v<Scalar, float> ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
