// SPDX-License-Identifier: Apache-2.0
//
// weir-decode runs with neither threads nor files. Here a child process gives both up for good, as
// the sandbox does, and must still read every format.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>

#include "weir/media/picture/encoders_for_test.h"
#include "weir/media/picture/image.h"

namespace weir::media {
namespace {

// From here on a new thread or an opened file ends the process.
bool give_up_threads_and_files() {
  std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const uint32_t call : {SYS_clone, SYS_clone3, SYS_open, SYS_openat, SYS_openat2, SYS_creat,
                              SYS_execve, SYS_execveat, SYS_socket, SYS_memfd_create}) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Exit status: 0 decoded, 1 not decoded, 2 no confinement here; or killed.
int decode_confined(const FileBytes& bytes) {
  const pid_t child = fork();
  if (child == 0) {
    if (!give_up_threads_and_files()) _exit(2);
    const bool is_read = decode_image(bytes, Limits{}) && preview_jpeg(bytes, Limits{}, 16);
    _exit(is_read ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(Confined, EveryFormatIsReadWithoutThreadsOrFiles) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer needs calls that are forbidden here";
#endif
  std::vector<NamedFile> files = one_of_each(600, 400);
  const Pixels rgb = test_picture(600, 400, 3);
  files.push_back({"interlaced png", vips_file(rgb, ".png[interlace]"), 0});
  files.push_back({"palette png", vips_file(rgb, ".png[palette]"), 0});
  files.push_back({"tiled tiff", vips_file(rgb, ".tif[tile,compression=jpeg]"), 0});
  files.push_back({"pyramid tiff", vips_file(rgb, ".tif[tile,pyramid,compression=deflate]"), 0});
  files.push_back({"deep tiff",
                   vips_file(std::vector<float>(600 * 400 * 3, 0.5f), 600, 400, 3,
                             VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_LAB, ".tif"),
                   0});
  files.push_back({"animated gif", animation_file(".gif", 12, 64, 50), 0});
  files.push_back({"animated webp", animation_file(".webp", 12, 64, 50), 0});
  files.push_back({"lossy jxl", jxl_file(rgb.samples, 600, 400, 3, {.is_lossless = false}), 0});
  files.push_back({"progressive jpeg", jpeg_file(rgb, {.is_progressive = true}), 0});
  // A damaged one, for what libraries do to tell about it.
  for (auto& [format, bytes, likeness] : std::vector(files)) {
    FileBytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 3));
    files.push_back({"cut " + format, std::move(cut), -1});
  }
  for (const auto& [format, bytes, likeness] : files) {
    const int status = decode_confined(bytes);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) GTEST_SKIP() << "no seccomp here";
    ASSERT_FALSE(WIFSIGNALED(status)) << format << " was killed by signal " << WTERMSIG(status);
    if (likeness >= 0) {
      EXPECT_EQ(WEXITSTATUS(status), 0) << format;
    }
  }
}

}  // namespace
}  // namespace weir::media
