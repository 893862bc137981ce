// What a model on the heap does there: in a constant expression what it allocates is freed, and large networks spare the stack.
#include <pthread.h>

#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

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

namespace {

using Wide = Sequential<Input<128, 128, 8>, Conv2D<9, Kernel<3>, Same>, ReLU, Conv2D<8, Kernel<1>>, Tanh, AveragePooling2D<>,
                        Sequential<Conv2D<4, Kernel<3>, Strides<2>>, ReLU>, GlobalAveragePooling2D, Dense<3>>;
static_assert(noexcept(std::declval<const BasicModel<Net, float, OnHeap>&>()(std::array{0.25f})));

/// Runs work on a stack of so many bytes.
template <class Work>
void on_small_stack(std::size_t bytes, Work work) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, bytes) == 0);
  pthread_t thread;
  const auto run = [](void* what) -> void* {
    (*static_cast<Work*>(what))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &work) == 0);
  REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

}  // namespace

TEST_CASE("one sample of a large network needs little stack, and is answered as a batch is") {
  const Model<Wide> model{Seed{1}};
  const auto image = checks::numbers<float>(Wide::input_shape::size, 2);
  std::array<float, 3> output{};
  on_small_stack(std::size_t{1} << 19, [&] { model.infer(image.data(), output.data()); });
  const auto batch = model.predict(xt::adapt(image, std::array<std::size_t, 4>{1, 128, 128, 8}));
  for (std::size_t i = 0; i < 3; ++i) CHECK(output[i] == doctest::Approx(batch(0, i)).epsilon(1e-5));
}
