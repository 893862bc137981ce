// A robot arm of two links whose controller learns in its control loop, a thousand times a second. Its network was trained for the
// arm of the drawings (firmware/train_arm.cpp); the real one is longer, and its elbow sits askew.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctnn/plot/figure.hpp>
#include <ctnn/xtensor.hpp>
#include <functional>
#include <iostream>
#include <numbers>
#include <thread>
#include <vector>

#include "arm_controller.hpp"
#include "options.hpp"

using namespace ctnn;

namespace {

using Place = ArmController::Place;
using Joints = ArmController::Joints;
using Clock = std::chrono::steady_clock;

constexpr double millimetres_of_a_link = 250;

/// Where the real arm's hand is.
Place hand_of(const Joints& joints) {
  const float length = 1.04f, shoulder = joints[0], forearm = shoulder + joints[1] + 0.05f;
  return {length * (std::cos(shoulder) + std::cos(forearm)), length * (std::sin(shoulder) + std::sin(forearm))};
}

/// A figure of eight, within what the network was trained for.
Place wanted_at(std::size_t tick, std::size_t ticks_of_a_lap) {
  const float angle =
      2 * std::numbers::pi_v<float> * static_cast<float>(tick % ticks_of_a_lap) / static_cast<float>(ticks_of_a_lap);
  return {0.2f + 0.35f * std::sin(angle), 1.4f + 0.2f * std::sin(2 * angle)};
}

/// The hand's places in millimetres: (ticks, 2).
using Lap = xt::xtensor<double, 2>;

void set(Lap& lap, std::size_t tick, const Place& hand) {
  for (std::size_t k = 0; k < hand.size(); ++k) lap(tick, k) = millimetres_of_a_link * static_cast<double>(hand[k]);
}

/// A lap by the place that the hand has for each one wanted.
template <class Function>
Lap lap_of(std::size_t ticks, const Function& hand) {
  Lap lap({ticks, 2});
  for (std::size_t tick = 0; tick < ticks; ++tick) set(lap, tick, hand(wanted_at(tick, ticks)));
  return lap;
}

double mean_distance(const Lap& a, const Lap& b) { return xt::mean(xt::sqrt(xt::sum(xt::square(a - b), {1})))(); }

void print_percentiles(const char* what, std::vector<Clock::duration>& times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](std::size_t thousandths) {
    return std::chrono::nanoseconds(times[(times.size() - 1) * thousandths / 1000]).count();
  };
  std::cout << what << ", ns: p50 " << at(500) << ", p99.9 " << at(999) << ", max " << at(1000) << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
  const ArmOptions options = parse_options(argc, argv, "Moves a robot arm that learns while it moves.", ArmOptions{});
  const std::size_t ticks_of_a_lap = options.rate > 0 ? options.rate : 1000, ticks = options.seconds * ticks_of_a_lap;

  ArmController controller;
  const auto obey = [&](const Place& place) { return hand_of(controller.joints_for(place)); };
  const Lap wanted = lap_of(ticks_of_a_lap, std::identity{}), before = lap_of(ticks_of_a_lap, obey);
  Lap last = before;
  std::vector<Clock::duration> answers(ticks), steps(ticks);

  // All memory is taken: the loop only waits and computes.
  const Clock::duration period = std::chrono::nanoseconds(std::chrono::seconds(1)) / ticks_of_a_lap;
  Clock::time_point next = Clock::now();
  // [readme]
  for (std::size_t tick = 0; tick < ticks; ++tick) {
    if (options.rate > 0) std::this_thread::sleep_until(next += period);
    const Place place = wanted_at(tick, ticks_of_a_lap);

    const Clock::time_point asked = Clock::now();
    const Joints commanded = controller.joints_for(place);
    answers[tick] = Clock::now() - asked;

    const Place reached = hand_of(commanded);

    const Clock::time_point moved = Clock::now();
    controller.learn(reached, commanded);
    steps[tick] = Clock::now() - moved;

    set(last, tick % ticks_of_a_lap, reached);
  }
  // [/readme]

  std::cout << "path error, mm: " << mean_distance(before, wanted) << " before learning, " << mean_distance(last, wanted)
            << " in the last lap, " << mean_distance(lap_of(ticks_of_a_lap, obey), wanted) << " when it learns no more\n";
  print_percentiles("answer", answers);
  print_percentiles("step", steps);

  if (!plot::gnuplot_available()) {
    std::cout << "no picture: " << plot::gnuplot_missing << '\n';
    return finish();
  }
  // A line would hide the last lap's.
  const Lap dots = lap_of(40, std::identity{});
  const auto x = [](const Lap& lap) { return xt::view(lap, xt::all(), 0); };
  const auto y = [](const Lap& lap) { return xt::view(lap, xt::all(), 1); };
  // In this size a millimetre is as long upwards as sideways.
  plot::Figure figure;
  figure.title("An arm that learns while it moves").x_label("x / mm").y_label("y / mm").size({.width = 800, .height = 650});
  figure.line(x(before), y(before), "before learning")
      .line(x(last), y(last), "in the last lap")
      .scatter(x(dots), y(dots), "wanted");
  for (const char* extension : {".svg", ".png"}) {
    figure.save((options.output / "arm").string() + extension);
    std::cout << "wrote arm" << extension << " in " << options.output.string() << '\n';
  }
  return finish();
} catch (...) {
  return explain();
}
