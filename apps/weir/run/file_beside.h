// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>

#include "weir/base/result.h"

namespace weir {

// A file that is written beside its name and gets it when it is whole, so that nobody reads half a
// file, and what stood there before stays if writing fails. A symbolic link under that name is
// refused: whoever may make links in a folder must not choose which file is written. What is no
// regular file, such as a pipe or a terminal, is written to as it is. Only its owner may read it.
class FileBeside {
 public:
  // Errors: not_found (the folder), denied; invalid for a symbolic link or a folder.
  static Result<FileBeside> create(const std::string& path);
  FileBeside(FileBeside&& other) noexcept;
  FileBeside& operator=(FileBeside&&) = delete;
  ~FileBeside();  // leaves nothing behind unless finish() was called

  std::ostream& out() { return out_; }
  // Errors: unavailable, such as for a full disk.
  Status finish();

 private:
  FileBeside() = default;

  std::string path_;
  std::string temporary_;  // empty: written to in place, or finished
  std::ofstream out_;
};

}  // namespace weir
