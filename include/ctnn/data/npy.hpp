// .npy: what NumPy's save writes, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: a magic text, the length
// of a header, the header, a Python dictionary of type, order and shape, then the numbers.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <istream>
#include <iterator>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../io/regular_file.hpp"
#include "../xtensor_base.hpp"
#include "as_batch.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// What the header of an .npy file says.
struct NpyHeader {
  bool big_endian = false, column_major = false;
  std::string type;  ///< a letter and the bytes of a number, as "f8"
  std::vector<std::size_t> shape;
  std::uintmax_t size = 0;  ///< of the file, up to the numbers

  [[gnu::cold]] std::string shape_text() const { return detail::shape_text("", shape, shape.size()); }
};

/// Reads an .npy file, part by part. `where` begins every message.
class NpyReader {
 public:
  NpyReader(std::istream& stream, std::uintmax_t size, const std::string& where) : stream_(stream), size_(size), where_(where) {}

  [[gnu::cold]] NpyHeader header() {
    const std::string magic = text(8);
    if (!magic.starts_with("\x93NUMPY")) {
      fail("an .npy file must begin with \\x93NUMPY, but this does not; np.save writes such files, and np.savez archives of them");
    }
    std::size_t length = 0;
    // Version 1.0 has 16 bits for it, 2.0 and 3.0 have 32.
    const std::string bytes = text(magic[6] == 1 ? 2 : 4);
    for (std::size_t i = bytes.size(); i > 0; --i) length = length << 8 | static_cast<unsigned char>(bytes[i - 1]);
    if (length > 65535) fail(concat("the header must have at most 65535 bytes, but has ", std::to_string(length)));
    const std::string entries = text(length);

    NpyHeader result;
    const std::string_view type = behind(entries, "'descr':"), order = behind(entries, "'fortran_order':");
    if (type.size() < 4 || type[0] != '\'' || type.find('\'', 1) == std::string_view::npos) fail_header(entries);
    result.type = type.substr(2, type.find('\'', 1) - 2);
    result.big_endian = type[1] == '>';
    result.column_major = order.starts_with("True");
    if (!result.column_major && !order.starts_with("False")) fail_header(entries);
    std::string_view shape = behind(entries, "'shape':");
    if (!shape.starts_with('(')) fail_header(entries);
    while (!shape.starts_with(')')) {
      shape.remove_prefix(1);
      shape.remove_prefix(std::min(shape.find_first_not_of(' '), shape.size()));
      if (shape.starts_with(')')) break;
      std::size_t axis = 0;
      const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), axis);
      if (error != std::errc()) fail_header(entries);
      shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
      if (!shape.starts_with(',') && !shape.starts_with(')')) fail_header(entries);
      result.shape.push_back(axis);
    }
    result.size = magic.size() + bytes.size() + length;
    return result;
  }

  /// The numbers, `bytes` each in the file, as `Scalar`.
  template <class Stored, class Scalar>
  void read(const NpyHeader& header, Scalar* target, std::size_t count) {
    if constexpr (std::integral<Scalar> && std::floating_point<Stored>) {
      fail(concat("integers are wanted, but the numbers are of type ", header.type));
    } else {
      std::vector<char> block(std::min<std::size_t>(count, 8192) * sizeof(Stored));
      for (std::size_t done = 0; done < count;) {
        const std::size_t now = std::min<std::size_t>(count - done, 8192);
        take(block.data(), now * sizeof(Stored));
        for (std::size_t i = 0; i < now; ++i, ++done) {
          target[done] = converted<Scalar>(number<Stored>(block.data() + i * sizeof(Stored), header.big_endian), done);
        }
      }
    }
  }

  [[noreturn, gnu::cold]] void fail(const std::string& what) const { throw DataError(concat(where_, what)); }

 private:
  [[noreturn, gnu::cold]] void fail_header(const std::string& entries) const {
    fail(concat("the header must say 'descr', 'fortran_order' and 'shape' of an array of numbers, but says ", entries));
  }

  void take(char* target, std::size_t size) {
    if (!stream_.read(target, static_cast<std::streamsize>(size))) {
      fail(concat("the file must hold all that it begins, but ends after ", std::to_string(size_), " bytes"));
    }
  }
  std::string text(std::size_t size) {
    std::string result(size, '\0');
    take(result.data(), size);
    return result;
  }
  static std::string_view behind(std::string_view text, std::string_view key) {
    const std::size_t place = text.find(key);
    if (place == std::string_view::npos) return {};
    text.remove_prefix(place + key.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text;
  }

  template <class Stored>
  static Stored number(const char* bytes, bool big_endian) {
    std::array<char, sizeof(Stored)> ordered;
    std::memcpy(ordered.data(), bytes, sizeof(Stored));
    if (big_endian != (std::endian::native == std::endian::big)) std::reverse(ordered.begin(), ordered.end());
    return std::bit_cast<Stored>(ordered);
  }
  template <class Scalar, class Stored>
  Scalar converted(Stored value, std::size_t place) const {
    if constexpr (std::integral<Scalar>) {
      if (!std::in_range<Scalar>(value)) {
        fail(concat("the numbers must lie between ", std::to_string(std::numeric_limits<Scalar>::min()), " and ",
                    std::to_string(std::numeric_limits<Scalar>::max()), ", but number ", std::to_string(place), " is ",
                    std::to_string(value)));
      }
    }
    return static_cast<Scalar>(value);
  }

  std::istream& stream_;
  std::uintmax_t size_;
  const std::string& where_;
};

/// Reads the numbers of a file into a tensor of the file's order.
template <class Scalar, std::size_t Rank, xt::layout_type Layout>
xt::xtensor<Scalar, Rank> read_npy_numbers(NpyReader& reader, const NpyHeader& header, std::size_t count) {
  std::array<std::size_t, Rank> shape;
  std::copy_n(header.shape.begin(), Rank, shape.begin());
  auto result = xt::xtensor<Scalar, Rank, Layout>::from_shape(shape);
  const auto is = [&](const char* type) { return header.type == type; };
  const auto read = [&]<class Stored>(std::type_identity<Stored>) { reader.read<Stored>(header, result.data(), count); };
  if (is("f4")) read(std::type_identity<float>{});
  if (is("f8")) read(std::type_identity<double>{});
  if (is("i1")) read(std::type_identity<std::int8_t>{});
  if (is("i2")) read(std::type_identity<std::int16_t>{});
  if (is("i4")) read(std::type_identity<std::int32_t>{});
  if (is("i8")) read(std::type_identity<std::int64_t>{});
  if (is("u1") || is("b1")) read(std::type_identity<std::uint8_t>{});
  if (is("u2")) read(std::type_identity<std::uint16_t>{});
  if (is("u4")) read(std::type_identity<std::uint32_t>{});
  if (is("u8")) read(std::type_identity<std::uint64_t>{});
  return result;
}

/// Reads a stream of `size` bytes.
template <class Scalar, std::size_t Rank>
xt::xtensor<Scalar, Rank> read_npy_stream(std::istream& stream, std::uintmax_t size, const std::string& where) {
  NpyReader reader(stream, size, where);
  const NpyHeader header = reader.header();
  constexpr std::string_view types[] = {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"};
  if (std::count(std::begin(types), std::end(types), header.type) == 0) {
    reader.fail(concat("the numbers must be float32, float64, integers or bool, but are of type ", header.type,
                       "; array.astype(\"float32\") makes such numbers"));
  }
  if (header.shape.size() != Rank) {
    reader.fail(concat("must have ", std::to_string(Rank), Rank == 1 ? " axis" : " axes", ", but has shape ", header.shape_text()));
  }
  const std::size_t bytes = static_cast<std::size_t>(header.type[1] - '0');
  const std::size_t count = size_of_shape(header.shape);
  if (count == SIZE_MAX || size - header.size != static_cast<std::uintmax_t>(count) * bytes) {
    reader.fail(concat("behind the header there must be the numbers of shape ", header.shape_text(), " and type ", header.type,
                       " alone, but there are ", std::to_string(size - header.size), " bytes"));
  }
  try {
    return header.column_major ? read_npy_numbers<Scalar, Rank, xt::layout_type::column_major>(reader, header, count)
                               : read_npy_numbers<Scalar, Rank, xt::layout_type::row_major>(reader, header, count);
  } catch (const std::bad_alloc&) {
    reader.fail("the numbers must fit into memory, but do not");
  }
}

}  // namespace detail

/// Reads what NumPy's np.save wrote: `read_npy<float, 2>("x.npy")`, `read_npy<int, 1>("labels.npy")`. Numbers of any width, order
/// of bytes and order of axes become `Scalar`, floating-point ones no integers. Throws DataError if the file cannot be read, has
/// another number of axes, numbers that are none or out of Scalar's range, or is not as long as its header says.
template <class Scalar, std::size_t Rank>
  requires((std::floating_point<Scalar> || std::integral<Scalar>) && !std::same_as<Scalar, bool> && !std::same_as<Scalar, char> &&
           Rank > 0)
xt::xtensor<Scalar, Rank> read_npy(const std::filesystem::path& path) {
  const std::string where = detail::concat("ctnn: read_npy: ", path.string(), ": ");
  return detail::with_file(path, where, [&](std::istream& stream, std::uintmax_t size) {
    return detail::read_npy_stream<Scalar, Rank>(stream, size, where);
  });
}

}  // namespace ctnn::inline CTNN_VARIANT
