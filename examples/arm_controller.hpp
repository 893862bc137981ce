// The controller of a robot arm that goes on learning while it works, for a microcontroller or a real-time thread: a trained
// network that is a header, core.hpp, and nothing else.
#pragma once

#include "firmware/arm.hpp"

class ArmController {
 public:
  using Place = std::array<float, 2>;   ///< of the hand, (x, y) in lengths of a link
  using Joints = std::array<float, 2>;  ///< the angles of shoulder and elbow in radians

  ArmController() noexcept;

  /// The joints' angles that shall bring the hand to a place.
  Joints joints_for(const Place& wanted) const noexcept;
  /// Learns from one move, in one step of the optimizer. A place or angles that are infinite or NaN change nothing.
  void learn(const Place& reached, const Joints& commanded) noexcept;

 private:
  ctnn::StaticLearner<arm_network, ctnn::SGD, ctnn::MeanSquaredError> learner_;
};
