// A score that nobody computes.
// expect: ctnn: a score must be asked for by the type of one metric given to compile
#include <ctnn/ctnn.hpp>

using namespace ctnn;

int main() {
  Model<Sequential<Dense<2, 1>>> model;
  const xt::xtensor<float, 2> x;
  const auto scores = model.compile(SGD{}, MeanSquaredError{}, MeanAbsoluteError{}).evaluate(x, x);
#ifdef ACCEPTED
  return scores.get<MeanAbsoluteError>() > 0;
#else
  return scores.get<Recall>() > 0;
#endif
}
