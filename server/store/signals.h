// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "server/rules/bank.h"
#include "weir/base/result.h"
#include "weir/signal/signals.h"

namespace weir {

struct ExactHit {
  EntryId entry;
  SignalKind kind = SignalKind::kSha256;
};

// A signal of an entry.
struct EntrySignal {
  EntryId entry;
  BankId bank;
  BankKind bank_kind = BankKind::kKnown;
  std::optional<int> quality;
  std::vector<uint8_t> value;
};

// The same while it is being read; `value` is gone afterwards.
struct EntrySignalView {
  EntryId entry;
  BankId bank;
  BankKind bank_kind = BankKind::kKnown;
  std::optional<int> quality;
  std::span<const uint8_t> value;
};

// Signals of active entries in active banks, of every kind in the same verbs.
class Signals {
 public:
  virtual ~Signals() = default;

  // Entries that hold exactly one of these signals, by kind and value: for each signal in turn, by
  // id, each entry once a signal.
  virtual Result<std::vector<ExactHit>> find_exact(std::span<const Signal> signals) = 0;
  // In the order asked, then as the entry has them; nothing for entries that have none. Some may be
  // large: ask for tracks one at a time.
  virtual Result<std::vector<EntrySignal>> signals_of(SignalKind kind,
                                                      std::span<const EntryId> entries) = 0;
  // All of them by entry, one at a time, read in one view of the store; gives the change that it
  // stands at. Ends with the error of `take` when it gives one.
  virtual Result<ChangeSeq> each_signal(
      SignalKind kind, const std::function<Status(const EntrySignalView&)>& take) = 0;
  // The entries that have such a signal, and none of kind `without`, by id.
  virtual Result<std::vector<EntryId>> entries_with(SignalKind kind,
                                                    std::optional<SignalKind> without = {}) = 0;
};

}  // namespace weir
