// Problem: what is wrong with an option. No heap, and constexpr.
#pragma once

#include "version.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// What is wrong with an option, or null: a sentence that says what must hold and, where it is about a number, the number that
/// came. As a text it is the sentence alone.
class Problem {
 public:
  constexpr Problem(const char* sentence) : sentence_(sentence) {}
  constexpr Problem(const char* sentence, double came) : sentence_(sentence), is_number_(true), came_(came) {}

  constexpr operator const char*() const { return sentence_; }
  /// The number that came, or null where the sentence is not about one.
  constexpr const double* came() const { return is_number_ ? &came_ : nullptr; }

 private:
  const char* sentence_;
  bool is_number_ = false;
  double came_ = 0;
};

}  // namespace ctnn::inline CTNN_VARIANT
