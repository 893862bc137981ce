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
/// Every function takes batches with axes (batch, …input shape) and targets with (batch, …output shape), or plain
/// (batch) for one number a sample. They throw ShapeError for other axes, another number of targets than samples or an
/// empty batch, NonFiniteLossError for a loss that is infinite or NaN, and EmptyModelError if the model was moved from;
/// whatever is thrown, the parameters are those after the last complete step.
template <class Net, class Scalar, Loss LossType, Optimizer OptimizerType>
class Trainer {
  using In = typename Net::input_shape;
  using Out = typename Net::output_shape;

 public:
  Trainer(Model<Net, Scalar>& model, const OptimizerType& optimizer, const LossType& loss)
      : model_(&model), trainer_(model, checked(optimizer), checked(loss)) {}
  Trainer(const Trainer&) = default;
  Trainer(Trainer&&) = default;
  Trainer& operator=(Trainer&&) = default;
  // Assignment by copy could fail half-way, with some of another trainer's state.
  Trainer& operator=(const Trainer&) = delete;
  ~Trainer() = default;

  /// One optimizer step on one batch. Returns the batch's mean loss before the step.
  template <Tensor X, Tensor Y>
  Scalar train_on_batch(const X& x, const Y& y) {
    const Data<X, Y> data(*this, x, y, "train_on_batch");
    return step(data.x, data.y, data.count, "train_on_batch");
  }

  /// The mean loss of one batch; changes nothing.
  template <Tensor X, Tensor Y>
  Scalar test_on_batch(const X& x, const Y& y) const {
    const Data<X, Y> data(*this, x, y, "test_on_batch");
    return finite(trainer_.loss(data.x, data.y, data.count), "test_on_batch");
  }

  /// The mean loss of a data set, taken `batch_size` samples at a time.
  template <Tensor X, Tensor Y>
  Scalar evaluate(const X& x, const Y& y, std::size_t batch_size = 32) const {
    check_batch_size(batch_size, "evaluate");
    const Data<X, Y> data(*this, x, y, "evaluate");
    return static_cast<Scalar>(mean_loss(data, 0, data.count, batch_size, "evaluate"));
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
    if (kept == data.count) return run(data, kept, options, [] { return std::pair(false, 0.0); });
    return run(data, kept, options,
               [&] { return std::pair(true, mean_loss(data, kept, data.count, options.batch_size, "fit: validation")); });
  }

  /// The same with validation data given, which takes the place of validation_split.
  template <Tensor X, Tensor Y, class ValidationX, class ValidationY>
  History fit(const X& x, const Y& y, const FitOptions& options, const ValidationData<ValidationX, ValidationY>& validation) {
    check(options);
    const Data<X, Y> data(*this, x, y, "fit");
    const Data<ValidationX, ValidationY> held(*this, validation.x, validation.y, "fit: validation data");
    return run(data, data.count, options,
               [&] { return std::pair(true, mean_loss(held, 0, held.count, options.batch_size, "fit: validation")); });
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
  /// A checked pair of samples and targets. Refers to the tensors.
  template <class X, class Y>
  struct Data {
    CTNN_INLINE Data(const Trainer& trainer, const X& inputs, const Y& targets, const char* where) {
      detail::check_fixed_shape<at_input, In, X>();
      detail::check_fixed_shape<at_target, Out, Y>();
      trainer.model_->require_parameters(where);
      if (!trainer.gradient()) [[unlikely]] {
        throw EmptyModelError(detail::concat("ctnn: ", where, ": the trainer is empty, because it was moved from"));
      }
      count = detail::batch_size<In>(inputs, where, ": the input x");
      const std::size_t target_count = detail::batch_size<Out>(targets, where, ": the target y");
      if (target_count != count) detail::throw_count_error(count, target_count, where);
      x = detail::samples_of<In, Scalar>(inputs);
      y = detail::samples_of<Out, Scalar>(targets);
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

  static Scalar finite(Scalar loss, const char* where) {
    if (!math::is_finite(loss)) [[unlikely]]
      throw_non_finite(loss, where);
    return loss;
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

  CTNN_INLINE Scalar step(const Samples<Scalar>& x, const Samples<Scalar>& y, std::size_t count, const char* where) {
    const std::uint64_t before = iterations();
    const Scalar loss = finite(trainer_.step(x, y, count), where);
    if (iterations() == before) [[unlikely]]
      throw_non_finite_gradient(where);
    return loss;
  }

  template <class X, class Y>
  double mean_loss(const Data<X, Y>& data, std::size_t from, std::size_t to, std::size_t batch_size, const char* where) const {
    batch_size = std::min(batch_size, to - from);
    double total = 0;
    for (std::size_t first = from; first < to; first += batch_size) {
      const std::size_t count = std::min(batch_size, to - first);
      total += static_cast<double>(finite(trainer_.loss(data.x.from(first), data.y.from(first), count), where)) *
               static_cast<double>(count);
    }
    return total / static_cast<double>(to - from);
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
      double total = 0;
      for (std::size_t first = 0; first < count; first += batch_size) {
        const std::size_t size = std::min(batch_size, count - first);
        const std::size_t* numbers = options.shuffle ? order.data() + first : nullptr;
        total += static_cast<double>(step(data.x.from(first, numbers), data.y.from(first, numbers), size, "fit")) *
                 static_cast<double>(size);
        progress.step(first / batch_size + 1, total / static_cast<double>(first + size));
      }
      history.loss.push_back(total / static_cast<double>(count));
      const auto [validated, val_loss] = validate();
      if (validated) history.val_loss.push_back(val_loss);
      progress.end_epoch(history.loss.back(), validated ? &val_loss : nullptr);
    }
    return history;
  }

  Model<Net, Scalar>* model_;
  BasicTrainer<BasicModel<Net, Scalar, OnHeap>, LossType, OptimizerType> trainer_;
};

}  // namespace ctnn
