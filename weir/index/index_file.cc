// SPDX-License-Identifier: Apache-2.0
#include "weir/index/index_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include "weir/index/checksum64.h"

namespace weir {
namespace {

constexpr char kMagic[8] = {'W', 'E', 'I', 'R', 'H', 'A', 'M', '\n'};
constexpr uint32_t kVersion = 1;
constexpr uint64_t kChunkBytes = uint64_t{1} << 20;  // of the image, one checksum each
constexpr uint64_t kAlignment = 64;                  // of the image in the file

// The first bytes of the file; the checksums of the chunks follow, then zeros up to the image.
struct Header {
  char magic[8];
  uint64_t checksum;  // of everything from the next field to the image
  uint32_t version;
  uint32_t slots;
  uint64_t rows;
  uint64_t image_start;
  uint64_t image_bytes;
  uint8_t slot_bits[SlotWidths::kMostSlots];
  uint8_t zeros[48];
};
static_assert(sizeof(Header) == 128);
constexpr size_t kChecksummedFrom = offsetof(Header, version);

uint64_t chunk_count(uint64_t image_bytes) {
  return (image_bytes + kChunkBytes - 1) / kChunkBytes;
}

uint64_t image_start(uint64_t image_bytes) {
  const uint64_t used = sizeof(Header) + chunk_count(image_bytes) * sizeof(uint64_t);
  return (used + kAlignment - 1) / kAlignment * kAlignment;
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// --- Reading -------------------------------------------------------------------------------------

// Where a file's bytes come from: a descriptor, or memory.
struct Source {
  int fd = -1;
  std::span<const uint8_t> memory;
  uint64_t size = 0;
  std::string name;

  // False when the bytes are not there (any more) or cannot be read.
  bool read(uint64_t offset, std::span<uint8_t> into) const {
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

  Error corrupt(const std::string& what) const {
    return {ErrorCode::kCorrupt, "index file " + name + " " + what + "; build it anew"};
  }
};

// The bytes before the image, checked so far that IndexShape can be believed.
struct Prologue {
  IndexShape shape;
  uint64_t image_start = 0;
  std::vector<uint64_t> checksums;  // of the chunks
};

Result<Prologue> read_prologue(const Source& source) {
  Header header;
  if (!source.read(0, {reinterpret_cast<uint8_t*>(&header), sizeof header}))
    return source.corrupt("is too short");
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0)
    return source.corrupt("is not a Hamming index");
  if (header.version != kVersion)
    return Error{ErrorCode::kInvalid, "index file " + source.name + " has version " +
                                          std::to_string(header.version) +
                                          ", this program reads version " +
                                          std::to_string(kVersion) + "; build it anew"};
  if (header.rows > UINT32_MAX) return source.corrupt("claims too many rows");

  Prologue prologue;
  prologue.shape.rows = header.rows;
  prologue.shape.widths.slots = header.slots;
  std::copy_n(header.slot_bits, SlotWidths::kMostSlots, prologue.shape.widths.bits.begin());
  if (const Status slots = check_slots(prologue.shape.widths); !slots)
    return source.corrupt("has impossible slots");

  // The shape says how long the image is and so where it starts; the file must agree before
  // anything of that size is allocated.
  const uint64_t image_bytes = layout_of(prologue.shape).bytes;
  prologue.image_start = image_start(image_bytes);
  if (header.image_bytes != image_bytes || header.image_start != prologue.image_start ||
      source.size != prologue.image_start + image_bytes)
    return source.corrupt("is truncated or has the wrong length");

  std::vector<uint8_t> bytes(prologue.image_start);
  if (!source.read(0, bytes)) return source.corrupt("cannot be read");
  if (checksum64(std::span(bytes).subspan(kChecksummedFrom)) != header.checksum)
    return source.corrupt("has a damaged header");
  prologue.checksums.resize(chunk_count(image_bytes));
  if (!prologue.checksums.empty())
    std::memcpy(prologue.checksums.data(), bytes.data() + sizeof header,
                prologue.checksums.size() * sizeof(uint64_t));
  return prologue;
}

// Chunks are read and checked by two threads: copying from the page cache takes one core's time.
Status read_image(const Source& source, const Prologue& prologue, std::span<uint8_t> image) {
  std::atomic<uint64_t> next_chunk{0};
  std::atomic<bool> is_good{true};
  const auto work = [&] {
    while (is_good.load(std::memory_order_relaxed)) {
      const uint64_t chunk = next_chunk.fetch_add(1);
      if (chunk >= prologue.checksums.size()) return;
      const uint64_t first = chunk * kChunkBytes;
      const auto bytes = image.subspan(first, std::min(kChunkBytes, image.size() - first));
      if (!source.read(prologue.image_start + first, bytes) ||
          checksum64(bytes) != prologue.checksums[chunk])
        is_good = false;
    }
  };
  {
    std::jthread other;
    if (prologue.checksums.size() > 8) other = std::jthread(work);
    work();
  }
  if (!is_good) return source.corrupt("is damaged");
  return {};
}

Result<IndexImage> read_from(const Source& source) {
  const Prologue prologue = TRY(read_prologue(source));
  IndexImage image = TRY(IndexImage::allocate(prologue.shape));
  TRY(read_image(source, prologue, image.bytes()));
  return image;
}

// --- Writing -------------------------------------------------------------------------------------

Error file_error(const std::string& path, int error) {
  ErrorCode code = ErrorCode::kUnavailable;
  if (error == EACCES || error == EPERM || error == EROFS) code = ErrorCode::kDenied;
  if (error == ENOENT || error == ENOTDIR) code = ErrorCode::kNotFound;
  return {code, "index file " + path + ": " + std::generic_category().message(error)};
}

std::vector<uint8_t> prologue_of(const IndexImage& image) {
  const std::span<const uint8_t> bytes = image.bytes();
  std::vector<uint8_t> prologue(image_start(bytes.size()));
  Header header{};
  std::copy_n(kMagic, sizeof kMagic, header.magic);
  header.version = kVersion;
  header.slots = image.shape().widths.slots;
  header.rows = image.rows();
  header.image_start = prologue.size();
  header.image_bytes = bytes.size();
  std::copy_n(image.shape().widths.bits.begin(), SlotWidths::kMostSlots, header.slot_bits);

  for (uint64_t chunk = 0; chunk < chunk_count(bytes.size()); ++chunk) {
    const uint64_t first = chunk * kChunkBytes;
    const uint64_t sum =
        checksum64(bytes.subspan(first, std::min(kChunkBytes, bytes.size() - first)));
    std::memcpy(prologue.data() + sizeof header + chunk * sizeof sum, &sum, sizeof sum);
  }
  std::memcpy(prologue.data(), &header, sizeof header);
  header.checksum = checksum64(std::span(prologue).subspan(kChecksummedFrom));
  std::memcpy(prologue.data(), &header, sizeof header);
  return prologue;
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

}  // namespace

Result<IndexImage> read_index_bytes(std::span<const uint8_t> bytes, const std::string& name) {
  return read_from({-1, bytes, bytes.size(), name});
}

Result<IndexImage> read_index_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, errno);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return file_error(path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{ErrorCode::kCorrupt, "index file " + path + " is not a regular file"};
  return read_from({file.get(), {}, static_cast<uint64_t>(status.st_size), path});
}

Status write_index_file(const IndexImage& image, const std::string& path) {
  std::string temporary = path + ".XXXXXX";
  const FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return file_error(path, errno);
  if (!write_all(file.get(), prologue_of(image)) || !write_all(file.get(), image.bytes()) ||
      ::fsync(file.get()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
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
