// Grey images from PNG and PGM files, for networks that look at pictures. Needs libpng. The files may come from anyone.
#pragma once

#include <png.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../errors.hpp"
#include "../io/regular_file.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

using Bytes = std::span<const unsigned char>;

/// An image has at most so many pixels, and its file so many bytes.
inline constexpr std::size_t most_pixels = std::size_t{1} << 24, most_image_bytes = std::size_t{1} << 26;

[[noreturn]] inline void fail_image(const std::string& where, const std::string& what) { throw DataError(concat(where, what)); }

inline void check_image_size(std::size_t rows, std::size_t columns, const std::string& where) {
  if (rows == 0 || columns == 0 || rows > most_pixels / columns) {
    fail_image(where, concat("must have 1 to ", std::to_string(most_pixels), " pixels, but is ", std::to_string(columns),
                             " wide and ", std::to_string(rows), " high"));
  }
}

/// Bytes as levels from 0 to 1.
inline xt::xtensor<float, 2> grey_image(const std::vector<unsigned char>& bytes, std::size_t rows, std::size_t columns) {
  auto image = xt::xtensor<float, 2>::from_shape({rows, columns});
  std::transform(bytes.begin(), bytes.end(), image.begin(), [](unsigned char byte) { return static_cast<float>(byte) / 255; });
  return image;
}

inline xt::xtensor<float, 2> decode_png(Bytes file, const std::string& where) {
  struct Image : png_image {
    Image() : png_image{} { version = PNG_IMAGE_VERSION; }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    ~Image() { png_image_free(this); }
  };
  Image image;
  if (!png_image_begin_read_from_memory(&image, file.data(), file.size())) {
    fail_image(where, concat("must be a whole PNG picture, but libpng says: ", image.message));
  }
  check_image_size(image.height, image.width, where);
  image.format = PNG_FORMAT_GRAY;
  std::vector<unsigned char> bytes(PNG_IMAGE_SIZE(image));
  // What is transparent lies on white paper.
  const png_color white{255, 255, 255};
  if (!png_image_finish_read(&image, &white, bytes.data(), 0, nullptr)) {
    fail_image(where, concat("must be a whole PNG picture, but libpng says: ", image.message));
  }
  // libpng has read the pixels, not what comes behind them.
  constexpr std::string_view end("\0\0\0\0IEND\xae\x42\x60\x82", 12);
  if (std::string_view(reinterpret_cast<const char*>(file.data()), file.size()).substr(file.size() - end.size()) != end) {
    fail_image(where, "must be a whole PNG picture, but does not end as one");
  }
  return grey_image(bytes, image.height, image.width);
}

/// A PGM picture: "P2" or "P5", width, height and the level of white as decimal numbers, then the pixels' levels, in P2 as
/// decimal numbers, in P5 as bytes or, where white is above 255, as two bytes, the higher one first. A "#" begins a comment.
class PgmReader {
 public:
  PgmReader(Bytes file, const std::string& where) : file_(file), where_(where) {}

  xt::xtensor<float, 2> read() {
    const bool binary = file_[1] == '5';
    next_ = 2;
    const std::size_t columns = number("the width"), rows = number("the height");
    check_image_size(rows, columns, where_);
    const std::size_t white = number("the level of white");
    if (white == 0 || white > 65535) {
      fail(concat("the level of white must lie in [1, 65535], but is ", std::to_string(white)));
    }
    const std::size_t pixel_bytes = !binary ? 2 : white > 255 ? 2 : 1;
    // One white space ends P5's header. In P2 a pixel takes a digit and the space before it.
    if (binary) ++next_;
    const std::size_t left = next_ < file_.size() ? file_.size() - next_ : 0;
    if (left < rows * columns * pixel_bytes) {
      fail(
          concat("must hold ", std::to_string(rows * columns), " pixels, but ends after ", std::to_string(left), " bytes of them"));
    }
    auto image = xt::xtensor<float, 2>::from_shape({rows, columns});
    for (float& pixel : image) {
      const std::size_t level = binary ? bytes(pixel_bytes) : number("a pixel");
      if (level > white) {
        fail(concat("a pixel's level must lie in [0, ", std::to_string(white), "], but is ", std::to_string(level)));
      }
      pixel = static_cast<float>(level) / static_cast<float>(white);
    }
    if (!binary) skip_space();
    if (next_ != file_.size()) fail("must end with its last pixel, but more follows");
    return image;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { fail_image(where_, what); }

  void skip_space() {
    for (bool comment = false; next_ < file_.size(); ++next_) {
      const unsigned char byte = file_[next_];
      if (byte == '#') comment = true;
      if (byte == '\n' || byte == '\r') comment = false;
      const bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
      if (!space && !comment) return;
    }
  }

  std::size_t bytes(std::size_t count) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | file_[next_++];
    return value;
  }

  std::size_t number(const char* what) {
    skip_space();
    const std::size_t first = next_;
    std::size_t value = 0;
    for (; next_ < file_.size() && file_[next_] >= '0' && file_[next_] <= '9'; ++next_) {
      value = value * 10 + static_cast<std::size_t>(file_[next_] - '0');
      if (value > UINT32_MAX) fail(concat(what, " must be below 2^32, but has more digits"));
    }
    if (next_ == first) {
      fail(concat(what, " must be a decimal number, but ", next_ < file_.size() ? "something else stands there" : "the file ends"));
    }
    return value;
  }

  Bytes file_;
  const std::string& where_;
  std::size_t next_ = 0;
};

inline xt::xtensor<float, 2> decode_image(Bytes file, const std::string& where) {
  constexpr std::string_view png = "\x89PNG\r\n\x1a\n";
  const auto begins_with = [&](std::string_view start) {
    return file.size() >= start.size() && std::equal(start.begin(), start.end(), file.begin(),
                                                     [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; });
  };
  if (begins_with(png)) return decode_png(file, where);
  if (begins_with("P2") || begins_with("P5")) return PgmReader(file, where).read();
  fail_image(where, "must be a PNG or PGM picture, but its first bytes are those of neither");
}

}  // namespace detail

/// Reads a PNG picture, coloured or grey, or a PGM one, plain (P2) or binary (P5), of up to 2^24 pixels: axes (rows, columns),
/// levels from 0, black, to 1, white. The content tells the format, not the name. Colours become the grey of their
/// luminance; what is transparent is white. Throws DataError if the file cannot be read or is no whole picture.
inline xt::xtensor<float, 2> read_image(const std::filesystem::path& path) {
  const std::string where = detail::concat("ctnn: read_image: ", path.string(), ": ");
  if (const std::string problem = detail::why_unreadable(path); !problem.empty()) detail::fail_image(where, problem);
  std::vector<unsigned char> bytes;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 65536> buffer;
  do {
    file.read(buffer.data(), std::ssize(buffer));
    bytes.insert(bytes.end(), buffer.data(), buffer.data() + file.gcount());
    if (bytes.size() > detail::most_image_bytes) {
      detail::fail_image(where,
                         detail::concat("must have at most ", std::to_string(detail::most_image_bytes), " bytes, but has more"));
    }
  } while (file);
  if (file.bad()) detail::fail_image(where, "the file must be readable, but reading it failed");
  return detail::decode_image(bytes, where);
}

}  // namespace ctnn::inline CTNN_VARIANT
