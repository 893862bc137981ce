// What is drawn of a network that was trained on MNIST, whichever it is.
#pragma once

#include <ctnn/data/mnist.hpp>
#include <ctnn/training/history.hpp>
#include <ctnn/xtensor.hpp>
#include <string>

#include "options.hpp"

/// Draws four pictures into the output's directory, each as .svg and .png: NAME_history, the loss and the accuracy by epoch;
/// NAME_confusion, how often each digit was taken for which; NAME_digits, the first test images, each with what was predicted and
/// what is true; NAME_mistakes, the mistakes of which the network was surest. `probabilities` has axes (test images, 10). Without
/// gnuplot it says what to install. Throws ctnn::plot::PlotError if a picture cannot be written.
void report(const std::string& name, const ctnn::History& history, const ctnn::MnistPart& test,
            const xt::xtensor<float, 2>& probabilities, const MnistOptions& options);
