#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <ctnn/data/idx.hpp>
#include <ctnn/xtensor.hpp>
#include <limits>
#include <string>

#include "../directory.hpp"
#include "idx_files.hpp"

using checks::gzip;
using checks::idx_header;
using ctnn::DataError;
using ctnn::read_idx;
using namespace std::string_literals;

namespace {

/// What read_idx says of a file with these bytes, without "ctnn: read_idx: " and the name.
template <class T, std::size_t Rank>
std::string refusal(const std::string& bytes) {
  const checks::Directory directory;
  const auto path = directory.write("file", bytes);
  try {
    read_idx<T, Rank>(path);
  } catch (const DataError& error) {
    const std::string start = "ctnn: read_idx: " + path.string() + ": ", text = error.what();
    REQUIRE(text.starts_with(start));
    return text.substr(start.size());
  }
  return "";
}

template <class T, std::size_t Rank>
xt::xtensor<T, Rank> read(const std::string& bytes) {
  const checks::Directory directory;
  return read_idx<T, Rank>(directory.write("file", bytes));
}

/// The largest amount of memory that this process ever held, in bytes.
std::size_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

TEST_CASE("IDX: every element type, the highest byte first") {
  CHECK(read<std::uint8_t, 1>(idx_header(0x08, {3}) + "\x00\x7f\xff"s) == xt::xtensor<std::uint8_t, 1>{0, 127, 255});
  CHECK(read<std::int8_t, 1>(idx_header(0x09, {3}) + "\x00\x80\xff"s) == xt::xtensor<std::int8_t, 1>{0, -128, -1});
  CHECK(read<std::int16_t, 1>(idx_header(0x0b, {3}) + "\x01\x02\x80\x00\xff\xfe"s) ==
        xt::xtensor<std::int16_t, 1>{258, -32768, -2});
  CHECK(read<std::int32_t, 1>(idx_header(0x0c, {2}) + "\x01\x02\x03\x04\xff\xff\xff\xfe"s) ==
        xt::xtensor<std::int32_t, 1>{16909060, -2});
  const auto floats = read<float, 1>(idx_header(0x0d, {4}) + "\x3f\x80\x00\x00\xc0\x49\x0f\xdb\x7f\x80\x00\x00\x7f\xc0\x00\x00"s);
  CHECK(floats(0) == 1.0f);
  CHECK(floats(1) == -3.14159274f);
  CHECK(floats(2) == std::numeric_limits<float>::infinity());
  CHECK(std::isnan(floats(3)));
  CHECK(read<double, 1>(idx_header(0x0e, {2}) + "\x3f\xf0\x00\x00\x00\x00\x00\x00\xc0\x09\x21\xfb\x54\x44\x2d\x18"s) ==
        xt::xtensor<double, 1>{1.0, -3.141592653589793});
}

TEST_CASE("IDX: axes in order, rows last") {
  std::string numbers;
  for (char i = 0; i < 24; ++i) numbers += i;
  const auto x = read<std::uint8_t, 3>(idx_header(0x08, {2, 3, 4}) + numbers);
  CHECK(x.shape() == std::array<std::size_t, 3>{2, 3, 4});
  CHECK(x(0, 0, 3) == 3);
  CHECK(x(0, 2, 1) == 9);
  CHECK(x(1, 1, 2) == 18);
  // No element at all is a data set too.
  CHECK(read<float, 2>(idx_header(0x0d, {0, 5})).shape() == std::array<std::size_t, 2>{0, 5});
}

TEST_CASE("IDX: compressed files, by their content and whatever their name") {
  // More than one buffer and one block.
  std::string numbers(3'000'001, '\0');
  std::uint32_t state = 1;
  for (char& number : numbers) number = static_cast<char>((state = state * 1664525 + 1013904223) >> 29);
  const std::string plain = idx_header(0x08, {3'000'001}) + numbers;
  const auto expected = read<std::uint8_t, 1>(plain);
  CHECK(expected(3'000'000) == static_cast<std::uint8_t>(numbers.back()));
  CHECK(read<std::uint8_t, 1>(gzip(plain)) == expected);
  // gzip's files may be joined.
  CHECK(read<std::uint8_t, 1>(gzip(plain.substr(0, 5)) + gzip(plain.substr(5, 1000)) + gzip("") + gzip(plain.substr(1005))) ==
        expected);
  // Tapes and disks fill their last block with zeros, longer than a buffer here, which gzip passes over.
  const std::string zeros(100'000, '\0');
  CHECK(read<std::uint8_t, 1>(gzip(plain) + zeros) == expected);
  CHECK(read<std::uint8_t, 1>(gzip(plain.substr(0, 5)) + zeros + gzip(plain.substr(5)) + '\0') == expected);
}

TEST_CASE("IDX: files that are none, or of another kind, are refused by name") {
  CHECK(refusal<std::uint8_t, 1>("") == "the header must have 8 bytes, but the file ends after 0");
  CHECK(refusal<std::uint8_t, 1>("\0\0\x08"s) == "the header must have 8 bytes, but the file ends after 3");
  CHECK(refusal<std::uint8_t, 3>(idx_header(0x08, {1, 1, 1}).substr(0, 15)) ==
        "the header must have 16 bytes, but the file ends after 15");
  CHECK(refusal<std::uint8_t, 1>("GIF89a, which is a picture") ==
        "an IDX file must begin with two zero bytes, but this begins with 0x47 0x49");
  CHECK(refusal<std::uint8_t, 1>("\x00\x01\x08\x01"s) ==
        "an IDX file must begin with two zero bytes, but this begins with 0x00 0x01");
  CHECK(refusal<std::uint8_t, 1>(idx_header(0x0d, {1}) + "abcd") ==
        "the numbers must be of type std::uint8_t, but are of type float");
  CHECK(refusal<double, 1>(idx_header(0x0a, {1}) + "abcd") == "the numbers must be of type double, but are of type 0x0a");
  CHECK(refusal<std::uint8_t, 1>(idx_header(0x08, {1, 1}) + "a") == "must have 1 axis, but has 2");
  CHECK(refusal<std::uint8_t, 3>(idx_header(0x08, {1}) + "a") == "must have 3 axes, but has 1");
  CHECK(refusal<std::uint8_t, 1>("\0\0\x08\xff"s + std::string(2000, 'a')) == "must have 1 axis, but has 255");
}

TEST_CASE("IDX: truncated files and trailing bytes are refused, plain and compressed") {
  const std::string header = idx_header(0x0b, {2, 3}), numbers = "abcdefghijkl";
  CHECK(read<std::int16_t, 2>(header + numbers).size() == 6);
  CHECK(refusal<std::int16_t, 2>(header + numbers.substr(0, 11)) ==
        "the header announces shape (2, 3), 12 bytes of numbers, but the file ends after 11");
  CHECK(refusal<std::int16_t, 2>(gzip(header + numbers.substr(0, 11))) ==
        "the header announces shape (2, 3), 12 bytes of numbers, but the file ends after 11");
  CHECK(refusal<std::int16_t, 2>(header + numbers + "m") == "the file must end with its 12 bytes of numbers, but more follow");
  CHECK(refusal<std::int16_t, 2>(gzip(header + numbers + "m")) ==
        "the file must end with its 12 bytes of numbers, but more follow");
  CHECK(refusal<std::uint8_t, 1>(idx_header(0x08, {0}) + "m") == "the file must end with its 0 bytes of numbers, but more follow");

  // A compressed file, cut anywhere.
  const std::string whole = gzip(header + numbers);
  CHECK(read<std::int16_t, 2>(whole).size() == 6);
  for (std::size_t length = 2; length < whole.size(); ++length) {
    INFO("the first ", length, " bytes of ", whole.size());
    CHECK(refusal<std::int16_t, 2>(whole.substr(0, length)) == "the compressed data must be complete, but end too early");
  }
}

TEST_CASE("IDX: damaged compressed files are refused") {
  const std::string whole = gzip(idx_header(0x08, {12}) + "abcdefghijkl");
  const std::string start = "the compressed data must be undamaged, but zlib says: ";
  std::string damaged = whole;
  damaged[whole.size() - 8] ^= 1;
  CHECK(refusal<std::uint8_t, 1>(damaged) == start + "incorrect data check");
  damaged = whole;
  damaged[whole.size() - 1] ^= 1;
  CHECK(refusal<std::uint8_t, 1>(damaged) == start + "incorrect length check");
  damaged = whole;
  damaged[2] = 9;
  CHECK(refusal<std::uint8_t, 1>(damaged) == start + "unknown compression method");
  CHECK(refusal<std::uint8_t, 1>(whole + "behind it") == start + "incorrect header check");
  CHECK(refusal<std::uint8_t, 1>(whole + "\0behind it"s) == start + "incorrect header check");
}

TEST_CASE("IDX: memory is taken for what is there, not for what a header announces") {
  const std::string end = ", which must fit into the file, but is more than it can hold";
  CHECK(refusal<std::uint8_t, 3>(idx_header(0x08, {0xffffffff, 0xffffffff, 0xffffffff})) ==
        "the header announces shape (4294967295, 4294967295, 4294967295) of std::uint8_t" + end);
  // The product is a small number, where it wraps around.
  CHECK(refusal<double, 3>(idx_header(0x0e, {0x80000000, 0x80000000, 4}) + std::string(64, 'a')) ==
        "the header announces shape (2147483648, 2147483648, 4) of double" + end);
  // There is no element, but the strides would overflow.
  CHECK(refusal<float, 4>(idx_header(0x0d, {0, 0xffffffff, 0xffffffff, 0xffffffff})) ==
        "the header announces shape (0, 4294967295, 4294967295, 4294967295) of float" + end);
  CHECK(refusal<std::uint8_t, 1>(idx_header(0x08, {0xf0000000}) + "abc") ==
        "the header announces shape (4026531840,) of std::uint8_t" + end);
  CHECK(refusal<std::uint8_t, 1>(gzip(idx_header(0x08, {0xf0000000}) + "abc")) ==
        "the header announces shape (4026531840,) of std::uint8_t" + end);

  const std::size_t before = peak_memory();
  // A bomb: a gigabyte in a megabyte. It is left after the first byte that was not announced.
  const std::string zeros(std::size_t{1} << 24, '\0');
  const std::string part = gzip(zeros);
  std::string bomb = gzip(idx_header(0x08, {5}));
  for (int i = 0; i < 64; ++i) bomb += part;
  CHECK(refusal<std::uint8_t, 1>(bomb) == "the file must end with its 5 bytes of numbers, but more follow");
  // One that announces nearly as much as its length allows, and holds less.
  std::string promise = gzip(idx_header(0x08, {1'000'000'000}) + "abc");
  for (int i = 0; i < 100'000; ++i) promise += gzip("");
  CHECK(refusal<std::uint8_t, 1>(promise) ==
        "the header announces shape (1000000000,), 1000000000 bytes of numbers, but the file ends after 3");
  // A sanitizer holds freed memory back for a while.
  CHECK(peak_memory() - before < (std::size_t{600} << 20));
}

TEST_CASE("IDX: what is no readable file is refused without waiting for it") {
  const checks::Directory directory;
  const auto missing = directory.path / "missing";
  CHECK_THROWS_WITH_AS(
      (read_idx<float, 1>(missing)),
      ("ctnn: read_idx: " + missing.string() + ": the file must be readable, but: No such file or directory").c_str(), DataError);
  CHECK_THROWS_WITH_AS((read_idx<float, 1>(directory.path)),
                       ("ctnn: read_idx: " + directory.path.string() + ": must be a regular file, but is a directory").c_str(),
                       DataError);
  CHECK_THROWS_WITH_AS((read_idx<float, 1>("/dev/zero")),
                       "ctnn: read_idx: /dev/zero: must be a regular file, but is something else", DataError);
  const auto pipe = directory.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS((read_idx<float, 1>(pipe)),
                       ("ctnn: read_idx: " + pipe.string() + ": must be a regular file, but is something else").c_str(), DataError);
  // Linux lets no one read this one.
  CHECK_THROWS_AS((read_idx<float, 1>("/proc/self/mem")), DataError);
}

static_assert(ctnn::IdxElement<float> && !ctnn::IdxElement<std::uint16_t> && !ctnn::IdxElement<bool>);
