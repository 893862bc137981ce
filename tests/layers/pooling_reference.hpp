// Pooling in plain loops, from its definition: every position of every window, those outside the image skipped.
#pragma once

#include "run_layer.hpp"

namespace checks {

struct PoolingCase {
  std::size_t height, width, channels, pool_height, pool_width, stride_height, stride_width;
  bool same;

  std::size_t out(std::size_t length, std::size_t pool, std::size_t stride) const {
    return same ? (length + stride - 1) / stride : (length - pool + stride) / stride;
  }
  std::size_t rows() const { return out(height, pool_height, stride_height); }
  std::size_t columns() const { return out(width, pool_width, stride_width); }
  /// Positions before the image.
  std::ptrdiff_t before(std::size_t length, std::size_t pool, std::size_t stride) const {
    const auto reach = static_cast<std::ptrdiff_t>((out(length, pool, stride) - 1) * stride + pool);
    return same ? std::max<std::ptrdiff_t>(reach - static_cast<std::ptrdiff_t>(length), 0) / 2 : 0;
  }

  /// Calls visit(output, inputs) for each output: its index and those of its window's elements in the image.
  template <class Visit>
  void for_each_output(const Visit& visit) const {
    for (std::size_t r = 0; r < rows(); ++r) {
      for (std::size_t q = 0; q < columns(); ++q) {
        for (std::size_t c = 0; c < channels; ++c) {
          std::vector<std::size_t> inputs;
          for (std::size_t i = 0; i < pool_height; ++i) {
            for (std::size_t j = 0; j < pool_width; ++j) {
              const auto a = static_cast<std::ptrdiff_t>(r * stride_height + i) - before(height, pool_height, stride_height);
              const auto b = static_cast<std::ptrdiff_t>(q * stride_width + j) - before(width, pool_width, stride_width);
              if (a < 0 || b < 0 || a >= static_cast<std::ptrdiff_t>(height) || b >= static_cast<std::ptrdiff_t>(width)) continue;
              inputs.push_back((static_cast<std::size_t>(a) * width + static_cast<std::size_t>(b)) * channels + c);
            }
          }
          visit((r * columns() + q) * channels + c, inputs);
        }
      }
    }
  }
};

/// Checks a pooling layer in some lanes. `answer(inputs, values, share)` gives an output and fills `share`, each input's part
/// of the output's gradient; values come from a few levels, so that there are ties.
template <class Layer, class In, class... Lanes, class Answer>
void check_pooling(const PoolingCase& pooling, const Answer& answer) {
  const auto check = [&]<class Lane>(const std::type_identity<Lane>&) {
    using Scalar = ctnn::ScalarOf<Lane>;
    constexpr std::size_t width = ctnn::kernels::width_of<Lane>;
    constexpr ctnn::Dimensions out = Layer::compute_output_shape(In::dimensions);
    CHECK(out == ctnn::Dimensions{pooling.rows(), pooling.columns(), pooling.channels});
    auto x = numbers<Scalar>(width * In::size, 21, -3, 3);
    for (std::size_t i = 0; i < x.size(); i += 2) x[i] = std::round(x[i]);
    const auto dy = numbers<Scalar>(width * out.size(), 22);
    std::vector<Scalar> y(width * out.size());
    std::vector<double> dx(width * In::size);
    for (std::size_t s = 0; s < width; ++s) {
      pooling.for_each_output([&](std::size_t output, const std::vector<std::size_t>& inputs) {
        std::vector<double> values, share(inputs.size());
        for (const std::size_t i : inputs) values.push_back(static_cast<double>(x[s * In::size + i]));
        y[s * out.size() + output] = static_cast<Scalar>(answer(values, share));
        for (std::size_t k = 0; k < inputs.size(); ++k) {
          dx[s * In::size + inputs[k]] += share[k] * static_cast<double>(dy[s * out.size() + output]);
        }
      });
    }
    const auto result = run_layer<Layer, In, Lane>(x, {}, dy);
    const double tolerance = sizeof(Scalar) == 4 ? 1e-6 : 1e-15;
    INFO(In::dimensions.axes[0], " × ", In::dimensions.axes[1], " × ", In::dimensions.axes[2], ", pool ", pooling.pool_height,
         " × ", pooling.pool_width, ", strides ", pooling.stride_height, " × ", pooling.stride_width,
         pooling.same ? ", same" : ", valid", ", width ", width, ", ", sizeof(Scalar), " bytes");
    CHECK(array_error(result.y, y) <= tolerance);
    CHECK(array_error(result.dx, dx) <= tolerance);
  };
  (check(std::type_identity<Lanes>{}), ...);
}

/// The same for one geometry, valid and same. `Layer` is a template over options. Each lane is a layer to compile, so that
/// one by one, where the channels are what is vectorised, only the valid windows are computed, unless `All` is set.
template <template <ctnn::detail::Option...> class Layer, std::size_t H, std::size_t W, std::size_t C, auto Pool, auto Strides,
          bool All = false, class Answer>
void check_geometry(const Answer& answer) {
  using In = ctnn::Shape<H, W, C>;
  using Floats = ctnn::kernels::NativeLane<float>;
  using Doubles = ctnn::kernels::NativeLane<double>;
  using OfSame = Layer<ctnn::Same, Strides, Pool>;
  constexpr auto extent = []<class Option>(const Option&) { return ctnn::detail::option_value<Option>.extent; };
  constexpr auto pool = extent(Pool), strides = extent(Strides);
  const PoolingCase valid{H, W, C, pool.height, pool.width, strides.height, strides.width, false};
  check_pooling<Layer<Pool, Strides>, In, Floats, float>(valid, answer);
  PoolingCase same = valid;
  same.same = true;
  check_pooling<OfSame, In, Floats>(same, answer);
  if constexpr (All) check_pooling<OfSame, In, Doubles, double, float>(same, answer);
}

/// Every path: windows that are disjoint, overlap or leave gaps; that fill the image or do not; large ones; channels of one,
/// of a register, and more.
template <template <ctnn::detail::Option...> class Layer, class Answer>
void check_geometries(const Answer& answer) {
  using ctnn::Pool, ctnn::Strides;
  check_geometry<Layer, 4, 6, 1, Pool<2>, Strides<2>>(answer);
  check_geometry<Layer, 5, 7, 3, Pool<2, 3>, Strides<1>>(answer);
  check_geometry<Layer, 5, 7, 3, Pool<2, 3>, Strides<2>>(answer);
  check_geometry<Layer, 5, 7, 3, Pool<2, 3>, Strides<2, 3>, true>(answer);
  check_geometry<Layer, 5, 7, 3, Pool<2, 3>, Strides<3>>(answer);
  check_geometry<Layer, 6, 5, 21, Pool<3>, Strides<2>, true>(answer);
  check_geometry<Layer, 7, 7, 2, Pool<5>, Strides<1, 2>>(answer);
  check_geometry<Layer, 4, 4, 16, Pool<2>, Strides<2>>(answer);
  check_geometry<Layer, 3, 8, 37, Pool<1, 2>, Strides<1, 3>>(answer);
  check_geometry<Layer, 1, 1, 5, Pool<1>, Strides<2>>(answer);
}

}  // namespace checks
