// Model, too, works inside a constant expression: what it allocates is freed there.
#include <ctnn/heap.hpp>
#include <ctnn/layers.hpp>
#include <ctnn/losses.hpp>
#include <ctnn/static_model.hpp>

using namespace ctnn;

using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;

static_assert([] {
  BasicModel<Net, float, OnHeap> model{Seed{1}};
  const auto before = model(std::array{0.25f});
  auto copy = model;
  copy.data()[0] += 1;
  const auto moved = std::move(copy);
  return before == StaticModel<Net>{Seed{1}}(std::array{0.25f}) && model(std::array{0.25f}) == before &&
         moved(std::array{0.25f}) != before;
}());
