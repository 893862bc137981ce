// A misspelt member makes a type that fit would never call.
// expect: ctnn: a callback must have one of on_train_begin, on_epoch_begin, on_batch_end, on_epoch_end and on_train_end
// expect: is_callback<Report
#include <ctnn/ctnn.hpp>
using namespace ctnn;
struct Report {
#ifdef ACCEPTED
  void on_epoch_end(auto&, std::size_t, const Logs&) {}
#else
  void on_epoch_ended(auto&, std::size_t, const Logs&) {}
#endif
};
History train(Model<Sequential<Dense<3, 4>>>& model, const xt::xtensor<float, 2>& x, const xt::xtensor<float, 2>& y) {
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  return trainer.fit(x, y, {.epochs = 2}, Report{});
}
