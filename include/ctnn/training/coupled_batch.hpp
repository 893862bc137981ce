// The scores and the gradient of a batch for a network with layers that couple its samples, as BatchNormalization does. Such
// a layer must have seen the whole batch before any sample goes on. So the network is cut at these layers into segments;
// the batch goes forward segment by segment, what enters and leaves each coupling is kept for all of it, and on the way back
// each segment runs forward once more, which costs less than keeping its tape.
#pragma once

#include "coupled_plan.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// One batch on its way through a network with couplings.
template <class Net, class Lane, class Workers, class LossType, class... Metrics>
class CoupledBatch {
  using Scalar = ScalarOf<Lane>;
  using Plan = CoupledPlan<Net, LossType, Lane, Metrics...>;
  using Task = typename Plan::Task;
  using Sums = SumsOf<Net, Scalar, Metrics...>;
  static constexpr std::size_t width = Plan::width;

 public:
  const Objective<LossType, Metrics...>& objective;
  const Scalar* parameters;
  const SampleBatch<Scalar>& batch;
  std::uint64_t noise;
  Scalar* gradient;
  const Workers& workers;
  Lane* kept;          ///< CoupledPlan::kept lanes for each tile of the batch
  Scalar* statistics;  ///< CoupledPlan::statistics numbers
  Scalar* lost;        ///< as many numbers as the gradient; null unless the batch is long (WidePlan::most_samples)

  /// The mean loss and the sums of the metrics; writes gradient and statistics.
  CTNN_NOINLINE Sums run() {
    forward(std::make_index_sequence<Plan::couplings>{});
    begin_long_sum<Net::parameter_count>(lost);
    const Sums sums = train_segment<Plan::couplings>();
    backward(std::make_index_sequence<Plan::couplings>{});
    return sums;
  }

 private:
  template <std::size_t K>
  Lane* inputs() const {
    return kept + Plan::template kept_before<K> * all_tiles();
  }
  template <std::size_t K>
  Lane* gradients() const {
    return inputs<K>() + Plan::template Coupling<K>::size * all_tiles();
  }
  template <std::size_t K>
  Scalar* statistics_of() const {
    return statistics + Plan::template statistics_before<K>;
  }
  Scalar* lost_at(std::size_t parameter) const { return lost ? lost + parameter : nullptr; }
  std::size_t all_tiles() const { return (batch.count + width - 1) / width; }

  template <std::size_t... K>
  void forward(std::index_sequence<K...>) {
    [[maybe_unused]] const int each[] = {(fill<K>(), measure<K>(), 0)...};
  }
  template <std::size_t... K>
  void backward(std::index_sequence<K...>) {
    constexpr std::size_t last = sizeof...(K) - 1;
    [[maybe_unused]] const int each[] = {(sum_gradients<last - K>(), train_segment<last - K>(), 0)...};
  }

  /// Groups of at most CoupledPlan::tiles tiles of samples [from, from + size): visit(first sample, tiles).
  template <class Visit>
  static void for_each_group(std::size_t from, std::size_t size, const Visit& visit) {
    for (std::size_t done = 0; done < size; done += Plan::tiles * width) {
      const std::size_t left = (size - done + width - 1) / width;
      visit(from + done, left < Plan::tiles ? left : Plan::tiles);
    }
  }
  /// Samples of the tile that begins with this one; the rest of its lanes are of no sample.
  std::size_t valid(std::size_t first) const { return batch.count - first < width ? batch.count - first : width; }

  /// The lane without what lies in lanes of no sample.
  static Lane only_valid(Lane value, std::size_t samples) {
    if constexpr (width > 1) {
      if (samples < width) return keep_lanes(value, 0, samples);
    }
    return value;
  }

  /// The input of segment K for a group of tiles.
  template <std::size_t K>
  void load(std::size_t first, std::size_t tiles, Lane* input, Scalar* row) const {
    constexpr std::size_t size = Plan::template Segment<K>::In::size;
    for (std::size_t t = 0; t < tiles; ++t) {
      const std::size_t sample = first + t * width;
      if constexpr (K == 0) {
        load_samples<size>(batch.x, sample, valid(sample), input + t * size, row);
      } else {
        using Coupling = typename Plan::template Coupling<K - 1>;
        Coupling::layer::template normalize<typename Coupling::In>(
            static_cast<const Lane*>(inputs<K - 1>() + sample / width * size), parameters + Coupling::offset,
            static_cast<const Scalar*>(statistics_of<K - 1>()), input + t * size);
      }
    }
  }

  MemoryPass<Lane> pass(std::size_t segment, std::size_t first, std::size_t tiles, bool fresh, Lane* memory) const {
    return {noise + segment * 0xd1b54a32d192ed03u, first, tiles, fresh, memory};
  }

  /// Runs segment K forward, up to coupling K.
  template <std::size_t K>
  void fill() {
    using Segment = typename Plan::template Segment<K>;
    constexpr std::size_t in = Segment::In::size, size = Plan::template Coupling<K>::size;
    for_each_part<Plan::part>(
        batch.count, workers,
        [&](std::size_t from, std::size_t part, std::size_t worker) {
          Lane* const input = workers.memory(worker);
          Lane* const values = input + Plan::tiles * Plan::largest_input;
          Scalar* const row = kernels::elements_of(values + Segment::chain::template memory<Lane, Passage::infer_training>);
          for_each_group(from, part, [&](std::size_t first, std::size_t tiles) {
            load<K>(first, tiles, input, row);
            for (std::size_t t = 0; t < tiles; ++t) {
              const std::size_t sample = first + t * width;
              InMemory<typename Segment::chain, Lane>::template infer<Passage::infer_training>(
                  input + t * in, parameters + Segment::offset, inputs<K>() + sample / width * size,
                  pass(K, sample, 1, false, values));
            }
          });
        },
        [](std::size_t, std::size_t) {});
  }

  /// The sums over the batch of what `add(first sample, sums)` adds to `Count` lanes for each tile, times `scale`. `own_lost` is
  /// `lost` at some `Count` numbers, which it leaves at zero.
  template <std::size_t Count, class Add>
  void reduce(const Add& add, Scalar scale, Scalar* results, Scalar* own_lost) {
    begin_long_sum<Count>(own_lost);
    for (std::size_t i = 0; i < Count; ++i) results[i] = Scalar(0);
    for_each_part<Plan::part>(
        batch.count, workers,
        [&](std::size_t from, std::size_t part, std::size_t worker) {
          Lane* const total = workers.memory(worker);
          Lane* const sums = total + Count;
          for (std::size_t i = 0; i < Count; ++i) total[i] = Lane(0);
          for (std::size_t first = from; first < from + part; first += width) {
            for (std::size_t i = 0; i < Count; ++i) sums[i] = Lane(0);
            add(first, sums);
            const std::size_t samples = valid(first);
            for (std::size_t i = 0; i < Count; ++i) total[i] += only_valid(sums[i], samples);
          }
        },
        [&](std::size_t parts, std::size_t) {
          for (std::size_t worker = 0; worker < parts; ++worker) {
            for (std::size_t i = 0; i < Count; ++i) {
              const Scalar sum = kernels::sum(workers.memory(worker)[i]);
              if (own_lost) {
                kernels::add_to(results + i, own_lost + i, &sum, 1);
              } else {
                results[i] += sum;
              }
            }
          }
        });
    end_long_sum<Count>(results, own_lost);
    for (std::size_t i = 0; i < Count; ++i) results[i] *= scale;
  }

  /// The statistics of coupling K.
  template <std::size_t K>
  void measure() {
    using Coupling = typename Plan::template Coupling<K>;
    constexpr std::size_t channels = Coupling::In::dimensions.last();
    const Scalar scale = Scalar(1) / static_cast<Scalar>(batch.count * (Coupling::size / channels));
    [&]<std::size_t... Pass>(std::index_sequence<Pass...>) {
      (reduce<Coupling::in_a_pass>(
           [&](std::size_t first, Lane* sums) {
             Coupling::layer::template add_statistics<Pass, typename Coupling::In>(
                 static_cast<const Lane*>(inputs<K>() + first / width * Coupling::size),
                 static_cast<const Scalar*>(statistics_of<K>()), sums);
           },
           scale, statistics_of<K>() + Pass * Coupling::in_a_pass, lost_at(Coupling::offset)),
       ...);
    }(std::make_index_sequence<Coupling::layer::statistic_passes>{});
  }

  /// The gradient of coupling K's parameters.
  template <std::size_t K>
  void sum_gradients() {
    using Coupling = typename Plan::template Coupling<K>;
    Scalar* const own = gradient + Coupling::offset;
    for (std::size_t i = Coupling::statistics; i < Coupling::parameters; ++i) own[i] = Scalar(0);
    reduce<Coupling::statistics>(
        [&](std::size_t first, Lane* sums) {
          const std::size_t place = first / width * Coupling::size;
          Coupling::layer::template add_gradients<typename Coupling::In>(static_cast<const Lane*>(inputs<K>() + place),
                                                                         static_cast<const Lane*>(gradients<K>() + place),
                                                                         static_cast<const Scalar*>(statistics_of<K>()), sums);
        },
        Scalar(1), own, lost_at(Coupling::offset));
  }

  /// Runs segment K forward and back: from the loss, for the last one, else from coupling K.
  template <std::size_t K>
  Sums train_segment() {
    using Segment = typename Plan::template Segment<K>;
    using Chain = typename Segment::chain;
    constexpr bool last = K == Plan::couplings;
    constexpr std::size_t in = Segment::In::size;
    const Scalar scale = Scalar(1) / static_cast<Scalar>(batch.count);
    SumsOf<Net, double, Metrics...> total;
    Sums sums[Workers::most], result;
    for_each_part<Plan::part>(
        batch.count, workers,
        [&](std::size_t from, std::size_t part, std::size_t worker) {
          Scalar* const own = (from == 0 ? gradient : workers.partial(worker)) + Segment::offset;
          Lane* const input = workers.memory(worker);
          Lane* const target = input + Plan::tiles * Plan::largest_input;
          Lane* const room = target + Plan::tiles * Task::Target::size;
          Lane* const values = room + Task::judging;
          Lane* const lanes = values + Plan::tiles * Segment::values;
          Scalar* const row = kernels::elements_of(lanes + Segment::lane_sums);
          Lane totals[Task::sums];
          for (Lane& sum : totals) sum = Lane(0);
          for_each_group(from, part, [&](std::size_t first, std::size_t tiles) {
            load<K>(first, tiles, input, row);
            const auto rest = [&](const Lane* outputs, Lane* dy) {
              for (std::size_t t = 0; t < tiles; ++t) {
                const std::size_t sample = first + t * width;
                if constexpr (last) {
                  constexpr std::size_t out = Task::Output::size, labels = Task::Target::size;
                  load_samples<labels>(batch.y, sample, valid(sample), target + t * labels, row);
                  judge<Task, true>(objective, outputs + t * out, static_cast<const Lane*>(target + t * labels), scale,
                                    batch.weights ? batch.weights + sample : nullptr, 0, valid(sample), dy + t * out,
                                    static_cast<Lane*>(totals), room);
                } else if (dy) {
                  leave<K>(sample, dy + t * Plan::template Coupling<K>::size);
                }
              }
            };
            Lane* dx = nullptr;
            if constexpr (K > 0) dx = gradients<K - 1>() + first / width * in;
            InMemory<Chain, Lane>::template train<(K > 0)>(static_cast<const Lane*>(input), parameters + Segment::offset,
                                                           Gradients<Lane>{lanes, own}, dx,
                                                           pass(K, first, tiles, first == from, values), rest);
          });
          if constexpr (Segment::lane_sums > 0 && width > 1) Chain::reduce(static_cast<const Lane*>(lanes), own);
          sums[worker].set(static_cast<const Lane*>(totals), scale);
        },
        [&](std::size_t parts, std::size_t first) {
          for (std::size_t worker = 0; worker < parts; ++worker) total.add(sums[worker]);
          add_partials(workers, first == 0 ? 1 : 0, parts, Segment::offset, Segment::parameters, gradient + Segment::offset,
                       lost_at(Segment::offset));
        });
    end_long_sum<Segment::parameters>(gradient + Segment::offset, lost_at(Segment::offset));
    result.add(total);
    return result;
  }

  /// The gradient of what entered coupling K, of a tile.
  template <std::size_t K>
  void leave(std::size_t sample, Lane* dx) const {
    using Coupling = typename Plan::template Coupling<K>;
    const std::size_t place = sample / width * Coupling::size;
    Coupling::layer::template input_gradient<typename Coupling::In>(
        static_cast<const Lane*>(inputs<K>() + place), static_cast<const Lane*>(gradients<K>() + place),
        parameters + Coupling::offset, static_cast<const Scalar*>(statistics_of<K>()),
        static_cast<const Scalar*>(gradient + Coupling::offset), batch.count, dx);
    for (std::size_t i = 0; i < Coupling::size; ++i) dx[i] = only_valid(dx[i], valid(sample));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
