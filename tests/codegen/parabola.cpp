// What check.py disassembles: the parabola's network, one sample and one training step.
#include <ctnn/core.hpp>

using Net = ctnn::Sequential<ctnn::Dense<1, 2>, ctnn::Tanh, ctnn::Dense<2, 1>, ctnn::Tanh>;
using Model = ctnn::StaticModel<Net>;
using Trainer = decltype(std::declval<Model&>().compile(ctnn::SGD{}, ctnn::MeanSquaredError{}));

extern "C" float answer(const Model& model, float x) { return model(std::array{x})[0]; }

extern "C" float train_step(Trainer& trainer, const float* x, const float* y, std::size_t count) {
  return trainer.step({.data = x, .stride = 1}, {.data = y, .stride = 1}, count);
}

// The same network in blocks must become the same code.
using Nested = ctnn::Sequential<ctnn::Sequential<ctnn::Dense<1, 2>, ctnn::Tanh>, ctnn::Sequential<ctnn::Dense<1>, ctnn::Tanh>>;
using NestedModel = ctnn::StaticModel<Nested>;
using NestedTrainer = decltype(std::declval<NestedModel&>().compile(ctnn::SGD{}, ctnn::MeanSquaredError{}));

extern "C" float nested_answer(const NestedModel& model, float x) { return model(std::array{x})[0]; }

extern "C" float nested_train_step(NestedTrainer& trainer, const float* x, const float* y, std::size_t count) {
  return trainer.step({.data = x, .stride = 1}, {.data = y, .stride = 1}, count);
}

#ifdef SELF_TEST
// A function with a call and one with a loop: the checker must find both.
extern "C" float other(float);
extern "C" float answer_with_call(float x) { return other(x) + 1; }
extern "C" float answer_with_loop(const float* x, int count) {
  float sum = 0;
  for (int i = 0; i < count; ++i) sum += x[i];
  return sum;
}
#endif
