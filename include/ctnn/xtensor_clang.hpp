// Makes xt::xarray usable with Clang 19: there, two of xtensor's partial specializations (up to 0.25) match its shape
// type alike (github.com/xtensor-stack/xtensor/issues/2804). Naming the type in full decides between them.
#pragma once

#include <cstddef>
#include <xtensor/xstorage.hpp>
#include <xtensor/xtensor_config.hpp>
#include <xtensor/xutils.hpp>

#if defined(__clang__) && __clang_major__ >= 19 && XTENSOR_VERSION_MAJOR == 0 && XTENSOR_VERSION_MINOR <= 25
namespace xt {

template <>
struct rebind_container<std::ptrdiff_t, svector<std::size_t, 4>> {
  using type = svector<std::ptrdiff_t, 4>;
};

}  // namespace xt
#endif
