// The README's facts about a network type, checked by compiling.
#include <ctnn/ctnn.hpp>
using namespace ctnn;
// [readme]
using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;

static_assert(std::same_as<Net, decltype(Dense<1, 2>{} >> Tanh{} >> Dense<2, 1>{} >> Tanh{})>);  // the same, drawn with arrows
static_assert(Net::parameter_count == 7 && Net::tape_bytes == 16);
static_assert(std::same_as<Net::input_shape, Shape<1>> && std::same_as<Net::output_shape, Shape<1>>);

using Block = Sequential<Dense<64>, ReLU>;                             // a network is a layer: blocks nest,
using Deep = Sequential<Input<64>, Block, Block, Dense<10>, Softmax>;  // and inputs are inferred

constexpr StaticModel<Net> model{Seed{1}};          // no heap; may live in flash
static_assert(model(std::array{0.25f})[0] > 0);     // the compiler runs it
static_assert(noexcept(model(std::array{0.25f})));  // so does a real-time thread
// [/readme]
static_assert(Deep::parameter_count == 2 * 65 * 64 + 65 * 10);
