// How much samples count in training and evaluation: each by a weight of its own, or by its class.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../errors.hpp"
#include "../number_text.hpp"
#include "../samples.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A weight for each sample: a tensor of axis (samples), std::vector, std::array or std::span of numbers. Refers to what has a
/// name, and keeps a temporary.
class SampleWeight {
 public:
  SampleWeight() = default;
  template <class Given, class Weights = std::remove_cvref_t<Given>>
    requires(!std::same_as<Weights, SampleWeight> &&
             requires(const Weights& weights) {
               { weights.size() } -> std::convertible_to<std::size_t>;
               static_cast<double>(weights[std::size_t{}]);
             })
  SampleWeight(Given&& given)
      : size_(given.size()), at_([](const void* source, std::size_t index) {
          return static_cast<double>((*static_cast<const Weights*>(source))[index]);
        }) {
    if constexpr (requires { given.dimension(); }) axes_ = given.dimension();
    if constexpr (std::is_lvalue_reference_v<Given>) {
      source_ = std::addressof(given);
    } else {
      kept_ = std::make_shared<Weights>(std::forward<Given>(given));
      source_ = kept_.get();
    }
  }

  bool is_given() const { return source_ != nullptr; }
  std::size_t size() const { return size_; }
  std::size_t axes() const { return axes_; }
  double operator[](std::size_t sample) const { return at_(source_, sample); }

 private:
  std::shared_ptr<const void> kept_;
  const void* source_ = nullptr;
  std::size_t size_ = 0, axes_ = 1;
  double (*at_)(const void*, std::size_t) = nullptr;
};

/// What train_on_batch and test_on_batch take behind the batch, with Keras's names.
struct BatchOptions {
  std::vector<double> class_weight{};  ///< as in FitOptions
  SampleWeight sample_weight{};        ///< as in FitOptions
};

namespace detail {

/// What the weights of samples are made of.
struct Weighting {
  const std::vector<double>& classes;
  const SampleWeight& samples;

  bool is_given() const { return !classes.empty() || samples.is_given(); }
};

/// How the class of a sample is read from its target, of `size` numbers.
struct TargetClasses {
  std::size_t size;
  std::size_t count;  ///< 0 where a sample is of no single class
  bool one_hot;       ///< else a number
};

/// Throws OptionError or ShapeError for weights that are not those of `count` samples.
[[gnu::cold]] inline void check_weights(const Weighting& weights, std::size_t count, const TargetClasses& target,
                                        const char* where) {
  // Made where something is wrong: a step allocates nothing.
  const auto sentence = [&](const auto&... parts) { return concat("ctnn: ", where, ": ", parts...); };
  if (weights.samples.is_given() && !weights.classes.empty()) {
    throw OptionError(sentence("class_weight and sample_weight must not be given together; multiply them into sample_weight"));
  }
  if (weights.samples.is_given()) {
    if (weights.samples.axes() != 1) {
      throw ShapeError(sentence("sample_weight must have one axis, but has ", std::to_string(weights.samples.axes())));
    }
    if (weights.samples.size() != count) {
      throw ShapeError(sentence("sample_weight must hold as many weights as x holds samples, ", std::to_string(count),
                                ", but holds ", std::to_string(weights.samples.size())));
    }
  } else if (!weights.classes.empty()) {
    if (target.count == 0) {
      throw OptionError(sentence(
          "class_weight needs targets that are of one class each, not of several labels or positions; sample_weight does without"));
    }
    if (weights.classes.size() != target.count) {
      throw OptionError(sentence("class_weight must hold a weight for each of the ", std::to_string(target.count),
                                 " classes, but holds ", std::to_string(weights.classes.size())));
    }
  }
}

/// The class of a sample. Throws DataError for a label that is none.
template <class Scalar>
std::size_t class_of(const Scalar* target, const TargetClasses& classes, std::size_t sample, const char* where) {
  if (classes.one_hot) {
    std::size_t largest = 0;
    for (std::size_t i = 1; i < classes.size; ++i) {
      if (target[i] > target[largest]) largest = i;
    }
    return largest;
  }
  const double label = std::round(static_cast<double>(*target));
  if (!(label >= 0 && label < static_cast<double>(classes.count))) {
    throw DataError(concat("ctnn: ", where, ": class_weight needs labels in [0, ", std::to_string(classes.count),
                           "), but the label of sample ", std::to_string(sample), " is ",
                           number_text(static_cast<double>(*target))));
  }
  return static_cast<std::size_t>(label);
}

/// Writes the weights of the first `count` samples of a batch, whose targets are y; leaves `result` empty where all are 1.
template <class Scalar>
[[gnu::noinline]] void write_weights(const Weighting& weights, const Samples<Scalar>& y, std::size_t count,
                                     const TargetClasses& classes, const char* where, std::vector<Scalar>& result) {
  result.resize(weights.is_given() ? count : 0);
  std::vector<Scalar> room(weights.classes.empty() ? 0 : classes.size);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t sample = y.order ? y.order[i] : y.offset + i;
    const double weight =
        weights.samples.is_given() ? weights.samples[sample] : weights.classes[class_of(y(i, room.data()), classes, sample, where)];
    if (!math::is_finite(weight)) {
      throw OptionError(concat("ctnn: ", where, ": a sample's weight must be finite, but that of sample ", std::to_string(sample),
                               " is ", number_text(weight)));
    }
    result[i] = static_cast<Scalar>(weight);
  }
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
