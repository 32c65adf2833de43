// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>

#include "apps/weir/cli.h"

namespace {

// A file that took the number of a missing standard stream would get its messages.
void have_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != fd) std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  have_standard_streams();
  ::umask(077);  // what is written here is for its owner alone
  return weir::run_cli(argc, argv);
}
