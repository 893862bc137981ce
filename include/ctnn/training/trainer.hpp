// Trainer: what `model.compile(optimizer, loss)` gives. Trains and evaluates on xtensor batches.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../model.hpp"
#include "../threads.hpp"
#include "basic_trainer.hpp"
#include "callbacks/callback.hpp"
#include "checks.hpp"
#include "evaluation_memory.hpp"
#include "history.hpp"
#include "interrupt.hpp"
#include "named_scores.hpp"
#include "progress.hpp"
#include "refused_arguments.hpp"
#include "running_fit.hpp"
#include "sample_weight.hpp"
#include "score_names.hpp"
#include "totals.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether an optimizer's learning rate can be read and changed by name.
template <class OptimizerType>
inline constexpr bool has_learning_rate = requires(OptimizerType& optimizer) { optimizer.learning_rate = 0.5; };

/// Trains a Model. Refers to it, and follows it where it is moved: a struct of a model and its trainer may be moved, as in a
/// growing vector. It cannot be copied, since a copied struct would train the other's model; a Learner can. Holds the gradient and
/// the optimizer's state; after `compile`, a step allocates nothing.
///
/// Every function takes batches with axes (batch, …input shape) and targets with (batch, …target shape of the loss), or plain
/// (batch) for one number a sample. They throw ShapeError for other axes, another number of targets than samples or an
/// empty batch, NonFiniteLossError for a loss that is infinite or NaN, and EmptyModelError if the model is gone or the trainer
/// was moved from; whatever is thrown, the parameters are those after the last complete step.
template <class Net, class Scalar, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class Trainer {
  using In = typename Net::input_shape;
  using Target = TargetShape<LossType, typename Net::output_shape>;

 public:
  using scalar = Scalar;
  /// What a step and an evaluation return: the mean loss alone or, with metrics, Scores, which also stand for it.
  using Result = std::conditional_t<sizeof...(Metrics) == 0, Scalar, NamedScores<Scalar, typename Net::output_shape, Metrics...>>;

  Trainer(Model<Net, Scalar>& model, const OptimizerType& optimizer, const LossType& loss, const Metrics&... metrics)
      : place_(model.place()), trainer_(*place_, checked(optimizer), checked(loss), checked(metrics)...) {}
  /// What `other` is for another model: with its options, its optimizer's state and its steps (learner.hpp).
  Trainer(Model<Net, Scalar>& model, const Trainer& other) : place_(other.place_for(model)), trainer_(*place_, other.trainer_) {}
  Trainer(const Trainer&) = delete;
  Trainer(Trainer&&) = default;
  Trainer& operator=(const Trainer&) = delete;
  Trainer& operator=(Trainer&&) = default;
  ~Trainer() = default;

  /// One optimizer step on one batch. Returns the batch's mean loss, and its metrics, before the step.
  template <class X, class Y>
  Result train_on_batch(const X& x, const Y& y) {
    const Data<X, Y> data(*this, x, y, "train_on_batch");
    return scores(step({data.x, data.y, data.count}, "train_on_batch"), data.count);
  }
  /// The same with weights of samples or classes: train_on_batch(x, y, {.class_weight = {1.0, 14.0}}).
  template <class X, class Y>
  Result train_on_batch(const X& x, const Y& y, const BatchOptions& options) {
    const Data<X, Y> data(*this, x, y, "train_on_batch");
    if constexpr (Data<X, Y>::is_usable) {
      weigh({options.class_weight, options.sample_weight}, data.y, data.count, "train_on_batch", weights_);
    }
    return scores(step({data.x, data.y, data.count, numbers(weights_)}, "train_on_batch"), data.count);
  }

  Result train_on_batch(const detail::Anything&, const detail::Anything&) {
    detail::check_tensor<at_input, detail::in_braces<Scalar>>();
    return {};
  }

  // Options of other names, and weights without a name.
  Result train_on_batch(const detail::Anything&, const detail::Anything&, const detail::OtherOptions&) {
    static_assert(are_options<BatchOptions, Result>,
                  "ctnn: train_on_batch's options must be class_weight or sample_weight, as in train_on_batch(x, y, "
                  "{.sample_weight = weights})");
    return {};
  }
  template <class X, class Y, class Given>
  Result train_on_batch(const X&, const Y&, const Given&) {
    static_assert(are_options<BatchOptions, Given>,
                  "ctnn: train_on_batch's options must be class_weight or sample_weight, as in train_on_batch(x, y, "
                  "{.sample_weight = weights})");
    return {};
  }

  /// The mean loss and the metrics of one batch; changes nothing. Several threads may evaluate with one trainer, as long as none
  /// trains; one that finds its memory in use allocates some.
  template <class X, class Y>
  Result test_on_batch(const X& x, const Y& y) const {
    const Data<X, Y> data(*this, x, y, "test_on_batch");
    return scores(
        finite(evaluate(EvaluationMemory(in_use_), {data.x, data.y, data.count}), {data.x, data.y, data.count}, "test_on_batch"),
        data.count);
  }
  /// The same with weights of samples or classes.
  template <class X, class Y>
  Result test_on_batch(const X& x, const Y& y, const BatchOptions& options) const {
    const Data<X, Y> data(*this, x, y, "test_on_batch");
    std::vector<Scalar> weights;
    if constexpr (Data<X, Y>::is_usable) {
      weigh({options.class_weight, options.sample_weight}, data.y, data.count, "test_on_batch", weights);
    }
    const SampleBatch<Scalar> batch{data.x, data.y, data.count, numbers(weights)};
    return scores(finite(evaluate(EvaluationMemory(in_use_), batch), batch, "test_on_batch"), data.count);
  }

  Result test_on_batch(const detail::Anything&, const detail::Anything&) const {
    detail::check_tensor<at_input, detail::in_braces<Scalar>>();
    return {};
  }

  // Options of other names, and weights without a name.
  Result test_on_batch(const detail::Anything&, const detail::Anything&, const detail::OtherOptions&) const {
    static_assert(are_options<BatchOptions, Result>,
                  "ctnn: test_on_batch's options must be class_weight or sample_weight, as in test_on_batch(x, y, "
                  "{.sample_weight = weights})");
    return {};
  }
  template <class X, class Y, class Given>
  Result test_on_batch(const X&, const Y&, const Given&) const {
    static_assert(are_options<BatchOptions, Given>,
                  "ctnn: test_on_batch's options must be class_weight or sample_weight, as in test_on_batch(x, y, "
                  "{.sample_weight = weights})");
    return {};
  }

  /// The mean loss and the metrics of a data set; see EvaluateOptions. For several threads: as test_on_batch.
  template <class X, class Y>
  Result evaluate(const X& x, const Y& y, const EvaluateOptions& options = {}) const {
    detail::check_batch_size(options.batch_size, "evaluate");
    detail::check_threads(options.threads, "evaluate");
    const Data<X, Y> data(*this, x, y, "evaluate");
    const auto workers = hire(options.threads);
    if constexpr (Data<X, Y>::is_usable) {
      check_weights({no_weights, options.sample_weight}, data.count, "evaluate");
      const Part all{data.x, data.y, 0, data.count, options.sample_weight};
      return scores(sums_of(all, options.batch_size, "evaluate", workers, nullptr), data.count);
    }
    return {};
  }

  // Options of other names, and batches in braces.
  Result evaluate(const detail::Anything&, const detail::Anything&, const detail::OtherOptions&) const {
    static_assert(
        are_options<EvaluateOptions, Result>,
        "ctnn: evaluate's options must be batch_size, sample_weight or threads, as in evaluate(x, y, {.batch_size = 64})");
    return {};
  }
  template <class X, class Y, class Given>
  Result evaluate(const X&, const Y&, const Given&) const {
    static_assert(
        are_options<EvaluateOptions, Given>,
        "ctnn: evaluate's options must be batch_size, sample_weight or threads, as in evaluate(x, y, {.batch_size = 64})");
    return {};
  }
  Result evaluate(detail::Braces, const detail::Anything&, const EvaluateOptions& = {}) const {
    detail::check_tensor<at_input, detail::in_braces<Scalar>>();
    return {};
  }
  Result evaluate(const detail::Anything&, const detail::Anything&, ...) const;

  /// Trains for some epochs; see FitOptions. Calls the callbacks (callbacks/callback.hpp) in the order given. Returns what
  /// every epoch came to; where the loss becomes infinite or NaN, the NonFiniteFitError has it. Callbacks may write to x and y,
  /// and assign to them what has as many samples. Throws OptionError for options out of range.
  template <class X, class Y, class... Callbacks>
  History fit(const X& x, const Y& y, const FitOptions& options = {}, Callbacks&&... callbacks) {
    detail::check_fit_options(options);
    const Data<X, Y> data(*this, x, y, "fit");
    const std::size_t kept = detail::samples_to_train_on(data.count, options);
    if constexpr (Data<X, Y>::is_usable) {
      check_weights({options.class_weight, options.sample_weight}, data.count, "fit");
      if constexpr (Target::size == 1 && (has_class_numbers || has_bernoulli_targets)) {
        if (options.verbose > 0) detail::warn_of_untrained_class(data.y, kept, data.count, target_classes.count);
      }
      return run(part_of(x, y, data, 0, kept, options.sample_weight, "fit"),
                 part_of(x, y, data, kept, data.count, options.sample_weight, "fit"), options, callbacks...);
    }
    return {};
  }

  /// The same with validation data given, which takes the place of validation_split.
  template <class X, class Y, class ValidationX, class ValidationY, class... Callbacks>
  History fit(const X& x, const Y& y, const FitOptions& options, ValidationData<ValidationX, ValidationY> validation,
              Callbacks&&... callbacks) {
    detail::check_fit_options(options);
    const Data<X, Y> data(*this, x, y, "fit");
    const Data<ValidationX, ValidationY> held(*this, validation.x, validation.y, "fit: validation data");
    if constexpr (Data<X, Y>::is_usable && Data<ValidationX, ValidationY>::is_usable) {
      check_weights({options.class_weight, options.sample_weight}, data.count, "fit");
      check_weights({no_weights, validation.sample_weight}, held.count, "fit: validation data");
      return run(part_of(x, y, data, 0, data.count, options.sample_weight, "fit"),
                 part_of(validation.x, validation.y, held, 0, held.count, validation.sample_weight, "fit: validation data"),
                 options, callbacks...);
    }
    return {};
  }
  // What else is given in the options' place is refused by a sentence.
  template <class... Arguments>
  History fit(const Arguments&...) {
    static_cast<void>(detail::RefusedArguments<Arguments...>{});
    return {};
  }

  // Options of other names, and batches in braces.
  template <class... Rest>
  History fit(const detail::Anything&, const detail::Anything&, const detail::OtherOptions&, const Rest&...) {
    static_assert(
        are_options<FitOptions, detail::OtherOptions, Rest...>,
        "ctnn: fit's options must be batch_size, epochs, shuffle, validation_split, class_weight, sample_weight, verbose, "
        "seed, stop_on_interrupt or threads, in this order; validation data and callbacks come behind them, as in "
        "fit(x, y, {.epochs = 2}, ValidationData{other_x, other_y}, EarlyStopping{})");
    return {};
  }
  template <class... Rest>
  History fit(detail::Braces, const detail::Anything&, const FitOptions& = {}, const Rest&...) {
    detail::check_tensor<at_input, detail::in_braces<Scalar>>();
    return {};
  }
  template <class X, class... Rest>
  History fit(const X&, detail::Braces, const FitOptions& = {}, const Rest&...) {
    detail::check_tensor<at_target, detail::in_braces<Scalar>>();
    return {};
  }
  template <class X, class Y, class... Rest>
  History fit(const X&, const Y&, const FitOptions&, detail::Braces, const Rest&...) {
    static_assert(is_validation_data<X, Y>, "ctnn: validation data must be given as ValidationData{x, y}, behind the options");
    return {};
  }
  History fit(const detail::Anything&, const detail::Anything&, ...);

  // Keras's model predicts and is trained.
  template <class... Arguments>
  xt::xarray<Scalar> predict(const Arguments&...) const {
    static_assert(is_model<Trainer, Arguments...>,
                  "ctnn: it is the model that predicts, model.predict(x) or trainer.model().predict(x)");
    return {};
  }

  template <class Stream>
  friend Stream& operator<<(Stream& out, const Trainer&) {
    static_assert(is_printed<Trainer, Stream>, "ctnn: a trainer has nothing to print; its model prints itself by model.summary()");
    return out;
  }

  /// Ends fit, as from a callback: after the running batch or, where that has ended, the epoch.
  void stop_training() { fit_.stop = true; }

  /// The optimizer's learning rate; of a schedule, the next step's.
  double learning_rate() const {
    check_learning_rate();
    if constexpr (requires { trainer_.optimizer().learning_rate(iterations()); }) {
      return trainer_.optimizer().learning_rate(iterations());
    } else {
      return static_cast<double>(trainer_.optimizer().learning_rate);
    }
  }
  /// Changes it, from the next step on. Throws OptionError for a rate that the optimizer refuses and, as Keras, where it was
  /// given a schedule.
  void set_learning_rate(double rate) {
    check_learning_rate();
    if constexpr (requires { trainer_.optimizer().learning_rate.is_schedule(); }) {
      if (trainer_.optimizer().learning_rate.is_schedule()) {
        throw OptionError("ctnn: set_learning_rate: the learning rate must be a number to be set, but is a schedule");
      }
    }
    OptimizerType changed = trainer_.optimizer();
    changed.learning_rate = rate;
    refuse(changed, "set_learning_rate");
    trainer_.optimizer() = changed;
  }

  /// The names that the logs of the running or last fit have, callbacks' own apart: sorted, "val_…" only with validation.
  const std::vector<std::string>& log_names() const { return fit_.log_names; }

  /// The model, wherever it is. Throws EmptyModelError where it is gone.
  Model<Net, Scalar>& model() const {
    require_whole("model");
    return *place_->model;
  }
  /// Steps done.
  std::uint64_t iterations() const { return trainer_.iterations(); }
  /// The gradient of the last step, clipped if the optimizer clips, laid out as the model's parameters.
  const Scalar* gradient() const { return trainer_.gradient(); }
  /// The optimizer's state: slot(k) for k < in_use(), each laid out as the model's parameters.
  auto& state() { return trainer_.state(); }
  const auto& state() const { return trainer_.state(); }

 private:
  using Place = detail::ModelPlace<Net, Scalar>;
  using Basic = BasicTrainer<Place, OptimizerType, LossType, Metrics...>;
  using Sums = typename Basic::Sums;
  using Totals = detail::Totals<std::tuple_size_v<decltype(Sums::metrics)>>;
  /// In the digits of the logs.
  using Means = Scores<double, typename Net::output_shape, Metrics...>;
  using EvaluationMemory = detail::EvaluationMemory<Basic>;

  /// Throws EmptyModelError if the model is gone or empty, or the trainer was moved from.
  void require_whole(const char* where) const {
    if (!place_ || !place_->model || place_->model->empty()) [[unlikely]]
      detail::throw_empty_trainer(!place_, where);
  }

  /// The place of a model whose trainer begins as this one.
  const std::shared_ptr<Place>& place_for(Model<Net, Scalar>& model) const {
    require_whole("a copy of a Learner");
    return model.place();
  }

  /// A checked pair of samples and targets. Refers to the tensors.
  template <class X, class Y>
  struct Data {
    /// Where not, the constructor says why.
    static constexpr bool is_usable = detail::passes_as_tensor<X> && detail::passes_as_tensor<Y>;

    CTNN_INLINE Data(const Trainer& trainer, const X& inputs, const Y& targets, const char* where) {
      detail::check_tensor<at_input, X>();
      if constexpr (detail::passes_as_tensor<X>) {
        detail::check_tensor<at_target, Y>();
        if constexpr (is_usable) check(trainer, inputs, targets, where);
      }
    }

    std::size_t count;
    Samples<Scalar> x, y;

   private:
    CTNN_INLINE void check(const Trainer& trainer, const X& inputs, const Y& targets, const char* where) {
      detail::check_static_shape<at_input, In, X>();
      detail::check_static_shape<at_target, Target, Y>();
      trainer.require_whole(where);
      count = detail::batch_size<In>(inputs, where, ": the input x");
      const std::size_t target_count = detail::batch_size<Target>(targets, where, ": the target y");
      if (target_count != count) detail::throw_count_error(count, target_count, where);
      x = detail::samples_of<In, Scalar>(inputs);
      y = detail::samples_of<Target, Scalar>(targets);
    }
  };

  template <class Options>
  static Options checked(const Options& options) {
    refuse(options, "compile");
    return options;
  }
  /// Throws OptionError where something is wrong with options.
  template <class Options>
  static void refuse(const Options& options, const char* where) {
    if constexpr (requires { options.template problem<Scalar>(); }) {
      detail::check_problem(options.template problem<Scalar>(), where);
    }
    if constexpr (requires { options.template problem_behind<typename Net::output_shape>(); }) {
      detail::check_problem(options.template problem_behind<typename Net::output_shape>(), where);
    }
  }

  /// Whether the loss's targets are numbers of classes.
  static constexpr bool has_class_numbers = !std::is_same_v<Target, typename Net::output_shape>;
  static Sums finite(const Sums& sums, const SampleBatch<Scalar>& batch, const char* where) {
    if (!math::is_finite(sums.loss)) [[unlikely]]
      detail::throw_non_finite_loss(sums.loss, batch,
                                    {In::size, Target::size, has_class_numbers ? Net::output_shape::dimensions.last() : 0}, where);
    return sums;
  }
  /// What sums over `count` samples come to.
  template <class Number, std::size_t Count>
  CTNN_INLINE Result scores(const detail::Sums<Number, Count>& sums, std::size_t count) const {
    return trainer_.objective().template scores<Scalar, typename Net::output_shape>(sums, count);
  }
  Means means(const Totals& totals) const {
    return trainer_.objective().template scores<double, typename Net::output_shape>(totals.sums(), totals.samples());
  }

  // How samples count.
  static inline const std::vector<double> no_weights{};
  /// Whether each target says whether something is there, of which several may be.
  static constexpr bool has_bernoulli_targets = detail::fused_distribution<LossType> == Distribution::bernoulli;
  static constexpr detail::TargetClasses target_classes = [] {
    using Output = typename Net::output_shape;
    const std::size_t classes = Output::size == 1 ? 2 : has_bernoulli_targets ? 0 : Output::size;
    return detail::TargetClasses{Target::size, Output::rank == 1 ? classes : 0, !has_class_numbers && Output::size > 1};
  }();
  static void check_weights(const detail::Weighting& weights, std::size_t count, const char* where) {
    detail::check_weights(weights, count, target_classes, where);
  }
  static void weigh(const detail::Weighting& weights, const Samples<Scalar>& y, std::size_t count, const char* where,
                    std::vector<Scalar>& result) {
    check_weights(weights, count, where);
    detail::write_weights(weights, y, count, target_classes, where, result);
  }
  static const Scalar* numbers(const std::vector<Scalar>& weights) { return weights.empty() ? nullptr : weights.data(); }

  /// A step that was refused although its loss is finite.
  [[noreturn, gnu::cold, gnu::noinline]] void throw_refused(const char* where) const {
    if constexpr (has_learning_rate<OptimizerType>) {
      if (!detail::rate_is_usable<Scalar>(learning_rate())) detail::throw_rate(learning_rate(), iterations(), where);
    }
    detail::throw_non_finite_step(detail::gradient_is_finite<Net>(trainer_.gradient()), where);
  }

  /// Threads beside the calling one, if more than that is asked for.
  using Workers = detail::ThreadWorkers<typename Basic::BatchLane, Basic::worker_memory(), Basic::worker_numbers()>;
  static std::optional<Workers> hire(std::size_t threads) {
    if (threads == 1) return {};
    return std::optional<Workers>(std::in_place, threads);
  }

  CTNN_INLINE Sums step(const SampleBatch<Scalar>& batch, const char* where, [[maybe_unused]] const Workers* workers = nullptr) {
    const std::uint64_t before = iterations();
    Sums sums;
    if constexpr (detail::has_threads) {
      sums = workers ? trainer_.step(batch, *workers) : trainer_.step(batch);
    } else {
      sums = trainer_.step(batch);
    }
    finite(sums, batch, where);
    if (iterations() == before) [[unlikely]]
      throw_refused(where);
    return sums;
  }

  /// The step of a fit and the sums of a batch on the way: functions of their own, so that the network is not compiled again
  /// for every list of callbacks.
  CTNN_NOINLINE Sums fit_step(const SampleBatch<Scalar>& batch, const std::optional<Workers>& workers) {
    return step(batch, "fit", workers ? &*workers : nullptr);
  }
  CTNN_NOINLINE Sums batch_sums(const SampleBatch<Scalar>& batch) const { return trainer_.evaluate(batch); }
  Sums evaluate(const EvaluationMemory& memory, const SampleBatch<Scalar>& batch) const {
    if constexpr (Basic::worker_memory() > 0) {
      if (memory.has_own()) return trainer_.evaluate(batch, memory.own());
    }
    return batch_sums(batch);
  }

  /// Samples [from, to) of a data set.
  struct Part {
    Samples<Scalar> x, y;
    std::size_t from, to;
    SampleWeight weight;
  };
  /// The same with the tensors that they are in, and how many samples those hold.
  struct FitPart : Part {
    std::size_t count;
    const void *inputs, *targets;
    const char* where;
    void (*look)(const Trainer&, FitPart&);
  };

  template <class X, class Y>
  static FitPart part_of(const X& x, const Y& y, const Data<X, Y>& data, std::size_t from, std::size_t to,
                         const SampleWeight& weight, const char* where) {
    return {{data.x, data.y, from, to, weight}, data.count, std::addressof(x), std::addressof(y), where, &look_again<X, Y>};
  }
  /// After callbacks, which may have assigned to the tensors: xtensor then gives them other memory.
  template <class X, class Y>
  static void look_again(const Trainer& trainer, FitPart& part) {
    const Data<X, Y> data(trainer, *static_cast<const X*>(part.inputs), *static_cast<const Y*>(part.targets), part.where);
    if (data.count != part.count) detail::throw_changed_count(data.count, part.count, part.where);
    part.x = data.x;
    part.y = data.y;
  }

  /// The mean loss and the sums over a part; where an interrupt came, which is asked after each batch or round of batches, what
  /// those of its samples that were seen add to them.
  auto sums_of(const Part& part, std::size_t batch_size, const char* where, const std::optional<Workers>& workers,
               const detail::Interrupt* interrupt) const {
    const std::size_t count = part.to - part.from;
    batch_size = std::min(batch_size, count);
    std::vector<Scalar> weights;
    detail::write_weights({no_weights, part.weight}, part.y.from(part.from), count, target_classes, where, weights);
    const SampleBatch<Scalar> all{part.x.from(part.from), part.y.from(part.from), count, numbers(weights)};
    const EvaluationMemory memory(in_use_);
    Totals totals;
    const auto take = [&](const Sums& sums) {
      const std::size_t seen = totals.samples(), size = std::min(batch_size, count - seen);
      totals.add(finite(sums, all.part(seen, size), where), size);
    };
    // Each thread evaluates a batch by itself.
    const auto take_together = [&] {
      if constexpr (detail::has_threads) {
        if (!workers) return false;
        const std::size_t seen = totals.samples(), left = (count - seen - 1) / batch_size + 1;
        const std::size_t together = std::min(left, workers->size());
        std::array<Sums, detail::most_workers> sums;
        workers->run(together, [&](std::size_t worker) {
          const std::size_t first = seen + worker * batch_size;
          sums[worker] =
              trainer_.evaluate(all.part(first, std::min(batch_size, count - first)),
                                detail::SerialWorker<typename Basic::BatchLane>{workers->memory(worker), workers->partial(worker)});
        });
        for (std::size_t worker = 0; worker < together; ++worker) take(sums[worker]);
        return true;
      }
      return false;
    };
    while (totals.samples() < count) {
      if (!take_together()) {
        const std::size_t seen = totals.samples();
        take(evaluate(memory, all.part(seen, std::min(batch_size, count - seen))));
      }
      if (interrupt && interrupt->came()) break;
    }
    return totals.sums();
  }

  static void check_learning_rate() {
    static_assert(has_learning_rate<OptimizerType>,
                  "ctnn: an optimizer must have a member learning_rate for the rate to be read or changed");
  }

  /// Trains on one part and evaluates the other, where it is not empty, after each epoch.
  template <class... Callbacks>
  History run(FitPart part, FitPart held, const FitOptions& options, Callbacks&... callbacks) {
    (detail::check_callback<Trainer, Callbacks>(), ...);
    // With the steps done, a second fit does not repeat the first one's order.
    Random random(detail::derived(options.seed, detail::Purpose::shuffling, iterations()));
    const std::size_t count = part.to - part.from;
    std::vector<std::size_t> order(options.shuffle ? count : 0);
    std::iota(order.begin(), order.end(), part.from);
    std::vector<Scalar> weights;
    const std::size_t batch_size = std::min(options.batch_size, count), steps = (count + batch_size - 1) / batch_size;
    const bool validated = held.from < held.to;
    const auto workers = hire(options.threads);
    trainer_.reserve(batch_size);

    const detail::RunningFit running(fit_);
    const detail::ScoreNames<Metrics...> names;
    Logs batch_logs = names.logs();
    Logs all = batch_logs;
    if (validated) names.add_validation(all, Means{});
    fit_.log_names.clear();
    for (const auto& [name, value] : all) fit_.log_names.push_back(name);

    const detail::Interrupt interrupt(options.stop_on_interrupt);
    detail::Progress progress(options.verbose, options.epochs);
    History history;
    // What callbacks may have changed: where the data lie, whether there is a model and, by a fit of their own, the seed.
    const auto resume = [&] {
      part.look(*this, part);
      if (validated) held.look(*this, held);
      trainer_.seed(options.seed);
    };
    (detail::tell_train_begin(*this, callbacks), ...);
    const auto run_epochs = [&] {
      for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
        (detail::tell_epoch_begin(*this, callbacks, epoch), ...);
        resume();
        progress.begin_epoch(epoch, steps);
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        const std::size_t* const numbering = options.shuffle ? order.data() : nullptr;
        detail::write_weights({options.class_weight, part.weight}, part.y.from(part.from, numbering), count, target_classes, "fit",
                              weights);
        Totals totals;
        std::size_t done = 0;
        while (totals.samples() < count) {
          const std::size_t seen = totals.samples(), size = std::min(batch_size, count - seen);
          const std::size_t* const own = numbering ? numbering + seen : nullptr;
          totals.add(fit_step({part.x.from(part.from + seen, own), part.y.from(part.from + seen, own), size,
                               weights.empty() ? nullptr : weights.data() + seen},
                              workers),
                     size);
          const auto logs = [&]() -> const Logs& {
            names.write(batch_logs, means(totals));
            return batch_logs;
          };
          if constexpr (detail::hears_batches<Trainer, Callbacks...>()) {
            logs();
            (detail::tell_batch_end(*this, callbacks, done, batch_logs), ...);
            resume();
          }
          progress.step(++done, logs);
          if (fit_.stop || interrupt.came()) break;
        }
        names.write(batch_logs, means(totals));
        Logs logs = batch_logs;
        bool whole = !interrupt.came() || (totals.samples() == count && !validated);
        if (validated) {
          Means validation;
          validation.loss = std::numeric_limits<double>::quiet_NaN();
          validation.metrics.fill(validation.loss);
          if (whole) {
            const auto sums = sums_of(held, options.batch_size, "fit: validation", workers, &interrupt);
            whole = !interrupt.came();
            if (whole) {
              validation = trainer_.objective().template scores<double, typename Net::output_shape>(sums, held.to - held.from);
            }
          }
          names.add_validation(logs, validation);
        }
        if (whole) {
          progress.clear();
          (detail::tell_epoch_end(*this, callbacks, epoch, logs), ...);
          require_whole("fit");
        }
        history.record(logs);
        history.interrupted = interrupt.came();
        if (whole) {
          progress.end_epoch(logs);
        } else {
          progress.interrupted(done, batch_logs);
        }
        if (fit_.stop || history.interrupted) break;
      }
    };
    try {
      run_epochs();
    } catch (const NonFiniteLossError& error) {
      progress.leave();
      (detail::tell_train_end(*this, callbacks), ...);
      throw NonFiniteFitError(error.what(), std::move(history));
    }
    (detail::tell_train_end(*this, callbacks), ...);
    return history;
  }

  std::shared_ptr<Place> place_;
  Basic trainer_;
  /// Of the last weighted batch.
  std::vector<Scalar> weights_;
  [[no_unique_address]] detail::InUse in_use_;
  detail::FitState fit_;
};

}  // namespace ctnn::inline CTNN_VARIANT
