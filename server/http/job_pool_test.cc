// SPDX-License-Identifier: Apache-2.0
#include "server/http/job_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <latch>

namespace weir::http {
namespace {

TEST(JobPool, RunsEverythingBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    JobPool pool(3, 10'000);
    for (int i = 0; i < 1000; ++i)
      ASSERT_TRUE(pool.submit(i % 2 ? Lane::kQuick : Lane::kSlow, [&](bool) { ++ran; }));
  }
  EXPECT_EQ(ran, 1000);
}

TEST(JobPool, RefusesMoreThanItsQueueHolds) {
  std::latch started(1), release(1);
  JobPool pool(1, 2);
  ASSERT_TRUE(pool.submit(Lane::kQuick, [&](bool) {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.submit(Lane::kSlow, [](bool) {}));
  EXPECT_TRUE(pool.submit(Lane::kQuick, [](bool) {}));
  EXPECT_FALSE(pool.submit(Lane::kQuick, [](bool) {}));
  EXPECT_EQ(pool.queued(), 2u);
  release.count_down();
}

TEST(JobPool, SlowJobsLeaveAThreadForQuickOnes) {
  std::latch release(1), quick(1);
  std::atomic<int> slow = 0;
  JobPool pool(3, 100);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(pool.submit(Lane::kSlow, [&](bool) {
      ++slow;
      release.wait();
    }));
  ASSERT_TRUE(pool.submit(Lane::kQuick, [&](bool) { quick.count_down(); }));
  quick.wait();  // hangs if the slow ones took every thread
  EXPECT_LE(slow, 2);
  release.count_down();
}

TEST(JobPool, LongJobsTakeNoThreadOfOthers) {
  std::latch release(1), slow(3);
  std::atomic<int> running = 0;
  JobPool pool(3, 100, 2);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(pool.submit(Lane::kLong, [&](bool) {
      EXPECT_EQ(getpriority(PRIO_PROCESS, 0), kLongNice);
      ++running;
      release.wait();
    }));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(pool.submit(Lane::kSlow, [&](bool) {
      EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 0);
      slow.count_down();
    }));
  slow.wait();  // hangs if the long ones took every thread
  EXPECT_LE(running, 2);
  release.count_down();
}

TEST(JobPool, AbandonedJobsAreToldSo) {
  std::latch started(1), release(1);
  std::atomic<int> abandoned = 0, ran = 0;
  const auto count = [&](bool gone) { ++(gone ? abandoned : ran); };
  {
    JobPool pool(2, 100);
    ASSERT_TRUE(pool.submit(Lane::kSlow, [&](bool) {
      started.count_down();
      release.wait();
    }));
    started.wait();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.submit(Lane::kSlow, count));
    pool.abandon_queued();
    release.count_down();
  }
  EXPECT_EQ(abandoned, 5);
  EXPECT_EQ(ran, 0);
}

}  // namespace
}  // namespace weir::http
