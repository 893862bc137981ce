// A program that includes core.hpp alone: it trains small networks of most kinds of layers and prints the bits of what they have
// learned. check.py compiles it in every way in which core.hpp must compile.
#include CTNN_CORE

#include <bit>
#include <cstdint>
#include <cstdio>

namespace {

using namespace ctnn;

/// What a network has learned of three classes, and what it answers to one sample.
template <class Net, std::size_t Count>
constexpr std::uint64_t learn() {
  StaticModel<Net> model{Seed{1}};
  auto trainer = model.compile(Adam{.clipnorm = 1.0}, SparseCategoricalCrossentropy{}, Accuracy{});
  std::array<typename StaticModel<Net>::Sample, Count> x{};
  std::array<std::array<float, 1>, Count> y{};
  Random random{Seed{2}};
  for (std::size_t row = 0; row < Count; ++row) {
    y[row][0] = static_cast<float>(row % 3);
    for (float& number : x[row]) number = static_cast<float>(random.uniform());
  }
  for (int step = 0; step < 2; ++step) trainer.train_on_batch(x, y);
  // FNV-1a, which every bit of every number changes.
  std::uint64_t bits = 0xcbf29ce484222325;
  const auto add = [&](float number) { bits = (bits ^ std::bit_cast<std::uint32_t>(number)) * 0x100000001b3; };
  for (std::size_t i = 0; i < Net::parameter_count; ++i) add(model.data()[i]);
  for (float number : model(x[0])) add(number);
  return bits;
}

using Tiny = Sequential<Dense<1, 2>, Tanh, Dense<3>>;
using Picture =
    Sequential<Input<4, 4, 1>, Conv2D<2, Kernel<3>>, Sigmoid, Flatten, Dense<9>, ReLU, Dense<1>, Dropout<0.25>, Dense<3>, Softmax>;

#ifdef WIDE
using Wide = Sequential<Dense<50, 60>, Tanh, Dropout<0.25>, Dense<3>, Softmax>;
static_assert(detail::WidePlan<Wide, SparseCategoricalCrossentropy, detail::BatchLane<float>>::is_wide);
#endif

}  // namespace

int main() {
  constexpr std::uint64_t constant = learn<Tiny, 3>();
  std::printf("%016jx %016jx", std::uintmax_t{constant}, std::uintmax_t{learn<Picture, 5>()});
#ifdef WIDE
  std::printf(" %016jx", std::uintmax_t{learn<Wide, 37>()});
#endif
  std::puts("");
}
