// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "server/sandbox/decoder.h"

// The layers of the sandbox, each in its own file. All of them only ever take rights away, each
// reports whether the kernel let it, and none of them relies on another.

namespace weir {

// Names of the two layers without which a Decoder does not start.
inline constexpr char kLandlockLayer[] = "landlock";
inline constexpr char kSeccompLayer[] = "seccomp";

// Leaves user 0, of whom no limit counts the threads, for a user of a number that nobody else has,
// and all groups. Where only the usual numbers exist, as in some containers, it becomes `nobody`.
// Does nothing for others. Precondition: one thread.
SandboxLayer leave_root();
// Whether the user of this process is one that leave_root() made, and has no other processes.
bool is_own_user();

// Leaves the user, network, mount, IPC, UTS and process namespaces of the caller, as far as the
// kernel allows; containers often forbid it. The process namespace takes effect for children.
// Without `user`, which takes root, it stays in the user namespace. Precondition: one thread.
std::vector<SandboxLayer> leave_namespaces(bool user = true);

// What is asked of confine().
struct Confinement {
  uint64_t memory_bytes = 0;    // address space on top of what is mapped now
  unsigned cpu_seconds = 0;     // processor time of this process over its whole life
  unsigned files = 0;           // descriptors, those open now included
  unsigned threads = 0;         // of this user in this user namespace, all workers together
  bool counts_threads = false;  // nobody else runs as this user in this user namespace
  pid_t parent = 0;             // getpid() of the process that forked this one
};

// Puts every remaining layer in force in this process, for good. Afterwards it can compute, map
// memory within its limit, start threads, and talk over the descriptors that it has; to open a file
// gives EACCES; a socket, a new process or a new program ends it by SIGSYS.
// Precondition: one thread, and no descriptor open that it should not have.
std::vector<SandboxLayer> confine(const Confinement& wanted);

// The parts of confine().
SandboxLayer limit_resources(const Confinement& wanted);
SandboxLayer drop_capabilities();
SandboxLayer restrict_landlock();
SandboxLayer restrict_syscalls();

// A layer, in force when `failure` (an errno) is zero.
SandboxLayer layer_of(std::string name, int failure, std::string detail = "");

// Whether every layer is in force that a Decoder insists on; `missing` names those that are not.
bool has_required_layers(const std::vector<SandboxLayer>& layers, std::string* missing);

}  // namespace weir
