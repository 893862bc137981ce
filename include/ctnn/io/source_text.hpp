// A type as C++ source, for save_header (header.hpp): names as the compiler prints them, without the namespaces that programs do
// not write, and the arguments of templates one by one, since compilers round numbers and abbreviate classes.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../errors.hpp"
#include "../kernels/arithmetic.hpp"
#include "../layers/options_2d.hpp"
#include "../number_text.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether source can name a type: a class in a namespace or a template of types, of values, or of a type and values.
template <class Type, bool HasName>
inline constexpr bool has_source_name = HasName;
/// Whether source can write a template's argument of this type.
template <class Type>
inline constexpr bool has_source_value = false;

namespace detail {

/// Source that is being written, and the names in it that are not ctnn's.
struct SourceText {
  std::string text = {};
  std::set<std::string> others = {};
};

/// Of a class: Clang would print the argument of a function's template as it was written, and not in full.
template <class Type>
struct FramedName {
  static constexpr const char* get() { return __PRETTY_FUNCTION__; }
};

/// A type as the compiler prints it.
template <class Type>
constexpr std::string_view printed_name() {
  constexpr std::string_view framed = FramedName<Type>::get(), label = "Type = ";
  constexpr std::size_t begin = framed.find(label) + label.size();
  return framed.substr(begin, framed.size() - begin - std::string_view("]").size());
}

/// Without the arguments of the template that it is of.
constexpr std::string_view template_name(std::string_view printed) {
  std::size_t open = 0;
  for (std::size_t i = printed.size(); i-- > 0;) {
    if (printed[i] == '>') ++open;
    if (printed[i] == '<' && --open == 0) return printed.substr(0, i);
  }
  return printed;
}

/// What compilers print for a namespace without a name.
inline constexpr std::string_view unnamed_namespaces[] = {"{anonymous}::", "(anonymous namespace)::"};

/// Whether a printed name is of words and "::" alone.
constexpr bool is_plain_name(std::string_view printed) {
  while (!printed.empty()) {
    std::size_t length = 0;
    for (const std::string_view unnamed : unnamed_namespaces) {
      if (printed.starts_with(unnamed)) length = unnamed.size();
    }
    const char letter = printed[0];
    if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_' ||
        letter == ':' || letter == ' ') {
      length = 1;
    }
    if (length == 0) return false;
    printed.remove_prefix(length);
  }
  return true;
}

[[gnu::cold]] inline void erase_all(std::string& text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) text.erase(at, part.size());
}

#define CTNN_TEXT(tokens) #tokens
#define CTNN_TEXT_EXPANDED(tokens) CTNN_TEXT(tokens)
/// A printed name as programs write it. GCC prints the namespace of the variant, too.
[[gnu::cold]] inline std::string source_name(std::string_view printed) {
  std::string name(printed);
  for (const std::string_view unnamed : unnamed_namespaces) erase_all(name, unnamed);
  if (name.starts_with("ctnn::")) erase_all(name, CTNN_TEXT_EXPANDED(CTNN_VARIANT) "::");
  return name;
}
#undef CTNN_TEXT_EXPANDED
#undef CTNN_TEXT

using WriteSource = void (*)(SourceText&);

[[gnu::cold]] inline void write_template(SourceText& source, std::string_view printed,
                                         std::initializer_list<WriteSource> arguments) {
  source.text += source_name(printed);
  const char* before = "<";
  for (const WriteSource write : arguments) {
    source.text += before;
    write(source);
    before = ", ";
  }
  source.text += arguments.size() == 0 ? "<>" : ">";
}

template <class Type>
void write_type(SourceText& source);
template <auto Value>
void write_value(SourceText& source);

/// The kind of a type: that of a template by its arguments, of which compilers tell the kinds apart only where all are alike.
template <class Type>
struct SourceKind {
  static constexpr std::string_view name = printed_name<Type>();
  static void write(SourceText& source) { source.text += source_name(name); }
};
template <template <class...> class Template, class... Types>
struct SourceKind<Template<Types...>> {
  static constexpr std::string_view name = template_name(printed_name<Template<Types...>>());
  static void write(SourceText& source) { write_template(source, name, {&write_type<Types>...}); }
};
template <template <auto...> class Template, auto... Values>
struct SourceKind<Template<Values...>> {
  static constexpr std::string_view name = template_name(printed_name<Template<Values...>>());
  static void write(SourceText& source) { write_template(source, name, {&write_value<Values>...}); }
};
template <template <class, auto, auto...> class Template, class Type, auto First, auto... Rest>
struct SourceKind<Template<Type, First, Rest...>> {
  static constexpr std::string_view name = template_name(printed_name<Template<Type, First, Rest...>>());
  static void write(SourceText& source) {
    write_template(source, name, {&write_type<Type>, &write_value<First>, &write_value<Rest>...});
  }
};

/// Writes a type.
template <class Type>
[[gnu::cold]] void write_type(SourceText& source) {
  using Kind = SourceKind<Type>;
  static_assert(
      has_source_name<Type, is_plain_name(Kind::name)>,
      "ctnn: a layer that save_header writes must be a class in a namespace, or a template of types, of values, or of a type "
      "and values; a struct that derives from it has a name");
  Kind::write(source);
  if constexpr (std::is_class_v<Type> || std::is_enum_v<Type>) {
    if (std::string name = source_name(Kind::name); !name.starts_with("ctnn::")) source.others.insert(std::move(name));
  }
}

/// The shortest literal that gives a number back.
template <class Scalar>
[[gnu::cold]] std::string decimal_literal(Scalar number) {
  std::string text = number_text(number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return std::is_same_v<Scalar, float> ? text + "f" : text;
}

template <auto Value>
inline constexpr bool is_finite_number = false;
template <auto Value>
  requires(std::is_same_v<decltype(Value), float> || std::is_same_v<decltype(Value), double>)
inline constexpr bool is_finite_number<Value> = math::is_finite(Value);

template <class Type>
inline constexpr bool is_option = false;
template <class Which>
inline constexpr bool is_option<Option<Which>> = true;

/// Whether a class has the factors l1, l2 or both, as regularizers do, and nothing else.
template <class Type>
inline constexpr bool is_of_factors = [] {
  std::size_t count = 0;
  if constexpr (requires(const Type& value) { value.l1; }) ++count;
  if constexpr (requires(const Type& value) { value.l2; }) ++count;
  return count > 0 && sizeof(Type) == count * sizeof(double);
}();

/// Writes a template's argument.
template <auto Value>
[[gnu::cold]] void write_value(SourceText& source) {
  using Type = std::remove_const_t<decltype(Value)>;
  if constexpr (std::is_same_v<Type, bool>) {
    source.text += Value ? "true" : "false";
  } else if constexpr (std::is_enum_v<Type>) {
    source.text += "static_cast<";
    write_type<Type>(source);
    source.text += concat(">(", std::to_string(static_cast<std::underlying_type_t<Type>>(Value)), ")");
  } else if constexpr (std::is_integral_v<Type>) {
    source.text += std::to_string(Value);
  } else if constexpr (is_finite_number<Value>) {
    source.text += decimal_literal(Value);
  } else if constexpr (is_option<Type>) {
    // An option is a variable of its type's name, outside of detail.
    SourceText option;
    write_type<typename Type::type>(option);
    erase_all(option.text, "detail::");
    source.text += option.text;
  } else if constexpr (is_of_factors<Type>) {
    write_type<Type>(source);
    std::string factors;
    if constexpr (requires { Value.l1; }) factors += concat(", .l1 = ", decimal_literal(Value.l1));
    if constexpr (requires { Value.l2; }) factors += concat(", .l2 = ", decimal_literal(Value.l2));
    source.text += concat("{", factors.substr(2), "}");
  } else {
    static_assert(
        has_source_value<Type>,
        "ctnn: what a layer's template is given must, for save_header, be a type, a number, an enumerator, an option or a "
        "regularizer; a struct that derives from the layer needs no arguments");
  }
}

/// A type as source.
template <class Type>
[[gnu::cold]] SourceText source_of() {
  SourceText source;
  write_type<Type>(source);
  return source;
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
