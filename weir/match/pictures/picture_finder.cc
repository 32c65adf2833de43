// SPDX-License-Identifier: Apache-2.0
//
// The finder of pictures asks which entries share local features with an item, and compares their
// pixels with the item's. Features are spots, and a crop or a screenshot keeps the spots of what it
// shows. The finder also looks at the entries that a hash has named, since pixels may show that
// such an entry is another moment of the same place.
//
// Example: a screenshot shows a known poster in its upper half. No hash names the poster, but
// features do, and the claim says which region of the screenshot shows it.
//
// Counter-example: an entry that a digest named is not looked at for that reason. Files that are
// equal need no second proof.
#include "weir/match/pictures/picture_finder.h"

#include <array>

namespace weir {
namespace {

// The entries that PDQ names and no digest does. Their pixels are to be compared.
std::vector<NamedByHash> named_by_hash(const Claims& claims) {
  std::vector<NamedByHash> named;
  for (const Match& match : claims) {
    if (match.kind != MatchKind::kImage) continue;
    // A hash that proves nothing still names the entry, but its bits are no evidence.
    const bool tells = match.expected_false_alarms <= PictureMatchOptions{}.most_false_alarms;
    named.push_back({match.entry, tells ? nearest_pdq(match) : Distance{kNoHashBits}});
  }
  return named;
}

class PictureFinder final : public Finder {
 public:
  std::string_view name() const override { return "pictures"; }
  std::span<const SignalKind> kinds() const override {
    static constexpr std::array kKinds{SignalKind::kFeatures};
    return kKinds;
  }

  Status find(const Question& question, std::vector<Claims>& claims) const override {
    PictureMatchOptions options;
    options.most_false_alarms = question.most_false_alarms;
    for (size_t i = 0; i < claims.size(); ++i) {
      const std::vector<NamedByHash> named = named_by_hash(claims[i]);
      options.named = named;
      claims[i] = joined(std::move(claims[i]),
                         TRY(match_picture(question.items[i].features, question.snapshot.pictures,
                                           question.known.pictures(), options)));
    }
    return {};
  }
};

}  // namespace

const Finder& picture_finder() {
  static const PictureFinder finder;
  return finder;
}

}  // namespace weir
