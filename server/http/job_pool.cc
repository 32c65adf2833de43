// SPDX-License-Identifier: Apache-2.0
#include "server/http/job_pool.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>

namespace weir::http {

JobPool::JobPool(unsigned threads, size_t most_queued, unsigned long_threads)
    : most_queued_(most_queued),
      slow_threads_(std::max(1u, threads - 1)),
      has_long_threads_(long_threads > 0) {
  assert(threads > 0);
  for (unsigned i = 0; i < long_threads; ++i) threads_.emplace_back([this] { work_long(); });
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

JobPool::~JobPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

bool JobPool::submit(Lane lane, Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (quick_.size() + slow_.size() + long_.size() >= most_queued_) return false;
    if (lane == Lane::kLong && !has_long_threads_) lane = Lane::kSlow;
    auto& queue = lane == Lane::kQuick ? quick_ : lane == Lane::kSlow ? slow_ : long_;
    queue.push_back({tickets_++, std::move(job)});
    check();
  }
  changed_.notify_all();  // one thread may not take what another may
  return true;
}

void JobPool::abandon_queued() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
}

size_t JobPool::queued() const {
  const std::lock_guard lock(mutex_);
  return quick_.size() + slow_.size() + long_.size();
}

// Holds whenever the mutex is free to be taken.
void JobPool::check() const {
  assert(quick_.size() + slow_.size() + long_.size() <= most_queued_ &&
         "a full queue takes no more");
  assert((abandoned_ || slow_running_ <= slow_threads_) && "a thread is left for quick jobs");
  assert((quick_.empty() || quick_.back().ticket < tickets_) &&
         (slow_.empty() || slow_.back().ticket < tickets_));
}

// The queue whose first job a free thread may take now; null when there is none.
std::deque<JobPool::Waiting>* JobPool::next_queue() {
  const bool quick = !quick_.empty();
  const bool slow = !slow_.empty() && (slow_running_ < slow_threads_ || abandoned_);
  if (quick && slow) return quick_.front().ticket < slow_.front().ticket ? &quick_ : &slow_;
  return quick ? &quick_ : slow ? &slow_ : nullptr;
}

void JobPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::deque<Waiting>* queue = nullptr;
    changed_.wait(lock, [&] {
      queue = next_queue();
      return queue || (ending_ && quick_.empty() && slow_.empty());
    });
    if (!queue) return;
    const Job job = std::move(queue->front().job);
    queue->pop_front();
    const bool slow = queue == &slow_;
    const bool abandoned = abandoned_;
    slow_running_ += slow;
    check();
    lock.unlock();
    job(abandoned);
    lock.lock();
    slow_running_ -= slow;
    if (slow) changed_.notify_all();  // a thread may be waiting for the slow lane to open
  }
}

// Whoever makes long jobs give way cannot take it back, so they have threads of their own.
void JobPool::work_long() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLongNice);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return !long_.empty() || ending_; });
    if (long_.empty()) return;
    const Job job = std::move(long_.front().job);
    long_.pop_front();
    const bool abandoned = abandoned_;
    lock.unlock();
    job(abandoned);
    lock.lock();
  }
}

}  // namespace weir::http
