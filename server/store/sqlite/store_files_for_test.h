// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "server/store/records_for_test.h"
#include "server/store/sqlite/sqlite_store.h"

namespace weir {

// A folder that goes when the test does.
class TestFolder {
 public:
  TestFolder() {
    std::string name = std::filesystem::temp_directory_path() / "weir-store-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void fill(const std::string& path, uint32_t entries) {
  TestClock clock;
  auto store = open_sqlite_store(path, clock).value();
  const Bank bank = store->create_bank(named_bank("A")).value();
  std::vector<Entry> all;
  for (uint32_t i = 0; i < entries; ++i) all.push_back(test_entry(bank.id, i));
  ASSERT_TRUE(store->add_entries(all));
}

}  // namespace weir
