// SPDX-License-Identifier: Apache-2.0
//
// Landlock (Linux 5.13): a ruleset that handles every right the running kernel knows, with no rule,
// so that all of them are denied. The numbers are the kernel's stable ABI, written out here because
// a kernel may know more of them than the headers this is compiled with
// (Documentation/userspace-api/landlock.rst).
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "server/sandbox/confine.h"
#include "server/sandbox/socket.h"

namespace weir {
namespace {

struct Ruleset {
  uint64_t access_fs = 0;
  uint64_t access_net = 0;  // ABI 4
  uint64_t scoped = 0;      // ABI 6
};

constexpr unsigned kAskVersion = 1;  // LANDLOCK_CREATE_RULESET_VERSION

uint64_t low_bits(unsigned count) {
  return (uint64_t{1} << count) - 1;
}

// File system rights: 13 in ABI 1, then REFER in 2, TRUNCATE in 3, IOCTL_DEV in 5.
Ruleset everything(long abi) {
  Ruleset all;
  all.access_fs = low_bits(abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13);
  if (abi >= 4) all.access_net = low_bits(2);  // bind and connect TCP
  if (abi >= 6) all.scoped = low_bits(2);      // abstract Unix sockets, signals
  return all;
}

size_t ruleset_bytes(long abi) {
  return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

}  // namespace

SandboxLayer restrict_landlock() {
  const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  if (abi < 1) return layer_of(kLandlockLayer, abi < 0 ? errno : ENOSYS);
  const Ruleset all = everything(abi);
  const Fd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &all, ruleset_bytes(abi), 0)));
  if (!ruleset.open()) return layer_of(kLandlockLayer, errno);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return layer_of(kLandlockLayer, errno);
  const long restricted = syscall(SYS_landlock_restrict_self, ruleset.get(), 0);
  return layer_of(kLandlockLayer, restricted == 0 ? 0 : errno, "ABI " + std::to_string(abi));
}

}  // namespace weir
