// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/store_impl.h"
#include "server/store/sqlite/unit_of_work.h"

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
  auto unit = TRY(UnitOfWork::begin(*writer_, created));

  const int64_t inserted = TRY(
      run(*writer_,
          "INSERT INTO banks (name, description, state, created_us, kind) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT DO NOTHING",
          bank.name, bank.description, static_cast<int>(bank.state), to_us(created),
          static_cast<int>(bank.kind)));
  if (inserted == 0)
    return Error{ErrorCode::kConflict, "there is a bank " + bank.name + " already"};
  const Bank stored = TRY(read_bank(*writer_, bank.name));
  TRY(unit.record(ChangeKind::kBankCreated, stored));
  TRY(unit.commit());
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

Result<Bank> SqliteStore::change_bank(std::string_view name, const BankChange& change) {
  if (change.description) TRY(check_bank_description(*change.description));
  const std::lock_guard lock(writing_);
  auto unit = TRY(UnitOfWork::begin(*writer_, now()));

  Bank bank = TRY(read_bank(*writer_, name));
  const Bank before = bank;
  if (change.description && *change.description != bank.description) {
    bank.description = *change.description;
    TRY(unit.record(ChangeKind::kBankUpdated, bank));
  }
  if (change.state && *change.state != bank.state) {
    bank.state = *change.state;
    TRY(unit.record(bank_became(bank.state), bank));
  }
  if (bank.description == before.description && bank.state == before.state) return bank;
  TRY(run(*writer_, "UPDATE banks SET description = ?, state = ? WHERE id = ?", bank.description,
          static_cast<int>(bank.state), bank.id.value));
  TRY(unit.commit());
  return bank;
}

}  // namespace weir::sqlite
