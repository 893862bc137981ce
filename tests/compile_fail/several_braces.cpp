// Options of other names, what stands in braces, and what is printed.
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
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

// mistake: callbacks among the options, as in Keras
// expect: ctnn: fit's options must be batch_size, epochs, shuffle, validation_split, class_weight, sample_weight, verbose, seed,
// stop_on_interrupt or threads, in this order expect: are_options<FitOptions, detail::OtherOptions>
#ifdef ACCEPTED
History keyword(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, {.epochs = 2}, EarlyStopping{}); }
#else
History keyword(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, {.epochs = 2, .callbacks = {EarlyStopping{}}}); }
#endif

// mistake: a misnamed option before a callback
// expect: ctnn: fit's options must be batch_size, epochs
// expect: are_options<FitOptions, detail::OtherOptions, EarlyStopping>
History misnamed(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, {.EITHER(epochs, epoch) = 2}, EarlyStopping{}); }

// mistake: evaluation that is verbose
// expect: ctnn: evaluate's options must be batch_size, sample_weight or threads, as in evaluate(x, y, {.batch_size = 64})
// expect: are_options<EvaluateOptions,
float verbose(const SmallTrainer& trainer, const Batch& x) { return trainer.evaluate(x, x, {.EITHER(batch_size, verbose) = 1}); }

// mistake: weights without a name, as in Keras
// expect: ctnn: train_on_batch's options must be class_weight or sample_weight, as in train_on_batch(x, y, {.sample_weight =
// weights}) expect: are_options<BatchOptions, xt::
float weights(SmallTrainer& trainer, const Batch& x, const xt::xtensor<float, 1>& w) {
  return trainer.train_on_batch(x, x, EITHER({.sample_weight = w}, w));
}

// mistake: a misnamed option of a batch
// expect: ctnn: test_on_batch's options must be class_weight or sample_weight, as in test_on_batch(x, y, {.sample_weight =
// weights}) expect: are_options<BatchOptions,
float misnamed_weight(SmallTrainer& trainer, const Batch& x, const xt::xtensor<float, 1>& w) {
  return trainer.test_on_batch(x, x, {.EITHER(sample_weight, sample_weights) = w});
}

// mistake: a number for evaluate
// expect: ctnn: evaluate's options must be batch_size, sample_weight or threads
// expect: are_options<EvaluateOptions, int>
float batch_size(const SmallTrainer& trainer, const Batch& x) { return trainer.evaluate(x, x, EITHER({32}, 32)); }

// mistake: predict in batches
// expect: ctnn: predict's only option is threads, a number, as in predict(x, {.threads = 4})
// expect: are_options<PredictOptions,
auto batches(const Small& model, const Batch& x) { return model.predict(x, {.EITHER(threads, batch_size) = 1}); }

// mistake: predict of numbers in braces
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_input, detail::in_braces<float>>
auto braces(const Small& model) { return model.predict(EITHER(Batch, ){{1, 2, 3}}); }

// mistake: targets in braces
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_target, detail::in_braces<float>>
#ifdef ACCEPTED
History targets(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, Batch{{1, 2}}, {.epochs = 2}); }
#else
History targets(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, {{1, 2}}, {.epochs = 2}); }
#endif

// mistake: validation data in braces
// expect: ctnn: validation data must be given as ValidationData{x, y}, behind the options
// expect: is_validation_data<xt::
History pair(SmallTrainer& trainer, const Batch& x) { return trainer.fit(x, x, {}, EITHER(ValidationData, ){x, x}); }

// mistake: weights in braces
// expect: ctnn: a batch must be an xtensor container
// expect: is_tensor<at_weights, detail::in_braces<float>>
#ifdef ACCEPTED
void braced_weights(Small& model) { model[0_c].set_weights(Batch{{1, 2}, {3, 4}, {5, 6}}, xt::xtensor<float, 1>{0, 0}); }
#else
void braced_weights(Small& model) { model[0_c].set_weights({{1, 2}, {3, 4}, {5, 6}}, {0, 0}); }
#endif

// mistake: a printed model
// expect: ctnn: a model must be printed by model.summary()
// expect: is_printed<Model<
void printed_model(std::ostream& out, const Small& model) { EITHER(model.summary(out), out << model); }

// mistake: a printed history
// expect: ctnn: a history must be printed by its numbers, as history.loss.back()
// expect: is_printed<History,
void printed_history(std::ostream& out, const History& history) { out << history EITHER(.loss.back(), ); }

// mistake: a printed layer
// expect: ctnn: a layer's weights must be printed one by one
// expect: is_printed<Dense<3, 2>,
void printed_layer(std::ostream& out, const Small& model) { out << EITHER(std::get<1>(model[0_c].weights())(0), model[0_c]); }
