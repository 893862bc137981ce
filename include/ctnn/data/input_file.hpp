// InputFile: the bytes of a data file, plain or compressed by gzip, read in order. What a header announces is never
// believed before the bytes are there.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <iterator>
#include <new>
#include <string>
#include <utility>

#include "../errors.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Reads a stream that may be compressed; its first two bytes tell. Whatever is wrong is thrown as a DataError that begins
/// with `where` and the file's name.
class InputFile {
 public:
  /// `size`: bytes in the stream. Refers to the stream.
  InputFile(std::istream& stream, std::uintmax_t size, std::string where)
      : stream_(&stream), size_(size), where_(std::move(where)) {
    refill();
    compressed_ = available_ >= 2 && buffer_[0] == 0x1f && buffer_[1] == 0x8b;
    // 32 KB of window, and gzip's header and check sum.
    if (compressed_ && inflateInit2(&inflater_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() {
    if (compressed_) inflateEnd(&inflater_);
  }

  /// Reads up to `size` bytes; fewer only at the end. A compressed file's check sum is verified when its end is met.
  std::size_t read(unsigned char* target, std::size_t size) {
    std::size_t done = 0;
    // In steps that zlib's 32-bit counters hold.
    while (done < size) {
      const std::size_t step = std::min(size - done, std::size_t{1} << 20);
      const std::size_t got = compressed_ ? inflate_some(target + done, step) : copy_some(target + done, step);
      if (got == 0) break;
      done += got;
    }
    return done;
  }

  /// The most bytes that it can hold: deflate compresses to no less than a 1032nd.
  std::uintmax_t most() const {
    constexpr std::uintmax_t ratio = 1032;
    return !compressed_ ? size_ : size_ > UINTMAX_MAX / ratio ? UINTMAX_MAX : size_ * ratio;
  }

  [[noreturn]] void fail(const std::string& what) const { throw DataError(concat(where_, what)); }

 private:
  void refill() {
    stream_->read(reinterpret_cast<char*>(buffer_.data()), std::ssize(buffer_));
    if (stream_->bad()) fail("the file must be readable, but reading it failed");
    next_ = 0;
    available_ = static_cast<std::size_t>(stream_->gcount());
  }

  std::size_t copy_some(unsigned char* target, std::size_t size) {
    if (available_ == 0) refill();
    const std::size_t count = std::min(size, available_);
    std::copy_n(buffer_.data() + next_, count, target);
    next_ += count;
    available_ -= count;
    return count;
  }

  std::size_t inflate_some(unsigned char* target, std::size_t size) {
    inflater_.next_out = target;
    inflater_.avail_out = static_cast<uInt>(size);
    while (inflater_.avail_out > 0) {
      if (available_ == 0) refill();
      if (ended_) {
        // A gzip file may have several parts and, behind each, zeros that fill a block: nothing else, as Python's gzip has it.
        while (available_ > 0 && buffer_[next_] == 0) {
          ++next_;
          if (--available_ == 0) refill();
        }
        if (available_ == 0) break;
        inflateReset(&inflater_);
        ended_ = false;
      }
      if (available_ == 0) fail("the compressed data must be complete, but end too early");
      inflater_.next_in = buffer_.data() + next_;
      inflater_.avail_in = static_cast<uInt>(available_);
      const int status = inflate(&inflater_, Z_NO_FLUSH);
      next_ += available_ - inflater_.avail_in;
      available_ = inflater_.avail_in;
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        fail(concat("the compressed data must be undamaged, but zlib says: ", inflater_.msg ? inflater_.msg : "corrupt data"));
      }
      ended_ = status == Z_STREAM_END;
    }
    return size - inflater_.avail_out;
  }

  std::istream* stream_;
  std::uintmax_t size_;
  std::string where_;
  std::array<unsigned char, 65536> buffer_;
  std::size_t next_ = 0, available_ = 0;
  bool compressed_ = false, ended_ = false;
  z_stream inflater_{};
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
