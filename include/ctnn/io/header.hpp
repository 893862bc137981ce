// save_header: a trained model as a C++ header, for programs that carry their weights in themselves, such as firmware. What it
// writes includes core.hpp and nothing else of ctnn.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../errors.hpp"
#include "../kernels/arithmetic.hpp"
#include "../number_text.hpp"
#include "../static_model.hpp"
#include "../summary.hpp"
#include "pending_file.hpp"
#include "source_text.hpp"
#include "weight_list.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// What a header may say of its network beyond the network itself.
struct HeaderOptions {
  std::optional<double> loss{};  ///< that the network has reached, for the comment
};

namespace detail {

/// Whether a text is a name that a program may declare: an identifier, no word of C++20, none that C++ keeps for itself, not
/// `main`, `std`, `ctnn` or `boost`, which are taken, and none of the macros and types that standard headers have outside of `std`.
[[gnu::cold]] inline bool is_identifier(std::string_view text) {
  static constexpr std::string_view taken[] = {
      "alignas",     "alignof",      "and",       "and_eq",    "asm",          "assert",   "auto",     "bitand",
      "bitor",       "bool",         "boost",     "break",     "case",         "catch",    "char",     "char16_t",
      "char32_t",    "char8_t",      "class",     "co_await",  "co_return",    "co_yield", "compl",    "concept",
      "const",       "const_cast",   "consteval", "constexpr", "constinit",    "continue", "ctnn",     "decltype",
      "default",     "delete",       "do",        "double",    "dynamic_cast", "else",     "enum",     "EOF",
      "errno",       "explicit",     "export",    "extern",    "false",        "float",    "for",      "friend",
      "goto",        "if",           "inline",    "int",       "linux",        "long",     "main",     "mutable",
      "namespace",   "new",          "noexcept",  "not",       "not_eq",       "NULL",     "nullptr",  "operator",
      "or",          "or_eq",        "private",   "protected", "ptrdiff_t",    "public",   "register", "reinterpret_cast",
      "requires",    "return",       "short",     "signed",    "size_t",       "sizeof",   "static",   "static_assert",
      "static_cast", "std",          "stderr",    "stdin",     "stdout",       "struct",   "switch",   "template",
      "this",        "thread_local", "throw",     "true",      "try",          "typedef",  "typeid",   "typename",
      "union",       "unix",         "unsigned",  "using",     "virtual",      "void",     "volatile", "wchar_t",
      "while",       "xor",          "xor_eq"};
  constexpr std::string_view first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view rest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return !text.empty() && first.find(text[0]) != text.npos && text.back() != '_' && text.find_first_not_of(rest) == text.npos &&
         text.find("__") == text.npos && std::find(std::begin(taken), std::end(taken), text) == std::end(taken);
}

/// A literal of all of a finite number's bits: "-0x1.8p-3f".
template <class Scalar>
[[gnu::cold]] std::string hexadecimal_literal(Scalar number) {
  char text[40];
  const char* const end = std::to_chars(text, text + sizeof text, (math::abs)(number), std::chars_format::hex).ptr;
  const std::string_view sign = math::copysign(Scalar(1), number) < 0 ? "-0x" : "0x";
  return concat(sign, std::string_view(text, static_cast<std::size_t>(end - text)), std::is_same_v<Scalar, float> ? "f" : "");
}

/// Text that is broken into indented lines, where its parts end.
class Lines {
 public:
  Lines(std::string& text, std::size_t indentation) : text_(text), indentation_(indentation) {}

  [[gnu::cold]] void add(std::string_view part) {
    constexpr std::size_t longest = 100;
    if (length_ + part.size() + 1 > longest) end_line();
    text_ += length_ == 0 ? std::string(indentation_, ' ') : " ";
    length_ += part.size() + (length_ == 0 ? indentation_ : 1);
    text_ += part;
  }
  [[gnu::cold]] void end_line() {
    if (length_ > 0) text_ += '\n';
    length_ = 0;
  }

 private:
  std::string& text_;
  std::size_t indentation_, length_ = 0;
};

/// "(3, 5)": the place of a number of an array in row-major order.
[[gnu::cold]] inline std::string place_text(const Dimensions& shape, std::size_t number) {
  std::string text;
  for (std::size_t axis = shape.rank; axis-- > 0; number /= shape.axes[axis]) {
    text = concat(std::to_string(number % shape.axes[axis]), text.empty() ? "" : ", ", text);
  }
  return concat("(", text, ")");
}

/// What a header is made of.
struct HeaderContents {
  std::string name;
  SourceText network;
  std::string scalar, input;
  std::vector<SummaryRow> rows;
  std::vector<WeightGroup> groups;
  std::size_t parameters, bytes;
  HeaderOptions options;
};

/// What a header tells its reader before the code.
[[gnu::cold]] inline std::string header_comment(const HeaderContents& contents) {
  std::string text = concat("// A trained network, written by save_header of ctnn ", std::to_string(CTNN_VERSION_MAJOR), ".",
                            std::to_string(CTNN_VERSION_MINOR), ".", std::to_string(CTNN_VERSION_PATCH), ":\n//\n//   input ",
                            contents.input, "\n");
  for (const SummaryRow& row : contents.rows) {
    text += concat("//   ", row.layer, ", output ", row.shape,
                   row.parameters ? concat(", ", thousands(row.parameters), " parameters") : "", "\n");
  }
  text += concat("//\n// ", thousands(contents.parameters), " parameters, ", bytes_text(contents.bytes));
  if (contents.options.loss) text += concat("; loss ", short_text(*contents.options.loss));
  text += ".\n";
  for (const std::string& other : contents.network.others) {
    text += concat("// What includes this header must have declared ", other, ".\n");
  }
  return text;
}

[[gnu::cold]] inline std::string header_begin(const HeaderContents& contents) {
  const std::string count = std::to_string(contents.parameters), &name = contents.name;
  std::string text =
      concat(header_comment(contents), "// clang-format off\n#pragma once\n\n#include <array>\n#include <ctnn/core.hpp>\n\nusing ",
             name, "_network =\n");
  Lines type(text, 4);
  const std::string network = contents.network.text + ";";
  for (std::size_t begin = 0; begin < network.size();) {
    const std::size_t end = std::min(network.find(' ', begin), network.size());
    type.add(std::string_view(network).substr(begin, end - begin));
    begin = end + 1;
  }
  type.end_line();
  text += concat("\n/// Its parameters, layer by layer.\ninline constexpr std::array<", contents.scalar, ", ", count, "> ", name,
                 "_weights{{\n");
  return text;
}

[[gnu::cold]] inline std::string header_end(const HeaderContents& contents) {
  const std::string& name = contents.name;
  return concat("}};\n\n/// The network with these weights: `constexpr auto model = ", name,
                "();` lies in flash and answers by model(sample);\n", "/// `constinit auto model = ", name,
                "();` lies in RAM and can go on learning.\n", "consteval auto ", name, "() { return ctnn::StaticModel<", name,
                "_network, ", contents.scalar, ">(", name, "_weights); }\n");
}

/// A header's whole text. Throws FileError for a weight that is infinite or NaN.
template <class Scalar>
[[gnu::cold]] std::string header_text(const HeaderContents& contents, const Scalar* parameters, const std::string& where) {
  std::string text = header_begin(contents);
  for (const WeightGroup& group : contents.groups) {
    const Scalar* next = parameters + group.offset;
    for (const Parameter& array : group.arrays) {
      text += concat("    // ", array.name, " of ", group.text, ": ", shape_text("", array.shape.axes, array.shape.rank), "\n");
      Lines numbers(text, 4);
      for (std::size_t i = 0; i < array.shape.size(); ++i) {
        if (!math::is_finite(next[i])) {
          throw FileError(concat(where, "all weights must be finite, but ", array.name, " of ", group.text, " is ",
                                 number_text(next[i]), " at ", place_text(array.shape, i)));
        }
        numbers.add(hexadecimal_literal(next[i]) + ",");
      }
      numbers.end_line();
      next += array.shape.size();
    }
  }
  return text + header_end(contents);
}

template <class Scalar>
[[gnu::cold]] void save_header_text(const std::filesystem::path& path, const std::string& where, const Scalar* parameters,
                                    const HeaderContents& contents) {
  if (!is_identifier(contents.name)) {
    throw OptionError(concat(
        where, "the name must be one that a program may declare, of letters, digits and single \"_\" between them, but is \"",
        contents.name, "\""));
  }
  const std::string text = header_text(contents, parameters, where);
  PendingFile<FileError> file(path, where);
  file.write(std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
  file.commit();
}

}  // namespace detail

/// Writes a model as a C++ header that needs core.hpp alone: `name`_network, its type; `name`_weights, its parameters to the bit;
/// and `name`(), a function that the compiler evaluates, which gives the StaticModel of both. Layers that are not ctnn's must be
/// declared before the header is included. A file of that name is replaced in one step, as by save_weights. Throws OptionError
/// unless `name` is a name that a program may declare, FileError where a weight is infinite or NaN or the file cannot be written,
/// and EmptyModelError for a model that was moved from. Of more than 262,144 parameters, GCC needs -fconstexpr-loop-limit to read
/// it.
template <class Net, class Scalar, class Storage>
void save_header(const BasicModel<Net, Scalar, Storage>& model, const std::filesystem::path& path, const std::string& name,
                 const HeaderOptions& options = {}) {
  using Chain = typename BasicModel<Net, Scalar, Storage>::chain;
  const std::string where = "ctnn: save_header: ";
  detail::require_parameters(model.data(), "save_header");
  detail::save_header_text(path, where, model.data(),
                           {.name = name,
                            .network = detail::source_of<Net>(),
                            .scalar = std::is_same_v<Scalar, float> ? "float" : "double",
                            .input = detail::shape_text("None", Net::input_shape::dimensions.axes, Net::input_shape::rank),
                            .rows = detail::summary_rows<Net>(),
                            .groups = detail::weight_groups(detail::WeightChainOf<Chain>::value, where),
                            .parameters = Net::parameter_count,
                            .bytes = Net::parameter_count * sizeof(Scalar),
                            .options = options});
}

}  // namespace ctnn::inline CTNN_VARIANT
