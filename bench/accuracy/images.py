#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How many edited copies of known pictures `weir` finds, and what it finds that is none.

    bench/accuracy/images.py [--split tune|test|both] [--quick] [--each N] [--json]

Makes the pictures (once), matches them with weir and with its peers, prints the figures, and writes
build/accuracy/images.html. `./run accuracy` builds first.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the workers are the parallelism
import command  # noqa: E402
import match  # noqa: E402
import page  # noqa: E402
import peers  # noqa: E402
import plans  # noqa: E402
import queries  # noqa: E402
import report  # noqa: E402

WORKERS = 2


def options():
    parser = command.parser(__doc__, 30, "a tenth of the queries")
    parser.add_argument("what", nargs="?", default="images", choices=["images"])
    return parser.parse_args()


def settings_of(side, each, quick):
    """The tune side is a third as large: it only chooses thresholds and what is fitted."""
    beyond = each
    if side == "tune":
        each = max(1, each // 3)
        beyond = each if quick else max(12, each)
    return {"each": each, "combos": max(20, each * 40 // 3), "innocents": max(200, each * 70),
            "named": 0 if side == "tune" else 3 * each, "beyond": beyond,
            "plain": 10 if quick else 100, "patterns": 10 if quick else plans.PATTERNS,
            "scenes": 1 if quick else 4}


def peer_predictions(target):
    """Of the last run when the set is the same."""
    with open(os.path.join(target, "made"), encoding="ascii") as source:
        stamp = source.read()
    with open(peers.__file__, encoding="utf-8") as source:
        stamp += source.read()
    stored = os.path.join(target, "peers.json")
    if os.path.exists(stored):
        with open(stored, encoding="utf-8") as source:
            saved = json.load(source)
        if saved["stamp"] == stamp:
            return saved["predictions"]
    print("accuracy: hashing for the peers", file=sys.stderr)
    found = peers.predictions(target, WORKERS)
    with open(stored, "w", encoding="utf-8") as out:
        json.dump({"stamp": stamp, "predictions": found}, out)
    return found


def measure(side, choice):
    """(predictions by method, weir's answers, truth, folder) of one side."""
    each = max(2, choice.each // 10) if choice.quick else choice.each
    target = queries.make(choice.folder, side, settings_of(side, each, choice.quick))
    result = match.run(os.path.join(choice.weir, "weir"), target, WORKERS)
    found = {"weir": match.predictions(result), **peer_predictions(target)}
    return found, result, queries.truth(target), target


def counts_of(lines, target):
    kinds = [line["kind"] for line in lines]
    return {"entries": len(os.listdir(os.path.join(target, "known"))),
            "copies": kinds.count("edit"), "combos": kinds.count("combo"),
            "innocents": kinds.count("innocent"), "hard": kinds.count("hard"),
            "beyond": kinds.count("beyond"), "plain": kinds.count("plain"),
            "patterns": kinds.count("pattern")}


def main():
    choice = options()
    lock = command.locked(choice.folder)  # noqa: F841: held until the end
    try:
        measured = {"tune": measure("tune", choice)}
        if choice.split != "tune":
            measured["test"] = measure("test", choice)
    except RuntimeError as error:
        sys.exit(f"accuracy: {error}")
    found, _, lines, _ = measured["tune"]
    thresholds = {name: report.threshold_of(p, lines) for name, p in found.items()}
    sides = []
    for side, (found, result, lines, target) in measured.items():
        if choice.split not in (side, "both"):
            continue
        figures = report.evaluate(found, result, lines, thresholds, report.sizes_of(target))
        counts = counts_of(lines, target)
        sides.append((side, figures, counts))
        if choice.json:
            print("\n".join(report.json_lines(side, figures)))
        else:
            print(report.text(side, figures, counts) + "\n")
    out = os.path.join(choice.folder, "images.html")
    page.write(out, sides)
    print("accuracy: charts in " + out, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
