// What ctnn needs of xtensor, by whichever path is there: since version 0.26 xtensor's headers lie in folders. Programs include
// xtensor.hpp.
#pragma once

#include <cstddef>

#include "version.hpp"

// GCC 13 to 15 take the copy of a shape inside xtensor's broadcast_shape for one beyond its end, in programs that are right.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif
#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#include <xtensor/containers/xfixed.hpp>
#include <xtensor/containers/xtensor.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/core/xtensor_config.hpp>
#include <xtensor/generators/xbuilder.hpp>
#include <xtensor/views/xview.hpp>
#elif __has_include(<xtensor/xtensor.hpp>)
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xtensor_config.hpp>
#include <xtensor/xview.hpp>
#else
// It ends the compilation, as in version.hpp.
#include "ctnn: needs xtensor; install libxtensor-dev, or include ctnn/core.hpp, which does without"
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

// Makes xt::xarray usable with Clang 19: there, two of xtensor's partial specializations (up to 0.25) match its shape
// type alike (github.com/xtensor-stack/xtensor/issues/2804). Naming the type in full decides between them.
#if defined(__clang__) && __clang_major__ >= 19 && XTENSOR_VERSION_MAJOR == 0 && XTENSOR_VERSION_MINOR <= 25
namespace xt {

template <>
struct rebind_container<std::ptrdiff_t, svector<std::size_t, 4>> {
  using type = svector<std::ptrdiff_t, 4>;
};

}  // namespace xt
#endif
