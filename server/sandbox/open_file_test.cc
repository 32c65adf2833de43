// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/open_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace weir {
namespace {

class OpenFile : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/weir-open-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  // The error's code and message, or "".
  static std::string refusal(const std::string& path) {
    const auto file = open_file(path);
    return file ? "" : std::string(name_of(file.error().code)) + ": " + file.error().message;
  }

  std::string folder_;
};

TEST_F(OpenFile, OpensRegularFilesOfAnyName) {
  for (const std::string name : {"plain", "with space", "\xff\xfe", "a\nb", "\xd0\xb0"}) {
    const auto file = open_file(write(name, "12345"));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->bytes, 5u);
    EXPECT_EQ(fcntl(file->fd, F_GETFL) & O_ACCMODE, O_RDONLY);
  }
}

TEST_F(OpenFile, FollowsALinkToAFile) {
  write("file", "123");
  ASSERT_EQ(symlink("file", (folder_ + "/link").c_str()), 0);
  EXPECT_EQ(refusal(folder_ + "/link"), "");
}

TEST_F(OpenFile, ShowsNamesSafely) {
  EXPECT_EQ(refusal(folder_ + "/no\xff\x1b"),
            "not_found: there is no file " + folder_ + "/no\\xff\\x1b");
  EXPECT_EQ(refusal(std::string("a\0b", 3)), "invalid: no file can have the name a\\x00b");
  EXPECT_EQ(refusal(""), "not_found: there is no file ");
}

TEST_F(OpenFile, NeverWaitsForWhatIsNoFile) {
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(refusal(pipe), "invalid: " + pipe + " is a pipe, not a file");
  EXPECT_EQ(refusal(folder_), "invalid: " + folder_ + " is a folder, not a file");
  EXPECT_EQ(refusal("/dev/zero"), "invalid: /dev/zero is a device, not a file");
  sockaddr_un address{AF_UNIX, {}};
  const std::string name = folder_ + "/socket";
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  const Fd listening(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(listening.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(refusal(name), "invalid: " + name + " is a socket or device, not a file");
  ASSERT_EQ(symlink("circle", (folder_ + "/circle").c_str()), 0);
  EXPECT_TRUE(refusal(folder_ + "/circle").starts_with("invalid: "));
}

TEST_F(OpenFile, SaysWhenItIsNotAllowed) {
  const std::string path = write("secret", "123");
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  EXPECT_EQ(refusal(path), "denied: not allowed to read " + path);
}

// A decoder must not be able to write to what it is given.
TEST_F(OpenFile, DescriptorThatCanBeWrittenToIsOpenedAnew) {
  const std::string path = write("file", "12345");
  const Fd both(open(path.c_str(), O_RDWR | O_CLOEXEC));
  const auto file = readable_file(both.get());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_NE(file->fd, both.get());
  EXPECT_EQ(fcntl(file->fd, F_GETFL) & O_ACCMODE, O_RDONLY);
  const Fd reading(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(readable_file(reading.get())->fd, reading.get());
  const Fd writing(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(readable_file(writing.get()));
  EXPECT_FALSE(readable_file(-1));
}

}  // namespace
}  // namespace weir
