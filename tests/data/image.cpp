#include <doctest/doctest.h>
#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctnn/data/image.hpp>
#include <ctnn/xtensor.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "../directory.hpp"

using ctnn::DataError;
using ctnn::read_image;
using namespace std::string_literals;

namespace {

xt::xtensor<float, 2> read(const std::string& bytes) {
  const checks::Directory directory;
  return read_image(directory.write("picture", bytes));
}

/// What read_image says of a file with these bytes, without its name and the file's.
std::string refusal(const std::string& bytes) {
  const checks::Directory directory;
  const auto path = directory.write("picture", bytes);
  const std::string start = "ctnn: read_image: " + path.string() + ": ";
  try {
    read_image(path);
  } catch (const DataError& error) {
    const std::string text = error.what();
    REQUIRE(text.starts_with(start));
    return text.substr(start.size());
  }
  return "";
}

/// A PNG file of these pixels.
template <class Sample>
std::string png(std::uint32_t format, std::uint32_t rows, std::uint32_t columns, const std::vector<Sample>& samples) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = columns;
  image.height = rows;
  image.format = format;
  REQUIRE(samples.size() == std::size_t{rows} * columns * PNG_IMAGE_SAMPLE_CHANNELS(format));
  png_alloc_size_t size = 0;
  REQUIRE(png_image_write_get_memory_size(image, size, 0, samples.data(), 0, nullptr));
  std::string bytes(size, '\0');
  REQUIRE(png_image_write_to_memory(&image, bytes.data(), &size, 0, samples.data(), 0, nullptr));
  bytes.resize(size);
  return bytes;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(static_cast<std::uint32_t>(sum));
}

/// A PNG file of one row, as its chunks hold it: nothing is said of its levels, as libpng's simplified interface would do.
std::string bare_png(char depth, char colour_type, std::uint32_t columns, const std::string& row, const std::string& more = "") {
  const std::string line = std::string(1, '\0') + row;
  std::string packed(compressBound(static_cast<uLong>(line.size())), '\0');
  auto size = static_cast<uLongf>(packed.size());
  REQUIRE(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(line.data()),
                   static_cast<uLong>(line.size())) == Z_OK);
  packed.resize(size);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", big_endian(columns) + big_endian(1) + depth + colour_type + std::string(3, '\0')) +
         more + chunk("IDAT", packed) + chunk("IEND", "");
}

/// Numbers as levels of so many.
xt::xtensor<float, 2> levels(const std::vector<int>& numbers, int most = 255) {
  auto result = xt::xtensor<float, 2>::from_shape({1, numbers.size()});
  for (std::size_t i = 0; i < numbers.size(); ++i) result(0, i) = static_cast<float>(numbers[i]) / static_cast<float>(most);
  return result;
}

/// Bytes given as numbers.
std::string bytes(const std::vector<int>& numbers) {
  std::string result;
  for (const int number : numbers) result += static_cast<char>(number);
  return result;
}

}  // namespace

TEST_CASE("images: PGM, plain and binary") {
  const xt::xtensor<float, 2> expected{{0.0f, 0.2f, 1.0f}, {1.0f, 0.4f, 0.6f}};
  CHECK(read("P2 3 2 5 0 1 5 5 2 3") == expected);
  CHECK(read("P2\n# made by hand\n3 2 # width, height\n5\n0 1 5\n5 2 3\n# end\n") == expected);
  CHECK(read("P5 3 2 255\n\x00\x33\xff\xff\x66\x99"s) == expected);
  CHECK(read("P5\n# a comment\n3 2\n255\n\x00\x33\xff\xff\x66\x99"s) == expected);
  // The space behind the header is one; the next byte is a pixel, whatever it is.
  CHECK(read("P5 2 1 255\n\n#"s) == xt::xtensor<float, 2>{{10 / 255.0f, 35 / 255.0f}});
  CHECK(read("P5 2 1 65535 \xff\xff\x01\x00"s) == xt::xtensor<float, 2>{{1.0f, 256 / 65535.0f}});
  CHECK(read("P5 1 1 256 \x01\x00"s) == xt::xtensor<float, 2>{{1.0f}});
}

TEST_CASE("images: PGM as other programs write it, with more behind the picture") {
  const xt::xtensor<float, 2> expected{{0.0f, 0.2f, 1.0f}, {1.0f, 0.4f, 0.6f}};
  const std::string pixels = "\x00\x33\xff\xff\x66\x99"s;
  for (const std::string& behind : {""s, "\n"s, "P5 3 2 255\n\x01\x02\x03\x04\x05\x06"s, "\0\0\0"s}) {
    CHECK(read("P5 3 2 255\n" + pixels + behind) == expected);
    // Lines that end as Windows ends them.
    CHECK(read("P5\r\n3 2\r\n255\r\n" + pixels + behind) == expected);
    CHECK(read("P5 3 2 255# the level of white\n" + pixels + behind) == expected);
    CHECK(read("P5 3 2 255# white\r\n" + pixels + behind) == expected);
    CHECK(read("P2\r\n3 2\r\n5# white\r\n0 1 5\r\n5 2 3\r\n" + behind) == expected);
  }
  CHECK(read("P2 3 2 5 0 1 5 5 2 3 4") == expected);
  CHECK(read("P2 3 2 5 0 1 5 5 2 3\nP2 3 2 5 1 1 1 1 1 1") == expected);
  // A carriage return ends the header by itself where the pixels need the byte behind it.
  CHECK(read("P5 2 1 255\r\n#"s) == levels({10, 35}));
  CHECK(refusal("P5 2 1 255X\n#"s) == "a white space must end the header, but something else stands there");
}

TEST_CASE("images: broken PGM files are refused") {
  CHECK(refusal("P2 3 2 5 0 1 5 5 2") == "must hold 6 pixels, but ends after 10 bytes of them");
  CHECK(refusal("P2 3 2 15 10 11 15 15") == "a pixel must be a decimal number, but the file ends");
  CHECK(refusal("P2 3 2 5 0 1 5 5 2 6") == "a pixel's level must lie in [0, 5], but is 6");
  CHECK(refusal("P2 3 2 5 0 1 -5 5 2 6") == "a pixel must be a decimal number, but something else stands there");
  CHECK(refusal("P2 3") == "the height must be a decimal number, but the file ends");
  CHECK(refusal("P2 # 3 2 5") == "the width must be a decimal number, but the file ends");
  CHECK(refusal("P2 3 2 0 0 0 0 0 0 0") == "the level of white must lie in [1, 65535], but is 0");
  CHECK(refusal("P5 1 1 65536 abc") == "the level of white must lie in [1, 65535], but is 65536");
  CHECK(refusal("P5 3 2 255 abcde") == "must hold 6 pixels, but ends after 5 bytes of them");
  CHECK(refusal("P5 3 2 255") == "must hold 6 pixels, but ends after 0 bytes of them");
  CHECK(refusal("P5 3 2 256 abcdef") == "must hold 6 pixels, but ends after 6 bytes of them");
  CHECK(refusal("P5 2 1 7 \x07\x08"s) == "a pixel's level must lie in [0, 7], but is 8");
  CHECK(refusal("P5 0 2 255 ") == "must have 1 to 16777216 pixels, but is 0 wide and 2 high");
  CHECK(refusal("P5 4097 4096 255 ") == "must have 1 to 16777216 pixels, but is 4097 wide and 4096 high");
  CHECK(refusal("P5 4096 4096 255 abc") == "must hold 16777216 pixels, but ends after 3 bytes of them");
  CHECK(refusal("P5 4294967295 4294967295 255 ") == "must have 1 to 16777216 pixels, but is 4294967295 wide and 4294967295 high");
  CHECK(refusal("P5 4294967296 1 255 ") == "the width must be below 2^32, but has more digits");
  CHECK(refusal("P5 18446744073709551617 1 255 ") == "the width must be below 2^32, but has more digits");
}

TEST_CASE("images: PNG, grey, coloured, transparent, of 8 and 16 bits") {
  const xt::xtensor<float, 2> expected{{0.0f, 0.2f, 1.0f}, {1.0f, 0.4f, 0.6f}};
  const std::vector<std::uint8_t> grey{0, 51, 255, 255, 102, 153};
  CHECK(read(png(PNG_FORMAT_GRAY, 2, 3, grey)) == expected);
  std::vector<std::uint8_t> coloured, transparent;
  for (const std::uint8_t level : grey) {
    coloured.insert(coloured.end(), 3, level);
    transparent.insert(transparent.end(), {level, 255});
  }
  const auto from_colours = read(png(PNG_FORMAT_RGB, 2, 3, coloured));
  for (std::size_t i = 0; i < 6; ++i) CHECK(std::abs(from_colours.data()[i] - expected.data()[i]) < 1.5f / 255);
  CHECK(read(png(PNG_FORMAT_GA, 2, 3, transparent)) == expected);
  // Green is brighter than blue, and what is not there is white.
  const auto colours = read(png(PNG_FORMAT_RGB, 1, 2, std::vector<std::uint8_t>{0, 255, 0, 0, 0, 255}));
  CHECK(colours(0, 0) > colours(0, 1) + 0.3f);
  CHECK(read(png(PNG_FORMAT_GA, 1, 2, std::vector<std::uint8_t>{0, 0, 0, 255})) == xt::xtensor<float, 2>{{1.0f, 0.0f}});
  // Sixteen bits that a gAMA chunk calls linear in light; white and black are the same.
  const auto deep = read(png(PNG_FORMAT_LINEAR_Y, 1, 3, std::vector<std::uint16_t>{0, 65535, 14000}));
  CHECK(deep(0, 0) == 0.0f);
  CHECK(deep(0, 1) == 1.0f);
  CHECK(deep(0, 2) == doctest::Approx(0.5).epsilon(0.02));
}

TEST_CASE("images: PNG levels are the file's own, sixteen bits of them too") {
  const std::string deep = bytes({0, 0, 0x80, 0x80, 0xff, 0xff, 0x12, 0x34}), srgb = chunk("sRGB", std::string(1, '\0'));
  const auto expected = levels({0, 0x8080, 0xffff, 0x1234}, 0xffff);
  CHECK(read(bare_png(16, PNG_COLOR_TYPE_GRAY, 4, deep)) == expected);
  CHECK(read(bare_png(16, PNG_COLOR_TYPE_GRAY, 4, deep, srgb)) == expected);
  CHECK(read(bare_png(16, PNG_COLOR_TYPE_GRAY, 4, deep, chunk("gAMA", big_endian(45455)))) == expected);
  CHECK(read("P5 4 1 65535\n" + deep) == expected);
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_GRAY, 3, bytes({0, 128, 255}))) == levels({0, 128, 255}));
  CHECK(read(bare_png(4, PNG_COLOR_TYPE_GRAY, 3, bytes({0x0f, 0x70}))) == levels({0, 15, 7}, 15));
  CHECK(read(bare_png(1, PNG_COLOR_TYPE_GRAY, 3, bytes({0xa0}))) == levels({1, 0, 1}, 1));
  // What is linear in light, becomes brighter, by sRGB's own curve.
  const auto linear = read(bare_png(16, PNG_COLOR_TYPE_GRAY, 4, deep, chunk("gAMA", big_endian(100'000))));
  CHECK(linear(0, 0) == 0.0f);
  CHECK(linear(0, 1) == doctest::Approx(0.7366).epsilon(1e-3));
  CHECK(linear(0, 2) == 1.0f);
}

TEST_CASE("images: PNG colours and what is transparent become Pillow's grey") {
  // Each number is Pillow's, of Image.alpha_composite on white paper and then convert("L").
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_GRAY_ALPHA, 6, bytes({0, 128, 0, 0, 100, 200, 37, 1, 200, 254, 77, 255}))) ==
        levels({127, 255, 133, 254, 200, 77}));
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_RGB, 7,
                      bytes({255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 200, 30, 250, 1, 128, 127, 128, 127, 1, 1, 1}))) ==
        levels({76, 150, 29, 124, 90, 128, 1}));
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_RGB_ALPHA, 4, bytes({0, 0, 0, 128, 10, 200, 30, 99, 250, 1, 128, 3, 1, 2, 3, 254}))) ==
        levels({127, 204, 253, 3}));
  const std::string palette = chunk("PLTE", bytes({255, 0, 0, 10, 200, 30, 0, 0, 0}));
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_PALETTE, 3, bytes({0, 1, 2}), palette)) == levels({76, 124, 0}));
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_PALETTE, 3, bytes({0, 1, 2}), palette + chunk("tRNS", bytes({255, 99, 128})))) ==
        levels({76, 204, 127}));
  CHECK(read(bare_png(8, PNG_COLOR_TYPE_GRAY, 3, bytes({0, 7, 8}), chunk("tRNS", bytes({0, 7})))) == levels({0, 255, 8}));
  // The same in sixteen bits: grey is kept, red is 19595 / 65536, half transparent black is half grey.
  CHECK(read(bare_png(16, PNG_COLOR_TYPE_RGB, 2, bytes({0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0xff, 0xff, 0, 0, 0, 0}))) ==
        levels({0x1234, 19595}, 0xffff));
  CHECK(read(bare_png(16, PNG_COLOR_TYPE_GRAY_ALPHA, 2, bytes({0, 0, 0x80, 0, 0x12, 0x34, 0xff, 0xff}))) ==
        levels({0x7fff, 0x1234}, 0xffff));
  CHECK(read(bare_png(16, PNG_COLOR_TYPE_GRAY, 2, bytes({0x12, 0x34, 0x12, 0x35}), chunk("tRNS", bytes({0x12, 0x34})))) ==
        levels({0xffff, 0x1235}, 0xffff));
}

TEST_CASE("images: as large as read_image says") {
  // More than a million pixels on one side.
  const auto wide = read(bare_png(8, PNG_COLOR_TYPE_GRAY, 1 << 21, std::string(1 << 21, 'a')));
  CHECK(wide.shape(1) == 1 << 21);
  CHECK(wide(0, (1 << 21) - 1) == 'a' / 255.0f);
  // A plain picture of 2^24 pixels takes more than 64 MiB; this one has as many bytes behind it.
  const checks::Directory directory;
  const auto path = directory.write("picture", "P2 1 1 5 3\n");
  std::filesystem::resize_file(path, std::size_t{1} << 27);
  CHECK(read_image(path) == levels({3}, 5));
}

TEST_CASE("images: broken PNG files are refused") {
  std::vector<std::uint8_t> grey(300);
  for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = static_cast<std::uint8_t>(i * i);
  const std::string whole = png(PNG_FORMAT_GRAY, 15, 20, grey), start = "must be a whole PNG picture, but libpng says: ";
  CHECK(refusal(whole) == "");
  // The last chunk, of twelve bytes, holds nothing; libpng does without it.
  for (std::size_t length = 8; length < whole.size(); ++length) {
    INFO("the first ", length, " bytes of ", whole.size());
    const bool pixels_are_whole = length + 12 >= whole.size();
    CHECK(refusal(whole.substr(0, length)).starts_with(pixels_are_whole ? "must be a whole PNG picture, but" : start));
  }
  // Behind its end may be anything: a newline, a last block filled with zeros.
  CHECK(read(whole + "\n") == read(whole));
  CHECK(read(whole + std::string(1000, '\0')) == read(whole));
  std::string damaged = whole;
  damaged[whole.size() / 2] ^= 0x10;
  CHECK(refusal(damaged).starts_with(start));

  const std::string signature = "\x89PNG\r\n\x1a\n";
  const auto header = [&](std::uint32_t width, std::uint32_t height) {
    return signature + chunk("IHDR", big_endian(width) + big_endian(height) + "\x08\0\0\0\0"s) + chunk("IDAT", "x") +
           chunk("IEND", "");
  };
  CHECK(refusal(header(100'000, 100'000)) == "must have 1 to 16777216 pixels, but is 100000 wide and 100000 high");
  CHECK(refusal(header(4'000, 4'000)) == "must be a whole PNG picture, but has too few bytes for its pixels");
  CHECK(refusal(header(4'000'000'000, 1)).starts_with(start));
  CHECK(refusal(header(0, 1)).starts_with(start));
}

TEST_CASE("images: other files are refused") {
  const checks::Directory directory;
  const auto missing = directory.path / "missing.png";
  CHECK_THROWS_WITH_AS(
      read_image(missing),
      ("ctnn: read_image: " + missing.string() + ": the file must be readable, but: No such file or directory").c_str(), DataError);
  CHECK_THROWS_WITH_AS(read_image(directory.path),
                       ("ctnn: read_image: " + directory.path.string() + ": must be a regular file, but is a directory").c_str(),
                       DataError);
  CHECK_THROWS_WITH_AS(read_image("/dev/zero"), "ctnn: read_image: /dev/zero: must be a regular file, but is something else",
                       DataError);
  const std::string neither = "must be a PNG or PGM picture, but its first bytes are those of neither";
  CHECK(refusal("") == neither);
  CHECK(refusal("P") == neither);
  CHECK(refusal("P6 1 1 255 abc") == neither);
  CHECK(refusal("GIF89a") == neither);
  const auto large = directory.write("large", "P5");
  std::filesystem::resize_file(large, std::uintmax_t{1} << 40);
  CHECK_THROWS_WITH_AS(read_image(large),
                       ("ctnn: read_image: " + large.string() + ": must have at most 268435456 bytes, but has more").c_str(),
                       DataError);
}
