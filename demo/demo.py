#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Finds edited copies of known photographs with `weir`, and counts what was found and what was not.

Ends with 0 only when every edited copy was traced to its own original and no unrelated picture to
any. Speaks to weir as any other program would: its verbs, and JSON Lines.
"""
import csv
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
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


def match_items():
    """For each item's file name, the entries it matched, best first: names, each with the kinds of
    its evidence."""
    _, output = weir("match", "--bank", "DEMO", "--report", REPORT, "--json", ITEMS)
    found = {}
    for line in output.splitlines():
        item = json.loads(line)
        found[os.path.basename(item["path"])] = {
            match["name"]: {evidence["kind"] for evidence in match["evidence"]}
            for match in item.get("matches", [])}
        if "error" in item:
            print(f"demo: {item['path']}: {item['error']['message']}", file=sys.stderr)
    return found


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
        names = found.get(row["item"])
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
    print(f"\n{len(found)} pictures hashed and matched in {took:.1f} s")
    print("side by side: " + os.path.join(ROOT, REPORT))
    print("over HTTP:    ./run serve")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
