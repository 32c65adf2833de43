// SPDX-License-Identifier: Apache-2.0
#include "apps/weir/run/interrupt.h"

#include <chrono>
#include <csignal>
#include <thread>

namespace weir {
namespace {

// A signal handler can reach nothing else.
std::atomic<bool> g_raised{false};

void raise_flag(int) {
  g_raised = true;
}

void set_handler(void (*handler)(int), int flags) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  g_raised = false;
  set_handler(raise_flag, static_cast<int>(SA_RESTART | SA_RESETHAND));
}

Interrupt::~Interrupt() {
  set_handler(SIG_DFL, 0);
}

const std::atomic<bool>& Interrupt::raised() const {
  return g_raised;
}

// Looks now and then: waking a waiter is not among the things a signal handler may do.
void Interrupt::wait() const {
  while (!g_raised) std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

}  // namespace weir
