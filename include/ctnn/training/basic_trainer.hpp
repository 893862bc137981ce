// BasicTrainer: a model, a loss and an optimizer, without heap or exceptions. Trainer (trainer.hpp) adds xtensor
// batches, fit and errors.
#pragma once

#include "../static_model.hpp"
#include "coupled_batch.hpp"
#include "penalties.hpp"
#include "update.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

struct NoScratch {
  static constexpr std::nullptr_t require(std::size_t) { return nullptr; }
};

/// Memory that grows with the batch, if it is needed and there is any.
template <class Storage, class Scalar, bool Needed>
struct ScratchOf {
  using type = NoScratch;
};
template <class Storage, class Scalar>
  requires requires { typename Storage::template Scratch<Scalar>; }
struct ScratchOf<Storage, Scalar, true> {
  using type = typename Storage::template Scratch<Scalar>;
};

/// Memory whose contents outlive no call, and so are not copied with what it is part of; none for no numbers.
template <class Storage, class Number, std::size_t Count>
class Workspace {
 public:
  constexpr Workspace() = default;
  constexpr Workspace(const Workspace&) {}
  constexpr Workspace(Workspace&&) = default;
  constexpr Workspace& operator=(const Workspace&) { return *this; }
  constexpr Workspace& operator=(Workspace&&) = default;
  constexpr ~Workspace() = default;

  constexpr Number* data() const { return values_.data(); }

 private:
  mutable typename Storage::template Array<Number, Count> values_;
};
template <class Storage, class Number>
class Workspace<Storage, Number, 0> {
 public:
  static constexpr Number* data() { return nullptr; }
};

/// Memory for `Count` numbers, taken when first asked for if the storage has any that grows.
template <class Storage, class Scalar, std::size_t Count>
struct LateArray {
  typename Storage::template Array<Scalar, Count> values;
  constexpr Scalar* require() { return values.data(); }
};
template <class Storage, class Scalar>
struct LateArray<Storage, Scalar, 0> {
  static constexpr Scalar* require() { return nullptr; }
};
template <class Storage, class Scalar, std::size_t Count>
  requires(Count > 0 && requires { typename Storage::template Scratch<Scalar>; })
struct LateArray<Storage, Scalar, Count> {
  typename Storage::template Scratch<Scalar> values;
  Scalar* require() { return values.require(Count); }
};

}  // namespace detail

namespace detail {

/// The model of a trainer that refers to it.
template <class Model>
class Referred {
 public:
  constexpr explicit Referred(Model& referred) : model_(&referred) {}

  constexpr Model& get() const { return *model_; }

 private:
  Model* model_;
};

/// A model in a trainer's place for one: the trainer holds it (static_learner.hpp).
template <class Model>
class Owned {
 public:
  using network = typename Model::network;
  using scalar = typename Model::scalar;
  using storage = typename Model::storage;
  using Sample = typename Model::Sample;

  constexpr explicit Owned(const Model& first) : model_(first) {}

  constexpr Model& get() { return model_; }
  constexpr const Model& get() const { return model_; }

 private:
  Model model_;
};

template <class Model>
struct HolderOf {
  using type = Referred<Model>;
};
template <class Model>
struct HolderOf<Owned<Model>> {
  using type = Owned<Model>;
};

}  // namespace detail

/// Trains a model in place. Refers to the model, which must outlive it; holds the gradient and the optimizer's state.
template <class Model, Optimizer OptimizerType, Loss LossType, Metric... Metrics>
class BasicTrainer {
  using Holder = typename detail::HolderOf<Model>::type;

 public:
  using network = typename Model::network;
  using scalar = typename Model::scalar;

  using Output = typename network::output_shape;
  using scores = Scores<scalar, Output, Metrics...>;
  using Sums = detail::SumsOf<network, scalar, Metrics...>;
  using BatchLane = detail::BatchLane<scalar>;
  /// What one target is: the loss's target_shape.
  using Target = std::array<scalar, TargetShape<LossType, typename network::output_shape>::size>;

  template <class Given>
    requires std::is_constructible_v<Holder, Given&>
  constexpr BasicTrainer(Given& model, const OptimizerType& optimizer, const LossType& loss, const Metrics&... metrics)
      : model_(model), optimizer_(optimizer), objective_(loss, metrics...), state_(optimizer) {
    // Keras's default batch size.
    reserve(32);
  }
  /// What `other` is, for another model.
  template <class Given>
    requires std::is_constructible_v<Holder, Given&>
  constexpr BasicTrainer(Given& model, const BasicTrainer& other) : BasicTrainer(other) {
    model_ = Holder(model);
  }

  /// Makes room for batches of `count` samples, so that their steps allocate nothing. Networks whose layers couple samples need
  /// some for each, other wide ones as much as a gradient for batches of thousands. A larger batch makes room for itself. Throws
  /// std::bad_alloc.
  constexpr void reserve([[maybe_unused]] std::size_t count) {
    if constexpr (couples) kept_.require(kept_lanes(count));
    if constexpr (has_worker) lost(count);
  }

  /// One optimizer step on `count` ≥ 1 samples. Returns the batch's scores before the step. Where the loss or its gradient
  /// is infinite or NaN, a schedule's rate is no rate, or the step would make a parameter infinite, nothing changes, the count of
  /// iterations neither. Without vector registers, a StaticModel's batch of more than WidePlan::part samples, which are at most 56
  /// in float, takes twice the gradient's memory on the stack, up to 16 KB.
  CTNN_INLINE constexpr scores step(const Samples<scalar>& x, const Samples<scalar>& y, std::size_t count) {
    return scores_of(step(SampleBatch<scalar>{x, y, count}), count);
  }
  /// The same of a batch whose samples may have weights; the batch's mean loss and the sums of its metrics.
  CTNN_INLINE constexpr Sums step(const SampleBatch<scalar>& batch) {
    if constexpr (couples) {
      return step(batch, serial_worker());
    } else {
      return finish(compute<true>(batch, gradient_.data(), has_worker ? lost(batch.count) : nullptr), detail::NoWorkers{});
    }
  }

  /// The scores of `count` ≥ 1 samples; the loss with the penalties of regularised layers. Uses the trainer's memory, so two
  /// threads may not evaluate with one BasicTrainer.
  CTNN_INLINE constexpr scores evaluate(const Samples<scalar>& x, const Samples<scalar>& y, std::size_t count) const {
    return scores_of(evaluate(SampleBatch<scalar>{x, y, count}), count);
  }
  CTNN_INLINE constexpr Sums evaluate(const SampleBatch<scalar>& batch) const {
    return with_penalties(compute<false>(batch, nullptr, nullptr));
  }

  /// The same with a worker's memory in place of the trainer's.
  Sums evaluate(const SampleBatch<scalar>& batch, const detail::SerialWorker<BatchLane>& worker) const {
    if constexpr (is_wide) {
      return with_penalties(detail::wide_sums<network, false, BatchLane>(objective_, model_.get().data(), batch, noise(),
                                                                         static_cast<scalar*>(nullptr), worker, nullptr));
    } else {
      return evaluate(batch);
    }
  }

  /// A step whose work is shared by `workers` (workers.hpp); the result is the same to the bit.
  template <class Workers>
  Sums step(const SampleBatch<scalar>& batch, const Workers& workers) {
    if constexpr (couples) {
      BatchLane* const kept = kept_.require(kept_lanes(batch.count));
      detail::CoupledBatch<network, BatchLane, Workers, LossType, Metrics...> coupled{
          objective_, model_.get().data(), batch, noise(), gradient_.data(), workers, kept, statistics_.data(), lost(batch.count)};
      return finish(coupled.run(), workers);
    } else if constexpr (is_wide) {
      return finish(detail::wide_sums<network, true, BatchLane>(objective_, model_.get().data(), batch, noise(), gradient_.data(),
                                                                workers, lost(batch.count)),
                    workers);
    } else {
      return step(batch);
    }
  }

  /// What the sums over `count` samples come to.
  CTNN_INLINE constexpr scores scores_of(const Sums& sums, std::size_t count) const {
    return objective_.template scores<scalar, Output>(sums, count);
  }

  /// One step on one sample and its target: train_on_sample({1.f, 2.f}, {0.5f}). As `step`.
  constexpr scores train_on_sample(const typename Model::Sample& x, const Target& y) {
    return step({.data = x.data(), .stride = std::ssize(x)}, {.data = y.data(), .stride = std::ssize(y)}, 1);
  }

  /// One step on arrays of samples and targets; as `step`.
  template <std::size_t Count>
  constexpr scores train_on_batch(const std::array<typename Model::Sample, Count>& x, const std::array<Target, Count>& y) {
    static_assert(Count > 0, "ctnn: a batch must have at least one sample");
    if (std::is_constant_evaluated()) {
      // A constant expression may not step from one array into the next.
      const auto flat_x = flat(x);
      const auto flat_y = flat(y);
      return step({.data = flat_x.data(), .stride = std::ssize(x[0])}, {.data = flat_y.data(), .stride = std::ssize(y[0])}, Count);
    }
    return step({.data = x[0].data(), .stride = std::ssize(x[0])}, {.data = y[0].data(), .stride = std::ssize(y[0])}, Count);
  }

  /// The gradient of the last step, clipped if the optimizer clips, laid out as the model's parameters.
  constexpr const scalar* gradient() const { return gradient_.data(); }
  /// Steps done.
  constexpr std::uint64_t iterations() const { return iterations_; }

  /// What a worker needs: lanes of memory, and numbers.
  static constexpr std::size_t worker_memory() { return has_worker ? worker_lanes : 0; }
  static constexpr std::size_t worker_numbers() { return has_worker ? parameter_count : 0; }

  /// Where layers' random numbers begin, as Dropout's; every step draws others.
  constexpr void seed(Seed seed) { noise_seed_ = seed; }

  /// What is wrong with the options of optimizer, loss and metrics, or null.
  constexpr Problem problem() const {
    const Problem found = problem_of<scalar>(optimizer_);
    return found ? found : objective_.template problem<scalar>();
  }

  constexpr auto& model() { return model_.get(); }
  constexpr auto& model() const { return model_.get(); }
  constexpr const OptimizerType& optimizer() const { return optimizer_; }
  constexpr OptimizerType& optimizer() { return optimizer_; }
  constexpr const Objective<LossType, Metrics...>& objective() const { return objective_; }
  /// The optimizer's state: slot(k) for k < in_use(), each laid out as the model's parameters.
  constexpr auto& state() { return state_; }
  constexpr const auto& state() const { return state_; }

 private:
  using Storage = typename Model::storage;
  using BatchPlan = detail::WidePlan<network, LossType, BatchLane, Metrics...>;
  using Couplings = detail::CoupledPlan<network, LossType, BatchLane, Metrics...>;
  static constexpr bool is_wide = BatchPlan::is_wide, couples = detail::couples_samples<network>, has_worker = is_wide || couples;
  static constexpr std::size_t worker_lanes = [] {
    if constexpr (couples) {
      return Couplings::memory;
    } else {
      return BatchPlan::memory;
    }
  }();
  static constexpr std::size_t statistic_count = [] {
    if constexpr (couples) {
      return Couplings::statistics;
    } else {
      return std::size_t{0};
    }
  }();
  static constexpr std::size_t parameter_count = network::parameter_count;
  /// Whether the trainer is an object of a microcontroller, of whose memory a part is not kept for what only batches of several
  /// parts need, but taken on the stack when one comes; not of networks whose gradient is large.
  static constexpr bool has_little_memory = kernels::register_bytes == 0 && !couples && parameter_count * sizeof(scalar) <= 8192 &&
                                            !requires { typename Storage::template Scratch<scalar>; };

  /// Whether the compiler may evaluate a step; a model that says nothing of it can be a constant.
  static constexpr bool may_be_constant = !requires { typename Model::never_constant; };

  /// The mean loss, the sums of the metrics and, with `Gradient`, the gradient: in registers of samples, or number by number where
  /// the compiler evaluates it.
  template <bool Gradient>
  CTNN_INLINE constexpr Sums compute(const SampleBatch<scalar>& batch, scalar* gradient,
                                     [[maybe_unused]] scalar* lost_of_gradient) const {
    if constexpr (may_be_constant) {
      if (std::is_constant_evaluated()) {
        return detail::narrow_sums<network, Gradient, scalar>(objective_, model_.get().data(), batch, noise(), gradient);
      }
    }
    if constexpr (is_wide) {
      if constexpr (has_little_memory) {
        if (batch.count > BatchPlan::part) return compute_long<Gradient>(batch, gradient);
      }
      return detail::wide_sums<network, Gradient, BatchLane>(objective_, model_.get().data(), batch, noise(), gradient,
                                                             serial_worker(), lost_of_gradient);
    } else {
      return detail::narrow_sums<network, Gradient, BatchLane>(objective_, model_.get().data(), batch, noise(), gradient);
    }
  }

  /// The same of a batch of several parts, where what only those need is on the stack.
  template <bool Gradient>
  CTNN_NOINLINE Sums compute_long(const SampleBatch<scalar>& batch, scalar* gradient) const {
    scalar partial[Gradient ? parameter_count : 1], lost[Gradient ? parameter_count : 1];
    return detail::wide_sums<network, Gradient, BatchLane>(
        objective_, model_.get().data(), batch, noise(), gradient,
        detail::SerialWorker<BatchLane>{memory_.data(), static_cast<scalar*>(partial)},
        Gradient && batch.count > BatchPlan::most_samples ? static_cast<scalar*>(lost) : nullptr);
  }

  /// What the sum of a long batch's gradient loses; null of a batch that is not long.
  constexpr scalar* lost([[maybe_unused]] std::size_t count) {
    return has_worker && !has_little_memory && count > BatchPlan::most_samples ? lost_.require() : nullptr;
  }

  detail::SerialWorker<BatchLane> serial_worker() const { return {memory_.data(), partial_.data()}; }

  static constexpr std::size_t kept_lanes(std::size_t count) {
    const std::size_t tiles = count / BatchPlan::width + 1, most = SIZE_MAX / sizeof(BatchLane) / (Couplings::kept + 1);
    return tiles < most ? tiles * Couplings::kept : SIZE_MAX / sizeof(BatchLane);
  }

  /// A variance may overflow where the loss, of what it normalizes, does not.
  constexpr bool statistics_are_finite() const {
    return statistic_count == 0 || detail::all_finite(statistics_.data(), statistic_count);
  }

  /// What the layers that couple samples keep beside their parameters.
  constexpr void update_states() {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      const auto move = [&]<class Coupling>(const Coupling&, std::size_t first) {
        Coupling::layer::template update_state<typename Coupling::In>(static_cast<const scalar*>(statistics_.data() + first),
                                                                      model_.get().data() + Coupling::offset);
      };
      [[maybe_unused]] const int each[] = {
          (move(typename Couplings::template Coupling<K>{}, Couplings::template statistics_before<K>), 0)...};
    }(std::make_index_sequence<Couplings::couplings>{});
  }

  CTNN_INLINE constexpr Sums with_penalties(Sums result) const {
    if constexpr (detail::has_penalties<network>) result.loss += detail::penalty<network>(data());
    return result;
  }

  template <class Workers>
  CTNN_INLINE constexpr Sums finish(Sums result, const Workers& workers) {
    if constexpr (detail::has_penalties<network>) result.loss += detail::add_penalties<network>(data(), gradient_.data());
    if (math::is_finite(result.loss) && statistics_are_finite() &&
        detail::update<network>(optimizer_, iterations_ + 1, detail::magnitude_of<network>(gradient(), workers),
                                model_.get().data(), gradient_.data(), state_, workers)) [[likely]] {
      ++iterations_;
      if constexpr (couples) update_states();
    }
    return result;
  }

  /// Where the layers' random numbers of the next step start from.
  constexpr std::uint64_t noise() const { return detail::derived(noise_seed_, detail::Purpose::layers, iterations_).value; }

  constexpr const scalar* data() const { return model_.get().data(); }

  template <std::size_t Count, std::size_t Size>
  static constexpr auto flat(const std::array<std::array<scalar, Size>, Count>& rows) {
    std::array<scalar, Count * Size> result{};
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = rows[i / Size][i % Size];
    return result;
  }

  Holder model_;
  OptimizerType optimizer_;
  Objective<LossType, Metrics...> objective_;
  std::uint64_t iterations_ = 0;
  Seed noise_seed_;
  typename Storage::template Array<scalar, parameter_count> gradient_;
  detail::OptimizerState<OptimizerType, scalar, parameter_count, Storage> state_;
  // What a batch needs on its way (training/wide_batch.hpp and coupled_batch.hpp).
  [[no_unique_address]] detail::Workspace<Storage, BatchLane, worker_lanes> memory_;
  [[no_unique_address]] detail::Workspace<Storage, scalar, has_worker && !has_little_memory ? parameter_count : 0> partial_;
  [[no_unique_address]] detail::Workspace<Storage, scalar, statistic_count> statistics_;
  [[no_unique_address]] typename detail::ScratchOf<Storage, BatchLane, couples>::type kept_;
  [[no_unique_address]] detail::LateArray<Storage, scalar,
                                          has_worker && !has_little_memory && detail::drifts<scalar> ? parameter_count : 0> lost_;

  static_assert(can_grow<network, (!couples || requires { typename Storage::template Scratch<scalar>; })>,
                "ctnn: a network with BatchNormalization must be trained as a Model, since it keeps what the whole batch became");
  static_assert(has_parameters<network>, "ctnn: a network must have parameters to be trained");
  static_assert(trains_parameters<network, (parameter_count == 0 || detail::trainable_ranges<network>.size() > 0)>,
                "ctnn: a network must have parameters that are trained, as Dense has; the mean and the variance of Normalization "
                "are found out by model.adapt(x)");
};

}  // namespace ctnn::inline CTNN_VARIANT
