// SPDX-License-Identifier: Apache-2.0
//
// The system calls of a worker. Three answers: allowed; refused with an errno, for what libraries
// try by habit and get along without; and the end of the process by SIGSYS for the rest, since no
// decoder has a reason to ask.
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "server/sandbox/confine.h"

namespace weir {
namespace {

// Memory, time, threads, and reading or writing what is already open. Files come from the parent
// opened for reading only, so write() reaches no more than the socket and /dev/null.
constexpr int kAllowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

struct Refusal {
  int syscall;
  int failure;
};

// Looking for files, and asking the system about itself.
constexpr Refusal kRefused[] = {
    {SCMP_SYS(open), EACCES},
    {SCMP_SYS(openat), EACCES},
    {SCMP_SYS(openat2), EACCES},
    {SCMP_SYS(creat), EACCES},
    {SCMP_SYS(stat), EACCES},
    {SCMP_SYS(lstat), EACCES},
    {SCMP_SYS(fstat), EACCES},
    {SCMP_SYS(newfstatat), EACCES},
    {SCMP_SYS(statx), EACCES},
    {SCMP_SYS(access), EACCES},
    {SCMP_SYS(faccessat), EACCES},
    {SCMP_SYS(faccessat2), EACCES},
    {SCMP_SYS(readlink), EACCES},
    {SCMP_SYS(readlinkat), EACCES},
    {SCMP_SYS(getcwd), EACCES},
    {SCMP_SYS(statfs), EACCES},
    {SCMP_SYS(getdents64), EACCES},
    {SCMP_SYS(unlink), EACCES},
    {SCMP_SYS(ioctl), ENOTTY},
    {SCMP_SYS(fcntl), EPERM},
    {SCMP_SYS(umask), EPERM},
    {SCMP_SYS(memfd_create), EPERM},
#if !defined(__SANITIZE_ADDRESS__)  // which tries through a pipe whether memory can be read
    {SCMP_SYS(pipe2), EPERM},
#endif
    {SCMP_SYS(eventfd2), EPERM},
    {SCMP_SYS(mlock), EPERM},
    {SCMP_SYS(prlimit64), EPERM},
    {SCMP_SYS(getrlimit), EPERM},
    {SCMP_SYS(lseek), ESPIPE},  // the position in an open file is shared with the caller
    {SCMP_SYS(clone3), ENOSYS},
    {SCMP_SYS(membarrier), ENOSYS},
    {SCMP_SYS(get_mempolicy), EPERM},
    {SCMP_SYS(sched_setaffinity), EPERM},
    {SCMP_SYS(sched_getscheduler), EPERM},
    {SCMP_SYS(sched_getparam), EPERM},
    {SCMP_SYS(sched_setscheduler), EPERM},
    {SCMP_SYS(setpriority), EPERM},
    {SCMP_SYS(getpriority), EPERM},
};

// Threads, not processes: the flags every thread has and a process lacks.
constexpr uint64_t kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

// Rules that look at an argument. A call that no rule of its own matches ends the process, so each
// gets its refusal beside what is allowed.
int add_conditional(scmp_filter_ctx filter) {
  int failure = 0;
  const auto rule = [&](uint32_t action, int call, scmp_arg_cmp condition) {
    if (failure == 0) failure = seccomp_rule_add(filter, action, call, 1, condition);
  };
  rule(SCMP_ACT_ALLOW, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, kThreadFlags, kThreadFlags));
  // Code stays what was loaded: no page becomes executable any more.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    rule(SCMP_ACT_ALLOW, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    rule(SCMP_ACT_ERRNO(EPERM), call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
  }
  // abort() sends itself a signal.
  rule(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<uint64_t>(getpid()), 0));
  for (const int option : {PR_SET_NAME, 0x53564d41 /* PR_SET_VMA, which names memory */})
    rule(SCMP_ACT_ALLOW, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, static_cast<uint64_t>(option), 0));
  return failure;
}

}  // namespace

SandboxLayer restrict_syscalls() {
  const std::unique_ptr<void, void (*)(void*)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS),
                                                      seccomp_release);
  if (!filter) return layer_of(kSeccompLayer, ENOMEM);
  int failure = 0;
  for (const int call : kAllowed)
    if (failure == 0) failure = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
  for (const Refusal& refusal : kRefused)
    if (failure == 0)
      failure = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(refusal.failure), refusal.syscall, 0);
#if defined(__SANITIZE_ADDRESS__)
  if (failure == 0) failure = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(pipe2), 0);
#endif
  if (failure == 0) failure = add_conditional(filter.get());
  if (failure == 0) failure = seccomp_load(filter.get());
  return layer_of(kSeccompLayer, -failure,
                  std::to_string(std::size(kAllowed)) + " system calls, others end the process");
}

}  // namespace weir
