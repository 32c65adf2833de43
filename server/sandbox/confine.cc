// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/confine.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace weir {

SandboxLayer layer_of(std::string name, int failure, std::string detail) {
  if (failure != 0) detail = std::strerror(failure);
  return {std::move(name), failure == 0, std::move(detail)};
}

bool has_required_layers(const std::vector<SandboxLayer>& layers, std::string* missing) {
  missing->clear();
  for (const char* name : {kLandlockLayer, kSeccompLayer}) {
    std::string why = "not reported";
    bool in_force = false;
    for (const SandboxLayer& layer : layers) {
      if (layer.name != name) continue;
      in_force = layer.in_force;
      why = layer.detail;
    }
    if (in_force) continue;
    if (!missing->empty()) *missing += " and ";
    *missing += std::string(name) + " (" + why + ")";
  }
  return missing->empty();
}

namespace {

// Numbers from here on belong to nobody: Debian gives people and services numbers below 65,536, and
// containers numbers below 2^31 - 2^26.
constexpr uid_t kFirstOwnUser = 0x7c00'0000;
constexpr uid_t kNobody = 65'534;

bool become(uid_t user) {
  return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
         setresuid(user, user, user) == 0;
}

}  // namespace

SandboxLayer leave_root() {
  if (geteuid() == 0 && !become(kFirstOwnUser + static_cast<uid_t>(getpid()))) become(kNobody);
  return layer_of("not_root", geteuid() == 0 ? EPERM : 0, "user " + std::to_string(geteuid()));
}

bool is_own_user() {
  return geteuid() >= kFirstOwnUser;
}

std::vector<SandboxLayer> leave_namespaces(bool user) {
  struct Namespace {
    const char* name;
    int flag;
  };
  // The user namespace first: it is what lets an ordinary user leave the others. No user is mapped
  // into it, so whatever runs there is nobody.
  static constexpr Namespace kNamespaces[] = {
      {"user_namespace", CLONE_NEWUSER}, {"network_namespace", CLONE_NEWNET},
      {"mount_namespace", CLONE_NEWNS},  {"ipc_namespace", CLONE_NEWIPC},
      {"uts_namespace", CLONE_NEWUTS},   {"process_namespace", CLONE_NEWPID},
  };
  std::vector<SandboxLayer> layers;
  for (const Namespace& space : kNamespaces) {
    const bool is_left = user || space.flag != CLONE_NEWUSER;
    layers.push_back(layer_of(space.name, is_left && unshare(space.flag) == 0 ? 0
                                          : is_left                           ? errno
                                                                              : EPERM));
  }
  return layers;
}

namespace {

// Bytes of address space mapped now.
uint64_t mapped_bytes() {
  unsigned long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%lu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return uint64_t{pages} * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

int set_limit(__rlimit_resource which, uint64_t value) {
  const rlimit limit{value, value};
  return setrlimit(which, &limit) == 0 ? 0 : errno;
}

// The parent's end is this process's end. Set after all changes of user or rights, which undo it.
int die_with_parent(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != parent) _exit(0);  // it ended before we asked
  return 0;
}

}  // namespace

SandboxLayer limit_resources(const Confinement& wanted) {
  const uint64_t mapped = mapped_bytes();
  int failure = mapped == 0 ? ENOENT : 0;
  const auto limit = [&](__rlimit_resource which, uint64_t value) {
    if (failure == 0) failure = set_limit(which, value);
  };
  limit(RLIMIT_AS, mapped + wanted.memory_bytes);
  limit(RLIMIT_CPU, wanted.cpu_seconds);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_MEMLOCK, 0);
  limit(RLIMIT_MSGQUEUE, 0);
  limit(RLIMIT_NOFILE, wanted.files);
  // Counted over all processes of the user; of user 0 nothing is counted.
  if (wanted.counts_threads) limit(RLIMIT_NPROC, wanted.threads);
  return layer_of("rlimits", failure,
                  "memory " + std::to_string(wanted.memory_bytes >> 20) + " MiB on top of " +
                      std::to_string(mapped >> 20) + " MiB");
}

SandboxLayer drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  const long dropped = syscall(SYS_capset, &header, none);
  return layer_of("no_capabilities", dropped == 0 ? 0 : errno);
}

std::vector<SandboxLayer> confine(const Confinement& wanted) {
  std::vector<SandboxLayer> layers;
  layers.push_back(limit_resources(wanted));
  layers.push_back(drop_capabilities());
  layers.push_back(
      layer_of("no_new_privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno));
  layers.push_back(layer_of("not_dumpable", prctl(PR_SET_DUMPABLE, 0) == 0 ? 0 : errno));
  layers.push_back(layer_of("ends_with_parent", die_with_parent(wanted.parent)));
  layers.push_back(restrict_landlock());
  layers.push_back(restrict_syscalls());
  return layers;
}

}  // namespace weir
