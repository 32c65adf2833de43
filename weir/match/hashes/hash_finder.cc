// SPDX-License-Identifier: Apache-2.0
//
// The finder of hashes asks whoever keeps the entries which of them have a digest of the item, and
// asks the index of the snapshot which of them have a PDQ near the item's. One search answers for
// all items together. It is the first finder, so what it finds are all claims so far.
//
// Example: an item has the MD5 of entry 3 and a PDQ that differs by 6 bits from that of entry 7. It
// gets one exact claim and one claim of kind image.
//
// Counter-example: it compares no pixels. A copy in a screenshot has another hash and is left to
// the finder of pictures.
#include "weir/match/hashes/hash_finder.h"

#include "weir/match/hashes/hash_match.h"

namespace weir {
namespace {

class HashFinder final : public Finder {
 public:
  HashFinder() : kinds_(digest_kinds()) { kinds_.push_back(SignalKind::kPdq); }
  std::string_view name() const override { return "hashes"; }
  std::span<const SignalKind> kinds() const override { return kinds_; }

  Status find(const Question& question, std::vector<Claims>& claims) const override {
    std::vector<ItemQuery> queries(question.items.size());
    for (size_t i = 0; i < queries.size(); ++i) {
      const ItemToMatch& item = question.items[i];
      queries[i].pictures = item.pictures;
      if (!item.digests.empty()) queries[i].exact = TRY(question.known.same_digests(item.digests));
    }
    claims = TRY(match_items(queries, question.snapshot.hashes, MatchOptions{}));
    return {};
  }

 private:
  std::vector<SignalKind> kinds_;
};

}  // namespace

const Finder& hash_finder() {
  static const HashFinder finder;
  return finder;
}

}  // namespace weir
