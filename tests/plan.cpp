// Blocks deep inside one another, many side by side, and among many layers compile, and give what the same layers give in one list.
#include <ctnn/ctnn.hpp>

#include "checks.hpp"

using namespace ctnn;

namespace {

template <class Nested, class Flat>
struct Pair {
  using nested = Nested;
  using flat = Flat;
};

/// A block in a block, `Depth` of them, and the same layers in one list.
template <std::size_t Depth, class Norm, class Block, class... Layers>
struct Deep : Deep<Depth - 1, Norm, Sequential<Block, Dense<4>, Norm, Tanh>, Layers..., Dense<4>, Norm, Tanh> {};
template <class Norm, class Block, class... Layers>
struct Deep<0, Norm, Block, Layers...> {
  using type = Pair<Sequential<Input<3>, Block, Dense<2>>, Sequential<Input<3>, Layers..., Dense<2>>>;
};
template <std::size_t Depth, class Norm = Linear>
using deep = typename Deep<Depth - 1, Norm, Sequential<Dense<4>, ReLU>, Dense<4>, ReLU>::type;

/// `Count` blocks of two shapes side by side.
template <std::size_t Count, class Norm, class Nested, class Flat>
struct Wide;
template <std::size_t Count, class Norm, class... Blocks, class... Layers>
struct Wide<Count, Norm, Sequential<Blocks...>, Sequential<Layers...>>
    : Wide<Count - 2, Norm, Sequential<Blocks..., Sequential<Dense<4>, Norm, Tanh>, Sequential<Dense<3>, ReLU>>,
           Sequential<Layers..., Dense<4>, Norm, Tanh, Dense<3>, ReLU>> {};
template <class Norm, class... Blocks, class... Layers>
struct Wide<0, Norm, Sequential<Blocks...>, Sequential<Layers...>> {
  using type = Pair<Sequential<Blocks..., Dense<2>>, Sequential<Layers..., Dense<2>>>;
};
template <std::size_t Count, class Norm = Linear>
using wide = typename Wide<Count, Norm, Sequential<Input<3>>, Sequential<Input<3>>>::type;

template <class Layer, std::size_t>
using Repeat = Layer;
/// Three hundred layers and a block among them.
template <class Norm, std::size_t... I>
auto long_list(std::index_sequence<I...>)
    -> Pair<Sequential<Input<3>, Repeat<Dense<4>, I>..., Sequential<Dense<3>, Norm, Tanh>, Repeat<Dense<4>, I>..., Dense<2>>,
            Sequential<Input<3>, Repeat<Dense<4>, I>..., Dense<3>, Norm, Tanh, Repeat<Dense<4>, I>..., Dense<2>>>;
template <class Norm = Linear>
using long_network = decltype(long_list<Norm>(std::make_index_sequence<149>{}));

template <class Of>
constexpr bool same_facts() {
  using A = typename Of::nested;
  using B = typename Of::flat;
  return A::parameter_count == B::parameter_count && A::flops == B::flops && A::tape_bytes == B::tape_bytes &&
         A::leaf_count == B::leaf_count && std::is_same_v<typename A::input_shape, typename B::input_shape> &&
         std::is_same_v<typename A::output_shape, typename B::output_shape>;
}
static_assert(same_facts<deep<16>>() && same_facts<deep<32>>() && same_facts<wide<64>>() && same_facts<long_network<>>());

/// Blocks whose input is known by another than the chain around them are planned by value.
static_assert(deep<16>::nested::layer<1>::compute_output_shape({7, 5}) == Dimensions{7, 4});
static_assert(deep<16>::nested::layer<1>::compute_flops({7, 5}) == 7 * (2 * 5 * 4 + 4 + 15 * (2 * 4 * 4 + 4 * Tanh::operations)));

/// How a network with couplings is cut does not depend on its blocks.
template <class Of>
constexpr bool same_cuts() {
  using Lane = detail::BatchLane<float>;
  using A = detail::CoupledPlan<typename Of::nested, MeanSquaredError, Lane>;
  using B = detail::CoupledPlan<typename Of::flat, MeanSquaredError, Lane>;
  return A::cuts == B::cuts && A::kept == B::kept && A::statistics == B::statistics && A::memory == B::memory &&
         A::template kept_before<A::couplings - 1> == B::template kept_before<B::couplings - 1> &&
         A::template statistics_before<A::couplings - 1> == B::template statistics_before<B::couplings - 1>;
}
using Norm = BatchNormalization<>;
static_assert(same_cuts<deep<16, Norm>>() && same_cuts<wide<64, Norm>>() && same_cuts<long_network<Norm>>());
static_assert(!detail::couples_samples<deep<16>::nested> && detail::couples_samples<deep<16, Norm>::nested>);

/// A network's numbers after some steps: its parameters, the last gradient, and its answer.
template <class Net, class Optimizer>
std::vector<float> trained(const Optimizer& optimizer) {
  BasicModel<Net, float, OnHeap> model{Seed{4}};
  auto trainer = model.compile(optimizer, MeanSquaredError{});
  constexpr std::size_t count = 21;
  const auto x = checks::numbers<float>(count * 3, 1), y = checks::numbers<float>(count * 2, 2);
  for (int step = 0; step < 3; ++step) trainer.step({.data = x.data(), .stride = 3}, {.data = y.data(), .stride = 2}, count);
  std::vector<float> result(model.data(), model.data() + Net::parameter_count);
  result.insert(result.end(), trainer.gradient(), trainer.gradient() + Net::parameter_count);
  const auto answer = model(std::array{0.3f, -0.7f, 0.1f});
  result.insert(result.end(), answer.begin(), answer.end());
  return result;
}

/// Sums over the samples of a lane are taken in groups, which end where a block does: beyond that nothing may differ.
template <class Of, class Optimizer>
void check_training(const Optimizer& optimizer) {
  const auto nested = trained<typename Of::nested>(optimizer), flat = trained<typename Of::flat>(optimizer);
  double worst = 0;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    worst = std::max(worst, checks::relative_error(static_cast<double>(nested[i]), static_cast<double>(flat[i]), 1));
    if (!std::isfinite(nested[i])) worst = 1;
  }
  CHECK(worst < 1e-7);
}

}  // namespace

TEST_CASE("sixteen blocks inside one another") { check_training<deep<16>>(SGD{}); }

TEST_CASE("sixty-four blocks side by side") { check_training<wide<64>>(Adam{}); }

TEST_CASE("a block among three hundred layers") { check_training<long_network<>>(SGD{}); }

TEST_CASE("layers that couple samples, in blocks") { check_training<deep<3, Norm>>(Adam{}); }
