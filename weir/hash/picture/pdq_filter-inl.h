// SPDX-License-Identifier: Apache-2.0
//
// The four passes of pdq_filter.cc, for one instruction set. Included once for each.
#if defined(WEIR_HASH_PDQ_FILTER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEIR_HASH_PDQ_FILTER_INL_H_
#undef WEIR_HASH_PDQ_FILTER_INL_H_
#else
#define WEIR_HASH_PDQ_FILTER_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "weir/hash/features/scratch.h"
#include "weir/hash/picture/mean-inl.h"
#include "weir/hash/picture/pdq_plain.h"
#include "weir/hash/picture/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weir {
namespace HWY_NAMESPACE {

using plain::kSamples;

constexpr size_t rounded_up(size_t value, size_t step) {
  return (value + step - 1) / step * step;
}

// One direction of the picture: what its windows hold and where it is sampled.
struct Axis {
  explicit Axis(size_t size_in) : size(size_in), window(plain::window_for(size_in)) {
    for (size_t i = 0; i < kSamples; ++i) sample[i] = plain::sample_position(i, size_in);
  }
  size_t squares() const { return (size + kLanes - 1) / kLanes; }
  // How many inputs the mean at x is made of; of 1 past the end, where nothing is read.
  float held(size_t x) const {
    if (x >= size) return 1.0f;
    const size_t end = std::min(size, x + window.right + 1);
    return static_cast<float>(end - (x > window.left ? x - window.left : 0));
  }
  // The squares whose windows are all full, and each have one that went before.
  size_t inside_begin() const { return window.left / kLanes + 1; }
  size_t inside_end() const { return (size - window.right) / kLanes; }
  bool is_inside(size_t square) const { return inside_begin() <= square && square < inside_end(); }

  size_t size;
  plain::Window window;
  size_t sample[kSamples];
};

// The last rows that the first pass has made. For each square of columns, a column of memory:
// `rows` vectors, used in turn, and one that is always zero. What the second pass reads in one go
// is thus contiguous, and a row outside the picture is one more address.
class RowRing {
 public:
  RowRing(size_t squares, size_t rows, Scratch& scratch)
      : rows_(rows), floats_(scratch.floats(squares * stride())) {
    for (size_t i = 0; i < squares; ++i)
      std::fill_n(floats_ + i * stride() + zero_row(), kLanes, 0.0f);
  }
  float* square(size_t i) const { return floats_ + i * stride(); }
  // Where row y begins in the memory of every square.
  size_t row(size_t y) const { return y % rows_ * kLanes; }
  size_t zero_row() const { return rows_ * kLanes; }
  // From the memory of one square to that of the next.
  size_t stride() const { return (rows_ + 1) * kLanes; }

 private:
  size_t rows_;
  float* floats_;
};

// The running sums of kLanes rows from left to right, at every column. produce(i, square) gives the
// columns of square i, one a vector; consume(i, square) takes the sums at those columns.
//
// Columns are kept in a short piece of memory until the window has left them; when it is full,
// those still wanted move to its front. So it stays in the first-level cache, and what a square of
// sums reads lies at fixed distances.
class RowSums {
 public:
  RowSums(const Axis& axis, Scratch& scratch)
      : axis_(axis),
        most_kept_(rounded_up(axis.window.full() + 2 * kLanes, kLanes)),
        capacity_(most_kept_ + std::max(kSpareColumns, most_kept_)),
        columns_(scratch.floats(capacity_ * kLanes)) {}

  template <class Produce, class Consume>
  HWY_INLINE void run(const Produce& produce, const Consume& consume) {
    const Tag d;
    const size_t squares = axis_.squares(), size = axis_.size, capacity = capacity_;
    const size_t left = axis_.window.left, right = axis_.window.right;
    const size_t inside_begin = axis_.inside_begin(), inside_end = axis_.inside_end();
    float* HWY_RESTRICT columns = columns_;
    size_t origin = 0;  // the column at the front of the memory
    size_t produced = 0;
    Vector sum = hn::Zero(d);
    for (size_t i = 0; i < squares; ++i) {
      const size_t first = i * kLanes;
      while (produced < squares && produced * kLanes < first + kLanes + right) {
        size_t next = produced * kLanes - origin;
        if (HWY_UNLIKELY(next + kLanes > capacity)) {
          const size_t wanted = first > left ? first - left - 1 : 0;
          std::memmove(columns, columns + (wanted - origin) * kLanes,
                       (origin + next - wanted) * kLanes * sizeof(float));
          next -= wanted - origin;
          origin = wanted;
        }
        Square square;
        produce(produced, square);
        for (size_t k = 0; k < kLanes; ++k)
          hn::Store(square.row[k], d, columns + (next + k) * kLanes);
        ++produced;
      }
      if (i == 0)
        for (size_t x = 0; x < right; ++x) sum = hn::Add(sum, hn::Load(d, columns + x * kLanes));

      Square sums;
      const float* HWY_RESTRICT enters = columns + (first + right - origin) * kLanes;
      if (inside_begin <= i && i < inside_end) {
        const float* HWY_RESTRICT leaves = columns + (first - left - 1 - origin) * kLanes;
#pragma GCC unroll 16
        for (size_t k = 0; k < kLanes; ++k) {
          sum = hn::Add(sum, hn::Load(d, enters + k * kLanes));
          sum = hn::Sub(sum, hn::Load(d, leaves + k * kLanes));
          sums.row[k] = sum;
        }
        consume(i, sums, std::true_type());
      } else {
        for (size_t k = 0; k < kLanes; ++k) {
          const size_t x = first + k;
          if (x + right < size) sum = hn::Add(sum, hn::Load(d, enters + k * kLanes));
          if (x > left) sum = hn::Sub(sum, hn::Load(d, columns + (x - left - 1 - origin) * kLanes));
          sums.row[k] = sum;
        }
        consume(i, sums, std::false_type());
      }
    }
  }

 private:
  // 8 KiB with 16 lanes: moving is then rare, and everything else has room beside it.
  static constexpr size_t kSpareColumns = 128;

  const Axis& axis_;
  size_t most_kept_;
  size_t capacity_;
  float* columns_;
};

// The first pass over anything whose luma rounds: rows y to y + kLanes - 1 into the ring. A
// PixelBand (pixel_squares-inl.h) gives squares of luma.
template <class PixelBand>
class FirstPass {
 public:
  FirstPass(const PixelBand& pixels, const Axis& columns, Scratch& scratch)
      : pixels_(pixels), columns_(columns), sums_(columns, scratch) {}

  void run(size_t y, const RowRing& ring) {
    with_mean(columns_.window.full(), [&](const auto& mean) HWY_ATTR { run(y, ring, mean); });
  }

 private:
  template <class Mean>
  HWY_NOINLINE void run(size_t y, const RowRing& ring, const Mean& mean) {
    const Tag d;
    const size_t ring_row = ring.row(y);
    pixels_.start(y);
    sums_.run(
        [&](size_t i, Square& square) HWY_ATTR {
          pixels_.load(i * kLanes, square);
          Transpose(square);
        },
        [&](size_t i, Square& square, auto is_inside) HWY_ATTR {
          if constexpr (is_inside) {
#pragma GCC unroll 16
            for (size_t k = 0; k < kLanes; ++k) square.row[k] = mean(square.row[k]);
          } else {
            for (size_t k = 0; k < kLanes; ++k)
              square.row[k] = hn::Div(square.row[k], hn::Set(d, columns_.held(i * kLanes + k)));
          }
          Transpose(square);
          float* to = ring.square(i) + ring_row;
          for (size_t k = 0; k < kLanes; ++k) hn::Store(square.row[k], d, to + k * kLanes);
        });
  }

  PixelBand pixels_;
  const Axis& columns_;
  RowSums sums_;
};

// The second and third pass: from the ring to means of kLanes rows at the 64 sampled columns.
class MiddlePasses {
 public:
  MiddlePasses(const Axis& rows, const Axis& columns, const RowRing& ring, Scratch& scratch)
      : rows_(rows),
        columns_(columns),
        ring_(ring),
        row_sums_(columns, scratch),
        column_sums_(scratch.floats(columns.squares() * kLanes)) {
    for (size_t j = 0; j < kSamples; ++j) held_[j] = columns.held(columns.sample[j]);
  }

  // The rows 0 to window.right - 1, which every column's sum starts from.
  void start() {
    const Tag d;
    for (size_t i = 0; i < columns_.squares(); ++i) {
      Vector sum = hn::Zero(d);
      for (size_t y = 0; y < rows_.window.right; ++y)
        sum = hn::Add(sum, hn::Load(d, ring_.square(i) + ring_.row(y)));
      hn::Store(sum, d, column_sums_ + i * kLanes);
    }
  }

  // means[j * kLanes + r] becomes that of row y + r at sampled column j. Bands come from the top.
  void run(size_t y, float* HWY_RESTRICT means) {
    find_rows(y);
    if (rows_.is_inside(y / kLanes)) {
      with_mean(rows_.window.full(), [&](const auto& mean) HWY_ATTR {
        run([&](Vector sum, size_t) HWY_ATTR { return mean(sum); }, means);
      });
    } else {
      run([&](Vector sum, size_t r) HWY_ATTR { return hn::Div(sum, hn::Set(Tag(), row_held_[r])); },
          means);
    }
  }

 private:
  // mean(sum, r) is that of the band's row r.
  template <class Mean>
  HWY_NOINLINE void run(const Mean& mean, float* HWY_RESTRICT means) {
    const Tag d;
    float* HWY_RESTRICT column_sums = column_sums_;
    size_t next = 0;  // the sampled column whose turn it is
    row_sums_.run(
        [&](size_t i, Square& square) HWY_ATTR {
          const float* HWY_RESTRICT from = ring_.square(i);
          Vector sum = hn::Load(d, column_sums + i * kLanes);
#pragma GCC unroll 16
          for (size_t r = 0; r < kLanes; ++r) {
            sum = hn::Add(sum, hn::Load(d, from + enters_[r]));
            sum = hn::Sub(sum, hn::Load(d, from + leaves_[r]));
            square.row[r] = mean(sum, r);
          }
          hn::Store(sum, d, column_sums + i * kLanes);
          Transpose(square);
        },
        [&](size_t i, const Square& square, auto) HWY_ATTR {
          const size_t first = i * kLanes;
          if (next == kSamples || columns_.sample[next] >= first + kLanes) return;
          HWY_ALIGN float sums[kLanes * kLanes];
          for (size_t k = 0; k < kLanes; ++k) hn::Store(square.row[k], d, sums + k * kLanes);
          for (; next < kSamples && columns_.sample[next] < first + kLanes; ++next) {
            const Vector sum = hn::Load(d, sums + (columns_.sample[next] - first) * kLanes);
            hn::Store(hn::Div(sum, hn::Set(d, held_[next])), d, means + next * kLanes);
          }
        });
  }

  // Adding or taking away the row of zeros changes no sum.
  void find_rows(size_t y) {
    const auto [left, right] = rows_.window;
    for (size_t r = 0; r < kLanes; ++r) {
      const size_t in = y + r + right;
      enters_[r] = in < rows_.size ? ring_.row(in) : ring_.zero_row();
      leaves_[r] = y + r > left ? ring_.row(y + r - left - 1) : ring_.zero_row();
      row_held_[r] = rows_.held(y + r);
    }
  }

  const Axis& rows_;
  const Axis& columns_;
  const RowRing& ring_;
  RowSums row_sums_;
  float* column_sums_;
  float held_[kSamples];
  size_t enters_[kLanes];
  size_t leaves_[kLanes];
  float row_held_[kLanes];
};

// The fourth pass, along the 64 sampled columns, and the end: the 64 sampled rows.
class LastPass {
 public:
  LastPass(const Axis& rows, size_t ring_rows, float* samples, Scratch& scratch)
      : rows_(rows),
        ring_mask_(std::bit_ceil(ring_rows) - 1),
        ring_(scratch.floats((ring_mask_ + 1) * kSamples)),
        samples_(samples) {
    std::fill_n(sums_, kSamples, 0.0f);
  }

  // Takes what MiddlePasses made of the rows from y on.
  void run(size_t y, const float* HWY_RESTRICT means) {
    const Tag d;
    for (size_t j = 0; j < kSamples; j += kLanes) {
      Square square;
      for (size_t k = 0; k < kLanes; ++k) square.row[k] = hn::Load(d, means + (j + k) * kLanes);
      Transpose(square);
      for (size_t k = 0; k < kLanes; ++k) hn::Store(square.row[k], d, row(y + k) + j);
    }
    const size_t end = std::min(y + kLanes, rows_.size);
    for (; added_ < end; ++added_) {
      add(row(added_), 1.0f);
      if (added_ >= rows_.window.right) take(added_ - rows_.window.right);
    }
    if (end == rows_.size)
      for (size_t rest = rows_.size - rows_.window.right; rest < rows_.size; ++rest) take(rest);
  }

 private:
  float* row(size_t y) const { return ring_ + (y & ring_mask_) * kSamples; }

  // The mean of row y is ready but for the row that leaves its window.
  void take(size_t y) {
    if (y > rows_.window.left) add(row(y - rows_.window.left - 1), -1.0f);
    for (; next_ < kSamples && rows_.sample[next_] == y; ++next_)
      for (size_t j = 0; j < kSamples; ++j)
        samples_[next_ * kSamples + j] = sums_[j] / rows_.held(y);
  }

  // A product with 1 or -1 is exact, so this is an addition or a subtraction.
  void add(const float* HWY_RESTRICT values, float sign) {
    for (size_t j = 0; j < kSamples; ++j) sums_[j] += sign * values[j];
  }

  const Axis& rows_;
  size_t ring_mask_;
  float* ring_;
  float* samples_;
  float sums_[kSamples];
  size_t added_ = 0;  // rows that have entered the sums
  size_t next_ = 0;   // the sampled row whose turn it is
};

// All four passes. `first` makes bands of the first pass, as FirstPass does.
template <class First>
void RunPasses(First& first, const Axis& rows, const Axis& columns, float* samples,
               Scratch& scratch) {
  // One band that is being made, one that is being read, and the windows of its first and last row.
  const size_t ring_rows = rounded_up(rows.window.full() + 2 * kLanes, kLanes);
  const RowRing ring(columns.squares() + 1, ring_rows, scratch);
  MiddlePasses middle(rows, columns, ring, scratch);
  LastPass last(rows, ring_rows, samples, scratch);
  HWY_ALIGN float means[kSamples * kLanes];

  size_t made = 0;
  for (size_t y = 0; y < rows.size; y += kLanes) {
    for (; made < rows.size && made < y + kLanes + rows.window.right; made += kLanes)
      first.run(made, ring);
    if (y == 0) middle.start();
    middle.run(y, means);
    last.run(y, means);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weir
HWY_AFTER_NAMESPACE();

#endif
