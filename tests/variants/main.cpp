// Runs what learn.cpp became in each way in which it was compiled: all must learn the same, and throw what all can catch.
#include <cmath>
#include <cstdio>
#include <ctnn/errors.hpp>

double learn_baseline(float rate);
double learn_openmp(float rate);
double learn_fast_math(float rate);
double learn_avx2(float rate);

int main() {
  const double expected = learn_baseline(0.05f);
  int failures = 0;
  for (const auto learn : {learn_openmp, learn_fast_math, WIDE}) {
    const double found = learn(0.05f);
    bool caught = false;
    try {
      learn(-0.05f);
    } catch (const ctnn::ShapeError&) {
      caught = true;
    }
    const bool agrees = caught && std::abs(found - expected) < 1e-5 * std::abs(expected);
    std::printf("%.8f, expected %.8f%s\n", found, expected, caught ? "" : "; its exception was not caught");
    failures += !agrees;
  }
  return failures;
}
