// Schedules, and the rate that holds one. tests/reference/optimizers.cpp compares them with Keras's.
#include <ctnn/optimizers/learning_rate.hpp>
#include <string>

#include "../checks.hpp"

using namespace ctnn;

namespace {

struct Halving {
  double first;
  std::uint64_t every;
  constexpr double operator()(std::uint64_t step) const { return first / static_cast<double>(1 + step / every); }
  constexpr const char* problem() const { return every == 0 ? "Halving's every must be at least 1" : nullptr; }
};

double half(std::uint64_t) { return 0.5; }

/// A copy of a copy, assigned over another.
constexpr LearningRate passed_on(const LearningRate& rate) {
  LearningRate result = 7;
  const LearningRate copy = rate;
  result = copy;
  return result;
}

constexpr ExponentialDecay exponential{.initial_learning_rate = 0.5, .decay_steps = 10, .decay_rate = 0.25, .staircase = true};
constexpr InverseTimeDecay inverse{.initial_learning_rate = 0.5, .decay_steps = 10, .decay_rate = 1, .staircase = true};
constexpr PolynomialDecay polynomial{.initial_learning_rate = 0.5, .decay_steps = 10, .end_learning_rate = 0.25};
constexpr CosineDecay cosine{.initial_learning_rate = 0, .decay_steps = 10, .alpha = 0.5, .warmup_target = 1, .warmup_steps = 4};
constexpr PiecewiseConstantDecay piecewise{.boundaries = {2, 4}, .values = {3, 2, 1}};

}  // namespace

// All of it inside constant expressions.
static_assert(exponential(9) == 0.5 && exponential(10) == 0.125);
static_assert(inverse(9) == 0.5 && inverse(10) == 0.25);
static_assert(polynomial(0) == 0.5 && polynomial(5) == 0.375 && polynomial(10) == 0.25 && polynomial(UINT64_MAX) == 0.25);
static_assert(cosine(0) == 0 && cosine(1) == 0.25 && cosine(4) == 1 && cosine(14) == 0.5 && cosine(UINT64_MAX) == 0.5);
static_assert(piecewise(2) == 3 && piecewise(3) == 2 && piecewise(4) == 2 && piecewise(5) == 1 && piecewise(UINT64_MAX) == 1);
static_assert(passed_on(exponential)(10) == 0.125 && passed_on(inverse)(10) == 0.25 && passed_on(polynomial)(5) == 0.375);
static_assert(passed_on(cosine)(1) == 0.25 && passed_on(piecewise)(3) == 2);
static_assert(passed_on(Halving{.first = 6, .every = 5})(10) == 2);
static_assert(passed_on([](std::uint64_t step) { return step == 3 ? 0.5 : 1.0; })(3) == 0.5);
static_assert(passed_on(0.25) == 0.25 && passed_on(0.25)(99) == 0.25 && !passed_on(0.25).is_schedule());
static_assert(passed_on(cosine).is_schedule() && passed_on(exponential) == 0.5);
static_assert(LearningRateSchedule<CosineDecay> && LearningRateSchedule<Halving> && !LearningRateSchedule<double>);

TEST_CASE("a rate holds a number of any kind or any schedule, and says what is wrong with it") {
  float single = 0.3f;
  double twice = 0.3;
  int whole = 2;
  CHECK(LearningRate(single) == static_cast<double>(single));
  CHECK(LearningRate(twice) == 0.3);
  CHECK(LearningRate(whole) == 2.0);
  // With padding, and with a capture.
  struct Padded {
    bool slow;
    double rate;
    double operator()(std::uint64_t) const { return slow ? 0.1 * rate : rate; }
  };
  CHECK(passed_on(Padded{.slow = true, .rate = 2})(5) == doctest::Approx(0.2));
  CHECK(passed_on([=](std::uint64_t step) { return twice * static_cast<double>(step); })(2) == doctest::Approx(0.6));
  double (*none)(std::uint64_t) = nullptr;
  CHECK(std::string(LearningRate(none).problem<float>("unused")) == "a learning rate's function must be one, but is null");
  none = [](std::uint64_t) { return 0.5; };
  CHECK(LearningRate(none).problem<float>("unused") == nullptr);
  CHECK(LearningRate(none)(3) == 0.5);
  CHECK(LearningRate(half)(3) == 0.5);
  CHECK(*LearningRate(1e-60).problem<float>("too small").came() == 1e-60);
  CHECK(LearningRate(Halving{.first = 1, .every = 1}).problem<float>("unused") == nullptr);
  CHECK(std::string(LearningRate(Halving{.first = 1, .every = 0}).problem<float>("")) == "Halving's every must be at least 1");
  CHECK(std::string(LearningRate(1e-60).problem<float>("too small")) == "too small");
  CHECK(LearningRate(1e-60).problem<double>("too small") == nullptr);
}

TEST_CASE("schedules say which option is out of range") {
  const auto refused = [](const auto& schedule, const char* words) {
    REQUIRE(schedule.problem() != nullptr);
    CHECK(std::string(schedule.problem()) == words);
  };
  const auto with = [](auto schedule, auto member, auto value) {
    schedule.*member = value;
    return schedule;
  };
  CHECK(exponential.problem() == nullptr);
  CHECK(inverse.problem() == nullptr);
  CHECK(polynomial.problem() == nullptr);
  CHECK(cosine.problem() == nullptr);
  CHECK(piecewise.problem() == nullptr);
  for (const double bad : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    refused(with(exponential, &ExponentialDecay::initial_learning_rate, bad),
            "ExponentialDecay's initial_learning_rate must be positive and finite");
    refused(with(exponential, &ExponentialDecay::decay_rate, bad), "ExponentialDecay's decay_rate must be positive and finite");
    refused(with(inverse, &InverseTimeDecay::initial_learning_rate, bad),
            "InverseTimeDecay's initial_learning_rate must be positive and finite");
    refused(with(polynomial, &PolynomialDecay::initial_learning_rate, bad),
            "PolynomialDecay's initial_learning_rate must be positive and finite");
    refused(with(polynomial, &PolynomialDecay::power, bad), "PolynomialDecay's power must be positive and finite");
    refused(with(CosineDecay{.initial_learning_rate = 1, .decay_steps = 1}, &CosineDecay::initial_learning_rate, bad),
            "CosineDecay's initial_learning_rate must be positive and finite, or 0 before a warm-up");
    refused(with(cosine, &CosineDecay::warmup_target, bad), "CosineDecay's warmup_target must be positive and finite");
    refused(PiecewiseConstantDecay{.boundaries = {1}, .values = {1, bad}},
            "PiecewiseConstantDecay's values must be positive and finite");
  }
  for (const double bad : {-1.0, HUGE_VAL, std::nan("")}) {
    refused(with(cosine, &CosineDecay::initial_learning_rate, bad),
            "CosineDecay's initial_learning_rate must be positive and finite, or 0 before a warm-up");
    refused(with(inverse, &InverseTimeDecay::decay_rate, bad), "InverseTimeDecay's decay_rate must be finite and not negative");
    refused(with(polynomial, &PolynomialDecay::end_learning_rate, bad),
            "PolynomialDecay's end_learning_rate must be finite and not negative");
  }
  for (const double bad : {-0.1, 1.1, std::nan("")})
    refused(with(cosine, &CosineDecay::alpha, bad), "CosineDecay's alpha must lie in [0, 1]");
  refused(with(exponential, &ExponentialDecay::decay_steps, 0u), "ExponentialDecay's decay_steps must be at least 1");
  refused(with(inverse, &InverseTimeDecay::decay_steps, 0u), "InverseTimeDecay's decay_steps must be at least 1");
  refused(with(polynomial, &PolynomialDecay::decay_steps, 0u), "PolynomialDecay's decay_steps must be at least 1");
  refused(with(cosine, &CosineDecay::decay_steps, 0u), "CosineDecay's decay_steps must be at least 1");
  refused(CosineDecay{.initial_learning_rate = 1, .decay_steps = 1, .warmup_steps = 1},
          "CosineDecay's warmup_steps must come with a warmup_target");
  refused(PiecewiseConstantDecay{.boundaries = {}, .values = {1}}, "PiecewiseConstantDecay's boundaries must be at least one");
  refused(PiecewiseConstantDecay{.boundaries = {1, 2}, .values = {1, 2}},
          "PiecewiseConstantDecay's values must be one more than its boundaries");
  refused(PiecewiseConstantDecay{.boundaries = {2, 2}, .values = {1, 2, 3}}, "PiecewiseConstantDecay's boundaries must increase");
}

TEST_CASE("logarithm, power and cosine are exact to 1e-12 and better") {
  const auto off = [](double value, long double exact) {
    return static_cast<double>(std::abs((static_cast<long double>(value) - exact) / exact));
  };
  double logarithm = 0, power = 0, whole = 0, cosine_off = 0;
  for (double x = 1e-300; x < 1e300; x *= 1.37) logarithm = std::max(logarithm, off(detail::logarithm(x), std::log(x * 1.0L)));
  for (int i = 50000; i < 200000; ++i) {
    const double x = i * 1e-5;
    if (i != 100000) logarithm = std::max(logarithm, off(detail::logarithm(x), std::log(x * 1.0L)));
  }
  CHECK(detail::logarithm(1) == 0);
  CHECK(logarithm < 4e-16);
  for (double x = 0.01; x < 1.2; x += 0.00737) {
    for (double p = 0.01; p < 1e5; p *= 1.7) {
      const long double exact = std::pow(x * 1.0L, p * 1.0L);
      if (exact > 1e-300L && exact < 1e300L) power = std::max(power, off(detail::power(x, p), exact));
    }
  }
  CHECK(power < 1e-12);
  CHECK(detail::power(0.0, 0.5) == 0);
  CHECK(detail::power(0.0, 0.0) == 1);
  // βᵗ is taken from 1: what counts is its error beside that.
  for (const double beta : {0.9, 0.99, 0.999, 0.9999}) {
    for (std::uint64_t t = 1; t < 1000000; t = t * 5 / 4 + 1) {
      const long double exact = 1 - std::pow(beta * 1.0L, static_cast<long double>(t));
      whole = std::max(whole, off(1 - detail::power(beta, t), exact));
    }
  }
  CHECK(whole < 1e-12);
  static_assert(detail::power(0.5, std::uint64_t{10}) == 1.0 / 1024 && detail::power(7.0, std::uint64_t{0}) == 1);
  static_assert(detail::power(0.999, UINT64_MAX) == 0);
  for (int i = 0; i <= 10000; ++i) {
    const double x = i * 1e-4;
    cosine_off = std::max(cosine_off, static_cast<double>(std::abs(static_cast<long double>(detail::cosine_of_pi_times(x)) -
                                                                   std::cos(3.14159265358979323846264338L * x))));
  }
  CHECK(cosine_off < 4.5e-16);
  CHECK(detail::cosine_of_pi_times(0) == 1);
  CHECK(detail::cosine_of_pi_times(1) == -1);
}
