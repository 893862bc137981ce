// The part of xtensor that most programs use, whichever version is installed: containers, adapted memory, views, ranges, functions,
// random numbers, sorting with argmax, and printing. `#include <ctnn/xtensor.hpp>` stands for the headers that xtensor 0.26 has
// moved into folders.
#pragma once

#include "xtensor_base.hpp"

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/generators/xrandom.hpp>
#include <xtensor/io/xio.hpp>
#include <xtensor/misc/xsort.hpp>
#else
#include <xtensor/xio.hpp>
#include <xtensor/xrandom.hpp>
#include <xtensor/xsort.hpp>
#endif
