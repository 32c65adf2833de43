// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weir/base/result.h"

namespace weir {

// One input of a run: a file to read, or why there is none.
struct Input {
  std::string path;  // as given, or below a given folder; any bytes
  std::optional<Error> error;
};

// The files that `paths` name: a file is itself, a folder is all regular files below it, by name.
// Symbolic links are followed; a folder is entered once, so loops end. What cannot be read is an
// input with an error; other things than files and folders are skipped inside a folder, an error
// when named.
std::vector<Input> walk(const std::vector<std::string>& paths);

}  // namespace weir
