// PendingFile: a file that takes its name only when it is whole. Until then it has none or, where the file system must have
// one, another beside it, and goes on failure; what was there before stays as it was.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
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

/// What cannot be written is thrown as an `Exception` that begins with `where`. A symbolic link is followed, and a file that is
/// replaced gives its mode, and its group and owner where the system allows it, to the new one. What is no regular file, as
/// a directory, a pipe or a device, is refused before anything is made, and so is a file that may not be written.
template <class Exception>
class PendingFile {
 public:
  [[gnu::cold]] PendingFile(const std::filesystem::path& path, std::string where) : PendingFile(std::move(where)) {
    target_ = followed(path);
    struct stat before{};
    const bool replaces = ::stat(target_.c_str(), &before) == 0;
    if (!replaces && errno != ENOENT) fail(target_, errno);
    if (replaces) check_replaceable(before);
    // Until the old file's rights are known to hold, no one else has any.
    open(replaces ? 0600 : 0666);
    if (replaces) keep_rights(before);
  }
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    remove_name();
  }

  int descriptor() const { return descriptor_; }

  /// Writes all of the bytes, down to the disk.
  [[gnu::cold]] void write(std::span<const unsigned char> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) fail(target_, errno);
      if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    // Some file systems know no fsync.
    if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(target_, errno);
  }

  [[gnu::cold]] void commit() {
    if (path_.empty()) {
      const std::string open_file = in_proc();
      const auto link = [&](const std::filesystem::path& name) {
        return ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
      };
      if (link(target_)) return;
      if (errno != EEXIST) fail(target_, errno);
      // No call puts a file without a name in the place of another: were the program killed before the next one, this name
      // would stay.
      name([&] { return link(path_); });
    }
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, errno);
    path_.clear();
  }

 private:
  /// What is begun with this is closed and removed even where the rest of the constructor throws.
  explicit PendingFile(std::string where) : where_(std::move(where)) {}

  /// The file that a chain of symbolic links leads to; it need not be there.
  [[gnu::cold]] std::filesystem::path followed(std::filesystem::path path) {
    constexpr int most_links = 40;  // as many as Linux follows
    for (int i = 0; i < most_links; ++i) {
      std::error_code error;
      if (!std::filesystem::is_symlink(std::filesystem::symlink_status(path, error))) return path;
      const std::filesystem::path next = std::filesystem::read_symlink(path, error);
      if (error) fail(path, error.value());
      path = path.parent_path() / next;
    }
    fail(path, ELOOP);
  }

  [[gnu::cold]] void check_replaceable(const struct stat& before) {
    if (S_ISDIR(before.st_mode)) fail(target_, EISDIR);
    if (!S_ISREG(before.st_mode)) {
      throw Exception(concat(where_, "must write to a regular file, but ", target_.string(), " is ",
                             S_ISFIFO(before.st_mode) ? "a pipe" : "a device or a socket"));
    }
    // Renaming asks only whether the directory may be changed.
    if (::faccessat(AT_FDCWD, target_.c_str(), W_OK, AT_EACCESS) != 0) fail(target_, errno);
  }

  [[gnu::cold]] void open(mode_t mode) {
#ifdef O_TMPFILE
    // Without a name nothing stays behind however the program ends. Not every file system can, and only /proc gives a name later.
    const std::filesystem::path directory = target_.has_parent_path() ? target_.parent_path() : ".";
    descriptor_ = ::open(directory.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
    if (descriptor_ >= 0 && ::access(in_proc().c_str(), F_OK) == 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
#endif
    name([&] {
      descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      return descriptor_ >= 0;
    });
  }

  /// Gives the new file the old one's rights. What only another group might do, this group may not.
  [[gnu::cold]] void keep_rights(const struct stat& before) {
    mode_t mode = before.st_mode & 0777;
    const bool same_group = ::fchown(descriptor_, before.st_uid, before.st_gid) == 0 ||
                            ::fchown(descriptor_, static_cast<uid_t>(-1), before.st_gid) == 0;
    if (!same_group) mode &= static_cast<mode_t>(~S_IRWXG);
    if (::fchmod(descriptor_, mode) != 0) fail(target_, errno);
  }

  [[gnu::cold]] std::string in_proc() const { return concat("/proc/self/fd/", std::to_string(descriptor_)); }

  [[gnu::cold]] std::filesystem::path another_name() const {
    static std::atomic<unsigned> counter = 0;
    return target_.parent_path() / concat(".ctnn-", std::to_string(::getpid()), "-", std::to_string(counter++), ".tmp");
  }

  /// Gives the file a name that no other has.
  template <class Make>
  [[gnu::cold]] void name(const Make& make) {
    do {
      path_ = another_name();
      if (make()) return;
    } while (errno == EEXIST);
    const int error = errno;
    path_.clear();
    fail(target_, error);
  }

  [[gnu::cold]] void remove_name() {
    if (!path_.empty()) ::unlink(path_.c_str());
    path_.clear();
  }

  /// Says why a file cannot be written. The name goes first: nobody may catch the exception, and then no destructor runs.
  [[noreturn, gnu::cold]] void fail(const std::filesystem::path& path, int error) {
    remove_name();
    throw Exception(concat(where_, "cannot write ", path.string(), ": ", std::generic_category().message(error)));
  }

  std::string where_;
  std::filesystem::path target_, path_;
  int descriptor_ = -1;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
