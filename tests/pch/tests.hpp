// What nearly every test includes, precompiled: xtensor and doctest cost seconds a file. Tests name what they need all the same.
#include <doctest/doctest.h>

#include <ctnn/ctnn.hpp>
#include <xtensor/xadapt.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>
