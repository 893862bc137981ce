// Trainer: what `model.compile(optimizer, loss)` gives. Trains and evaluates on xtensor batches.
#pragma once

#include <algorithm>
#include <iostream>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../model.hpp"
#include "basic_trainer.hpp"
#include "history.hpp"
#include "progress.hpp"

namespace ctnn {

/// Trains a Model. Refers to it, so the model must stay where it is and live as long. Holds the gradient and the
/// optimizer's state; after `compile`, a step allocates nothing.
///
/// Every function takes batches with axes (batch, …input shape) and targets with (batch, …target shape of the loss), or plain
/// (batch) for one number a sample. They throw ShapeError for other axes, another number of targets than samples or an
/// empty batch, NonFiniteLossError for a loss that is infinite or NaN, and EmptyModelError if the model was moved from;
/// whatever is thrown, the parameters are those after the last complete step.
template <class Net, class Scalar, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class Trainer {
  using In = typename Net::input_shape;
  using Target = TargetShape<LossType, typename Net::output_shape>;

 public:
  /// What a step and an evaluation return: the mean loss alone or, with metrics, Scores, which also stand for it.
  using Result = std::conditional_t<sizeof...(Metrics) == 0, Scalar, Scores<Scalar, sizeof...(Metrics)>>;

  Trainer(Model<Net, Scalar>& model, const OptimizerType& optimizer, const LossType& loss, const Metrics&... metrics)
      : model_(&model), trainer_(model, checked(optimizer), checked(loss), checked(metrics)...) {}
  Trainer(const Trainer&) = default;
  Trainer(Trainer&&) = default;
  Trainer& operator=(Trainer&&) = default;
  // Assignment by copy could fail half-way, with some of another trainer's state.
  Trainer& operator=(const Trainer&) = delete;
  ~Trainer() = default;

  /// One optimizer step on one batch. Returns the batch's mean loss, and its metrics, before the step.
  template <Tensor X, Tensor Y>
  Result train_on_batch(const X& x, const Y& y) {
    const Data<X, Y> data(*this, x, y, "train_on_batch");
    return step(data.x, data.y, data.count, "train_on_batch");
  }

  /// The mean loss and the metrics of one batch; changes nothing.
  template <Tensor X, Tensor Y>
  Result test_on_batch(const X& x, const Y& y) const {
    const Data<X, Y> data(*this, x, y, "test_on_batch");
    return finite(trainer_.evaluate(data.x, data.y, data.count), "test_on_batch");
  }

  /// The mean loss and the metrics of a data set, taken `batch_size` samples at a time.
  template <Tensor X, Tensor Y>
  Result evaluate(const X& x, const Y& y, std::size_t batch_size = 32) const {
    check_batch_size(batch_size, "evaluate");
    const Data<X, Y> data(*this, x, y, "evaluate");
    const Totals means = mean_scores(data, 0, data.count, batch_size, "evaluate");
    typename Basic::scores scores{static_cast<Scalar>(means.loss), {}};
    for (std::size_t i = 0; i < sizeof...(Metrics); ++i) scores.metrics[i] = static_cast<Scalar>(means.metrics[i]);
    return scores;
  }

  /// Trains for some epochs; see FitOptions. Returns the losses of every epoch. Throws OptionError for options out of range.
  template <Tensor X, Tensor Y>
  History fit(const X& x, const Y& y, const FitOptions& options = {}) {
    check(options);
    const Data<X, Y> data(*this, x, y, "fit");
    const auto kept = static_cast<std::size_t>(static_cast<double>(data.count) * (1 - options.validation_split));
    if (kept == 0) {
      throw OptionError(
          detail::concat("ctnn: fit: validation_split leaves no sample of ", std::to_string(data.count), " to train on"));
    }
    if (kept == data.count) return run(data, kept, options, [] { return std::pair(false, Totals{}); });
    return run(data, kept, options,
               [&] { return std::pair(true, mean_scores(data, kept, data.count, options.batch_size, "fit: validation")); });
  }

  /// The same with validation data given, which takes the place of validation_split.
  template <Tensor X, Tensor Y, class ValidationX, class ValidationY>
  History fit(const X& x, const Y& y, const FitOptions& options, const ValidationData<ValidationX, ValidationY>& validation) {
    check(options);
    const Data<X, Y> data(*this, x, y, "fit");
    const Data<ValidationX, ValidationY> held(*this, validation.x, validation.y, "fit: validation data");
    return run(data, data.count, options,
               [&] { return std::pair(true, mean_scores(held, 0, held.count, options.batch_size, "fit: validation")); });
  }

  Model<Net, Scalar>& model() const { return *model_; }
  /// Steps done.
  std::uint64_t iterations() const { return trainer_.iterations(); }
  /// The gradient of the last step, clipped if the optimizer clips, laid out as the model's parameters.
  const Scalar* gradient() const { return trainer_.gradient(); }
  /// The optimizer's state: slot(k) for k < in_use(), each laid out as the model's parameters.
  auto& state() { return trainer_.state(); }
  const auto& state() const { return trainer_.state(); }

 private:
  using Basic = BasicTrainer<BasicModel<Net, Scalar, OnHeap>, OptimizerType, LossType, Metrics...>;
  using BatchScores = typename Basic::scores;
  /// Sums or means over a data set, in double.
  using Totals = Scores<double, sizeof...(Metrics)>;

  /// A checked pair of samples and targets. Refers to the tensors.
  template <class X, class Y>
  struct Data {
    CTNN_INLINE Data(const Trainer& trainer, const X& inputs, const Y& targets, const char* where) {
      detail::check_fixed_shape<at_input, In, X>();
      detail::check_fixed_shape<at_target, Target, Y>();
      trainer.model_->require_parameters(where);
      if (!trainer.gradient()) [[unlikely]] {
        throw EmptyModelError(detail::concat("ctnn: ", where, ": the trainer is empty, because it was moved from"));
      }
      count = detail::batch_size<In>(inputs, where, ": the input x");
      const std::size_t target_count = detail::batch_size<Target>(targets, where, ": the target y");
      if (target_count != count) detail::throw_count_error(count, target_count, where);
      x = detail::samples_of<In, Scalar>(inputs);
      y = detail::samples_of<Target, Scalar>(targets);
    }

    std::size_t count;
    Samples<Scalar> x, y;
  };

  template <class Options>
  static Options checked(const Options& options) {
    if constexpr (requires { options.template problem<Scalar>(); }) {
      if (const char* problem = options.template problem<Scalar>()) throw OptionError(detail::concat("ctnn: compile: ", problem));
    }
    return options;
  }

  static void check_batch_size(std::size_t batch_size, const char* where) {
    if (batch_size == 0) throw OptionError(detail::concat("ctnn: ", where, ": batch_size must be at least 1, but is 0"));
  }

  static void check(const FitOptions& options) {
    check_batch_size(options.batch_size, "fit");
    if (options.epochs == 0) throw OptionError("ctnn: fit: epochs must be at least 1, but is 0");
    if (!(options.validation_split >= 0 && options.validation_split < 1)) {
      throw OptionError(
          detail::concat("ctnn: fit: validation_split must lie in [0, 1), but is ", std::to_string(options.validation_split)));
    }
    if (options.verbose < 0 || options.verbose > 2) {
      throw OptionError(detail::concat("ctnn: fit: verbose must be 0, 1 or 2, but is ", std::to_string(options.verbose)));
    }
  }

  static const BatchScores& finite(const BatchScores& scores, const char* where) {
    if (!math::is_finite(scores.loss)) [[unlikely]]
      throw_non_finite(scores.loss, where);
    return scores;
  }
  [[noreturn, gnu::cold, gnu::noinline]] static void throw_non_finite(Scalar loss, const char* where) {
    throw NonFiniteLossError(detail::concat("ctnn: ", where, ": the loss must be finite, but is ", std::to_string(loss),
                                            "; the parameters were left as they are (a smaller learning rate or scaled inputs "
                                            "may help)"));
  }

  [[noreturn, gnu::cold, gnu::noinline]] static void throw_non_finite_gradient(const char* where) {
    throw NonFiniteLossError(detail::concat("ctnn: ", where, ": the loss is finite, but its gradient is not; the parameters were ",
                                            "left as they are (scaled inputs may help)"));
  }

  CTNN_INLINE BatchScores step(const Samples<Scalar>& x, const Samples<Scalar>& y, std::size_t count, const char* where) {
    const std::uint64_t before = iterations();
    const BatchScores scores = finite(trainer_.step(x, y, count), where);
    if (iterations() == before) [[unlikely]]
      throw_non_finite_gradient(where);
    return scores;
  }

  /// Adds a batch's scores, weighted by its size.
  static void add(Totals& totals, const BatchScores& scores, std::size_t size) {
    const auto weight = static_cast<double>(size);
    totals.loss += static_cast<double>(scores.loss) * weight;
    for (std::size_t i = 0; i < sizeof...(Metrics); ++i) totals.metrics[i] += static_cast<double>(scores.metrics[i]) * weight;
  }
  static Totals mean(Totals totals, std::size_t size) {
    const auto weight = static_cast<double>(size);
    totals.loss /= weight;
    for (double& metric : totals.metrics) metric /= weight;
    return totals;
  }

  template <class X, class Y>
  Totals mean_scores(const Data<X, Y>& data, std::size_t from, std::size_t to, std::size_t batch_size, const char* where) const {
    batch_size = std::min(batch_size, to - from);
    Totals totals;
    for (std::size_t first = from; first < to; first += batch_size) {
      const std::size_t count = std::min(batch_size, to - first);
      add(totals, finite(trainer_.evaluate(data.x.from(first), data.y.from(first), count), where), count);
    }
    return mean(totals, to - from);
  }

  /// Trains on the first `count` samples; `validate` gives whether there is validation data, and its loss.
  template <class X, class Y, class Validate>
  History run(const Data<X, Y>& data, std::size_t count, const FitOptions& options, const Validate& validate) {
    // Starting from the steps done, a second fit does not repeat the first one's order.
    Random random(Seed{options.seed.value + iterations()});
    std::vector<std::size_t> order(options.shuffle ? count : 0);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t batch_size = std::min(options.batch_size, count), steps = (count + batch_size - 1) / batch_size;
    detail::Progress progress(std::cout, options.verbose, options.epochs);
    History history;
    for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
      progress.begin_epoch(epoch, steps);
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
      Totals totals;
      for (std::size_t first = 0; first < count; first += batch_size) {
        const std::size_t size = std::min(batch_size, count - first);
        const std::size_t* numbers = options.shuffle ? order.data() + first : nullptr;
        add(totals, step(data.x.from(first, numbers), data.y.from(first, numbers), size, "fit"), size);
        progress.step(first / batch_size + 1, totals.loss / static_cast<double>(first + size));
      }
      history.loss.push_back(mean(totals, count).loss);
      const auto [validated, held] = validate();
      if (validated) history.val_loss.push_back(held.loss);
      progress.end_epoch(history.loss.back(), validated ? &held.loss : nullptr);
    }
    return history;
  }

  Model<Net, Scalar>* model_;
  Basic trainer_;
};

}  // namespace ctnn
