// SPDX-License-Identifier: Apache-2.0
#include "server/http/job_pool.h"

#include <algorithm>
#include <cassert>

namespace weir::http {

JobPool::JobPool(unsigned threads, size_t most_queued)
    : most_queued_(most_queued), slow_threads_(std::max(1u, threads - 1)) {
  assert(threads > 0);
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
    if (quick_.size() + slow_.size() >= most_queued_) return false;
    (lane == Lane::kQuick ? quick_ : slow_).push_back({tickets_++, std::move(job)});
    check();
  }
  changed_.notify_one();
  return true;
}

void JobPool::abandon_queued() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
}

size_t JobPool::queued() const {
  const std::lock_guard lock(mutex_);
  return quick_.size() + slow_.size();
}

// Holds whenever the mutex is free to be taken.
void JobPool::check() const {
  assert(quick_.size() + slow_.size() <= most_queued_ && "a full queue takes no more");
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

}  // namespace weir::http
