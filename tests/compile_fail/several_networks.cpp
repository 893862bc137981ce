// Networks and models that are wrong, each in a program that uses them in every way.
#include <ctnn/ctnn.hpp>
using namespace ctnn;
using namespace ctnn::literals;
#ifdef ACCEPTED
#define EITHER(right, wrong) right
#else
#define EITHER(right, wrong) wrong
#endif

template <class Net, class Number = float>
double use(const auto& x, const xt::xtensor<float, 2>& y) {
  Model<Net, Number> model{Seed{1}};
  auto trainer = model.compile(Adam{}, MeanSquaredError{}, MeanAbsoluteError{});
  const History history = trainer.fit(x, y, {.epochs = 2}, ValidationData{x, y}, EarlyStopping{});
  trainer.train_on_batch(x, y);
  model.summary();
  const auto weights = model[0_c].weights();
  const auto predicted = model.predict(x, {.threads = 1});
  return static_cast<double>(predicted(0, 0)) + static_cast<double>(trainer.evaluate(x, y, {.batch_size = 2})) +
         history.loss.back() + static_cast<double>(std::tuple_size_v<decltype(weights)>);
}
using Rows = xt::xtensor<float, 2>;
using Images = xt::xtensor<float, 4>;

// mistake: two layers that do not fit
// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: shapes_agree<at_layer<2>, expects<Shape<5>>, gets<Shape<4>>>
double misfit(const Rows& x) { return use<Sequential<Dense<3, 4>, ReLU, Dense<EITHER(4, 5), 2>>>(x, x); }

// mistake: no units
// expect: ctnn: a layer's sizes must be at least 1
// expect: sizes_are_positive<at_layer<1>, gets<Shape<0>>>
double no_units(const Rows& x) { return use<Sequential<Input<3>, Dense<EITHER(1, 0)>, Dense<2>>>(x, x); }

// mistake: a negative number of units
// expect: ctnn: a layer's sizes must be at least 1
// expect: sizes_are_positive<at_layer<2>, gets<Shape<0>>>
double negative_units(const Rows& x) { return use<Sequential<Input<3>, ReLU, Dense<EITHER(1, -1)>, Dense<2>>>(x, x); }

// mistake: a window larger than its image
// expect: and a window no larger than its image, over whose edges it reaches with Same
// expect: sizes_are_positive<at_layer<1>, gets<Shape<0, 0, 1>>>
double large_window(const Images& x, const Rows& y) {
  return use<Sequential<Input<4, 4, 1>, MaxPooling2D<Pool<EITHER(2, 5)>>, Flatten, Dense<2>>>(x, y);
}

// mistake: rows where images are wanted
// expect: ctnn: a layer's input shape must equal the previous layer's output shape
// expect: images have rows, columns and channels, as Input<28, 28, 1> or Reshape<28, 28, 1> gives
// expect: gets<Shape<784>>
#ifdef ACCEPTED
double rows(const Images& x, const Rows& y) {
  return use<Sequential<Input<28, 28, 1>, Conv2D<2, Kernel<3>>, Flatten, Dense<2>>>(x, y);
}
#else
double rows(const Rows& x, const Rows& y) { return use<Sequential<Input<784>, Conv2D<2, Kernel<3>>, Flatten, Dense<2>>>(x, y); }
#endif

// mistake: no input
// expect: ctnn: a network's input shape must be known; begin with Input<…> or a layer that names it, as Dense<In, Out> does
// expect: input_is_known<Sequential<
#ifdef ACCEPTED
double no_input(const Rows& x) { return use<Sequential<Dense<3, 16>, Tanh, Dense<2>>>(x, x); }
#else
double no_input(const Rows& x) { return use<Sequential<Dense<16>, Tanh, Dense<2>>>(x, x); }
#endif

// mistake: a first layer that has nothing to regularize
// expect: ctnn: a regularized layer must have parameters named kernel
// expect: has_kernel<ReLU>
#ifdef ACCEPTED
double regularized(const Rows& x) { return use<Sequential<Regularized<Dense<3, 3>, L2{0.01}>, Dense<3, 2>>>(x, x); }
#else
double regularized(const Rows& x) { return use<Sequential<Regularized<ReLU, L2{0.01}>, Dense<3, 2>>>(x, x); }
#endif

// mistake: a model without its network
// expect: ctnn: a model must be given a network, as Model<Sequential<Dense<4, 3>>>
// expect: is_network<value_of<>>
void bare() {
#ifdef ACCEPTED
  const Model<Sequential<Dense<3, 2>>> model;
#else
  const Model model;
#endif
  model.summary();
}

// mistake: no layers
// expect: ctnn: a network must have at least one layer
// expect: has_layers<Sequential<>>
#ifdef ACCEPTED
double no_layers(const Rows& x) { return use<Sequential<Dense<3, 2>>>(x, x); }
#else
double no_layers(const Rows& x) { return use<Sequential<>>(x, x); }
#endif

// mistake: a loss among the layers
// expect: ctnn: a layer must have a static constexpr member const char* class_name
// expect: has_class_name<at_layer<1>, Huber>
double loss_inside(const Rows& x) { return use<Sequential<Dense<3, 4>, EITHER(ReLU, Huber), Dense<2>>>(x, x); }

// mistake: a rate of twenty
// expect: ctnn: Dropout's rate must lie in [0, 1)
// expect: options_in_range<Dropout<20>
double large_rate(const Rows& x) { return use<Sequential<Dense<3, 4>, Dropout<EITHER(0.2, 20)>, Dense<2>>>(x, x); }

// mistake: more parameters than memory has room for
// expect: ctnn: a network's parameters must fit into memory
// expect: fits_into_memory<Sequential<
double huge(const Rows& x) { return use<Sequential<Input<3>, Dense<EITHER(5, 2000000000)>, Dense<EITHER(5, 2000000000)>>>(x, x); }

// mistake: too many sizes
// expect: ctnn: Dense must be written Dense<Out> or Dense<In, Out>
// expect: has_its_sizes<Dense<3, 4, 5>
#ifdef ACCEPTED
double sizes(const Rows& x) { return use<Sequential<Dense<3, 7>, Dense<2>>>(x, x); }
#else
double sizes(const Rows& x) { return use<Sequential<Dense<3, 4, 5>, Dense<2>>>(x, x); }
#endif

// mistake: a model of a layer
// expect: ctnn: a model must be given a network, as Model<Sequential<Dense<4, 3>>>
// expect: is_network<Dense<4, 3>>
#ifdef ACCEPTED
double layer(const Rows& x) { return use<Sequential<Dense<4, 3>>>(x, x); }
#else
double layer(const Rows& x) { return use<Dense<4, 3>>(x, x); }
#endif

// mistake: a model of other numbers
// expect: ctnn: a model's numbers must be float or double
// expect: is_float_or_double<long double>
double other_numbers(const Rows& x) {
  using Net = Sequential<Dense<3, 8>>;
  return use<Net, EITHER(double, long double)>(x, x);
}

// mistake: a number as the seed
// expect: ctnn: a model must be made of a Seed, as Model<Net> model{Seed{1}}
// expect: is_seed<int>
auto seeded() { return Model<Sequential<Dense<3, 2>>>{EITHER(Seed{1}, 1)}; }

// mistake: layers as values
// expect: ctnn: a network must be given its layers as types, as Sequential<Dense<4, 3>, ReLU>, and a model its network
// expect: layers_are_types<Dense<3, 2>, Tanh>
#ifdef ACCEPTED
auto values() { return Model<decltype(Dense<3, 2>{} >> Tanh{})>{}; }
#else
auto values() {
  const Sequential net{Dense<3, 2>{}, Tanh{}};
  return Model{net};
}
#endif
