// Images without a channel axis, where the network wants one.
// expect: ctnn: a batch of inputs must have one axis more than the network's input shape
// expect: axes_agree<at_input, expects<Shape<28, 28, 1>>, axes<3>>
#include <ctnn/ctnn.hpp>
using namespace ctnn;
using Net = Sequential<Input<28, 28, 1>, Flatten, Dense<10>>;
#ifdef ACCEPTED
using Images = xt::xtensor<float, 4>;
#else
using Images = xt::xtensor<float, 3>;
#endif
auto answer(const Model<Net>& model, const Images& images) { return model.predict(images); }
