// IDX: the file format of the MNIST database, http://yann.lecun.com/exdb/mnist: two zero bytes, one for the type of the
// numbers, one for the number of axes, the axes' lengths in 32 bits, then the numbers, all with the highest byte first.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <istream>
#include <iterator>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../io/regular_file.hpp"
#include "../xtensor_base.hpp"
#include "input_file.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

struct IdxType {
  unsigned code;
  const char* name;
};
inline constexpr IdxType idx_types[] = {{0x08, "std::uint8_t"}, {0x09, "std::int8_t"}, {0x0b, "std::int16_t"},
                                        {0x0c, "std::int32_t"}, {0x0d, "float"},       {0x0e, "double"}};

/// A number type's place among `idx_types`, or their number.
template <class T>
inline constexpr std::size_t idx_type = std::is_same_v<T, std::uint8_t>   ? 0
                                        : std::is_same_v<T, std::int8_t>  ? 1
                                        : std::is_same_v<T, std::int16_t> ? 2
                                        : std::is_same_v<T, std::int32_t> ? 3
                                        : std::is_same_v<T, float>        ? 4
                                        : std::is_same_v<T, double>       ? 5
                                                                          : std::size(idx_types);

}  // namespace detail

/// The number types that an IDX file can hold: std::uint8_t, std::int8_t, std::int16_t, std::int32_t, float, double.
template <class Type>
concept IdxElement = detail::idx_type<Type> < std::size(detail::idx_types);

namespace detail {

/// Unsigned integers as large as a number type.
template <std::size_t Bytes>
using UnsignedOf =
    std::conditional_t<Bytes == 1, std::uint8_t,
                       std::conditional_t<Bytes == 2, std::uint16_t, std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>>>;

template <class T>
T from_big_endian(const unsigned char* bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) bits = bits << 8 | bytes[i];
  return std::bit_cast<T>(static_cast<UnsignedOf<sizeof(T)>>(bits));
}

[[gnu::cold]] inline std::string hexadecimal(unsigned byte) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%02x", byte & 0xffu);
  return text;
}

/// Checks an IDX file's header, and leaves the file at its first number. Returns the lengths of the axes.
template <class T, std::size_t Rank>
[[gnu::cold]] std::array<std::size_t, Rank> read_idx_header(InputFile& file) {
  std::array<unsigned char, 4 + 4 * Rank> header{};
  const std::size_t got = file.read(header.data(), 4);
  if (got == 4 && (header[0] != 0 || header[1] != 0)) {
    file.fail(concat("an IDX file must begin with two zero bytes, but this begins with ", hexadecimal(header[0]), " ",
                     hexadecimal(header[1])));
  }
  if (got == 4 && header[2] != idx_types[idx_type<T>].code) {
    std::string given = hexadecimal(header[2]);
    for (const IdxType& type : idx_types) {
      if (type.code == header[2]) given = type.name;
    }
    file.fail(concat("the numbers must be of type ", idx_types[idx_type<T>].name, ", but are of type ", given));
  }
  if (got == 4 && header[3] != Rank) {
    file.fail(concat("must have ", std::to_string(Rank), Rank == 1 ? " axis" : " axes", ", but has ", std::to_string(header[3])));
  }
  const std::size_t total = got + (got == 4 ? file.read(header.data() + 4, 4 * Rank) : 0);
  if (total != header.size()) {
    file.fail(
        concat("the header must have ", std::to_string(header.size()), " bytes, but the file ends after ", std::to_string(total)));
  }
  std::array<std::size_t, Rank> shape;
  for (std::size_t axis = 0; axis < Rank; ++axis) shape[axis] = from_big_endian<std::uint32_t>(header.data() + 4 + 4 * axis);
  return shape;
}

/// The number of elements; throws where the file cannot hold as many.
template <class T, std::size_t Rank>
[[gnu::cold]] std::size_t idx_size(const InputFile& file, const std::array<std::size_t, Rank>& shape) {
  // Strides are computed of the axes even where one of them is 0.
  std::size_t strides = 1, size = 1;
  bool overflows = false;
  for (const std::size_t length : shape) {
    size *= length;
    if (length == 0) continue;
    overflows = overflows || length > PTRDIFF_MAX / sizeof(T) / strides;
    strides *= overflows ? 1 : length;
  }
  if (overflows || size > file.most() / sizeof(T)) {
    file.fail(concat("the header announces shape ", shape_text("", shape, Rank), " of ", idx_types[idx_type<T>].name,
                     ", which must fit into the file, but is more than it can hold"));
  }
  return size;
}

/// Reads an IDX file's content.
template <class T, std::size_t Rank>
xt::xtensor<T, Rank> read_idx_content(InputFile& file) {
  const auto shape = read_idx_header<T, Rank>(file);
  const std::size_t size = idx_size<T>(file, shape);

  // Collected block by block: memory is taken only for what has been read.
  constexpr std::size_t block_bytes = std::size_t{1} << 20;
  std::vector<std::vector<unsigned char>> blocks;
  const std::size_t bytes = size * sizeof(T);
  for (std::size_t done = 0; done < bytes;) {
    std::vector<unsigned char> block(std::min(block_bytes, bytes - done));
    const std::size_t got = file.read(block.data(), block.size());
    done += got;
    if (got < block.size()) {
      file.fail(concat("the header announces shape ", shape_text("", shape, Rank), ", ", std::to_string(bytes),
                       " bytes of numbers, but the file ends after ", std::to_string(done)));
    }
    blocks.push_back(std::move(block));
  }
  unsigned char beyond;
  if (file.read(&beyond, 1) != 0) {
    file.fail(concat("the file must end with its ", std::to_string(bytes), " bytes of numbers, but more follow"));
  }

  auto result = xt::xtensor<T, Rank>::from_shape(shape);
  T* next = result.data();
  for (std::vector<unsigned char>& block : blocks) {
    for (std::size_t i = 0; i < block.size(); i += sizeof(T)) *next++ = from_big_endian<T>(block.data() + i);
    std::vector<unsigned char>().swap(block);
  }
  return result;
}

/// The same of a stream of `size` bytes.
template <class T, std::size_t Rank>
xt::xtensor<T, Rank> read_idx_stream(std::istream& stream, std::uintmax_t size, const std::string& where) {
  try {
    InputFile file(stream, size, where);
    return read_idx_content<T, Rank>(file);
  } catch (const std::bad_alloc&) {
    throw DataError(concat(where, "the numbers must fit into memory, but do not"));
  }
}

}  // namespace detail

/// Reads an IDX file, plain or compressed by gzip (the content tells, not the name): `read_idx<std::uint8_t, 3>(path)`.
/// Memory is taken only for what the file holds. Throws DataError if the file cannot be read, is truncated, damaged or
/// longer than its header announces, or holds numbers of another type or another number of axes.
template <IdxElement T, std::size_t Rank>
  requires(Rank > 0 && Rank < 256)
xt::xtensor<T, Rank> read_idx(const std::filesystem::path& path) {
  const std::string where = detail::concat("ctnn: read_idx: ", path.string(), ": ");
  return detail::with_file(path, where, [&](std::istream& stream, std::uintmax_t size) {
    return detail::read_idx_stream<T, Rank>(stream, size, where);
  });
}

}  // namespace ctnn::inline CTNN_VARIANT
