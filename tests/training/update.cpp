// What a trainer does with a gradient: the check that it is finite, clipping, and the parameters that it must leave alone.
#include <ctnn/core.hpp>
#include <ctnn/heap.hpp>
#include <limits>
#include <string>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// Arrays of 20, 8 and 1 numbers, and after the first of them 6 that are saved but not trained. The gradient by each trained one
/// is that by the first output; where that by a fixed one would stand is NaN, so that nothing may look at it.
struct Fixed {
  static constexpr const char* class_name = "Fixed";
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
  static constexpr std::array<Parameter, 4> parameters(Dimensions) {
    return {{{"a", {4, 5}, ones()},
             {.name = "b", .shape = {2, 3}, .initializer = ones(), .trainable = false, .l1 = 5, .l2 = 5},
             {"c", {8}, ones()},
             {"d", {1}, ones()}}};
  }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }
  template <class In, class Lane>
  static constexpr void backward(const Tape<Fixed, Lane>&, const ScalarOf<Lane>*, const Lane* dy, Lane* gradient, Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i];
    for (std::size_t i = 0; i < 35; ++i) {
      if (is_fixed(i)) {
        gradient[i] = Lane(std::numeric_limits<ScalarOf<Lane>>::quiet_NaN());
      } else {
        gradient[i] += dy[0];
      }
    }
  }
  static constexpr bool is_fixed(std::size_t i) { return i >= 20 && i < 26; }
};

using Net = Sequential<Input<2>, Fixed>;
using Dense3 = Sequential<Dense<5, 7>, Tanh, Dense<3>>;

static_assert(detail::all_trainable<Dense3> && !detail::all_trainable<Net> && !detail::has_penalties<Net>);
static_assert(detail::trainable_ranges<Dense3>.size() == 1 && detail::trainable_ranges<Dense3>[0].last == 66);
static_assert(detail::trainable_ranges<Net>.size() == 2 && detail::trainable_ranges<Net>[0].last == 20 &&
              detail::trainable_ranges<Net>[1].first == 26 && detail::trainable_ranges<Net>[1].last == 35);

/// A padded array, as gradients are.
template <class Net, class Scalar>
struct Gradient {
  alignas(kernels::alignment) Scalar values[detail::padded<Scalar>(Net::parameter_count)] = {};

  explicit Gradient(double size, std::uint64_t seed = 3) {
    const auto drawn = checks::numbers<Scalar>(Net::parameter_count, seed);
    for (std::size_t i = 0; i < drawn.size(); ++i) values[i] = static_cast<Scalar>(size * static_cast<double>(drawn[i]));
  }
  double norm(std::size_t first, std::size_t last) const {
    long double sum = 0;
    for (std::size_t i = first; i < last; ++i) sum += static_cast<long double>(values[i]) * static_cast<long double>(values[i]);
    return static_cast<double>(std::sqrt(sum));
  }
};

template <class Scalar>
constexpr double rounding = sizeof(Scalar) == 4 ? 1e-6 : 1e-14;

}  // namespace

TEST_CASE_TEMPLATE("clipnorm shortens each array that is too long, and no other", Scalar, float, double) {
  // Also where squares overflow or vanish in float.
  for (const double size : {1e-25, 1e-3, 1.0, 1e25}) {
    const Gradient<Dense3, Scalar> before(size);
    auto after = before;
    const double bound = 1.5 * size;
    detail::clip_norms<Dense3>(after.values, bound);
    std::size_t clipped = 0;
    for (const detail::Variable& variable : detail::variables<Dense3>) {
      const double length = before.norm(variable.first, variable.last());
      for (std::size_t i = variable.first; i < variable.last(); ++i) {
        if (length <= bound) {
          CHECK(after.values[i] == before.values[i]);
        } else {
          CHECK(checks::relative_error(static_cast<double>(after.values[i]), static_cast<double>(before.values[i]) * bound / length,
                                       0) < rounding<Scalar>);
        }
      }
      clipped += length > bound;
    }
    CHECK(clipped > 0);
    CHECK(clipped < detail::variables<Dense3>.size());
  }
}

TEST_CASE_TEMPLATE("global_clipnorm shortens all arrays together", Scalar, float, double) {
  for (const double size : {1e-25, 1.0, 1e25}) {
    const Gradient<Dense3, Scalar> before(size);
    const double length = before.norm(0, 66);
    auto after = before;
    detail::clip_global_norm<Dense3>(after.values, 1.01 * length);
    CHECK(std::equal(after.values, after.values + 66, before.values));
    detail::clip_global_norm<Dense3>(after.values, 0.5 * length);
    for (std::size_t i = 0; i < 66; ++i)
      CHECK(checks::relative_error(static_cast<double>(after.values[i]), 0.5 * static_cast<double>(before.values[i]), 0) <
            rounding<Scalar>);
  }
  Gradient<Dense3, Scalar> zero(0);
  detail::clip_global_norm<Dense3>(zero.values, 1);
  detail::clip_norms<Dense3>(zero.values, 1);
  CHECK(std::all_of(zero.values, zero.values + 66, [](Scalar g) { return g == 0; }));
}

TEST_CASE_TEMPLATE("clipvalue bounds every number", Scalar, float, double) {
  const Gradient<Dense3, Scalar> before(1);
  auto after = before;
  const Scalar bound(0.25);
  detail::clip_values<Dense3>(after.values, 0.25);
  for (std::size_t i = 0; i < 66; ++i) CHECK(after.values[i] == std::clamp(before.values[i], -bound, bound));
}

TEST_CASE_TEMPLATE("fixed parameters are neither clipped nor counted", Scalar, float, double) {
  const Gradient<Net, Scalar> drawn(1);
  auto before = drawn;
  for (std::size_t i = 20; i < 26; ++i) before.values[i] = Scalar(1000);
  const auto unchanged = [&](const Gradient<Net, Scalar>& gradient) {
    for (std::size_t i = 20; i < 26; ++i) CHECK(gradient.values[i] == 1000);
    CHECK(gradient.norm(0, 20) < before.norm(0, 20));
    CHECK(std::isfinite(gradient.norm(0, 20)));
  };
  auto after = before;
  detail::clip_norms<Net>(after.values, 0.1);
  unchanged(after);
  CHECK(after.norm(26, 34) == doctest::Approx(0.1).epsilon(rounding<Scalar>));
  after = before;
  detail::clip_values<Net>(after.values, 0.1);
  unchanged(after);
  after = before;
  detail::clip_global_norm<Net>(after.values, 0.1);
  unchanged(after);
  CHECK(std::hypot(after.norm(0, 20), after.norm(26, 35)) == doctest::Approx(0.1).epsilon(rounding<Scalar>));
}

TEST_CASE_TEMPLATE("a gradient that is not finite is found wherever it stands, unless it is a fixed parameter's", Scalar, float,
                   double) {
  CHECK(detail::gradient_is_finite<Net>(Gradient<Net, Scalar>(1).values));
  CHECK(detail::gradient_is_finite<Dense3>(Gradient<Dense3, Scalar>(1).values));
  // Large numbers are finite, though their sum is not.
  Gradient<Dense3, Scalar> large(1);
  for (std::size_t i = 0; i < 66; ++i) large.values[i] = (i % 2 ? 1 : -1) * std::numeric_limits<Scalar>::max();
  CHECK(detail::gradient_is_finite<Dense3>(large.values));
  CHECK(detail::gradient_is_finite<Sequential<Dense<3, 4>>>(large.values));
  const Scalar infinity = std::numeric_limits<Scalar>::infinity();
  for (const Scalar bad : {infinity, -infinity, std::numeric_limits<Scalar>::quiet_NaN()}) {
    for (std::size_t i = 0; i < 35; ++i) {
      Gradient<Net, Scalar> gradient(1);
      gradient.values[i] = bad;
      CHECK(detail::gradient_is_finite<Net>(gradient.values) == Fixed::is_fixed(i));
      CHECK(std::isfinite(detail::magnitude_of<Net>(gradient.values, detail::NoWorkers{})) == Fixed::is_fixed(i));
    }
    for (std::size_t i = 0; i < 66; ++i) {
      Gradient<Dense3, Scalar> gradient(1);
      gradient.values[i] = bad;
      CHECK(!detail::gradient_is_finite<Dense3>(gradient.values));
      CHECK(!detail::is_modest(detail::magnitude_of<Dense3>(gradient.values, detail::NoWorkers{}), 0.1));
    }
  }
}

namespace {

template <class Storage, class Scalar, class Optimizer>
void check_fixed(const Optimizer& optimizer) {
  BasicModel<Net, Scalar, Storage> model{Seed{1}};
  auto trainer = model.compile(optimizer, MeanSquaredError{});
  const auto x = checks::numbers<Scalar>(2 * 19, 3, 1, 2), y = checks::numbers<Scalar>(2 * 19, 4, -2, -1);
  for (int i = 0; i < 3; ++i) trainer.step({.data = x.data(), .stride = 2}, {.data = y.data(), .stride = 2}, 19);
  CHECK(trainer.iterations() == 3);
  for (std::size_t i = 0; i < 35; ++i) {
    INFO(std::string(Optimizer::name), ": parameter ", i);
    CHECK((model.data()[i] == 1) == Fixed::is_fixed(i));
    CHECK(std::isfinite(model.data()[i]));
    for (std::size_t k = 0; k < trainer.state().in_use(); ++k) {
      CHECK(std::isfinite(trainer.state().slot(k)[i]));
      if (Fixed::is_fixed(i)) CHECK(trainer.state().slot(k)[i] == static_cast<Scalar>(k == 0 && optimizer.slots == 1 ? 0.1 : 0));
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("no optimizer moves fixed parameters, nor does weight decay", Scalar, float, double) {
  const auto check = [](const auto& optimizer) {
    check_fixed<InPlace, Scalar>(optimizer);
    check_fixed<OnHeap, Scalar>(optimizer);
  };
  check(SGD{.learning_rate = 0.1, .weight_decay = 0.1});
  check(SGD{.learning_rate = 0.1, .global_clipnorm = 0.1});
  check(Adam{.amsgrad = true, .weight_decay = 0.1, .clipnorm = 0.1});
  check(AdamW{.clipvalue = 0.1});
  check(RMSprop{.momentum = 0.5, .centered = true, .global_clipnorm = 0.1});
  check(Adagrad{.weight_decay = 0.1, .clipvalue = 0.1});
}

TEST_CASE("the gradient that a trainer shows is the clipped one") {
  StaticModel<Dense3> model{Seed{1}}, twin{Seed{1}};
  const auto x = checks::numbers<float>(5 * 19, 3), y = checks::numbers<float>(3 * 19, 4);
  const Samples<float> inputs{.data = x.data(), .stride = 5}, targets{.data = y.data(), .stride = 3};
  auto trainer = model.compile(SGD{.learning_rate = 0.5, .clipvalue = 0.01}, MeanSquaredError{});
  auto free = twin.compile(SGD{.learning_rate = 0.5}, MeanSquaredError{});
  const std::vector<float> before(model.data(), model.data() + 66);
  trainer.step(inputs, targets, 19);
  free.step(inputs, targets, 19);
  std::size_t clipped = 0;
  for (std::size_t i = 0; i < 66; ++i) {
    CHECK(trainer.gradient()[i] == std::clamp(free.gradient()[i], -0.01f, 0.01f));
    CHECK(model.data()[i] == doctest::Approx(before[i] - 0.5f * trainer.gradient()[i]).epsilon(1e-6));
    clipped += trainer.gradient()[i] != free.gradient()[i];
  }
  CHECK(clipped > 10);
}

TEST_CASE_TEMPLATE("a copied trainer has a state of its own", Storage, InPlace, OnHeap) {
  BasicModel<Dense3, float, Storage> model{Seed{1}};
  const auto x = checks::numbers<float>(5 * 19, 3), y = checks::numbers<float>(3 * 19, 4);
  const auto step = [&](auto& trainer) { trainer.step({.data = x.data(), .stride = 5}, {.data = y.data(), .stride = 3}, 19); };
  const auto state = [](const auto& trainer) {
    std::vector<float> result;
    for (std::size_t k = 0; k < trainer.state().in_use(); ++k)
      result.insert(result.end(), trainer.state().slot(k), trainer.state().slot(k) + 66);
    return result;
  };
  auto trainer = model.compile(Adam{}, MeanSquaredError{});
  step(trainer);
  const auto after_one = state(trainer);
  REQUIRE(after_one.size() == 2 * 66);
  auto copy = trainer;
  step(trainer);
  CHECK(state(copy) == after_one);
  CHECK(copy.iterations() == 1);
  CHECK(state(trainer) != after_one);
  const auto moved = std::move(copy);
  CHECK(state(moved) == after_one);
}

namespace {

/// A user's own optimizer, with a plain number for a rate and options that the trainer knows.
struct Signs {
  double learning_rate = 0.25, weight_decay = 0, clipvalue = 0;
  static constexpr const char* name = "signs";
  static constexpr std::size_t slots = 2, least_slots = 2;
  constexpr std::size_t slots_in_use() const { return 2; }
  constexpr double initial_state(std::size_t slot) const { return slot == 0 ? 1 : 2; }
  template <class>
  constexpr const char* problem() const {
    return nullptr;
  }
  template <class Scalar>
  constexpr Signs at(std::uint64_t) const {
    return *this;
  }
  template <std::size_t, class Lane>
  constexpr void update(Lane& parameter, Lane gradient, Lane* state) const {
    parameter -= gradient * Lane(static_cast<ScalarOf<Lane>>(learning_rate));
    state[0] += state[1];
  }
};
static_assert(Optimizer<Signs>);

}  // namespace

TEST_CASE("a user's own optimizer may have a first state, weight decay and clipping") {
  StaticModel<Dense3> model{Seed{1}};
  const std::vector<float> before(model.data(), model.data() + 66);
  auto trainer = model.compile(Signs{.weight_decay = 0.5, .clipvalue = 1e-3}, MeanSquaredError{});
  const auto x = checks::numbers<float>(5 * 3, 3), y = checks::numbers<float>(3 * 3, 4);
  trainer.step({.data = x.data(), .stride = 5}, {.data = y.data(), .stride = 3}, 3);
  for (std::size_t i = 0; i < 66; ++i) {
    CHECK(std::abs(trainer.gradient()[i]) <= 1e-3f);
    CHECK(model.data()[i] == doctest::Approx(before[i] * (1 - 0.5f * 0.25f) - 0.25f * trainer.gradient()[i]).epsilon(1e-6));
    CHECK(trainer.state().slot(0)[i] == 3);
    CHECK(trainer.state().slot(1)[i] == 2);
  }
}
