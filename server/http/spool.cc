// SPDX-License-Identifier: Apache-2.0
#include "server/http/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace weir::http {
namespace {

Error failed(const std::string& what, int reason) {
  if (reason == ENOSPC || reason == EDQUOT)
    return Error{ErrorCode::kUnavailable,
                 what + ": the disk is full; free space in the spool folder"};
  const auto code =
      reason == EACCES || reason == EPERM ? ErrorCode::kDenied : ErrorCode::kUnavailable;
  return Error{code, what + ": " + std::generic_category().message(reason)};
}

}  // namespace

Result<SpoolFile> SpoolFile::create(const std::string& folder) {
  int fd = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {  // a file system without O_TMPFILE
    std::string path = folder + "/weir-upload-XXXXXX";
    fd = mkostemp(path.data(), O_CLOEXEC);
    if (fd >= 0) unlink(path.c_str());
  }
  if (fd < 0) return failed("the spool folder '" + folder + "' takes no file", errno);
  return SpoolFile(fd);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}

SpoolFile& SpoolFile::operator=(SpoolFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(size_, other.size_);
  return *this;
}

SpoolFile::~SpoolFile() {
  if (fd_ >= 0) close(fd_);
}

Status SpoolFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("an upload cannot be kept", errno);
    bytes.remove_prefix(written);
    size_ += written;
  }
  return {};
}

}  // namespace weir::http
