#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <ctnn/ctnn.hpp>
#include <ctnn/io/header.hpp>
#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "../directory.hpp"

using namespace ctnn;
namespace fs = std::filesystem;
using checks::bytes_of;
using checks::Directory;

namespace {

using Net = Sequential<Dense<2, 3>, Tanh, Sequential<Dense<1>>>;

/// 0.5, -1, 1.5, -2, …
template <class Scalar>
constexpr std::array<Scalar, Net::parameter_count> halves() {
  std::array<Scalar, Net::parameter_count> result{};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<Scalar>(i + 1) * (i % 2 ? Scalar(-0.5) : Scalar(0.5));
  return result;
}

template <class Exception, class Model>
std::string refusal(const Model& model, const fs::path& path, const std::string& name) {
  try {
    save_header(model, path, name);
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}

std::string version() {
  return std::to_string(CTNN_VERSION_MAJOR) + "." + std::to_string(CTNN_VERSION_MINOR) + "." + std::to_string(CTNN_VERSION_PATCH);
}

}  // namespace

TEST_CASE("a header says what it is, and is the network") {
  const Directory directory;
  const fs::path path = directory.path / "arm.hpp";
  save_header(StaticModel<Net>(halves<float>()), path, "arm", {.loss = 0.0125});
  // The includes do not begin a line here, where joined.py would take them for this file's.
  CHECK(bytes_of(path) == "// A trained network, written by save_header of ctnn " + version() + R"(:
//
//   input (None, 2)
//   dense (Dense), output (None, 3), 9 parameters
//   tanh (Tanh), output (None, 3)
//   sequential (Sequential), output (None, 1), 4 parameters
//
// 13 parameters, 52.00 B; loss 0.0125.
// clang-format off
#pragma once

)" + "#include <array>\n#include <ctnn/core.hpp>\n" +
                              R"(
using arm_network =
    ctnn::Sequential<ctnn::Dense<2, 3>, ctnn::Tanh, ctnn::Sequential<ctnn::Dense<1>>>;

/// Its parameters, layer by layer.
inline constexpr std::array<float, 13> arm_weights{{
    // kernel of dense (Dense): (2, 3)
    0x1p-1f, -0x1p+0f, 0x1.8p+0f, -0x1p+1f, 0x1.4p+1f, -0x1.8p+1f,
    // bias of dense (Dense): (3,)
    0x1.cp+1f, -0x1p+2f, 0x1.2p+2f,
    // kernel of sequential/dense (Dense): (3, 1)
    -0x1.4p+2f, 0x1.6p+2f, -0x1.8p+2f,
    // bias of sequential/dense (Dense): (1,)
    0x1.ap+2f,
}};

/// The network with these weights: `constexpr auto model = arm();` lies in flash and answers by model(sample);
/// `constinit auto model = arm();` lies in RAM and can go on learning.
consteval auto arm() { return ctnn::StaticModel<arm_network, float>(arm_weights); }
)");
  CHECK(directory.files() == std::set<std::string>{"arm.hpp"});
}

TEST_CASE("a Model gives the same header as a StaticModel, and a double's literals have no suffix") {
  const Directory directory;
  const fs::path a = directory.path / "a", b = directory.path / "b";
  save_header(StaticModel<Net, double>(halves<double>()), a, "arm");
  save_header(Model<Net, double>(halves<double>()), b, "arm");
  CHECK(bytes_of(a) == bytes_of(b));
  CHECK(bytes_of(a).find("\n// 13 parameters, 104.00 B.\n") != std::string::npos);
  CHECK(bytes_of(a).find("    0x1p-1, -0x1p+0, 0x1.8p+0,") != std::string::npos);
  CHECK(bytes_of(a).find("ctnn::StaticModel<arm_network, double>(") != std::string::npos);
}

TEST_CASE("a weight that is no number is named, and the header that was there stays") {
  const Directory directory;
  const fs::path path = directory.write("arm.hpp", "old");
  auto weights = halves<float>();
  weights[4] = std::numeric_limits<float>::quiet_NaN();
  CHECK(refusal<FileError>(StaticModel<Net>(weights), path, "arm") ==
        "ctnn: save_header: all weights must be finite, but kernel of dense (Dense) is nan at (1, 1)");
  weights = halves<float>();
  weights[12] = -std::numeric_limits<float>::infinity();
  CHECK(refusal<FileError>(StaticModel<Net>(weights), path, "arm") ==
        "ctnn: save_header: all weights must be finite, but bias of sequential/dense (Dense) is -inf at (0)");
  CHECK(bytes_of(path) == "old");
  CHECK(directory.files() == std::set<std::string>{"arm.hpp"});
}

TEST_CASE("a name that no program may declare is refused") {
  const Directory directory;
  const StaticModel<Net> model;
  const fs::path path = directory.path / "arm.hpp";
  CHECK(refusal<OptionError>(model, path, "my-arm") ==
        "ctnn: save_header: the name must be one that a program may declare, of letters, digits and single \"_\" between them, but "
        "is \"my-arm\"");
  for (const char* name : {"",         "2arm", "a b", "a::b", "_arm",  "a__b", "ä",     "arm()",  "class", "float", "xor_eq",
                           "co_await", "main", "std", "ctnn", "arm\n", "arm_", "boost", "size_t", "NULL",  "errno", "unix"}) {
    CAPTURE(name);
    CHECK(!refusal<OptionError>(model, path, name).empty());
  }
  CHECK(directory.files().empty());
  for (const char* name : {"a", "Arm_2", "classes", "float32"}) {
    CAPTURE(name);
    CHECK_NOTHROW(save_header(model, path, name));
  }
}

TEST_CASE("what cannot be written is refused, and so is a model that was moved from") {
  const Directory directory;
  Model<Net> model;
  CHECK(refusal<FileError>(model, directory.path / "none" / "arm.hpp", "arm").starts_with("ctnn: save_header: cannot write "));
  const Model<Net> taken = std::move(model);
  CHECK(refusal<EmptyModelError>(model, directory.path / "arm.hpp", "arm") ==
        "ctnn: save_header: the model is empty, because it was moved from");
  CHECK(directory.files().empty());
}

TEST_CASE("a header tells which layers it does not declare") {
  const detail::HeaderContents contents{.name = "arm",
                                        .network = {"Mine", {"mine::Scale"}},
                                        .scalar = "float",
                                        .input = "",
                                        .rows = {},
                                        .groups = {},
                                        .parameters = 0,
                                        .bytes = 0,
                                        .options = {}};
  CHECK(detail::header_comment(contents).ends_with(".\n// What includes this header must have declared mine::Scale.\n"));
}
