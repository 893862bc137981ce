#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

#include <cstdlib>
#include <ctnn/io/pending_file.hpp>
#include <exception>
#include <filesystem>
#include <set>
#include <string>

#include "../directory.hpp"

namespace fs = std::filesystem;
using checks::Directory;
using Names = std::set<std::string>;

namespace {

using File = ctnn::detail::PendingFile<ctnn::FileError>;

void save(const fs::path& path, const std::string& text) {
  File file(path, "ctnn: test: ");
  file.write({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  file.commit();
}

/// What saving says, without "ctnn: test: ".
std::string refusal(const fs::path& path) {
  try {
    save(path, "new");
  } catch (const ctnn::FileError& error) {
    const std::string text = error.what(), start = "ctnn: test: ";
    REQUIRE(text.starts_with(start));
    return text.substr(start.size());
  }
  return "";
}

unsigned mode(const fs::path& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777u;
}

/// Runs `body` in a process of its own. Its exit status as waitpid gives it; 0 where `body` returns.
template <class Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE("pending file: a new one has the rights of any new file, one that is replaced keeps its own") {
  const Directory directory;
  const fs::path path = directory.path / "a";
  save(path, "first");
  directory.write("other", "");
  CHECK(mode(path) == mode(directory.path / "other"));
  for (const unsigned rights : {0600u, 0640u, 0666u, 0777u}) {
    REQUIRE(::chmod(path.c_str(), rights) == 0);
    save(path, std::to_string(rights));
    CHECK(mode(path) == rights);
    CHECK(checks::bytes_of(path) == std::to_string(rights));
  }
  // A program that anyone may run as its owner becomes an ordinary one.
  REQUIRE(::chmod(path.c_str(), 04755) == 0);
  save(path, "ordinary");
  CHECK(mode(path) == 0755);
  CHECK(directory.files() == Names{"a", "other"});
}

TEST_CASE("pending file: owner and group are kept, and what may not be written is refused") {
  const Directory directory;
  const fs::path path = directory.write("a", "old");
  REQUIRE(::chmod(path.c_str(), 0440) == 0);
  if (::geteuid() != 0) {
    CHECK(refusal(path) == "cannot write " + path.string() + ": Permission denied");
    CHECK(checks::bytes_of(path) == "old");
    return;
  }
  constexpr uid_t someone = 1234;
  constexpr gid_t group = 4321, other_group = 4322;
  REQUIRE(::chown(path.c_str(), someone, group) == 0);
  save(path, "new");
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK(status.st_uid == someone);
  CHECK(status.st_gid == group);
  CHECK(mode(path) == 0440);

  // Someone else, who may change the directory: the file is none of theirs, or its group's rights are not theirs to give.
  REQUIRE(::chmod(directory.path.c_str(), 0777) == 0);
  REQUIRE(::chown(path.c_str(), 0, group) == 0);
  const auto as_someone = [&](const auto& body) {
    return in_child([&] {
      if (::setgid(other_group) != 0 || ::setuid(someone) != 0) ::_exit(2);
      body();
    });
  };
  CHECK(as_someone([&] {
          try {
            save(path, "theirs");
          } catch (const ctnn::FileError&) {
            ::_exit(3);
          }
        }) == 3 << 8);
  CHECK(checks::bytes_of(path) == "new");
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  CHECK(as_someone([&] { save(path, "theirs"); }) == 0);
  CHECK(checks::bytes_of(path) == "theirs");
  CHECK(mode(path) == 0606);
  CHECK(directory.files() == Names{"a"});
}

TEST_CASE("pending file: links are followed") {
  const Directory directory;
  fs::create_directory(directory.path / "disk");
  const fs::path real = directory.write("disk/real", "old"), link = directory.path / "link", to_link = directory.path / "to_link";
  fs::create_symlink("disk/real", link);
  fs::create_symlink(link, to_link);
  save(to_link, "new");
  CHECK(checks::bytes_of(real) == "new");
  CHECK(fs::read_symlink(link) == "disk/real");
  CHECK(fs::is_symlink(to_link));

  // A link to a file that is yet to be makes it.
  fs::remove(real);
  save(link, "newer");
  CHECK(checks::bytes_of(real) == "newer");
  CHECK(fs::is_symlink(link));

  fs::create_symlink("nowhere/real", directory.path / "broken");
  CHECK(refusal(directory.path / "broken") ==
        "cannot write " + (directory.path / "nowhere/real").string() + ": No such file or directory");
  fs::create_symlink("ring", directory.path / "ring");
  CHECK(refusal(directory.path / "ring").ends_with("ring: Too many levels of symbolic links"));
  CHECK(directory.files() == Names{"broken", "disk", "link", "ring", "to_link"});
}

TEST_CASE("pending file: what is no regular file is refused before anything is made") {
  const Directory directory;
  const fs::path pipe = directory.path / "pipe", inner = directory.path / "inner";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  fs::create_directory(inner);
  fs::create_symlink("pipe", directory.path / "link");
  const Names before = directory.files();
  CHECK(refusal(pipe) == "must write to a regular file, but " + pipe.string() + " is a pipe");
  CHECK(refusal(directory.path / "link") == "must write to a regular file, but " + pipe.string() + " is a pipe");
  CHECK(refusal(inner) == "cannot write " + inner.string() + ": Is a directory");
  CHECK(refusal("/dev/null") == "must write to a regular file, but /dev/null is a device or a socket");
  CHECK_THROWS_AS(File(inner, ""), ctnn::FileError);
  CHECK(directory.files() == before);
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("pending file: nothing stays where nobody catches") {
  const Directory directory;
  const fs::path path = directory.path / "a";
  const int status = in_child([&] {
    ::close(STDERR_FILENO);
    std::set_terminate([] { ::_exit(7); });
    [&]() noexcept {
      File file(path, "");
      file.write({});
      // Another program was faster.
      fs::create_directory(path);
      file.commit();
    }();
  });
  CHECK(status == 7 << 8);
  CHECK(directory.files() == Names{"a"});
}

#ifdef __linux__
TEST_CASE("pending file: without /proc, too") {
  const Directory directory;
  const fs::path path = directory.path / "a";
  directory.write("b", "old");
  REQUIRE(::chmod((directory.path / "b").c_str(), 0600) == 0);
  const int status = in_child([&] {
    // Not every system lets everyone have mounts of their own.
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ::_exit(3);
    if (::mount("none", "/proc", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(3);
    if (::mount("none", "/proc", "tmpfs", 0, nullptr) != 0) ::_exit(3);
    try {
      save(path, "new");
      save(path, "newer");
      save(directory.path / "b", "new");
    } catch (const ctnn::FileError&) {
      ::_exit(4);
    }
  });
  if (status == 3 << 8) {
    MESSAGE("not tested: this system gives no mounts of one's own");
    return;
  }
  CHECK(status == 0);
  CHECK(checks::bytes_of(path) == "newer");
  CHECK(checks::bytes_of(directory.path / "b") == "new");
  CHECK(mode(directory.path / "b") == 0600);
  CHECK(directory.files() == Names{"a", "b"});
}
#endif
