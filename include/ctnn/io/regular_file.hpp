// Whether a path leads to a regular file that can be read, or why not.
#pragma once

#include <cerrno>
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

}  // namespace ctnn::inline CTNN_VARIANT::detail
