// One program of files that are compiled in different ways: each runs its own code, whatever the linker met first, and all come to
// the same, but for rounding.
#include <doctest/doctest.h>

#include <ctnn/errors.hpp>

#include "parts.hpp"

TEST_CASE("files compiled for other instructions and with other options live in one program") {
  const auto expected = variants::baseline();
  const auto check = [&](std::vector<double> (*part)(bool)) {
    CHECK_THROWS_AS(part(true), ctnn::ShapeError);
    const std::vector<double> results = part(false);
    REQUIRE(results.size() == expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) CHECK(results[i] == doctest::Approx(expected[i]).epsilon(1e-3));
  };
  check(variants::fast_math);
  check(variants::with_openmp);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) check(variants::haswell);
#endif
}
