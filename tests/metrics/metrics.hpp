// What the tests of metrics share: one sample's value, the same in every lane.
#pragma once

#include <ctnn/ctnn.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

template <class LossType, class Output, class MetricType, std::size_t Outputs, std::size_t Targets>
float value(const MetricType& metric, const std::array<float, Outputs>& predicted, const std::array<float, Targets>& target) {
  static_assert(Outputs == Output::size && Targets == TargetShape<LossType, Output>::size);
  const float alone = metric.template evaluate<LossType, Output>(predicted.data(), target.data());
  using Lane = kernels::NativeLane<float>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  if constexpr (width > 1) {
    // The sample is the lane's last; the others are its mirror image.
    std::array<Lane, Outputs> predicted_lanes{};
    std::array<Lane, Targets> target_lanes{};
    const auto fill = [](const auto& numbers, auto& lanes) {
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        std::array<float, width> column{};
        column.fill(numbers[numbers.size() - 1 - i]);
        column.back() = numbers[i];
        lanes[i] = Lane::load(column.data());
      }
    };
    fill(predicted, predicted_lanes), fill(target, target_lanes);
    const Lane lanes = metric.template evaluate<LossType, Output>(predicted_lanes.data(), target_lanes.data());
    CHECK(lanes[width - 1] == alone);
  }
  return alone;
}

}  // namespace
