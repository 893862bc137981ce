// What no view of a batch can be made of.
#include <array>
#include <ctnn/ctnn.hpp>
#include <ctnn/data/series.hpp>
#include <vector>
using namespace ctnn;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif
using Small = Model<Sequential<Dense<3, 2>>>;

// mistake: a vector that is gone when the batch is used
// expect: ctnn: as_batch must be given numbers that have a name, because it refers to them
// expect: outlive_the_call<std::vector<float
auto temporary(const Small& model, const std::vector<float>& v) {
  return model.predict(as_batch(EITHER(v, std::vector<float>(v)), 2, 3));
}

// mistake: an array that is gone when the batch is used
// expect: ctnn: as_batch must be given numbers that have a name, because it refers to them
// expect: outlive_the_call<const std::array<float, 6
const std::array<float, 6> six();
auto returned(const Small& model, const std::vector<float>& v) { return model.predict(as_batch(EITHER(v, six()), 2, 3)); }

// mistake: rows of their own
// expect: ctnn: as_batch must be given numbers that lie side by side, as those of a std::vector<float>, std::array, std::span
// expect: are_side_by_side<const std::vector<std::vector<
auto rows(const Small& model, const std::vector<float>& v, [[maybe_unused]] const std::vector<std::vector<float>>& rows) {
  return model.predict(as_batch(EITHER(v, rows), 2, 3));
}

// mistake: a batch without a shape
// expect: ctnn: as_batch must be given the number of samples and the lengths of a sample's axes, as as_batch(v, 100, 28, 28, 1)
// expect: are_lengths<
#ifdef ACCEPTED
auto shape(const Small& model, const std::vector<float>& v) { return model.predict(as_batch(v, 2, 3)); }
#else
auto shape(const Small& model, const std::vector<float>& v) { return model.predict(as_batch(v)); }
#endif

// mistake: windows of a series that is gone when they are used
// expect: ctnn: windows must be given a series that has a name and lies in memory
// expect: is_series_in_memory<xt::
using Series = xt::xtensor<float, 1>;
auto windows_of_temporary(const Small& model, const Series& series) {
  return model.predict(windows(EITHER(series, Series(series)), 3).x);
}

// mistake: windows of what is computed when it is read
// expect: ctnn: windows must be given a series that has a name and lies in memory
// expect: is_series_in_memory<const xt::xfunction<
auto windows_of_expression(const Small& model, const Series& series) {
  [[maybe_unused]] const auto doubled = 2.0f * series;
  return model.predict(windows(EITHER(series, doubled), 3).x);
}

// mistake: windows of a tensor of any number of axes
// expect: ctnn: windows must be given a series whose type shows axes (time) or (time, features), as xt::xtensor<float, 1>
// expect: are_axes_of_series<
auto windows_of_array(const Small& model, const EITHER(Series, xt::xarray<float>) & series) {
  return model.predict(windows(series, 3).x);
}
