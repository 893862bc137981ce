// The hand-written networks as a peer; with CTNN_TANH the parabola's with ctnn's own tanh, which shows what the rest makes.
#include "hand_written.hpp"

#include <ctnn/kernels/elementary.hpp>
#include <string>

#include "peer.hpp"

using compare::Batch, compare::Data;

namespace {

template <std::size_t Size, class Function>
auto answer_by(const Function& function) {
  return [=](const Data& data) {
    return [&data, function](const std::array<float, Size>& x) { return function(data.parameters.data(), x); };
  };
}

#ifdef CTNN_TANH
struct TrainedTanh {
  template <class V>
  [[gnu::always_inline]] V operator()(V x) const {
    using Lane = ctnn::kernels::Vector<float, sizeof(V) / sizeof(float)>;
    return ctnn::math::tanh(Lane::of(x)).native;
  }
};
constexpr const char* tanh_name = "ctnn's tanh";
#else
using TrainedTanh = hand_written::RationalTanh;
constexpr const char* tanh_name = "Eigen's rational tanh";
#endif

}  // namespace

int main(int argc, char** argv) {
  compare::Peer peer("by hand", std::string("vector types, ") + tanh_name, argc, argv);
  peer.train(compare::parabola, compare::Method::sgd, 200, [](const Data& data) {
    hand_written::Parabola parabola{};
    for (std::size_t i = 0; i < 7; ++i) parabola.parameters[i] = data.parameters[i];
    return [=, rate = data.network.sgd_rate](const Batch& batch) mutable {
      return parabola.step<TrainedTanh>(batch.x, batch.y, batch.size, rate);
    };
  });
#ifndef CTNN_TANH
  peer.answer<1, 1>(compare::parabola, answer_by<1>([](const float* p, const auto& x) {
                      return std::array{reinterpret_cast<const hand_written::Parabola*>(p)->answer(x[0])};
                    }));
  peer.answer<1, 1>(compare::small,
                    answer_by<1>([](const float* p, const auto& x) { return std::array{hand_written::answer_1_8_8_1(p, x[0])}; }));
  peer.answer<16, 16>(compare::rectifiers,
                      answer_by<16>([](const float* p, const auto& x) { return hand_written::answer_16_relu(p, x); }));
  peer.answer<64, 64>(compare::tanh_64,
                      answer_by<64>([](const float* p, const auto& x) { return hand_written::answer_64_tanh(p, x); }));
#endif
  return peer.serve();
}
