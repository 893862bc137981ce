// Where the arm's hand shall go, and the joints that the compiler computes for it: constants, whatever it compiles for.
#pragma once

#include "arm.hpp"

/// The network with its weights, in flash.
constexpr auto model = arm();
using Model = std::remove_const_t<decltype(model)>;

inline constexpr std::array<Model::Sample, 8> places{{{0.9483f, 1.477f},
                                                      {1.652f, 1.013f},
                                                      {-0.6993f, 0.708f},
                                                      {-0.1158f, 1.459f},
                                                      {0.3407f, 1.025f},
                                                      {0.1352f, 1.906f},
                                                      {0.8356f, 1.642f},
                                                      {-0.4307f, 1.081f}}};

/// The joints that bring the hand there.
inline constexpr std::array<Model::Output, places.size()> joints{
    {{0.5f, 1.0f}, {0.3f, 0.5f}, {1.3f, 2.1f}, {0.9f, 1.5f}, {0.25f, 2.0f}, {1.2f, 0.6f}, {0.7f, 0.8f}, {1.0f, 1.9f}}};

/// The joints that the network answers.
inline constexpr auto answers = [] {
  std::array<Model::Output, places.size()> result{};
  for (std::size_t i = 0; i < places.size(); ++i) result[i] = model(places[i]);
  return result;
}();
