// Problem: what is wrong with an option. No heap, and constexpr.
#pragma once

#include <cstddef>

#include "version.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// What is wrong with an option, or null: a sentence that says what must hold and, where it is about a number, the number that
/// came. As a text it is the sentence alone.
class Problem {
 public:
  constexpr Problem(std::nullptr_t) {}
  constexpr Problem(const char* sentence) : sentence_(sentence), is_one_(sentence != nullptr) {}
  constexpr Problem(const char* sentence, double came) : sentence_(sentence), is_one_(true), is_number_(true), came_(came) {}

  constexpr operator const char*() const { return sentence_; }
  /// Whether something is wrong. (With GCC's sanitizers an address is not compared in constant expressions.)
  constexpr explicit operator bool() const { return is_one_; }
  /// The number that came, or null where the sentence is not about one.
  constexpr const double* came() const { return is_number_ ? &came_ : nullptr; }

 private:
  const char* sentence_ = nullptr;
  bool is_one_ = false, is_number_ = false;
  double came_ = 0;
};

/// What is wrong with an optimizer, a loss, a metric or several of them for a model whose numbers are of this type, or null:
/// static_assert(!problem_of<float>(Adam{.learning_rate = 0.01}, MeanSquaredError{})). In core.hpp nobody else asks.
template <class Scalar, class... Parts>
constexpr Problem problem_of(const Parts&... parts) {
  Problem found = nullptr;
  [[maybe_unused]] const auto ask = [&](const auto& part) {
    if constexpr (requires { part.template problem<Scalar>(); }) {
      if (!found) found = part.template problem<Scalar>();
    }
  };
  (ask(parts), ...);
  return found;
}

}  // namespace ctnn::inline CTNN_VARIANT
