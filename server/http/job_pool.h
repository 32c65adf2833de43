// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::http {

// kQuick only asks the store, kSlow decodes pictures, kLong works for seconds: on videos, on many
// files, on long lists.
enum class Lane : uint8_t { kQuick, kSlow, kLong };

// How much less of a processor long work gets than other work that wants it: Linux gives a thread
// of this niceness a thirtieth of what it gives one of none, and all of it when nobody else wants
// it.
constexpr int kLongNice = 15;

// A fixed number of threads and a bounded queue. The longest waiting job goes first, except that
// slow ones never take the last thread: what only asks the store is not stuck behind them. Long
// ones have threads of their own, which give way to all others.
class JobPool {
 public:
  // `abandoned` is true when the pool gave the job up; it then only says so to whoever waits for
  // it.
  using Job = std::function<void(bool abandoned)>;

  // Precondition: threads > 0. Without long threads, long jobs are slow ones.
  JobPool(unsigned threads, size_t most_queued, unsigned long_threads = 0);
  // Finishes every job that was submitted.
  ~JobPool();

  // False, and nothing was done, when the queue is full.
  bool submit(Lane lane, Job job);
  // From now on jobs that have not begun are called as abandoned.
  void abandon_queued();

  size_t queued() const;
  unsigned threads() const { return static_cast<unsigned>(threads_.size()); }

 private:
  struct Waiting {
    uint64_t ticket;
    Job job;
  };
  void work();
  void work_long();
  void check() const;
  std::deque<Waiting>* next_queue();

  const size_t most_queued_;
  const unsigned slow_threads_;
  const bool has_long_threads_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> quick_;
  std::deque<Waiting> slow_;
  std::deque<Waiting> long_;
  uint64_t tickets_ = 0;
  unsigned slow_running_ = 0;
  bool abandoned_ = false;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace weir::http
