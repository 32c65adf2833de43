// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/result.h"

namespace weir {

// Without the spaces and tabs at both ends of it.
std::string_view trim(std::string_view text);

// Lines of a stream in bounded memory, whatever the stream holds.
class LineReader {
 public:
  struct Line {
    uint64_t number = 0;    // from 1
    std::string_view text;  // without LF or CRLF; borrowed until the next call
    bool too_long = false;  // then `text` is empty, and the line was skipped to its end
  };

  // Lines of up to `line_bytes` are given, followed in memory by `padding` readable bytes. A UTF-8
  // byte order mark at the very start is skipped.
  LineReader(std::istream& in, size_t line_bytes, size_t padding);

  // False after the last line. Errors: corrupt when the stream cannot be read; invalid when it
  // begins as a text in UTF-16 or something compressed does.
  Result<bool> next(Line& line);

 private:
  Result<bool> fill();

  std::istream& in_;
  size_t line_bytes_;
  size_t padding_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // unread bytes are buffer_[begin_, end_)
  size_t end_ = 0;
  uint64_t lines_ = 0;
  bool started_ = false;
  bool at_end_ = false;
};

}  // namespace weir
