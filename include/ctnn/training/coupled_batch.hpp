// The scores and the gradient of a batch for a network with layers that couple its samples, as BatchNormalization does. Such
// a layer must have seen the whole batch before any sample goes on. So the network is cut at these layers into segments;
// the batch goes forward segment by segment, what enters and leaves each coupling is kept for all of it, and on the way back
// each segment runs forward once more, which costs less than keeping its tape.
#pragma once

#include "wide_batch.hpp"

namespace ctnn::detail {

template <class... A, class... B>
LayerList<A..., B...> operator+(LayerList<A...>, LayerList<B...>);

template <class... Layers>
constexpr std::size_t first_chain() {
  const bool chains[] = {IsChain<Layers>..., true};
  std::size_t index = 0;
  while (!chains[index]) ++index;
  return index;
}

/// The places in a list of the layers that couple samples, and its end.
template <class... Layers>
constexpr auto coupling_places(LayerList<Layers...>) {
  constexpr bool couples[] = {CouplesSamples<Layers>..., true};
  constexpr std::size_t number = [&] {
    std::size_t sum = 0;
    for (const bool place : couples) sum += place;
    return sum;
  }();
  std::array<std::size_t, number> places{};
  std::size_t next = 0;
  for (std::size_t i = 0; i <= sizeof...(Layers); ++i) {
    if (couples[i]) places[next++] = i;
  }
  return places;
}

/// The layers of a network, those of nested blocks one by one; its parameters lie in the same order.
template <class Layer>
struct Flat {
  using type = LayerList<Layer>;
};
template <IsChain Layer>
struct Flat<Layer> : Flat<typename Layer::sequential> {};
template <class... Layers>
  requires(first_chain<Layers...>() == sizeof...(Layers))
struct Flat<Sequential<Layers...>> {
  using type = LayerList<Layers...>;
};
template <class... Layers>
struct Flat<Sequential<Layers...>> {
  using type = decltype((LayerList<>{} + ... + std::declval<typename Flat<Layers>::type>()));
};

/// How a network is cut. Of one without couplings, only `couples` is of use.
template <class Net, class LossType, class Lane>
struct CoupledPlan {
  using Wide = WidePlan<Net, LossType, Lane>;
  using Task = typename Wide::Task;
  using Layers = typename Flat<typename Task::network>::type;
  using Whole = typename Layers::template chain<typename Task::In>;
  static constexpr std::size_t width = Wide::width, tiles = Wide::tiles, part = Wide::part;

  static constexpr auto cuts = coupling_places(Layers{});
  static constexpr std::size_t couplings = cuts.size() - 1;
  static constexpr bool couples = couplings > 0;

  /// Segment K: the layers between couplings K − 1 and K.
  template <std::size_t K>
  static constexpr std::size_t begin = K == 0 ? 0 : cuts[K - 1] + 1;
  template <std::size_t K, class = std::make_index_sequence<cuts[K] - begin<K>>>
  struct Segment;
  template <std::size_t K, std::size_t... I>
  struct Segment<K, std::index_sequence<I...>> {
    using In = typename Whole::template boundary<begin<K>>;
    using chain = Chain<In, typename Layers::template layer<begin<K> + I>...>;
    static constexpr std::size_t offset = Whole::plan.offset[begin<K>];
    static constexpr std::size_t parameters = Whole::plan.offset[cuts[K]] - offset;
    static constexpr std::size_t lane_sums = chain::plan.lane_offset[chain::count];
    /// Lanes of a tile that its layers write.
    static constexpr std::size_t values = chain::template memory<Lane, (K > 0 ? Passage::train_input : Passage::train)>;
  };

  /// Coupling K.
  template <std::size_t K>
  struct Coupling {
    using layer = typename Layers::template layer<cuts[K]>;
    using In = typename Whole::template boundary<cuts[K]>;
    static constexpr std::size_t size = In::size, offset = Whole::plan.offset[cuts[K]];
    static constexpr std::size_t parameters = Whole::plan.offset[cuts[K] + 1] - offset;
    static constexpr std::size_t statistics = layer::statistic_count(In::dimensions);
    static constexpr std::size_t in_a_pass = statistics / layer::statistic_passes;
  };

  template <class Count>
  static constexpr std::size_t sum(const Count& count) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return (std::size_t{0} + ... + count(std::integral_constant<std::size_t, K>{}));
    }(std::make_index_sequence<couplings>{});
  }
  /// Lanes of a sample that are kept: what enters each coupling, and the gradient of what leaves it.
  static constexpr std::size_t kept = sum([](auto k) { return 2 * Coupling<k()>::size; });
  static constexpr std::size_t statistics = sum([](auto k) { return Coupling<k()>::statistics; });
  /// The first of coupling K's kept lanes for a batch of so many tiles, and of its statistics.
  template <std::size_t K>
  static constexpr std::size_t kept_before = [] {
    return []<std::size_t... J>(std::index_sequence<J...>) {
      return (std::size_t{0} + ... + (2 * Coupling<J>::size));
    }(std::make_index_sequence<K>{});
  }();
  template <std::size_t K>
  static constexpr std::size_t statistics_before = [] {
    return []<std::size_t... J>(std::index_sequence<J...>) {
      return (std::size_t{0} + ... + Coupling<J>::statistics);
    }(std::make_index_sequence<K>{});
  }();

  /// Lanes of memory for one worker, whichever segment it runs: WidePlan's with the values of the largest one, and the input of a
  /// segment with a coupling's sums.
  static constexpr std::size_t largest_input = [] {
    std::size_t largest = 0;
    for (const Dimensions& shape : Whole::plan.shape) largest = shape.size() > largest ? shape.size() : largest;
    return largest;
  }();
  static constexpr std::size_t largest_values = []<std::size_t... K>(std::index_sequence<K...>) {
    std::size_t largest = Wide::values;
    for (const std::size_t values : {Segment<K>::values...}) largest = values > largest ? values : largest;
    return largest;
  }(std::make_index_sequence<couplings + 1>{});
  static constexpr std::size_t memory = tiles * (Wide::in + Wide::target + largest_values + largest_input) + Wide::lane_sums +
                                        Wide::row_lanes + Wide::out + statistics;
};

/// One batch on its way through a network with couplings.
template <class Net, class Lane, class Workers, class LossType, class... Metrics>
class CoupledBatch {
  using Scalar = ScalarOf<Lane>;
  using Plan = CoupledPlan<Net, LossType, Lane>;
  using Task = typename Plan::Task;
  using Sums = Scores<Scalar, sizeof...(Metrics)>;
  static constexpr std::size_t width = Plan::width;

 public:
  const Objective<LossType, Metrics...>& objective;
  const Scalar* parameters;
  const Samples<Scalar>& x;
  const Samples<Scalar>& y;
  std::size_t count;
  std::uint64_t noise;
  Scalar* gradient;
  const Workers& workers;
  Lane* kept;          ///< CoupledPlan::kept lanes for each tile of the batch
  Scalar* statistics;  ///< CoupledPlan::statistics numbers

  /// The scores; writes gradient and statistics.
  CTNN_NOINLINE Sums run() {
    forward(std::make_index_sequence<Plan::couplings>{});
    const Sums scores = train_segment<Plan::couplings>();
    backward(std::make_index_sequence<Plan::couplings>{});
    return scores;
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
  std::size_t all_tiles() const { return (count + width - 1) / width; }

  template <std::size_t... K>
  void forward(std::index_sequence<K...>) {
    ((fill<K>(), measure<K>()), ...);
  }
  template <std::size_t... K>
  void backward(std::index_sequence<K...>) {
    constexpr std::size_t last = sizeof...(K) - 1;
    ((sum_gradients<last - K>(), train_segment<last - K>()), ...);
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
  std::size_t valid(std::size_t first) const { return count - first < width ? count - first : width; }

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
        load_samples<size>(x, sample, valid(sample), input + t * size, row);
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
        count, workers,
        [&](std::size_t from, std::size_t part, std::size_t worker) {
          Lane* const input = workers.memory(worker);
          Lane* const values = input + Plan::tiles * Plan::largest_input;
          auto* const row = reinterpret_cast<Scalar*>(values + Segment::chain::template memory<Lane, Passage::infer_training>);
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

  /// The sums over the batch of what `add(first sample, sums)` adds to `Count` lanes for each tile, times `scale`.
  template <std::size_t Count, class Add>
  void reduce(const Add& add, Scalar scale, Scalar* results) {
    for (std::size_t i = 0; i < Count; ++i) results[i] = Scalar(0);
    for_each_part<Plan::part>(
        count, workers,
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
            for (std::size_t i = 0; i < Count; ++i) results[i] += kernels::sum(workers.memory(worker)[i]);
          }
        });
    for (std::size_t i = 0; i < Count; ++i) results[i] *= scale;
  }

  /// The statistics of coupling K.
  template <std::size_t K>
  void measure() {
    using Coupling = typename Plan::template Coupling<K>;
    constexpr std::size_t channels = Coupling::In::dimensions.last();
    const Scalar scale = Scalar(1) / static_cast<Scalar>(count * (Coupling::size / channels));
    [&]<std::size_t... Pass>(std::index_sequence<Pass...>) {
      (reduce<Coupling::in_a_pass>(
           [&](std::size_t first, Lane* sums) {
             Coupling::layer::template add_statistics<Pass, typename Coupling::In>(
                 static_cast<const Lane*>(inputs<K>() + first / width * Coupling::size),
                 static_cast<const Scalar*>(statistics_of<K>()), sums);
           },
           scale, statistics_of<K>() + Pass * Coupling::in_a_pass),
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
        Scalar(1), own);
  }

  /// Runs segment K forward and back: from the loss, for the last one, else from coupling K.
  template <std::size_t K>
  Sums train_segment() {
    using Segment = typename Plan::template Segment<K>;
    using Chain = typename Segment::chain;
    constexpr bool last = K == Plan::couplings;
    constexpr std::size_t in = Segment::In::size;
    const Scalar scale = Scalar(1) / static_cast<Scalar>(count);
    Sums scores, sums[Workers::most];
    for_each_part<Plan::part>(
        count, workers,
        [&](std::size_t from, std::size_t part, std::size_t worker) {
          Scalar* const own = (from == 0 ? gradient : workers.partial(worker)) + Segment::offset;
          Lane* const input = workers.memory(worker);
          Lane* const target = input + Plan::tiles * Plan::largest_input;
          Lane* const probabilities = target + Plan::tiles * Task::Target::size;
          Lane* const values = probabilities + Task::Output::size;
          Lane* const lanes = values + Plan::tiles * Segment::values;
          auto* const row = reinterpret_cast<Scalar*>(lanes + Segment::lane_sums);
          Lane totals[1 + sizeof...(Metrics)];
          for (Lane& total : totals) total = Lane(0);
          for_each_group(from, part, [&](std::size_t first, std::size_t tiles) {
            load<K>(first, tiles, input, row);
            const auto rest = [&](const Lane* outputs, Lane* dy) {
              for (std::size_t t = 0; t < tiles; ++t) {
                const std::size_t sample = first + t * width;
                if constexpr (last) {
                  constexpr std::size_t out = Task::Output::size, labels = Task::Target::size;
                  load_samples<labels>(y, sample, valid(sample), target + t * labels, row);
                  judge<typename Task::Output, Task::fused, true>(
                      objective, outputs + t * out, static_cast<const Lane*>(target + t * labels), scale, 0, valid(sample),
                      dy + t * out, static_cast<Lane*>(totals), probabilities);
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
          sums[worker].loss = kernels::sum(totals[0]) * scale;
          for (std::size_t i = 0; i < sizeof...(Metrics); ++i) sums[worker].metrics[i] = kernels::sum(totals[1 + i]) * scale;
        },
        [&](std::size_t parts, std::size_t first) {
          for (std::size_t worker = 0; worker < parts; ++worker) scores.add(sums[worker]);
          add_partials(workers, first == 0 ? 1 : 0, parts, Segment::offset, Segment::parameters, gradient + Segment::offset);
        });
    return scores;
  }

  /// The gradient of what entered coupling K, of a tile.
  template <std::size_t K>
  void leave(std::size_t sample, Lane* dx) const {
    using Coupling = typename Plan::template Coupling<K>;
    const std::size_t place = sample / width * Coupling::size;
    Coupling::layer::template input_gradient<typename Coupling::In>(
        static_cast<const Lane*>(inputs<K>() + place), static_cast<const Lane*>(gradients<K>() + place),
        parameters + Coupling::offset, static_cast<const Scalar*>(statistics_of<K>()),
        static_cast<const Scalar*>(gradient + Coupling::offset), count, dx);
    for (std::size_t i = 0; i < Coupling::size; ++i) dx[i] = only_valid(dx[i], valid(sample));
  }
};

}  // namespace ctnn::detail
