// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/run/file_beside.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "weir/base/utf8.h"

namespace weir {
namespace {

Error cannot_write(const std::string& path, int reason) {
  const ErrorCode code = reason == ENOENT                       ? ErrorCode::kNotFound
                         : reason == EACCES || reason == EPERM ? ErrorCode::kDenied
                                                               : ErrorCode::kUnavailable;
  return {code, "cannot write " + printable(path) + ": " + std::strerror(reason)};
}

}  // namespace

Result<FileBeside> FileBeside::create(const std::string& path) {
  FileBeside file;
  file.path_ = path;
  std::error_code none;
  const auto there = std::filesystem::symlink_status(path, none).type();
  if (there == std::filesystem::file_type::symlink)
    return Error{ErrorCode::kInvalid, printable(path) +
                                          " is a symbolic link, through which nothing is written; "
                                          "name the file itself, or - for standard output"};
  if (there == std::filesystem::file_type::directory)
    return Error{ErrorCode::kInvalid, printable(path) + " is a folder"};
  std::string name = path;
  if (there == std::filesystem::file_type::not_found ||
      there == std::filesystem::file_type::regular) {
    name += ".XXXXXX";
    const int made = ::mkostemp(name.data(), O_CLOEXEC);
    if (made < 0) return cannot_write(path, errno);
    ::close(made);
    file.temporary_ = name;
  }
  file.out_.open(name, std::ios::binary | std::ios::trunc);
  if (!file.out_) return cannot_write(path, errno);
  return file;
}

FileBeside::FileBeside(FileBeside&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      out_(std::move(other.out_)) {}

FileBeside::~FileBeside() {
  out_.close();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Status FileBeside::finish() {
  errno = 0;
  out_.close();
  if (!out_) return cannot_write(path_, errno != 0 ? errno : ENOSPC);
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return cannot_write(path_, errno);
  temporary_.clear();
  return {};
}

}  // namespace weir
