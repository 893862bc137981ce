// Where a network with layers that couple its samples is cut into segments, and what memory they need.
#pragma once

#include "wide_batch.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

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

}  // namespace ctnn::inline CTNN_VARIANT::detail
