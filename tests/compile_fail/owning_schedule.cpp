// expect: ctnn: a learning-rate schedule must be trivially copyable and hold at most 152 bytes
// expect: fits_learning_rate<Table>
#include <ctnn/core.hpp>
#include <vector>
using namespace ctnn;
struct Table {
#ifdef ACCEPTED
  double rates[2];
#else
  std::vector<double> rates;
#endif
  double operator()(std::uint64_t step) const { return rates[step % 2]; }
};
void train(StaticModel<Sequential<Dense<1, 1>>>& model) {
  auto trainer = model.compile(SGD{.learning_rate = Table{}}, MeanSquaredError{});
}
