// What has nothing to train.
#include <ctnn/core.hpp>
using namespace ctnn;

// mistake: no parameters
// expect: ctnn: a network must have parameters to be trained
// expect: has_parameters<Sequential<Input<2>, Tanh>>
#ifdef ACCEPTED
using Net = Sequential<Dense<2, 1>, Tanh>;
#else
using Net = Sequential<Input<2>, Tanh>;
#endif
void train(StaticModel<Net>& model) { auto trainer = model.compile(SGD{}, MeanSquaredError{}); }

// mistake: none that is trained
// expect: ctnn: a network must have parameters that are trained, as Dense has
// expect: trains_parameters<Sequential<Input<2>, Normalization<
#ifdef ACCEPTED
using Fixed = Sequential<Input<2>, Normalization<>, Dense<1>>;
#else
using Fixed = Sequential<Input<2>, Normalization<>>;
#endif
void train_fixed(StaticModel<Fixed>& model, const Samples<float>& x) {
  auto trainer = model.compile(Adam{}, MeanSquaredError{});
  trainer.step(x, x, 5);
}
