// A layer's state would be lost: networks are types.
// expect: ctnn: a layer must have no data members; what varies is a template argument
// expect: has_no_data_members<at_layer<1>, Mine>
#include <ctnn/core.hpp>
using namespace ctnn;
struct Mine {
  static constexpr const char* class_name = "Mine";
#ifndef ACCEPTED
  float scale = 2;
#endif
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }
  template <class In, class Lane>
  static constexpr void backward(const Tape<Mine, Lane>&, const ScalarOf<Lane>*, const Lane* dy, const void*, Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i];
  }
};
using Net = Sequential<Dense<1, 2>, Mine>;
StaticModel<Net> model;
