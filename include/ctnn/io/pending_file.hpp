// PendingFile: a file that takes its name only when it is whole. Until then it has none or, where the file system must have
// one, another beside it, and goes on failure; what was there before stays as it was.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "../errors.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// What cannot be written is thrown as an `Exception` that begins with `where`.
template <class Exception>
class PendingFile {
 public:
  PendingFile(std::filesystem::path target, std::string where) : target_(std::move(target)), where_(std::move(where)) {
#ifdef O_TMPFILE
    // Without a name nothing stays behind however the program ends. Not every file system can.
    const std::filesystem::path directory = target_.has_parent_path() ? target_.parent_path() : ".";
    descriptor_ = ::open(directory.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) return;
#endif
    name([&] {
      descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      return descriptor_ >= 0;
    });
  }
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile() {
    ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  int descriptor() const { return descriptor_; }

  /// Writes all of the bytes, down to the disk.
  void write(std::span<const unsigned char> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) fail();
      if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    // Some file systems know no fsync.
    if (::fsync(descriptor_) != 0 && errno != EINVAL) fail();
  }

  void commit() {
    if (path_.empty()) {
      const std::string open_file = "/proc/self/fd/" + std::to_string(descriptor_);
      name([&] { return ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) == 0; });
    }
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail();
    path_.clear();
  }

 private:
  /// Gives the file a name that no other has.
  template <class Make>
  void name(const Make& make) {
    static std::atomic<unsigned> counter = 0;
    do {
      path_ = target_.parent_path() / (".ctnn-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp");
      if (make()) return;
    } while (errno == EEXIST);
    path_.clear();
    fail();
  }

  [[noreturn]] void fail() const {
    const int error = errno;
    throw Exception(concat(where_, "cannot write ", target_.string(), ": ", std::generic_category().message(error)));
  }

  std::filesystem::path target_, path_;
  std::string where_;
  int descriptor_ = -1;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
