// A robot arm of two links of length 1, and the network that turns its hand's place into its joints' angles.
#pragma once

#include <ctnn/core.hpp>

namespace arm_example {

using namespace ctnn;

/// (x, y) → (shoulder, elbow) in radians; the elbow bends to one side.
using Network = Sequential<Dense<2, 16>, Tanh, Dense<16>, Tanh, Dense<2>>;

/// The range of the angles.
struct Range {
  float low, high;
};
inline constexpr Range shoulder_range{0.2f, 1.4f}, elbow_range{0.4f, 2.2f};

}  // namespace arm_example
