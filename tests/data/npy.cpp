#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <ctnn/data/npy.hpp>
#include <filesystem>
#include <limits>
#include <string>

#include "../directory.hpp"

using ctnn::DataError;
using ctnn::read_npy;
using namespace std::string_literals;

namespace {

/// A file beside this one. NumPy 1.24 wrote them: np.save("doubles.npy", [[1, -2.5, 3], [4, 5, 1e-3]]) and so on.
std::filesystem::path beside(const char* name) { return std::filesystem::path(CTNN_SOURCE_ROOT) / "tests/data" / name; }

/// A file's bytes as NumPy writes them.
std::string npy(std::string header, const std::string& numbers) {
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  return "\x93NUMPY\x01\x00"s + static_cast<char>(header.size() % 256) + static_cast<char>(header.size() / 256) + header + numbers;
}
std::string npy(const std::string& type, const std::string& shape, const std::string& numbers) {
  return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }", numbers);
}

template <class Scalar, std::size_t Rank>
xt::xtensor<Scalar, Rank> read(const std::string& bytes) {
  const checks::Directory directory;
  return read_npy<Scalar, Rank>(directory.write("x.npy", bytes));
}
/// What is said where something is refused, behind the file's name.
template <class Scalar, std::size_t Rank>
std::string refusal(const std::string& bytes) {
  try {
    read<Scalar, Rank>(bytes);
  } catch (const DataError& error) {
    const std::string text = error.what();
    CHECK(text.starts_with("ctnn: read_npy: /"));
    return text.substr(text.find("x.npy: ") + 7);
  }
  return "nothing was refused";
}

}  // namespace

TEST_CASE("read_npy: files that NumPy wrote") {
  CHECK(read_npy<float, 2>(beside("doubles.npy")) == xt::xtensor<float, 2>{{1, -2.5f, 3}, {4, 5, 1e-3f}});
  CHECK(read_npy<double, 2>(beside("doubles.npy"))(1, 2) == 1e-3);
  CHECK(read_npy<double, 2>(beside("fortran.npy")) == xt::xtensor<double, 2>{{1, 2, 3}, {4, 5, 6}});
  CHECK(read_npy<int, 3>(beside("big_endian.npy")) == xt::xtensor<int, 3>{{{1, -2}, {3, 70000}}});
  CHECK(read_npy<float, 3>(beside("big_endian.npy"))(0, 1, 1) == 70000);
  CHECK(read_npy<std::int64_t, 1>(beside("labels.npy")) == xt::xtensor<std::int64_t, 1>{3, 0, std::int64_t{1} << 40});
  CHECK(checks::bytes_of(beside("labels.npy")) == npy("<i8", "(3,)", "\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0"s));
}

TEST_CASE("read_npy: numbers of every type") {
  const xt::xtensor<float, 1> expected{1, 2};
  for (const auto& [type, bytes] : {std::pair{"|u1"s, "\1\2"s},
                                    {"|i1", "\1\2"},
                                    {"<u2", "\1\0\2\0"s},
                                    {">i2", "\0\1\0\2"s},
                                    {"<i4", "\1\0\0\0\2\0\0\0"s},
                                    {">u4", "\0\0\0\1\0\0\0\2"s},
                                    {">i8", "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2"s},
                                    {"<u8", "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"s},
                                    {"<f4", "\0\0\x80\x3f\0\0\0\x40"s},
                                    {">f8", "\x3f\xf0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0"s}}) {
    INFO(type);
    CHECK(read<float, 1>(npy(type, "(2,)", bytes)) == expected);
  }
  CHECK(read<float, 1>(npy("|b1", "(2,)", "\1\0"s)) == xt::xtensor<float, 1>{1, 0});
  CHECK(read<float, 1>(npy("|i1", "(1,)", "\xff")) == xt::xtensor<float, 1>{-1});
  CHECK(std::isnan(read<float, 1>(npy("<f4", "(1,)", "\0\0\xc0\x7f"s))(0)));
  CHECK(read<float, 2>(npy("<f4", "(0, 5)", "")).shape(1) == 5);
  // Version 2.0, and what fills more than one block.
  std::string second = npy("|u1", "(100, 1000)", std::string(100000, '\7'));
  second.replace(6, 4, "\2\0"s + second[8] + second[9] + "\0\0"s);
  const auto many = read<double, 2>(second);
  CHECK(many(0, 0) == 7);
  CHECK(many(99, 999) == 7);
}

TEST_CASE("read_npy: other axes and numbers than are wanted are refused") {
  CHECK(refusal<float, 1>(npy("<f4", "(2, 3)", std::string(24, '\0'))) == "must have 1 axis, but has shape (2, 3)");
  CHECK(refusal<float, 2>(npy("<f4", "()", std::string(4, '\0'))) == "must have 2 axes, but has shape ()");
  for (const std::string& type : {"f2"s, "f16"s, "c8"s, "U3"s, "O"s, " f"s, ""s}) {
    CHECK(refusal<float, 1>(npy("<" + type, "(1,)", "\0\0\0\0\0\0\0\0"s)) ==
          "the numbers must be float32, float64, integers or bool, but are of type " + type +
              "; array.astype(\"float32\") makes such numbers");
  }
  CHECK(refusal<int, 1>(npy("<f4", "(1,)", std::string(4, '\0'))) == "integers are wanted, but the numbers are of type f4");
  CHECK(refusal<std::uint8_t, 1>(npy("<i2", "(2,)", "\1\0\0\1"s)) == "the numbers must lie between 0 and 255, but number 1 is 256");
  CHECK(refusal<std::uint8_t, 1>(npy("<i2", "(1,)", "\xff\xff")) == "the numbers must lie between 0 and 255, but number 0 is -1");
}

TEST_CASE("read_npy: files that are cut off, too long or none of NumPy's are refused") {
  const std::string whole = npy("<f4", "(2,)", "12345678");
  CHECK(refusal<float, 1>(whole.substr(0, whole.size() - 1)) ==
        "behind the header there must be the numbers of shape (2,) and type f4 alone, but there are 7 bytes");
  CHECK(refusal<float, 1>(whole + "9") ==
        "behind the header there must be the numbers of shape (2,) and type f4 alone, but there are 9 bytes");
  for (const unsigned size : {0u, 5u, 9u, 40u}) {
    CHECK(refusal<float, 1>(whole.substr(0, size)) ==
          "the file must hold all that it begins, but ends after " + std::to_string(size) + " bytes");
  }
  CHECK(refusal<float, 1>("PK\3\4" + std::string(200, 'x')) ==
        "an .npy file must begin with \\x93NUMPY, but this does not; np.save writes such files, and np.savez archives of them");
  // What a header announces is not believed.
  const std::string none = "behind the header there must be the numbers of shape ";
  CHECK(refusal<float, 2>(npy("<f4", "(4294967296, 4294967296)", "")).starts_with(none));
  CHECK(refusal<float, 3>(npy("<f4", "(0, 4294967296, 4294967296)", "")).starts_with(none));
  CHECK(refusal<double, 1>(npy("|u1", "(9223372036854775807,)", "")).starts_with(none));
  std::string long_header = "\x93NUMPY\2\0\xff\xff\xff\xff"s;
  CHECK(refusal<float, 1>(long_header) == "the header must have at most 65535 bytes, but has 4294967295");
  for (const std::string& header :
       {""s, "{}"s, "{'descr': '<f4'}"s, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"s,
        "{'descr': '<f4, 'fortran_order': Maybe, 'shape': (1,), }"s, "{'descr': '<f4', 'fortran_order': False, 'shape': (1"s,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }"s,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"s,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }"s,
        "{'descr': '<f4', 'fortran_order': False, 'shape':"s, "{'descr': '"s}) {
    INFO(header);
    CHECK(refusal<float, 1>(npy(header, "1234")).starts_with("the header must say 'descr', 'fortran_order' and 'shape'"));
  }
  const checks::Directory directory;
  CHECK_THROWS_AS((read_npy<float, 1>(directory.path / "none.npy")), DataError);
  CHECK_THROWS_AS((read_npy<float, 1>(directory.path)), DataError);
}
