// Where a network with layers that couple its samples is cut into segments, and what memory they need.
#pragma once

#include "wide_batch.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Whether any layer of a network couples samples, those of nested blocks included.
template <class Layer>
inline constexpr bool couples_samples = CouplesSamples<Layer>;
template <IsChain Layer>
inline constexpr bool couples_samples<Layer> = couples_samples<typename Layer::sequential>;
template <class... Layers>
inline constexpr bool couples_samples<Sequential<Layers...>> = [] {
  bool found = false;
  for (const bool couples : {false, couples_samples<Layers>...}) found |= couples;
  return found;
}();

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

/// Lists joined to one, eight at a time.
template <class Done, class... Lists>
struct Join;
template <class Done>
struct Join<Done> {
  using type = Done;
};
template <class... Done, class... A, class... Rest>
struct Join<LayerList<Done...>, LayerList<A...>, Rest...> : Join<LayerList<Done..., A...>, Rest...> {};
template <class... Done, class... A, class... B, class... C, class... D, class... E, class... F, class... G, class... H,
          class... Rest>
struct Join<LayerList<Done...>, LayerList<A...>, LayerList<B...>, LayerList<C...>, LayerList<D...>, LayerList<E...>,
            LayerList<F...>, LayerList<G...>, LayerList<H...>, Rest...>
    : Join<LayerList<Done..., A..., B..., C..., D..., E..., F..., G..., H...>, Rest...> {};

/// The layers of a network, those of nested blocks one by one; its parameters lie in the same order.
template <class Layer>
struct Flat {
  using type = LayerList<Layer>;
};
template <IsChain Layer>
struct Flat<Layer> : Flat<typename Layer::sequential> {};
template <class... Layers>
struct Flat<Sequential<Layers...>> : Join<LayerList<>, typename Flat<Layers>::type...> {};

/// How a network whose layers couple samples is cut.
template <class Net, class LossType, class Lane, class... Metrics>
struct CoupledPlan {
  using Wide = WidePlan<Net, LossType, Lane, Metrics...>;
  using Task = typename Wide::Task;
  using Layers = typename Flat<typename Task::network>::type;
  using Whole = typename Layers::template chain<typename Task::In>;
  static constexpr std::size_t width = Wide::width, tiles = Wide::tiles, part = Wide::part;

  static constexpr auto cuts = coupling_places(Layers{});
  static constexpr std::size_t couplings = cuts.size() - 1;

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

  /// For each coupling, the sum over those before it of what an element of `own` says of each; at the end, over all.
  static constexpr auto sums_before(const std::size_t (&own)[couplings]) {
    std::array<std::size_t, couplings + 1> result{};
    for (std::size_t k = 0; k < couplings; ++k) result[k + 1] = result[k] + own[k];
    return result;
  }
  static constexpr auto all_kept = []<std::size_t... K>(std::index_sequence<K...>) {
    return sums_before({2 * Coupling<K>::size...});
  }(std::make_index_sequence<couplings>{});
  static constexpr auto all_statistics = []<std::size_t... K>(std::index_sequence<K...>) {
    return sums_before({Coupling<K>::statistics...});
  }(std::make_index_sequence<couplings>{});
  /// Lanes of a sample that are kept: what enters each coupling, and the gradient of what leaves it.
  static constexpr std::size_t kept = all_kept[couplings];
  static constexpr std::size_t statistics = all_statistics[couplings];
  /// The first of coupling K's kept lanes for a batch of so many tiles, and of its statistics.
  template <std::size_t K>
  static constexpr std::size_t kept_before = all_kept[K];
  template <std::size_t K>
  static constexpr std::size_t statistics_before = all_statistics[K];

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
                                        Wide::row_lanes + Task::judging + statistics;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
