#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the curves of weir/match/pictures/copy_odds_table.h on the tune side of the pictures' bench.

    bench/accuracy/fit.py [--set SET] [--weir BIN] [--write]

Every pair that shares anything is an example: of a copy, when the entry is the one that the query
was made from, else of another picture with an element in common or of another moment. Two questions
are fitted apart, a copy or an element, and a copy or another moment. Each term has a curve of
straight lines between given knots for each, that may only rise, or only fall, where sense demands
it; their sum is the logarithm of the odds. Copies of each edit count as much together as those of
any other, and so do cameras and templates. Prints how well that ranks pairs of sources that were
left out; --write writes the table and the page docs/evidence.md.
"""
import argparse
import collections
import hashlib
import json
import os
import re
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import match  # noqa: E402

FOLDS = 5
LIMITS = (1, 1.5, 2, 2.5, 3)
STEPS = 4000
STIFF = 0.01            # what the square of a curve's step costs, beside a mean loss
MOST = 12.0             # a term alone adds no more odds than e to this
UNRELATED = (0.5, 0.05)  # shares of unrelated pairs whose odds are written: see of_unrelated()
FEW = 5                 # examples of one source from which on it weighs as much as any other
# What is no copy is so often another moment; else it has an element in common.
MOMENTS = 0.3
# Who came alone into a made scene looks like a sticker, which an edited copy may wear: such scenes
# are to be told where that costs no copies, so they weigh little.
OTHERS = {"element": {"element": 1.0}, "moment": {"moment": 0.88, "made": 0.12}}
KINDS = ("copy", "element", "moment", "made")

# (term, direction for "element", for "moment", knots, the sentence); of a direction 1 rises, -1
# falls, 0 says that the question is not told by it. That a picture is all there, and quite the
# same, is no sign of one moment: a good camera before a still scene does that. That it is not all
# there is one, since a camera that stands still crops nothing.
TERMS = [
    ("places", 0, 1, (2, 4, 5, 6.5, 8), "places of the entry that are found again"),
    ("found", 1, 0, (.05, .15, .3, .6, .9), "their share of all spots that look alike"),
    ("spread", 1, 1, (.02, .1, .3, .6, .9), "how much of a picture they span"),
    ("differing", 0, -1, (0, .02, .1, .3, .6), "squares that show something else"),
    ("exact", 1, 0, (1.2, 1.8, 2.3, 2.8, 3.3), "how well the best squares agree"),
    ("bulk", 0, 1, (0, .1, .25, .5, .8), "how much of what does not agree lies together"),
    ("item_share", 1, -1, (.02, .1, .3, .6, .95), "share of the item that shows the entry"),
    ("entry_share", 1, -1, (.02, .1, .3, .6, .95), "share of the entry that is shown"),
    ("tones", 1, 0, (1, 2, 3, 3.7, 4.5), "how many tones there are in what agrees"),
    ("noise", 0, -1, (.03, .08, .16, .3, .6), "by how much what agrees differs all the same"),
    ("moved", 0, -1, (0, .5, 1, 1.5, 2.5), "places that lie beside where they should"),
    ("exchanged", 0, -1, (0, 1.5, 3, 4.5, 6), "something went where something came"),
    ("outlines", 0, -1, (0, .08, .18, .3, .5), "outlines of changes that both pictures have"),
    ("changed", -1, -1, (0, .03, .1, .25, .5), "share of the pixels that changed"),
    ("over", 0, 1, (0, .25, .5, .75, 1), "what of them lies before the entry"),
    ("straight", 0, 1, (0, .1, .25, .4, .8), "outlines of changes that are straight"),
    ("pieces", -1, 0, (0, 1, 1.6, 2.6, 3.6), "in how many pieces it comes"),
    ("hash", -1, -1, (0, 10, 20, 31, 48), "bits by which PDQ differs (48: more than 31)"),
]
QUESTIONS = {"element": 1, "moment": 2}     # and the place of their directions


# --- examples -------------------------------------------------------------------------------------


def digest_of(path):
    with open(path, "rb") as source:
        return hashlib.sha256(source.read()).hexdigest()


def explained(target, programs):
    """weir's answers about every query, each pair that shares anything with its terms."""
    program = os.path.join(programs, "weir")
    stored = os.path.join(target, "explained.json")
    stamp = digest_of(program) + digest_of(os.path.join(target, "truth.jsonl"))
    if os.path.exists(stored):
        with open(stored, encoding="utf-8") as source:
            saved = json.load(source)
        if saved["stamp"] == stamp:
            return saved["answers"]
    with tempfile.TemporaryDirectory() as home:
        weir = match.Weir(program, home)
        with open(os.path.join(home, "weir.toml"), "w", encoding="ascii") as config:
            config.write("[match]\nexpected_false_alarms = 1.0\n")
        weir.lines("bank", "create", match.BANK, "--json")
        weir.lines("add", "--bank", match.BANK, "--json", os.path.join(target, "known"))
        answers = weir.lines("match", "--workers", "2", "--json", "--explain",
                             os.path.join(target, "queries"), progress=1)[0]
    with open(stored, "w", encoding="utf-8") as out:
        json.dump({"stamp": stamp, "answers": answers}, out)
    return answers


def family(name):
    """What an entry's picture goes by, so that no source is on both sides of a fold."""
    parts = name.split(".")
    if parts[0].startswith("hard-"):
        # Two cameras in one room, and scenes of one photograph, are one source.
        place = parts[1:3] if parts[0] in ("hard-made",) else parts[1:2]
        return parts[0] + "." + ".".join(place).split("-")[0]
    return re.sub(r"[\d_-].*$", "", parts[1]) or parts[1]


def kind_of(line, entry, is_copy):
    if is_copy:
        return "copy"
    if entry.startswith(("hard-moment", "hard-camera")) and line["kind"] == "hard":
        return "moment"
    return "made" if entry.startswith("hard-made") and line["kind"] == "hard" else "element"


def examples(target, answers):
    """(values, kinds, names of groups that weigh alike, families, (query, entry)) of all pairs."""
    with open(os.path.join(target, "truth.jsonl"), encoding="utf-8") as source:
        truth = {line["query"]: line for line in map(json.loads, source)}
    names = [term[0] for term in TERMS]
    rows, kinds, groups, families, about = [], [], [], [], []
    for answer in answers:
        query = os.path.basename(answer["path"])
        line = truth.get(query)
        for one in answer.get("matches", []):
            if line is None or "odds" not in one:
                continue
            values = {term["name"]: term["value"] for term in one["odds"]["terms"]}
            rows.append([values[name] for name in names])
            kinds.append(kind_of(line, one["name"], one["name"] == line["entry"]))
            families.append(family(one["name"]))
            groups.append(line["edit"] if kinds[-1] == "copy" else families[-1])
            about.append((query, one["name"]))
    return np.array(rows), np.array(kinds), groups, families, about


def weights_of(kinds, groups, shares):
    """The kinds by their shares; in each of them every group alike, unless it is small."""
    count = collections.Counter(zip(kinds, groups))
    total = collections.Counter()
    for (kind, _), number in count.items():
        total[kind] += min(1.0, number / FEW)
    return np.array([shares.get(kind, 0) * min(1.0, count[kind, group] / FEW) / count[kind, group]
                     / total[kind] / 2 for kind, group in zip(kinds, groups)])


# --- the model ------------------------------------------------------------------------------------


def steps_of(values):
    """Each term as its steps from knot to knot, each from 0 to 1."""
    out = []
    for column, (_, _, _, knots, _) in enumerate(TERMS):
        for low, high in zip(knots, knots[1:]):
            out.append(np.clip((values[:, column] - low) / (high - low), 0, 1))
    return np.stack(out, axis=1)


def project(weights, signs):
    return np.clip(np.where(weights * signs > 0, weights, 0), -MOST, MOST)


def fitted(steps, labels, weights, signs):
    """(bias, what each step adds): the least logistic loss (FISTA)."""
    design = np.hstack([steps, np.ones((len(steps), 1))])
    target = np.where(labels, 1.0, -1.0)
    bound = (weights[:, None] * design * design).sum() / 4 + STIFF
    at = np.zeros(design.shape[1])
    ahead, speed = at.copy(), 1.0
    cost = np.append(np.full(steps.shape[1], STIFF / np.count_nonzero(signs)), 0)
    for _ in range(STEPS):
        slope = -target * weights / (1 + np.exp(np.clip(target * (design @ ahead), -50, 50)))
        new = ahead - (design.T @ slope + cost * ahead) / bound
        new[:-1] = project(new[:-1], signs)
        faster = (1 + np.sqrt(1 + 4 * speed * speed)) / 2
        ahead = new + (speed - 1) / faster * (new - at)
        at, speed = new, faster
    return at[-1], at[:-1]


class Examples:
    """All pairs of a set, and what is fitted to a part of them."""

    def __init__(self, target, answers):
        values, self.kinds, self.groups, self.families, self.about = examples(target, answers)
        self.steps = steps_of(values)
        fold = [int(hashlib.sha256(f.encode()).hexdigest(), 16) % FOLDS for f in self.families]
        self.fold = np.array(fold)

    def models(self, inside):
        """{question: (bias, what each step adds)} by the examples that are `inside`."""
        out = {}
        for question, column in QUESTIONS.items():
            shares = {"copy": 1.0, **OTHERS[question]}
            weights = weights_of(self.kinds, self.groups, shares)
            use = inside & (weights > 0)
            signs = np.repeat([term[column] for term in TERMS], 4)
            bias, adds = fitted(self.steps[use], self.kinds[use] == "copy", weights[use], signs)
            prior = MOMENTS if question == "moment" else 1 - MOMENTS
            out[question] = bias - np.log(prior), adds
        return out

    def odds(self, models):
        each = [self.steps @ adds + bias for bias, adds in models.values()]
        return -np.logaddexp(*(-one for one in each))

    def left_out(self):
        """The odds of each example by models that were fitted without its family."""
        odds = np.zeros(len(self.kinds))
        for k in range(FOLDS):
            odds[self.fold == k] = self.odds(self.models(self.fold != k))[self.fold == k]
        return odds


# --- what is written ------------------------------------------------------------------------------


def curves(models):
    """({question: bias}, {term: [(element, moment) at each knot]}), 0 where a term says nothing."""
    start, out = {}, {name: [] for name, *_ in TERMS}
    for question, (bias, adds) in models.items():
        for number, (name, *_) in enumerate(TERMS):
            level = np.concatenate([[0], np.cumsum(adds[4 * number:4 * number + 4])])
            # Terms that speak against a copy are 0 where there is nothing of them.
            shift = level[-1] if name == "hash" else 0
            bias += shift
            out[name].append([round(float(v - shift), 2) + 0.0 for v in level])
        start[question] = round(float(bias), 2)
    return start, {name: list(zip(*both)) for name, both in out.items()}


def of_unrelated(odds, kinds):
    """The odds that so many (UNRELATED) of the unrelated pairs exceed that share anything.

    Unrelated pictures have elements in common, and hardly ever a place.
    """
    unrelated = odds[kinds == "element"]
    return [float(np.quantile(unrelated, 1 - share)) for share in UNRELATED]


def table(start, values, rate, beyond):
    lines = ["// SPDX-License-Identifier: Apache-2.0",
             "//", "// Written by bench/accuracy/fit.py; docs/evidence.md has it in words.",
             "#pragma once", "", '#include "weir/match/pictures/copy_odds.h"', "",
             "namespace weir {", "",
             "// What is added at a value of a term, to the logarithms of both odds.",
             "struct Knot {", "  double at = 0;", "  CopyOdds::Added adds;", "};",
             "using TermCurve = std::array<Knot, 5>;", "",
             f"constexpr CopyOdds::Added kStart{{{start['element']:g}, {start['moment']:g}}};",
             "// Of pairs of unrelated pictures, the share that has anything in common.",
             f"constexpr double kSharedByUnrelated = {rate:.2g};",
             "// Of these, the shares whose odds are more than that.",
             "struct Beyond {", "  double odds = 0;", "  double share = 0;", "};",
             "constexpr std::array<Beyond, 2> kUnrelatedBeyond{{"
             + ", ".join(f"{{{at:.2f}, {share:g}}}" for at, share in zip(beyond, UNRELATED))
             + "}};",
             "// clang-format off",
             "constexpr std::array<TermCurve, kTerms> kCurves{{"]
    for name, _, _, knots, _ in TERMS:
        lines.append(f"    // {name}\n    {{{{")
        for at, (element, moment) in zip(knots, values[name]):
            lines.append(f"        {{{at:g}, {{{element:g}, {moment:g}}}}},")
        lines.append("    }},")
    lines += ["}};", "// clang-format on", "", "}  // namespace weir", ""]
    return "\n".join(lines)


def page(start, values, rate, beyond):
    """docs/evidence.md."""
    lines = [
        "# What a shared picture is judged by", "",
        "Two pictures that share something are a copy and its original, two moments of one place,",
        "or different pictures with the same logo. `weir` measures the quantities below and asks",
        "two questions of them: *a copy, or an element in common?* and *a copy, or another",
        "moment?* What each quantity says to a question is added up, as natural logarithms of",
        "odds; `weir compare` and `weir match --explain` show it for a pair. Nothing decides",
        "alone. A copy is claimed where the odds against both together are 1 or more (decision",
        "0089).", "",
        "The curves are fitted by `bench/accuracy/fit.py` on the tune side of the pictures' bench",
        "and never written by hand: straight lines between the five values, level beyond them."]
    for question, words in (("element", "A copy, or an element in common?"),
                            ("moment", "A copy, or another moment?")):
        lines += ["", f"## {words}", "", f"A pair starts at {start[question]:g}.", "",
                  "| term | what it measures | value: adds | | | | |",
                  "|---|---|---|---|---|---|---|"]
        for name, *directions, knots, sentence in TERMS:
            if not directions[QUESTIONS[question] - 1]:
                continue
            cells = " | ".join(f"{at:g}: {both[QUESTIONS[question] - 1]:+g}"
                               for at, both in zip(knots, values[name]))
            lines.append(f"| {name} | {sentence} | {cells} |")
    lines += [
        "", "Counts are given as log2(1 + count), `exact` as -log10(1 - correlation).", "",
        f"Of pairs of unrelated pictures {rate:.2g} share anything that geometry takes for more",
        f"than chance. Of these {100 * UNRELATED[0]:g} % have odds over {beyond[0]:.2f}, and "
        f"{100 * UNRELATED[1]:g} % over {beyond[1]:.2f}: between the two, and",
        "below, the share falls evenly in its logarithm. Beyond, each 1 more is e times fewer, as",
        "odds mean. That, times the number of entries, is the expected false alarms. About five",
        "hundred such pairs support it to one in a hundred; what is surer is carried on.", ""]
    return "\n".join(lines)


def unrelated_rate(target, answers):
    """The share of pairs of an innocent and an entry that share anything."""
    with open(os.path.join(target, "truth.jsonl"), encoding="utf-8") as source:
        kinds = {line["query"]: line["kind"] for line in map(json.loads, source)}
    innocents = sum(kind == "innocent" for kind in kinds.values())
    shared = sum(len([m for m in a.get("matches", []) if "odds" in m]) for a in answers
                 if kinds.get(os.path.basename(a["path"])) == "innocent")
    entries = len(os.listdir(os.path.join(target, "known")))
    return max(shared, 1) / max(innocents, 1) / max(entries, 1)


def by_group(odds, kinds, groups):
    """Prints, of each group, the middle and the lower (upper) tenth of its odds."""
    for kind in KINDS:
        if kind != "copy":
            surest = np.sort(odds[kinds == kind])[-5:]
            print(f"{kind}: surest {', '.join(f'{value:.1f}' for value in surest)}")
    members = collections.defaultdict(list)
    for value, kind, group in zip(odds, kinds, groups):
        members[kind, group].append(value)
    for limit in LIMITS:
        shares = [np.mean(np.array(values) > limit)
                  for (kind, _), values in members.items() if kind == "copy"]
        wrong = {kind: round(float(np.mean(odds[kinds == kind] > limit)), 3)
                 for kind in KINDS if kind != "copy"}
        print(f"over {limit}: mean of edits {np.mean(shares):.3f}; of others {wrong}")
    for (kind, group), values in sorted(members.items(), key=lambda m: (m[0][0], np.median(m[1]))):
        tail = np.quantile(values, 0.1 if kind == "copy" else 0.9)
        print(f"  {kind:8} {group:34} {len(values):5}  middle {np.median(values):6.1f}  "
              f"tenth {tail:6.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", default=os.path.join(ROOT, "build/accuracy/sets/tune-10"))
    parser.add_argument("--weir", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--write", action="store_true")
    choice = parser.parse_args()
    answers = explained(choice.set, choice.weir)
    all_pairs = Examples(choice.set, answers)
    print(", ".join(f"{(all_pairs.kinds == kind).sum()} {kind}" for kind in KINDS))
    odds = all_pairs.left_out()
    by_group(odds, all_pairs.kinds, all_pairs.groups)
    beyond = of_unrelated(odds, all_pairs.kinds)
    start, values = curves(all_pairs.models(np.full(len(odds), True)))
    rate = unrelated_rate(choice.set, answers)
    print(f"start {start}, shared by unrelated {rate:.2g}, beyond {beyond}")
    for name, *_ in TERMS:
        print(f"  {name:12}", *[f"{e:6.2f}/{m:5.2f}" for e, m in values[name]])
    if choice.write:
        table = os.path.join(ROOT, "weir/match/pictures/copy_odds_table.h")
        with open(table, "w", encoding="ascii") as out:
            out.write(table(start, values, rate, beyond))
        with open(os.path.join(ROOT, "docs/evidence.md"), "w", encoding="ascii") as out:
            out.write(page(start, values, rate, beyond))
    return 0


if __name__ == "__main__":
    sys.exit(main())
