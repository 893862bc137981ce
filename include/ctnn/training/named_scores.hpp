// NamedScores: the scores that a Trainer gives, which can be asked for by their names, too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logs.hpp"
#include "scores.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Scores by their names in the logs: scores["accuracy"].
template <class Scalar, class Output, class... Metrics>
struct NamedScores : Scores<Scalar, Output, Metrics...> {
  NamedScores() = default;
  constexpr NamedScores(const Scores<Scalar, Output, Metrics...>& scores) : Scores<Scalar, Output, Metrics...>(scores) {}

  // (What stands for a number could otherwise be an index into a text, too.)
  [[gnu::cold]] Scalar operator[](const char* name) const { return (*this)[std::string_view(name)]; }
  /// Throws OptionError, naming what there is, for a name that is not among them.
  [[gnu::cold]] Scalar operator[](std::string_view name) const {
    const std::vector<std::string> names = detail::log_names({Metrics::name...}, {detail::is_weighted<Metrics>...});
    if (name == names[0]) return this->loss;
    for (std::size_t i = 0; i < sizeof...(Metrics); ++i) {
      if (name == names[i + 1]) return this->metrics[i];
    }
    throw OptionError(
        detail::concat("ctnn: scores: the name must be one of ", detail::name_list(names), ", but is \"", name, "\""));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT

template <class Scalar, class Output, class... Metrics>
struct std::tuple_size<ctnn::NamedScores<Scalar, Output, Metrics...>> : std::tuple_size<ctnn::Scores<Scalar, Output, Metrics...>> {
};
template <std::size_t I, class Scalar, class Output, class... Metrics>
struct std::tuple_element<I, ctnn::NamedScores<Scalar, Output, Metrics...>>
    : std::tuple_element<I, ctnn::Scores<Scalar, Output, Metrics...>> {};
