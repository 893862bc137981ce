// What takes whatever stands in braces, where templates deduce nothing and compilers would list all that was possible.
#pragma once

#include <initializer_list>

#include "version.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Whatever stands there, also in braces. Any other parameter is preferred to it.
struct Anything {
  constexpr Anything() = default;
  template <class Given>
  constexpr Anything(const Given&) {}
  constexpr Anything(std::initializer_list<Anything>) {}
};
/// Whatever stands in braces, and nothing else.
using Braces = std::initializer_list<Anything>;
/// Numbers in braces, in place of a tensor of them.
template <class Scalar>
struct in_braces {};

/// Options by the names that Keras has besides ctnn's own, and by some that are mistaken for them; of ctnn's own, what is no
/// number. Options in braces that are of no struct at all are taken by a parameter `...`, of which compilers say a line.
struct OtherOptions {
  Anything x, y, batch, batchsize, batch_size, epoch, num_epochs, n_epochs, epochs, callback, callbacks, shuffle, val_split,
      validation_split, val_data, validation, validation_data, verbose, weights, class_weights, class_weight, sample_weights,
      sample_weight, initial_epoch, steps, steps_per_epoch, validation_steps, validation_batch_size, validation_freq, return_dict,
      optimizer, loss, metrics, lr, learning_rate, random_state, seed, stop_on_interrupt, workers, num_threads, threads;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
