// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace weir {

// Runs work(i) for i = 0 .. count-1 on `threads` threads, and emit(i, result) in that order on the
// calling thread: the same output at any number of threads. At most a few results a thread wait
// their turn. Ends early when emit() gives false or `stop` becomes true; what was begun is then
// dropped. Gives the number of results emitted.
template <class Out>
size_t run_ordered(size_t count, unsigned threads, const std::function<Out(size_t)>& work,
                   const std::function<bool(size_t, Out)>& emit, const std::atomic<bool>& stop) {
  std::mutex mutex;
  std::condition_variable room;
  std::condition_variable ready;
  std::map<size_t, Out> waiting;
  size_t next = 0;
  size_t emitted = 0;
  bool ended = false;
  const size_t window = 4 * static_cast<size_t>(threads);

  const auto worker = [&] {
    while (true) {
      size_t mine;
      {
        std::unique_lock lock(mutex);
        room.wait(lock, [&] { return ended || next >= count || next < emitted + window; });
        if (ended || next >= count) return;
        mine = next++;
      }
      Out out = work(mine);
      const std::scoped_lock lock(mutex);
      waiting.emplace(mine, std::move(out));
      ready.notify_one();
    }
  };
  std::vector<std::jthread> pool;
  for (unsigned i = 0; i < threads; ++i) pool.emplace_back(worker);

  std::unique_lock lock(mutex);
  while (emitted < count && !stop) {
    // Woken now and then to look at `stop`, which a signal handler sets without a notification.
    ready.wait_for(lock, std::chrono::milliseconds(200),
                   [&] { return waiting.contains(emitted) || stop; });
    const auto found = waiting.find(emitted);
    if (found == waiting.end()) continue;
    Out out = std::move(found->second);
    waiting.erase(found);
    lock.unlock();
    const bool more = emit(emitted, std::move(out));
    lock.lock();
    ++emitted;
    room.notify_all();
    if (!more) break;
  }
  ended = true;
  room.notify_all();
  lock.unlock();
  return emitted;
}

}  // namespace weir
