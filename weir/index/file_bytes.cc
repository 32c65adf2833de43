// SPDX-License-Identifier: Apache-2.0
#include "weir/index/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "weir/index/checksum64.h"

namespace weir {
namespace {

Error file_error(const std::string& path, int error) {
  ErrorCode code = ErrorCode::kUnavailable;
  if (error == EACCES || error == EPERM || error == EROFS) code = ErrorCode::kDenied;
  if (error == ENOENT || error == ENOTDIR) code = ErrorCode::kNotFound;
  return {code, "index file " + path + ": " + std::generic_category().message(error)};
}

bool write_all(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), std::min<size_t>(bytes.size(), 16u << 20));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(wrote));
  }
  return true;
}

std::span<const uint8_t> chunk_of(std::span<const uint8_t> part, uint64_t chunk) {
  const uint64_t first = chunk * kFileChunkBytes;
  return part.subspan(first, std::min(kFileChunkBytes, part.size() - first));
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool FileSource::read(uint64_t offset, std::span<uint8_t> into) const {
  if (offset > size || into.size() > size - offset) return false;
  if (fd < 0) {
    if (!into.empty()) std::memcpy(into.data(), memory.data() + offset, into.size());
    return true;
  }
  while (!into.empty()) {
    const ssize_t got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    offset += static_cast<uint64_t>(got);
    into = into.subspan(static_cast<size_t>(got));
  }
  return true;
}

Error FileSource::corrupt(const std::string& what) const {
  return {ErrorCode::kCorrupt, "index file " + name + " " + what + "; build it anew"};
}

Result<OpenIndexFile> open_index_file(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, errno);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return file_error(path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{ErrorCode::kCorrupt, "index file " + path + " is not a regular file"};
  const FileSource source{file.get(), {}, static_cast<uint64_t>(status.st_size), path};
  return OpenIndexFile{std::move(file), source};
}

std::vector<uint64_t> chunk_checksums(std::span<const uint8_t> part) {
  std::vector<uint64_t> sums;
  for (uint64_t chunk = 0; chunk < file_chunks(part.size()); ++chunk)
    sums.push_back(checksum64(chunk_of(part, chunk)));
  return sums;
}

// Copying from the page cache takes one core's time.
Status read_part(const FileSource& source, uint64_t offset, std::span<const uint64_t> checksums,
                 std::span<uint8_t> part) {
  std::atomic<uint64_t> next_chunk{0};
  std::atomic<bool> is_good{true};
  const auto work = [&] {
    while (is_good.load(std::memory_order_relaxed)) {
      const uint64_t chunk = next_chunk.fetch_add(1);
      if (chunk >= checksums.size()) return;
      const uint64_t first = chunk * kFileChunkBytes;
      const auto bytes = part.subspan(first, std::min(kFileChunkBytes, part.size() - first));
      if (!source.read(offset + first, bytes) || checksum64(bytes) != checksums[chunk])
        is_good = false;
    }
  };
  {
    std::jthread other;
    if (checksums.size() > 8) other = std::jthread(work);
    work();
  }
  if (!is_good) return source.corrupt("is damaged");
  return {};
}

Status replace_file(const std::string& path, std::span<const std::span<const uint8_t>> pieces) {
  std::string temporary = path + ".XXXXXX";
  const FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return file_error(path, errno);
  const bool is_written = std::all_of(pieces.begin(), pieces.end(), [&](const auto& piece) {
    return write_all(file.get(), piece);
  });
  if (!is_written || ::fsync(file.get()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return file_error(path, error);
  }
  // The rename itself lasts only once the folder is on disk.
  const std::string folder = (std::filesystem::path(path).parent_path() / ".").string();
  const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return file_error(folder, errno);
  return {};
}

}  // namespace weir
