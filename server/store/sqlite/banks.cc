// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/store_impl.h"

namespace weir::sqlite {
namespace {

Bank bank_of(const Rows& rows) {
  return Bank{.id = BankId{rows.integer(0)},
              .name = std::string(rows.text(1)),
              .description = std::string(rows.text(2)),
              .kind = static_cast<BankKind>(rows.integer(6)),
              .state = static_cast<State>(rows.integer(3)),
              .created = from_us(rows.integer(4)),
              .entries = rows.integer(5)};
}

Status log_bank_change(Connection& connection, ChangeKind kind, const Bank& bank, WallTime now) {
  auto log = TRY(LogWriter::begin(connection, now));
  return log.append({.seq = {},
                     .time = {},
                     .kind = kind,
                     .bank = bank.id,
                     .bank_name = bank.name,
                     .entry = {},
                     .content_key = {}});
}

}  // namespace

Result<Bank> read_bank(Connection& connection, std::string_view name) {
  auto rows = TRY(query(connection,
                        "SELECT id, name, description, state, created_us, entries, kind FROM banks"
                        " WHERE name = ?",
                        name));
  if (TRY(rows.next())) return bank_of(rows);
  // A name that breaks the rule may be anything, so only a good one is repeated.
  TRY(check_bank_name(name));
  return Error{ErrorCode::kNotFound, "there is no bank " + std::string(name) +
                                         "; `weir bank list` shows those there are"};
}

Result<Bank> SqliteStore::create_bank(const Bank& bank) {
  TRY(check_bank_name(bank.name));
  TRY(check_bank_description(bank.description));
  const WallTime created = now();
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));

  const int64_t inserted = TRY(
      run(*writer_,
          "INSERT INTO banks (name, description, state, created_us, kind) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT DO NOTHING",
          bank.name, bank.description, static_cast<int>(bank.state), to_us(created),
          static_cast<int>(bank.kind)));
  if (inserted == 0)
    return Error{ErrorCode::kConflict, "there is a bank " + bank.name + " already"};
  const Bank stored = TRY(read_bank(*writer_, bank.name));
  TRY(log_bank_change(*writer_, ChangeKind::kBankCreated, stored, created));

  TRY(transaction.commit());
  return stored;
}

Result<Bank> SqliteStore::find_bank(std::string_view name) {
  auto reader = TRY(readers_.take());
  return read_bank(*reader, name);
}

Result<std::vector<Bank>> SqliteStore::list_banks() {
  auto reader = TRY(readers_.take());
  auto rows = TRY(query(*reader,
                        "SELECT id, name, description, state, created_us, entries, kind FROM banks"
                        " ORDER BY name"));
  std::vector<Bank> banks;
  while (TRY(rows.next())) banks.push_back(bank_of(rows));
  return banks;
}

Result<Bank> SqliteStore::set_bank_state(std::string_view name, State state) {
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));

  Bank bank = TRY(read_bank(*writer_, name));
  if (bank.state == state) return bank;
  bank.state = state;
  TRY(run(*writer_, "UPDATE banks SET state = ? WHERE id = ?", static_cast<int>(state),
          bank.id.value));
  const WallTime time = now();
  TRY(log_bank_change(
      *writer_, state == State::kRetired ? ChangeKind::kBankRetired : ChangeKind::kBankRestored,
      bank, time));
  TRY(put_merge_job(*writer_, time));

  TRY(transaction.commit());
  return bank;
}

Result<Bank> SqliteStore::set_bank_description(std::string_view name, std::string_view text) {
  TRY(check_bank_description(text));
  const std::lock_guard lock(writing_);
  auto transaction = TRY(Transaction::begin(*writer_));

  Bank bank = TRY(read_bank(*writer_, name));
  if (bank.description == text) return bank;
  bank.description = text;
  TRY(run(*writer_, "UPDATE banks SET description = ? WHERE id = ?", text, bank.id.value));
  TRY(log_bank_change(*writer_, ChangeKind::kBankUpdated, bank, now()));

  TRY(transaction.commit());
  return bank;
}

}  // namespace weir::sqlite
