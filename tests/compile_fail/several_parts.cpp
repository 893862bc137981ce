// What compile is given, each followed by the rest of a program.
#include <ctnn/ctnn.hpp>
using namespace ctnn;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif
using Batch = xt::xtensor<float, 2>;
using Small = Model<Sequential<Dense<3, 2>>>;
struct Rmse {};

float use(auto trainer, const Batch& x) {
  const History history = trainer.fit(x, x, {.epochs = 2}, EarlyStopping{});
  trainer.train_on_batch(x, x);
  return trainer.evaluate(x, x) + trainer.evaluate(x, x, {.batch_size = 2}) + static_cast<float>(history.loss.back());
}

// mistake: options that are no optimizer's
// expect: ctnn: Fixed must be given a constant optimizer, as Fixed<adam> is by constexpr Adam adam{}
// expect: are_options_of_optimizer<double>
constexpr EITHER(Adam, double) fixed_options{EITHER(, 0.1)};
float fixed_number(Small& model, const Batch& x) { return use(model.compile(Fixed<fixed_options>{}, MeanSquaredError{}), x); }

// mistake: an optimizer's name
// expect: ctnn: compile must be given an optimizer first and the loss second, as compile(Adam{}, MeanSquaredError{})
// expect: is_optimizer<char[5]>
float quoted_optimizer(Small& model, const Batch& x) { return use(model.compile(EITHER(Adam{}, "adam"), MeanSquaredError{}), x); }

// mistake: a loss's name
// expect: ctnn: compile must be given a loss behind the optimizer, as compile(Adam{}, MeanSquaredError{})
// expect: is_loss<char[4]>
float quoted_loss(Small& model, const Batch& x) { return use(model.compile(Adam{}, EITHER(MeanSquaredError{}, "mse")), x); }

// mistake: a metric's name
// expect: ctnn: what compile is given behind the loss must be metrics or losses, as Accuracy{}
// expect: is_metric<char[9]>
float quoted_metric(Small& model, const Batch& x) {
  return use(model.compile(Adam{}, MeanSquaredError{}, MeanAbsoluteError{}, EITHER(Huber{}, "accuracy")), x);
}

// mistake: optimizer and loss swapped
// expect: ctnn: compile must be given an optimizer first and the loss second
// expect: is_optimizer<MeanSquaredError>
float swapped(Small& model, const Batch& x) {
  return use(model.compile(EITHER(SGD{}, MeanSquaredError{}), EITHER(MeanSquaredError{}, SGD{})), x);
}

// mistake: a layer as the loss
// expect: ctnn: compile must be given a loss behind the optimizer
// expect: is_loss<ReLU>
float layer_as_loss(Small& model, const Batch& x) { return use(model.compile(SGD{}, EITHER(Huber{}, ReLU{})), x); }

// mistake: something else as the loss
// expect: ctnn: compile must be given a loss behind the optimizer
// expect: is_loss<Rmse>
float other_loss(Small& model, const Batch& x) { return use(model.compile(SGD{}, EITHER(Huber{}, Rmse{})), x); }

// mistake: no loss
// expect: ctnn: compile must be given an optimizer and a loss, as compile(Adam{}, MeanSquaredError{})
// expect: are_optimizer_and_loss<RMSprop>
#ifdef ACCEPTED
float no_loss(Small& model, const Batch& x) { return use(model.compile(RMSprop{}, MeanSquaredError{}), x); }
#else
float no_loss(Small& model, const Batch& x) { return use(model.compile(RMSprop{}), x); }
#endif

// mistake: metrics in braces
// expect: ctnn: compile's metrics must follow the loss one by one, not in braces
// expect: metrics_follow_one_by_one<Huber>
#ifdef ACCEPTED
float braced_metrics(Small& model, const Batch& x) { return use(model.compile(SGD{}, Huber{}, MeanAbsoluteError{}), x); }
#else
float braced_metrics(Small& model, const Batch& x) { return use(model.compile(SGD{}, Huber{}, {MeanAbsoluteError{}}), x); }
#endif

// mistake: a rate in quotes
// expect: ctnn: a learning rate must be a number, or a schedule
// expect: is_learning_rate<char[4]>
float quoted_rate(Small& model, const Batch& x) {
  return use(model.compile(SGD{.learning_rate = EITHER(0.1, "0.1")}, MeanSquaredError{}), x);
}
