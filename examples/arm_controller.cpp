#include "arm_controller.hpp"

using namespace ctnn;

// The clipping keeps one wrong reading of a sensor from spoiling what was learned.
// [readme]
constexpr BasicLearner trained{arm(), SGD{.learning_rate = 0.05, .global_clipnorm = 0.1}, MeanSquaredError{}};
// Nothing is thrown here, so the compiler asks whether an option is wrong.
static_assert(!trained.problem());

ArmController::ArmController() noexcept : learner_(trained) {}

ArmController::Joints ArmController::joints_for(const Place& wanted) const noexcept { return learner_(wanted); }

void ArmController::learn(const Place& reached, const Joints& commanded) noexcept { learner_.train_on_sample(reached, commanded); }
// [/readme]
