// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "weir/base/utf8.h"

namespace weir {
namespace {

Error cannot_open(const std::string& name, int failure) {
  switch (failure) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kNotFound, "there is no file " + name};
    case EACCES:
    case EPERM:
      return {ErrorCode::kDenied, "not allowed to read " + name};
    case ELOOP:
      return {ErrorCode::kInvalid, name + " is a symbolic link that leads in a circle"};
    case ENAMETOOLONG:
    case EINVAL:
      return {ErrorCode::kInvalid, "no file can have the name " + name};
    case ENXIO:
    case ENODEV:
      return {ErrorCode::kInvalid, name + " is a socket or device, not a file"};
    default:
      return {ErrorCode::kUnavailable, "cannot open " + name + ": " + std::strerror(failure)};
  }
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "something else";
}

Result<uint64_t> regular_bytes(int fd, const std::string& name) {
  struct stat about;
  if (fstat(fd, &about) != 0) return cannot_open(name, errno);
  if (!S_ISREG(about.st_mode))
    return Error{ErrorCode::kInvalid, name + " is " + kind_of(about.st_mode) + ", not a file"};
  return static_cast<uint64_t>(about.st_size);
}

Result<ReadableFile> open_named(const std::string& path, const std::string& name) {
  ReadableFile file;
  file.owned = Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.owned.open()) return cannot_open(name, errno);
  file.fd = file.owned.get();
  file.bytes = TRY(regular_bytes(file.fd, name));
  return file;
}

}  // namespace

Result<ReadableFile> open_file(const std::string& path) {
  if (path.find('\0') != std::string::npos)
    return Error{ErrorCode::kInvalid, "no file can have the name " + printable(path)};
  return open_named(path, printable(path));
}

Result<ReadableFile> readable_file(int fd) {
  const std::string name = "descriptor " + std::to_string(fd);
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_WRONLY)
    return Error{ErrorCode::kInvalid, name + " is not open for reading"};
  const uint64_t bytes = TRY(regular_bytes(fd, name));
  if ((flags & O_ACCMODE) == O_RDONLY) return ReadableFile{Fd(), fd, bytes};
  return open_named("/proc/self/fd/" + std::to_string(fd), name);
}

Result<size_t> FileBytes::read(uint64_t offset, std::span<uint8_t> room) {
  if (offset >= size_) return size_t{0};
  room = room.first(std::min<uint64_t>(room.size(), size_ - offset));
  for (size_t got = 0; got < room.size();) {
    const ssize_t more =
        pread(fd_, room.data() + got, room.size() - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0)
      return Error{ErrorCode::kCorrupt,
                   std::string("cannot read the file: ") + std::strerror(errno)};
    if (more == 0) return Error{ErrorCode::kCorrupt, "the file became shorter while it was read"};
    got += static_cast<size_t>(more);
  }
  return room.size();
}

}  // namespace weir
