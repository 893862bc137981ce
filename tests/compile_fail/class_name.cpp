// A layer's class_name names its group in a weight file: what would be a path there could never be loaded again.
// expect: ctnn: a layer's class_name must name a group of a weight file
#include <array>
#include <ctnn/core.hpp>
#include <ctnn/io/weight_list.hpp>
#include <vector>

using namespace ctnn;

struct Scale {
#ifdef ACCEPTED
  static constexpr const char* class_name = "A-B";
#else
  static constexpr const char* class_name = "A/B";
#endif
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size(); }
  static constexpr std::array<Parameter, 1> parameters(Dimensions input) { return {{{"scale", input, ones()}}}; }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i] * parameters[i];
  }
  template <class In, class Lane, class Gradient>
  static constexpr void backward(const Tape<Scale, Lane>&, const ScalarOf<Lane>*, const Lane*, Gradient*, Lane*) {}
};

std::vector<detail::WeightGroup> groups() {
  return detail::weight_groups(detail::WeightChainOf<StaticModel<Sequential<Input<3>, Scale>>::chain>::value, "");
}
