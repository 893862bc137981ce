// One of a callback's members takes other arguments, and would never be called.
// expect: ctnn: a callback's on_epoch_end must take (trainer, epoch, logs)
// expect: takes_epoch_end<Report
#include <ctnn/ctnn.hpp>
using namespace ctnn;
struct Report {
  void on_train_begin(auto&) {}
#ifdef ACCEPTED
  void on_epoch_end(auto&, std::size_t, const Logs&) {}
#else
  void on_epoch_end(std::size_t, const Logs&) {}
#endif
};
History train(Model<Sequential<Dense<3, 4>>>& model, const xt::xtensor<float, 2>& x, const xt::xtensor<float, 2>& y) {
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  Report report;
  return trainer.fit(x, y, {.epochs = 2}, report);
}
