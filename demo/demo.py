#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Finds edited copies of known photographs with `weir`, and counts what was found and what was not;
then the parts of known videos in a compilation, by the second.

Ends with 0 only when every edited copy was traced to its own original, each part of a known video
to its seconds, and nothing unrelated to anything. Speaks to weir as any other program would: its
verbs, and JSON Lines.
"""
import csv
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compilation  # noqa: E402
import make  # noqa: E402

ROOT = os.path.dirname(make.HERE)
WEIR = os.path.join("build", "release", "bin", "weir")
HOME = os.path.join("build", "demo", "home")
BANK = os.path.join("build", "demo", "bank")
ITEMS = os.path.join("build", "demo", "items")
REPORT = os.path.join("build", "demo", "report.html")


def weir(*words, quiet=False):
    """(status, standard output) of one call; its messages and progress go to the terminal."""
    call = subprocess.run([WEIR, "--home", HOME, *words], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL if quiet else None, check=False)
    return call.returncode, call.stdout


def fill_bank():
    """Creates the bank and adds the known photographs; what is there already stays as it is."""
    if weir("bank", "show", "DEMO", quiet=True)[0] != 0:
        if weir("bank", "create", "DEMO")[0] != 0:
            sys.exit("demo: no bank; if its home is of another version, remove " + HOME)
    status, _ = weir("add", "--bank", "DEMO", "--label", "source=demo", "--json", BANK)
    if status != 0:
        sys.exit("demo: the known photographs could not be added: see above")


ENDS = 0.5  # seconds by which what is found of a video may begin or end beside where it does


def match_items():
    """For each item's file name, its line of the answer."""
    _, output = weir("match", "--bank", "DEMO", "--report", REPORT, "--json", ITEMS)
    found = {}
    for line in output.splitlines():
        item = json.loads(line)
        found[os.path.basename(item["path"])] = item
        if "error" in item:
            print(f"demo: {item['path']}: {item['error']['message']}", file=sys.stderr)
    return found


def names_of(item):
    """The entries that an item matched, best first: names, each with the kinds of its evidence."""
    return {match["name"]: {evidence["kind"] for evidence in match["evidence"]}
            for match in item.get("matches", [])}


def print_row(kind, copies):
    """Of copies, each (found, by a hash, by local features)."""
    right, by_hash, by_features = (sum(column) for column in zip(*copies))
    print(f"  {kind:<18} found {right:>3} of {len(copies):>3}: "
          f"{by_hash:>3} by hash, {by_features:>3} by features")


def judge(truth, found):
    """Prints the table; gives the number of items that were missed or matched wrongly."""
    kinds = {}
    wrong = []
    for row in truth:
        names = names_of(found[row["item"]]) if row["item"] in found else None
        if row["original"]:
            right = names is not None and set(names) == {row["original"]}
        else:
            right = names == {}
        if not right:
            wrong.append(f"  {row['item']}: expected {row['original'] or 'no match'}, got "
                         + ("no answer" if names is None else ", ".join(names) or "no match"))
        evidence = names[row["original"]] if right and row["original"] else set()
        kinds.setdefault(row["kind"], []).append(
            (right, bool(evidence - {"features"}), "features" in evidence))
    unrelated = [right for right, _, _ in kinds.pop("unrelated")]
    print("\nedited copies of known photographs")
    for kind in ["same-file", *make.EDITS]:
        print_row(kind, kinds[kind])
    print_row("all", [copy for copies in kinds.values() for copy in copies])
    print(f"unrelated photographs matched: {len(unrelated) - sum(unrelated)} of {len(unrelated)}")
    if wrong:
        print("\nnot as it should be:")
        print("\n".join(wrong))
    return len(wrong)


def clock(seconds):
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"


def span(ends):
    return f"{clock(ends[0])} to {clock(ends[1])}"


def judge_compilation(item):
    """Prints which seconds show which known video; gives the number of parts that are wrong."""
    segments = [(match["name"], *(tuple(one[side]) for side in ("item", "entry")))
                for match in item.get("matches", []) for one in match.get("segments", [])]
    print(f"\na compilation of {item.get('duration_s', 0):.0f} s, and what it shows")
    wrong = 0
    for (clip, first, seconds, edit), start, end in compilation.times():
        known = clip is not None and edit != "not known"
        inside = [one for one in segments if min(one[1][1], end) - max(one[1][0], start) > ENDS]
        right = [one for one in inside if one[0] == clip and abs(one[1][0] - start) <= ENDS
                 and abs(one[1][1] - end) <= ENDS and abs(one[2][0] - first) <= ENDS
                 and abs(one[2][1] - first - seconds) <= ENDS]
        is_right = len(inside) == len(right) == (1 if known else 0)
        wrong += not is_right
        said = "; ".join(f"{span(here)} is {name} {span(there)}" for name, here, there in inside)
        what = f"{clip}, {edit}" if clip else edit
        print(f"  {span((start, end))}  {what:<26}  found: {said or 'nothing known'}"
              + ("" if is_right else "  (not as it should be)"))
    return wrong


def main():
    os.chdir(ROOT)
    make.main()
    with open(os.path.join("build", "demo", "truth.csv"), encoding="utf-8") as table:
        truth = list(csv.DictReader(table))
    fill_bank()
    began = time.monotonic()
    found = match_items()
    took = time.monotonic() - began
    wrong = judge(truth, found)
    wrong += judge_compilation(found.get(compilation.NAME, {}))
    print(f"\n{len(found) - 1} pictures and a video hashed and matched in {took:.1f} s")
    print("side by side: " + os.path.join(ROOT, REPORT))
    print("over HTTP:    ./run serve")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
