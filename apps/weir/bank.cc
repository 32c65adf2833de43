// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "apps/weir/cli.h"
#include "apps/weir/home.h"
#include "apps/weir/run/output.h"
#include "apps/weir/verbs.h"
#include "server/flow/catalog.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

void show(const Common& common, const Bank& bank) {
  if (common.json) {
    print_line(dump(shape_of(bank)));
    return;
  }
  std::string line = fmt::format("{}  {}  {}  {} entries  since {}", bank.name, name_of(bank.kind),
                                 name_of(bank.state), bank.entries, format_time(bank.created));
  if (!bank.description.empty()) line += "  " + printable(bank.description);
  print_line(line);
}

}  // namespace

Result<int> bank_verb(const Common& common, const BankRequest& request) {
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  Store& store = home->store();
  if (request.action == "list") {
    const std::vector<Bank> banks = TRY(list_banks(store));
    for (const Bank& bank : banks) show(common, bank);
    if (banks.empty()) print_message("weir: no banks yet; make one with: weir bank create NAME");
    return kExitDone;
  }
  TRY(check_bank_name(request.name));
  if (request.action == "create") {
    Bank bank;
    bank.name = request.name;
    bank.description = request.description;
    bank.kind = TRY(parse_bank_kind(request.kind));
    show(common, TRY(create_bank(bank, store)));
  } else if (request.action == "show") {
    show(common, TRY(find_bank(request.name, store)));
  } else {
    const State state = request.action == "retire" ? State::kRetired : State::kActive;
    show(common, TRY(change_bank(request.name, {.state = state}, store)));
  }
  return kExitDone;
}

}  // namespace weir
