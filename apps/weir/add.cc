// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "apps/weir/home.h"
#include "apps/weir/run/file_run.h"
#include "apps/weir/verbs.h"
#include "weir/base/utf8.h"

namespace weir {
namespace {

Result<Labels> parse_labels(const std::vector<std::string>& texts) {
  Labels labels;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{ErrorCode::kInvalid,
                   "--label " + printable(text) + " is not of the form KEY=VALUE"};
    labels[text.substr(0, equals)] = text.substr(equals + 1);
  }
  TRY(check_labels(labels));
  return labels;
}

ItemOrigin origin_of(const std::string& path, const Labels& labels) {
  ItemOrigin origin;
  origin.name = std::filesystem::path(path).filename().string();
  origin.labels = labels;
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  origin.provenance = {{"weir.source", "file"}, {"weir.path", error ? path : whole.string()}};
  return origin;
}

Answer answer_of(const AddedItem& item) {
  const Entry& entry = item.entry;
  const std::string what = item.added == Added::kNew ? "added"
                           : item.added == Added::kPresent
                               ? "is there already"
                               : "was retired from this bank and stays so";
  bool matchable = true;
  for (const Signal& signal : entry.signals)
    if (signal.kind == SignalKind::kPdq) matchable &= is_matchable(signal);
  Json json = shape_of(item);
  std::string text = fmt::format("{} as {} #{}", what, entry.bank_name, entry.id.value);
  if (item.added == Added::kPresent)
    text = fmt::format("{} #{} {}", entry.bank_name, entry.id.value, what);
  if (item.added == Added::kRetired)
    text = fmt::format("{} #{} {}", entry.bank_name, entry.id.value, what);
  if (!matchable) {
    json["notes"] = Json::array({"pdq quality is below 50: matched by exact digests only"});
    text += "; too little detail for pdq, matched by exact digests only";
  }
  return {std::move(json), std::move(text), ""};
}

// The entry that has this file already, found by its digest alone: a run that goes on after an
// interruption need not decode what is done.
Result<std::optional<AddedItem>> find_present(const Bank& bank, const std::string& path,
                                              Services& services) {
  DecodeWants digest_only;
  digest_only.kinds = {SignalKind::kSha256};
  const auto item = services.decoder.decode_file(path, digest_only);
  // Larger than any picture, so perhaps a video: its digest is had while it is decoded.
  if (!item && item.error().code == ErrorCode::kLimit) return std::optional<AddedItem>{};
  if (!item) return item.error();
  return find_present(bank, value_of(item->signals, SignalKind::kSha256), services.store);
}

}  // namespace

Result<int> add_verb(const Common& common, const AddRequest& request) {
  const Labels labels = TRY(parse_labels(request.labels));
  const std::unique_ptr<Home> home = TRY(Home::open(common));
  TRY(home->start_services());
  Services services = home->services();
  const Bank bank = TRY(active_bank(request.bank, home->store()));
  const bool may_be_present = bank.entries > 0;

  FileRun run{common, services.decoder.callers(),
              [&](const std::string& path, const DecodeProgress& progress) -> Result<Answer> {
                if (may_be_present) {
                  const auto present = TRY(find_present(bank, path, services));
                  if (present) return answer_of(*present);
                }
                const ItemSignals item =
                    TRY(services.decoder.decode_file(path, wants_to_add(), progress));
                return answer_of(TRY(add_item(bank, item, origin_of(path, labels), home->store())));
              }};
  const int status = run_files(run, request.paths);
  home->save_snapshot_if_stale();
  return status;
}

}  // namespace weir
