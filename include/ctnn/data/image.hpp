// Grey images from PNG and PGM files, for networks that look at pictures. Needs libpng. The files may come from anyone.
#pragma once

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "../errors.hpp"
#include "../io/regular_file.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

using Bytes = std::span<const unsigned char>;

/// An image has at most so many pixels, and its file so many bytes, of which a pixel takes up to eight.
inline constexpr std::size_t most_pixels = std::size_t{1} << 24, most_image_bytes = std::size_t{1} << 28;

[[noreturn]] inline void fail_image(const std::string& where, const std::string& what) { throw DataError(concat(where, what)); }

inline void check_image_size(std::size_t rows, std::size_t columns, const std::string& where) {
  if (rows == 0 || columns == 0 || rows > most_pixels / columns) {
    fail_image(where, concat("must have 1 to ", std::to_string(most_pixels), " pixels, but is ", std::to_string(columns),
                             " wide and ", std::to_string(rows), " high"));
  }
}

/// Reads a PNG picture by libpng, whose functions do not return where something is wrong, but jump back into `run`.
class PngReader {
 public:
  PngReader(Bytes file, const std::string& where) : file_(file), where_(where) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](png_structp, png_const_charp) {});
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  xt::xtensor<float, 2> read() {
    if (!info_) throw std::bad_alloc();
    run([&] {
      png_set_read_fn(png_, this, next_bytes);
      png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      png_read_info(png_, info_);
    });
    const std::size_t rows = png_get_image_height(png_, info_), columns = png_get_image_width(png_, info_);
    check_image_size(rows, columns, where_);
    // Deflate compresses to no less than a 1032nd; memory is taken only for what the file may hold.
    if (rows * png_get_rowbytes(png_, info_) / 1032 > file_.size()) fail("has too few bytes for its pixels");
    int passes = 1;
    run([&] {
      // Palettes become colours, what is transparent gets an alpha channel, and fewer than eight bits become eight.
      png_set_expand(png_);
      passes = png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
    const std::size_t row_bytes = png_get_rowbytes(png_, info_);
    std::vector<unsigned char> bytes(rows * row_bytes);
    run([&] {
      for (int pass = 0; pass < passes; ++pass) {
        for (std::size_t row = 0; row < rows; ++row) png_read_row(png_, bytes.data() + row * row_bytes, nullptr);
      }
      png_read_end(png_, nullptr);
    });
    return grey(bytes, rows, columns);
  }

 private:
  /// Calls what may jump back: nothing in it may need to be destroyed.
  template <class Step>
  void run(const Step& step) {
    if (setjmp(png_jmpbuf(png_))) fail(concat("libpng says: ", message_.data()));
    step();
  }

  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    auto& text = static_cast<PngReader*>(png_get_error_ptr(png))->message_;
    std::snprintf(text.data(), text.size(), "%s", message);
    png_longjmp(png, 1);
  }

  static void next_bytes(png_structp png, png_bytep target, std::size_t count) {
    Bytes& left = static_cast<PngReader*>(png_get_io_ptr(png))->file_;
    if (left.size() < count) png_error(png, "the file ends too early");
    std::copy_n(left.begin(), count, target);
    left = left.subspan(count);
  }

  [[noreturn]] void fail(const std::string& what) const { fail_image(where_, concat("must be a whole PNG picture, but ", what)); }

  /// What a level of the file is in sRGB, of so many levels. A file that says nothing of its levels means sRGB's.
  std::vector<std::uint16_t> levels(std::size_t most) const {
    std::vector<std::uint16_t> result(most + 1);
    double gamma = 0;
    const bool other = !png_get_valid(png_, info_, PNG_INFO_sRGB) && png_get_gAMA(png_, info_, &gamma) == PNG_INFO_gAMA &&
                       std::abs(2.2 * gamma - 1) > 0.05;
    for (std::size_t i = 0; i <= most; ++i) {
      double level = static_cast<double>(i) / static_cast<double>(most);
      if (other) {
        const double light = std::pow(level, 1 / gamma);
        level = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
      }
      result[i] = static_cast<std::uint16_t>(std::lround(level * static_cast<double>(most)));
    }
    return result;
  }

  /// The grey levels of an image's bytes, as Pillow has them: laid on white paper, then convert("L"), ITU-R BT.601's luminance.
  xt::xtensor<float, 2> grey(const std::vector<unsigned char>& bytes, std::size_t rows, std::size_t columns) const {
    const std::size_t channels = png_get_channels(png_, info_), sample_bytes = png_get_bit_depth(png_, info_) == 16 ? 2 : 1;
    const std::uint64_t most = sample_bytes == 2 ? 65535 : 255;
    const std::vector<std::uint16_t> level_of = levels(most);
    const bool coloured = channels >= 3, transparent = channels % 2 == 0;
    auto image = xt::xtensor<float, 2>::from_shape({rows, columns});
    const unsigned char* next = bytes.data();
    for (float& pixel : image) {
      std::array<std::uint64_t, 4> sample{};
      for (std::size_t i = 0; i < channels; ++i, next += sample_bytes) {
        sample[i] = sample_bytes == 2 ? std::uint64_t{next[0]} << 8 | next[1] : next[0];
      }
      const auto on_paper = [&](std::size_t i) -> std::uint64_t {
        const std::uint64_t level = level_of[sample[i]], alpha = transparent ? sample[channels - 1] : most;
        return alpha == most ? level : (level * alpha + most * (most - alpha) + most / 2) / most;
      };
      const std::uint64_t level =
          coloured ? (on_paper(0) * 19595 + on_paper(1) * 38470 + on_paper(2) * 7471 + 0x8000) >> 16 : on_paper(0);
      pixel = static_cast<float>(level) / static_cast<float>(most);
    }
    return image;
  }

  Bytes file_;  ///< what is left of it
  const std::string& where_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::array<char, 256> message_{};
};

/// A PGM picture: "P2" or "P5", width, height and the level of white as decimal numbers, then the pixels' levels, in P2 as
/// decimal numbers, in P5 as bytes or, where white is above 255, as two bytes, the higher one first. A "#" begins a comment. What
/// follows the last pixel, as another picture may, is not looked at.
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
    // In P2 a pixel takes a digit and the space before it.
    if (binary) end_header(rows * columns * pixel_bytes);
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

  /// One white space ends P5's header, or a comment's line; a line may end as Windows ends it, unless the pixels then lacked a
  /// byte.
  void end_header(std::size_t pixels) {
    if (next_ < file_.size() && file_[next_] == '#') {
      while (next_ < file_.size() && file_[next_] != '\n' && file_[next_] != '\r') ++next_;
    }
    if (next_ == file_.size()) return;
    const unsigned char byte = file_[next_];
    if (byte != ' ' && (byte < '\t' || byte > '\r')) fail("a white space must end the header, but something else stands there");
    ++next_;
    const std::size_t left = file_.size() - next_;
    if (byte == '\r' && left > pixels && file_[next_] == '\n') ++next_;
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
  if (begins_with(png)) return PngReader(file, where).read();
  if (begins_with("P2") || begins_with("P5")) return PgmReader(file, where).read();
  fail_image(where, "must be a PNG or PGM picture, but its first bytes are those of neither");
}

}  // namespace detail

/// Reads a PNG picture, coloured or grey, or a PGM one, plain (P2) or binary (P5), of up to 2^24 pixels and 2^28 bytes: axes
/// (rows, columns), levels from 0, black, to 1, white. The content tells the format, not the name. What comes out is what Pillow's
/// convert("L") gives of the picture on white paper, but 16-bit levels are not cut to 8 bits: what is transparent is blended
/// in sRGB, and colours become the grey of their luminance, as ITU-R BT.601 weighs them. The levels are the file's own, unless a
/// PNG says by a gAMA chunk that they are others than sRGB's. Bytes behind the picture are not looked at. Throws DataError if the
/// file cannot be read or is no whole picture.
inline xt::xtensor<float, 2> read_image(const std::filesystem::path& path) {
  const std::string where = detail::concat("ctnn: read_image: ", path.string(), ": ");
  if (const std::string problem = detail::why_unreadable(path); !problem.empty()) detail::fail_image(where, problem);
  const auto check_length = [&](std::uintmax_t length) {
    if (length <= detail::most_image_bytes) return;
    detail::fail_image(where,
                       detail::concat("must have at most ", std::to_string(detail::most_image_bytes), " bytes, but has more"));
  };
  // What the system says of a file's length is true of those on disks, and else a guess.
  std::error_code error;
  const std::uintmax_t length = std::filesystem::file_size(path, error);
  check_length(error ? 0 : length);
  std::vector<unsigned char> bytes;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 65536> buffer;
  do {
    file.read(buffer.data(), std::ssize(buffer));
    bytes.insert(bytes.end(), buffer.data(), buffer.data() + file.gcount());
    check_length(bytes.size());
  } while (file);
  if (file.bad()) detail::fail_image(where, "the file must be readable, but reading it failed");
  return detail::decode_image(bytes, where);
}

}  // namespace ctnn::inline CTNN_VARIANT
