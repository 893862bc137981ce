// What fit records and how it is asked to run.
#pragma once

#include <cstddef>
#include <vector>

#include "../initializers.hpp"

namespace ctnn {

/// The options of fit, with Keras's names and defaults.
struct FitOptions {
  std::size_t batch_size = 32;
  std::size_t epochs = 1;
  bool shuffle = true;
  double validation_split = 0;  ///< the last part of the data, in [0, 1), held back before shuffling
  int verbose = 1;              ///< 0 silent, 1 a progress bar (one line an epoch off a terminal), 2 one line an epoch
  Seed seed{};                  ///< of the shuffling
};

/// Data that fit evaluates after every epoch. Refers to x and y, which must not be temporaries unless it is itself one.
template <class X, class Y>
struct ValidationData {
  const X& x;
  const Y& y;
};
template <class X, class Y>
ValidationData(const X&, const Y&) -> ValidationData<X, Y>;

/// The losses of every epoch: the batches' losses weighted by their size, and those of the validation data.
struct History {
  std::vector<double> loss;
  std::vector<double> val_loss;  ///< empty without validation
};

}  // namespace ctnn
