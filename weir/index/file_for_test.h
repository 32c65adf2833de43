// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace weir {

// A test of one file, in a folder of its own that goes with it.
class FileInFolder : public testing::Test {
 protected:
  explicit FileInFolder(const char* name) {
    std::string made = (std::filesystem::temp_directory_path() / "weir-index-XXXXXX").string();
    folder = mkdtemp(made.data());
    path = folder / name;
  }
  ~FileInFolder() override { std::filesystem::remove_all(folder); }

  std::vector<uint8_t> bytes_of_file() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write_file(std::span<const uint8_t> bytes) const {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
  }
  size_t files_in_folder() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  std::filesystem::path folder;
  std::filesystem::path path;
};

}  // namespace weir
