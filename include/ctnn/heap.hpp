// OnHeap: the storage policy of Model. Ten million parameters must not overflow a stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

#include "storage.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Storage policy: one aligned heap block. A copy is deep; what was moved from is empty.
struct OnHeap {
  template <class Scalar, std::size_t Count>
  class Array {
   public:
    constexpr Array() : Array(true) {}
    /// An empty array where none is needed.
    constexpr explicit Array(bool needed) : values_(needed ? allocate() : nullptr) {
      for (std::size_t i = 0; needed && i < size; ++i) values_[i] = Scalar(0);
    }
    constexpr Array(const Array& other) : values_(other.empty() ? nullptr : allocate()) {
      if (!empty()) copy_from(other);
    }
    constexpr Array(Array&& other) noexcept : values_(std::exchange(other.values_, nullptr)) {}
    constexpr Array& operator=(const Array& other) {
      if (!empty() && !other.empty()) {
        copy_from(other);
      } else {
        Array copy(other);
        std::swap(values_, copy.values_);
      }
      return *this;
    }
    constexpr Array& operator=(Array&& other) noexcept {
      Array taken(std::move(other));
      std::swap(values_, taken.values_);
      return *this;
    }
    constexpr ~Array() { release(values_); }

    constexpr Scalar* data() { return values_; }
    constexpr const Scalar* data() const { return values_; }
    constexpr bool empty() const { return values_ == nullptr; }

   private:
    static constexpr std::size_t size = detail::padded<Scalar>(Count);

    static constexpr Scalar* allocate() {
      // Constant evaluation knows no aligned allocation, and needs none.
      if (std::is_constant_evaluated()) return new Scalar[size]{};
      return static_cast<Scalar*>(::operator new(size * sizeof(Scalar), std::align_val_t{kernels::alignment}));
    }
    // A function of its own: Clang 19 takes a constexpr destructor that calls operator delete itself for a constant one,
    // and leaves it out.
    static constexpr void release(Scalar* values) {
      if (std::is_constant_evaluated()) {
        delete[] values;
      } else {
        ::operator delete(values, std::align_val_t{kernels::alignment});
      }
    }
    constexpr void copy_from(const Array& other) {
      for (std::size_t i = 0; i < size; ++i) values_[i] = other.values_[i];
    }

    Scalar* values_;
  };

  /// Memory that grows when more is asked for than ever before. Its contents do not outlive a call, nor a copy.
  template <class Scalar>
  class Scratch {
   public:
    Scratch() = default;
    Scratch(const Scratch&) {}
    Scratch(Scratch&& other) noexcept : values_(std::exchange(other.values_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Scratch& operator=(const Scratch&) = delete;
    Scratch& operator=(Scratch&& other) noexcept {
      std::swap(values_, other.values_);
      std::swap(size_, other.size_);
      return *this;
    }
    ~Scratch() { ::operator delete(values_, std::align_val_t{kernels::alignment}); }

    /// Room for so many numbers; throws std::bad_alloc.
    Scalar* require(std::size_t size) {
      if (size > size_) {
        Scratch larger;
        if (size > SIZE_MAX / sizeof(Scalar)) throw std::bad_array_new_length();
        larger.values_ = static_cast<Scalar*>(::operator new(size * sizeof(Scalar), std::align_val_t{kernels::alignment}));
        larger.size_ = size;
        *this = std::move(larger);
      }
      return values_;
    }

   private:
    Scalar* values_ = nullptr;
    std::size_t size_ = 0;
  };
};

}  // namespace ctnn::inline CTNN_VARIANT
