// What nearly every test includes, precompiled: xtensor and doctest cost seconds a file. Tests name what they need all the same.
#include <doctest/doctest.h>

#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
