// Lane: the value that layers compute with. It is a float or double, or a Vector, a SIMD register with one
// sample (or, for one sample, one feature) in each element.
//
// Vectors are the compiler's own vector types, so the same source serves SSE2, AVX2, AVX-512 and NEON; the
// operations below compile to one instruction each. Code outside kernels/ never names a width.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "config.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

/// Whether a value is true or false as a whole.
template <class Lane>
inline constexpr bool holds_one_answer = false;

namespace detail {

template <class Element, std::size_t Width>
struct NativeVector {
  typedef Element type __attribute__((vector_size(sizeof(Element) * Width)));
};

}  // namespace detail

/// `Width` elements in one SIMD register. Converts from a single element by broadcasting it.
template <class Element, std::size_t Width>
struct Vector {
  using native_type = typename detail::NativeVector<Element, Width>::type;

  native_type native;

  Vector() = default;
  // x - 0 is x for every x, negative zero included, which x + 0 is not.
  CTNN_INLINE Vector(Element value) : native(value - native_type{}) {}

  CTNN_INLINE static Vector of(native_type native) {
    Vector result;
    result.native = native;
    return result;
  }

  /// Reads `Width` elements from memory of any alignment.
  CTNN_INLINE static Vector load(const Element* source) {
    Vector result;
    __builtin_memcpy(&result.native, source, sizeof(native_type));
    return result;
  }
  /// The same of `Count` < Width elements; the others are zero.
  template <std::size_t Count>
  CTNN_INLINE static Vector load_first(const Element* source) {
    // Written as one constructor: so the compiler sees elements that come from a register and shuffles that.
    return [&]<std::size_t... I>(std::index_sequence<I...>) CTNN_INLINE_LAMBDA {
      return of(native_type{(I < Count ? source[I < Count ? I : 0] : Element(0))...});
    }(std::make_index_sequence<Width>{});
  }
  template <std::size_t Count>
  CTNN_INLINE void store_first(Element* target) const {
    CTNN_UNROLL
    for (std::size_t i = 0; i < Count; ++i) target[i] = native[i];
  }
  CTNN_INLINE void store(Element* target) const { __builtin_memcpy(target, &native, sizeof(native_type)); }

  /// A comparison has an answer for each sample.
  explicit operator bool() const {
    static_assert(
        holds_one_answer<Vector>,
        "ctnn: lanes hold several samples, so that a comparison has no one answer for ?: or if; math::select(condition, a, b) "
        "chooses for each sample");
    return false;
  }

  CTNN_INLINE Element operator[](std::size_t index) const { return native[index]; }

  CTNN_INLINE friend Vector operator+(Vector a, Vector b) { return of(a.native + b.native); }
  CTNN_INLINE friend Vector operator-(Vector a, Vector b) { return of(a.native - b.native); }
  CTNN_INLINE friend Vector operator*(Vector a, Vector b) { return of(a.native * b.native); }
  CTNN_INLINE friend Vector operator/(Vector a, Vector b) { return of(a.native / b.native); }
  CTNN_INLINE friend Vector operator-(Vector a) { return of(-a.native); }
  CTNN_INLINE friend Vector& operator+=(Vector& a, Vector b) { return a = a + b; }
  CTNN_INLINE friend Vector& operator-=(Vector& a, Vector b) { return a = a - b; }
  CTNN_INLINE friend Vector& operator*=(Vector& a, Vector b) { return a = a * b; }

  CTNN_INLINE friend Vector operator&(Vector a, Vector b)
    requires std::integral<Element>
  {
    return of(a.native & b.native);
  }
  CTNN_INLINE friend Vector operator|(Vector a, Vector b)
    requires std::integral<Element>
  {
    return of(a.native | b.native);
  }
  CTNN_INLINE friend Vector operator<<(Vector a, int count)
    requires std::integral<Element>
  {
    return of(a.native << count);
  }
  CTNN_INLINE friend Vector operator>>(Vector a, int count)
    requires std::integral<Element>
  {
    return of(a.native >> count);
  }

  // A comparison gives an integer vector: all bits set where it holds, else none.
  CTNN_INLINE friend auto operator<(Vector a, Vector b) { return mask(a.native < b.native); }
  CTNN_INLINE friend auto operator>(Vector a, Vector b) { return mask(a.native > b.native); }
  CTNN_INLINE friend auto operator<=(Vector a, Vector b) { return mask(a.native <= b.native); }
  CTNN_INLINE friend auto operator>=(Vector a, Vector b) { return mask(a.native >= b.native); }
  CTNN_INLINE friend auto operator==(Vector a, Vector b) { return mask(a.native == b.native); }

 private:
  using Integer = std::conditional_t<sizeof(Element) == 4, std::int32_t, std::int64_t>;

  template <class Native>
  CTNN_INLINE static Vector<Integer, Width> mask(Native native) {
    return Vector<Integer, Width>::of(__builtin_convertvector(native, typename Vector<Integer, Width>::native_type));
  }
};

template <class Lane>
struct LaneTraits {
  static_assert(std::floating_point<Lane>);
  using scalar = Lane;
  using bits = std::conditional_t<sizeof(Lane) == 4, std::int32_t, std::int64_t>;
  static constexpr std::size_t width = 1;
};
template <class Element, std::size_t Width>
struct LaneTraits<Vector<Element, Width>> {
  using scalar = Element;
  using bits = Vector<typename LaneTraits<Element>::bits, Width>;
  static constexpr std::size_t width = Width;
};

/// The element type of a lane: float for float and for every vector of floats.
template <class Lane>
using ScalarOf = typename LaneTraits<Lane>::scalar;
/// Samples in one lane.
template <class Lane>
inline constexpr std::size_t width_of = LaneTraits<Lane>::width;

/// Lanes as the elements that they are in memory. Compilers let a vector be read and written as its elements: GCC gives both the
/// same alias set, Clang gives a vector that of char.
template <class Lane>
CTNN_INLINE auto* elements_of(Lane* lanes) {
  using Scalar = ScalarOf<std::remove_const_t<Lane>>;
  return reinterpret_cast<std::conditional_t<std::is_const_v<Lane>, const Scalar, Scalar>*>(lanes);
}

namespace detail {

template <class Scalar, std::size_t Width>
struct LaneOfWidth {
  using type = Vector<Scalar, Width>;
};
template <class Scalar>
struct LaneOfWidth<Scalar, 0> {
  using type = Scalar;
};

}  // namespace detail

/// Keeps a value in its register, where GCC would rather load it again for every use. (Clang has none for fewer than 16 bytes.)
template <class Lane>
CTNN_INLINE constexpr void keep_in_register([[maybe_unused]] Lane& value) {
#ifdef __SSE2__
  if constexpr (sizeof(Lane) >= 16 && sizeof(Lane) <= register_bytes) asm("" : "+v"(value.native));
#endif
}

/// An address as it was given, of which the compiler now knows nothing: GCC would keep what one round of a loop reads for the next,
/// in registers that sums need.
template <class Element>
CTNN_INLINE const Element* opaque(const Element* address) {
  asm("" : "+r"(address));
  return address;
}

/// The target's widest lane for a scalar type; the scalar itself where the target has no vector registers.
template <class Scalar>
using NativeLane = typename detail::LaneOfWidth<Scalar, register_bytes / sizeof(Scalar)>::type;

}  // namespace ctnn::inline CTNN_VARIANT::kernels
