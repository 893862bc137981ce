// Whether a path leads to a regular file that can be read, or why not; and its stream.
#pragma once

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "../errors.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Why a file cannot be read, as the end of a message; empty where it can. Devices, pipes and directories are refused:
/// they might never end.
[[gnu::cold]] inline std::string why_unreadable(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return concat("the file must be readable, but: ", error.message());
  if (!std::filesystem::is_regular_file(status)) {
    return concat("must be a regular file, but is ", std::filesystem::is_directory(status) ? "a directory" : "something else");
  }
  errno = 0;
  if (!std::ifstream(path)) return concat("the file must be readable, but: ", std::generic_category().message(errno));
  return "";
}

/// Opens a data file, which must be a regular one, and calls `read(stream, size)`. Throws DataError, beginning with `where`.
template <class Read>
auto with_file(const std::filesystem::path& path, const std::string& where, const Read& read) {
  if (const std::string problem = why_unreadable(path); !problem.empty()) throw DataError(concat(where, problem));
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream) throw DataError(concat(where, "the file must stay where it is, but is gone"));
  return read(stream, size);
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
