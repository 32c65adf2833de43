// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

// A row of a list whose signature is near: its place in the list in the low 32 bits, the distance
// in the high ones.
using NearRow = uint64_t;

// Room that scan_signatures() wants behind the rows it finds.
constexpr size_t kScanSlack = 64;

// Writes the rows at most `radius` bits from `query`, in order, and returns how many.
// `found` has room for all rows and kScanSlack more.
size_t scan_signatures(std::span<const uint64_t> signatures, uint64_t query, uint32_t radius,
                       std::span<NearRow> found);

namespace plain {
// The definition.
size_t scan_signatures(std::span<const uint64_t> signatures, uint64_t query, uint32_t radius,
                       std::span<NearRow> found);
}  // namespace plain

}  // namespace weir
