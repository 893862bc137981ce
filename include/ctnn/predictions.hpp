// Predictions: what predict gives, a tensor that can only be put into tensors of as many axes. xtensor itself does not look: it
// writes the shape of a batch of rows into a tensor of one axis, beyond that tensor's end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "diagnostics.hpp"
#include "xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// The number of axes that a tensor's type shows, a view's or an expression's as a container's; SIZE_MAX where it shows none.
template <class Type>
inline constexpr std::size_t static_rank = SIZE_MAX;
template <class Type>
  requires requires { std::tuple_size<std::remove_cvref_t<typename Type::shape_type>>::value; }
inline constexpr std::size_t static_rank<Type> = std::tuple_size<std::remove_cvref_t<typename Type::shape_type>>::value;

/// xtensor's buffer, by a name of its own: it tells xtensor that a container is Predictions.
template <class Scalar>
struct PredictionBuffer : xt::xtensor<Scalar, 1>::storage_type {
  using xt::xtensor<Scalar, 1>::storage_type::storage_type;
};

}  // namespace detail

/// What predict gives: a tensor of xtensor's, in row-major order, that can do all that xt::xtensor can. To put it into a tensor of
/// another static rank is a compile error. `auto y = model.predict(x);` copies nothing.
template <class Scalar, std::size_t Rank>
using Predictions =
    xt::xtensor_container<detail::PredictionBuffer<Scalar>, Rank, xt::layout_type::row_major, xt::xtensor_expression_tag>;

namespace detail {

/// What Predictions has beside xtensor's own members.
template <class Scalar, std::size_t Rank>
class PredictionsBase {
  using Self = Predictions<Scalar, Rank>;

 public:
  /// How xtensor assigns it, in constructors too.
  template <class Target>
  void assign_to(xt::xexpression<Target>& target) const {
    constexpr std::size_t rank = static_rank<Target>;
    const auto& self = static_cast<const Self&>(*this);
    if constexpr (std::is_same_v<Target, xt::xtensor<Scalar, Rank, xt::layout_type::row_major>>) {
      // What xtensor would come to, without the code for all that it has to ask first.
      target.derived_cast().resize(self.shape());
      std::copy(self.storage().begin(), self.storage().end(), target.derived_cast().storage().begin());
    } else if constexpr (rank == SIZE_MAX || rank == Rank) {
      xt::xexpression_assigner<xt::xtensor_expression_tag>::assign_xexpression(target,
                                                                               static_cast<const xt::xexpression<Self>&>(self));
    } else {
      static_assert(holds_predictions<axes<rank>, axes<Rank>>,
                    "ctnn: a tensor must have as many axes as the predictions it is given: (batch, …output shape), or (batch) "
                    "alone where input and output are one number each and the type of x shows that it has one axis");
    }
  }
};

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT

namespace xt::extension {

template <class Scalar, std::size_t Rank, layout_type Layout>
struct xtensor_container_base<ctnn::detail::PredictionBuffer<Scalar>, Rank, Layout, xtensor_expression_tag> {
  using type = ctnn::detail::PredictionsBase<Scalar, Rank>;
};

}  // namespace xt::extension
