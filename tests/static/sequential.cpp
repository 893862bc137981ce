// The facts and conditions of network types: compiling is passing.
#include <ctnn/core.hpp>
#include <type_traits>

using namespace ctnn;

using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;

// A network is its list of layers, however it is written.
static_assert(std::is_empty_v<Net>);
static_assert(std::same_as<Net, decltype(Dense<1, 2>{} >> Tanh{} >> Dense<2, 1>{} >> Tanh{})>);
static_assert(std::same_as<Net, decltype((Dense<1, 2>{} >> Tanh{}) >> (Dense<2, 1>{} >> Tanh{}))>);
static_assert(std::same_as<Net, decltype(Dense<1, 2>{} >> (Tanh{} >> (Dense<2, 1>{} >> Tanh{})))>);

// Facts.
static_assert(Net::layer_count == 4);
static_assert(Net::parameter_count == 7);
static_assert(std::same_as<Net::input_shape, Shape<1>> && std::same_as<Net::output_shape, Shape<1>>);
static_assert(std::same_as<Net::layer<2>, Dense<2, 1>>);
static_assert(Net::flops == 2 * 1 * 2 + 2 * Tanh::operations + 2 * 2 * 1 + Tanh::operations);
// Backward reads the input, both outputs of tanh (the first is also the second Dense's input) and nothing else.
static_assert(Net::tape_bytes == sizeof(float) * (1 + 2 + 1));
static_assert(Sequential<Dense<3, 4>, Dense<4, 5>>::tape_bytes == sizeof(float) * (3 + 4));
static_assert(Sequential<Dense<3, 4>, GELU, Dense<5>>::tape_bytes == sizeof(float) * (3 + 4 + 4), "GELU keeps its derivative");
static_assert(Sequential<Dense<3, 4>, Linear, Tanh, Linear, Dense<5>>::tape_bytes == sizeof(float) * (3 + 4),
              "the identity keeps nothing");

// Inference of inputs, and Keras's Dense on the last axis.
using Inferred = Sequential<Dense<1, 2>, Tanh, Dense<1>, Tanh>;
static_assert(Inferred::parameter_count == 7 && std::same_as<Inferred::output_shape, Shape<1>>);
using Rows = Sequential<Input<5, 3>, Dense<4>, ReLU>;
static_assert(std::same_as<Rows::output_shape, Shape<5, 4>> && Rows::parameter_count == 16 && Rows::flops == 5 * 2 * 3 * 4 + 20);

// A Sequential is a layer: blocks nest, and keep their facts.
using Block = Sequential<Dense<64>, ReLU>;
using Nested = Sequential<Input<64>, Block, Block, Dense<10>>;
using Flat = Sequential<Input<64>, Dense<64>, ReLU, Dense<64>, ReLU, Dense<10>>;
static_assert(Layer<Net> && Layer<Block> && Layer<Nested>);
static_assert(Nested::layer_count == 4 && Flat::layer_count == 6);
static_assert(Nested::parameter_count == Flat::parameter_count && Nested::flops == Flat::flops &&
              Nested::tape_bytes == Flat::tape_bytes);
static_assert(std::same_as<decltype(Input<64>{} >> Block{}), Sequential<Input<64>, Dense<64>, ReLU>>,
              "a chain joined to a chain is one");
static_assert(!input_is_known<Block> && input_is_known<Nested>);

// Conditions, for users' own constraints.
static_assert(Chainable<Dense<1, 4>, Tanh, Dense<4, 1>>);
static_assert(!Chainable<Dense<1, 4>, Tanh, Dense<3, 1>>);
static_assert(!Chainable<Input<2>, Block, Dense<3, 1>>);
static_assert(!Chainable<> && !Chainable<int> && !Chainable<Dense<1, 2>, float>);
static_assert(!Layer<int> && !Layer<MeanSquaredError> && !Loss<Tanh> && !Optimizer<Tanh>);
static_assert(requires { Dense<1, 2>{} >> Tanh{}; });
template <class Left, class Right>
concept Joins = requires(Left left, Right right) { left >> right; };
static_assert(!Joins<Dense<1, 2>, int>);

// Two hundred layers are no trouble, and shapes of every rank work.
template <class T, std::size_t>
using Repeat = T;
template <std::size_t... I>
auto deep(std::index_sequence<I...>) -> Sequential<Input<8>, Repeat<Dense<8, 8>, I>...>;
static_assert(decltype(deep(std::make_index_sequence<200>{}))::parameter_count == 200 * 72);
static_assert(std::same_as<Sequential<Input<1, 2, 3, 4, 5, 6, 7, 8>, ReLU>::output_shape, Shape<1, 2, 3, 4, 5, 6, 7, 8>>);
