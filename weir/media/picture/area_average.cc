// SPDX-License-Identifier: Apache-2.0
#include "weir/media/picture/area_average.h"

#include <algorithm>
#include <cassert>

namespace weir::media {

void AreaAverage::fill(std::vector<Span>& spans, uint32_t from, uint32_t to) {
  spans.resize(to);
  for (uint32_t i = 0; i < to; ++i) {
    const uint64_t begin = uint64_t{i} * from * 256 / to;
    const uint64_t end = uint64_t{i + 1} * from * 256 / to;
    Span& span = spans[i];
    span.first = static_cast<uint32_t>(begin / 256);
    span.last = static_cast<uint32_t>((end - 1) / 256);
    span.weight = static_cast<uint32_t>(end - begin);
    span.first_share = span.first == span.last ? span.weight : 256 - begin % 256;
    span.last_share = span.first == span.last ? 0 : static_cast<uint32_t>((end - 1) % 256 + 1);
  }
}

namespace {

void add_row(const uint8_t* row, size_t width, uint32_t share, uint32_t* sums) {
  for (size_t x = 0; x < width; ++x) sums[x] += row[x] * share;
}
// Whole rows are summed with less work, and scaled once.
void add_whole_rows(const PixelView& from, size_t first, size_t end, uint32_t* sums) {
  for (size_t y = first; y < end; ++y) add_row(from.row(y), from.width, 256, sums);
}

}  // namespace

// Rows first, into one row of sums, then along it. A sum stays below 255 x 256 x 65,535 rows, which
// 32 bits hold.
void AreaAverage::shrink(const PixelView& from, uint32_t width, uint32_t height,
                         const uint8_t* levels, uint8_t* out) {
  assert(from.channels == 1 && width > 0 && height > 0);
  assert(width <= from.width && height <= from.height);
  if (width == from.width && height == from.height) {
    for (uint32_t y = 0; y < height; ++y, out += width)
      if (levels)
        std::transform(from.row(y), from.row(y) + width, out, [&](uint8_t l) { return levels[l]; });
      else
        std::copy_n(from.row(y), width, out);
    return;
  }
  fill(columns_, from.width, width);
  fill(rows_, from.height, height);
  for (const Span& row : rows_) {
    sums_.assign(from.width, 0);
    add_row(from.row(row.first), from.width, row.first_share, sums_.data());
    add_whole_rows(from, row.first + 1, row.last, sums_.data());
    if (row.last_share > 0) add_row(from.row(row.last), from.width, row.last_share, sums_.data());
    for (const Span& column : columns_) {
      uint64_t sum = uint64_t{sums_[column.first]} * column.first_share;
      uint64_t whole = 0;
      for (uint32_t x = column.first + 1; x < column.last; ++x) whole += sums_[x];
      sum += whole * 256;
      if (column.last_share > 0) sum += uint64_t{sums_[column.last]} * column.last_share;
      const double weight = static_cast<double>(row.weight) * column.weight;
      const auto mean = static_cast<uint8_t>(static_cast<double>(sum) / weight + 0.5);
      *out++ = levels ? levels[mean] : mean;
    }
  }
}

}  // namespace weir::media
