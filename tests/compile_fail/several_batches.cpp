// What is no batch, and what stands in the place of fit's options.
#include <array>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <span>
#include <string>
#include <vector>
using namespace ctnn;
using namespace ctnn::literals;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif
using Batch = xt::xtensor<float, 2>;
using Small = Model<Sequential<Dense<3, 2>>>;
using SmallTrainer = decltype(std::declval<Small&>().compile(SGD{}, MeanSquaredError{}));
template <class Type>
const Type& some();

// mistake: predict of a vector
// expect: ctnn: a batch must be an xtensor container, view or expression, which as_batch(v, samples, features) makes
// expect: is_tensor<at_input, std::vector<float
auto vector(const Small& model) {
  auto y = model.predict(some<EITHER(Batch, std::vector<float>)>(), {.threads = 2});
  return y(0, 0);
}

// mistake: predict of a pointer
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_input, float*>
auto pointer(const Small& model) { return model.predict(some<EITHER(Batch, float*)>()); }

// mistake: vectors of vectors for fit
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_input, std::vector<std::vector<double
History vectors(SmallTrainer& trainer) {
  using Rows = std::vector<std::vector<double>>;
  return trainer.fit(some<EITHER(Batch, Rows)>(), some<EITHER(Batch, Rows)>(), {.epochs = 2}, EarlyStopping{});
}

// mistake: a span of targets
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_target, std::span<float
float span(SmallTrainer& trainer, const Batch& x) { return trainer.train_on_batch(x, some<EITHER(Batch, std::span<float>)>()); }

// mistake: an array for evaluate
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_target, std::array<float, 3
float array(SmallTrainer& trainer, const Batch& x) {
  using Three = std::array<float, 3>;
  return trainer.evaluate(x, some<EITHER(Batch, Three)>(), {.batch_size = 2});
}

// mistake: validation data of vectors
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_input, std::vector<int
History validation(SmallTrainer& trainer, const Batch& x) {
  const auto& held = some<EITHER(Batch, std::vector<int>)>();
  return trainer.fit(x, x, {}, ValidationData{held, held}, EarlyStopping{});
}

// mistake: texts
// expect: ctnn: a batch must hold numbers
// expect: holds_numbers<at_input, xt::xtensor
auto texts(const Small& model) {
  using Texts = xt::xtensor<std::string, 2>;
  return model.predict(some<EITHER(Batch, Texts)>());
}

// mistake: weights of vectors
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_weights, std::vector<float
void weights(Small& model, const xt::xtensor<float, 1>& bias) {
  model[0_c].set_weights(some<EITHER(Batch, std::vector<float>)>(), bias);
}

// mistake: weights of a const model
// expect: ctnn: set_weights must be called of a model that is not const
// expect: may_be_set<Dense<3, 2>, const float>
void const_weights(EITHER(, const) Small& model, const Batch& kernel, const xt::xtensor<float, 1>& bias) {
  model[0_c].set_weights(kernel, bias);
}

// mistake: a callback in the options' place
// expect: ctnn: what fit is given behind x and y must be its options in braces, as fit(x, y, {.batch_size = 64, .epochs = 10})
// expect: are_options<FitOptions, EarlyStopping>
History callback(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, EITHER(FitOptions{}, EarlyStopping{})); }

// mistake: validation data in the options' place
// expect: ctnn: what fit is given behind x and y must be its options in braces
// expect: are_options<FitOptions, ValidationData
History early_validation(SmallTrainer& trainer, const Batch& x) {
  const ValidationData held{x, x};
  return trainer.fit(x, x, EITHER(FitOptions{}, held), EarlyStopping{});
}

// mistake: numbers in the options' place
// expect: ctnn: what fit is given behind x and y must be its options in braces
// expect: are_options<FitOptions, int>
#ifdef ACCEPTED
History numbers(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, {.batch_size = 32, .epochs = 10}); }
#else
History numbers(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, 32, 10); }
#endif

// mistake: validation data behind a callback
// expect: ctnn: ValidationData must be the first of what fit is given behind its options
// expect: stands_behind_options<const ValidationData
History late_validation(SmallTrainer& trainer, const Batch& x) {
  const ValidationData held{x, x};
  return trainer.fit(x, x, {}, EITHER(held, CSVLogger{.filename = "log.csv"}), EITHER(CSVLogger{.filename = "log.csv"}, held));
}

// mistake: a const callback
// expect: ctnn: a callback that fit is given must not be const, since fit changes it
// expect: may_change<const ReduceLROnPlateau
History constant(SmallTrainer& trainer, const Batch& x) {
  EITHER(, const) ReduceLROnPlateau callback{.monitor = "loss"};
  return trainer.fit(x, x, {}, callback);
}

// mistake: a model that was not compiled
// expect: ctnn: a model must be compiled, and it is the trainer that is trained and evaluated
// expect: is_compiled<Model<Sequential<Dense<3, 2>>
#ifdef ACCEPTED
History not_compiled(Small& model, const Batch& x) { return model.compile(SGD{}, Huber{}).fit(x, x, {.epochs = 2}); }
#else
History not_compiled(Small& model, const Batch& x) { return model.fit(x, x, {.epochs = 2}); }
#endif

// mistake: a trainer that should predict
// expect: ctnn: it is the model that predicts, model.predict(x) or trainer.model().predict(x)
// expect: is_model<Trainer<
auto predicting(SmallTrainer& trainer, const Batch& x) { return trainer EITHER(.model(), ).predict(x); }

// mistake: a model called with other numbers
// expect: ctnn: what a model is called with must be one sample, a std::array of its numbers; batches are for predict
// expect: is_sample<expects<std::array<float, 3>>, gets<std::array<double, 3>>>
float called(const Small& model) { return model(std::array{EITHER(1.f, 1.), EITHER(2.f, 2.), EITHER(3.f, 3.)})[0]; }

// mistake: a printed summary
// expect: ctnn: summary must be called by itself, as model.summary()
// expect: takes_summary<std::
void printed(const Small& model) { EITHER(, std::cout <<) model.summary(); }
