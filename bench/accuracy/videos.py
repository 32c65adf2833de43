#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Which seconds of which known video `weir` finds in edited copies and compilations, and what it
finds that is none.

    bench/accuracy/videos.py [run] [--split tune|test|both] [--quick] [--each N] [--json]
    bench/accuracy/videos.py run --sets slides,rates,beside,natural [--quick]
    bench/accuracy/videos.py make [--split tune|test] [--quick] [--sets NAME] [DIR]

`make` only draws a set, and links it into DIR when there is one: known/, queries/, truth.jsonl.
--sets names small sets to draw and run alone, or `all` of them; without it, the large one is.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the workers are the parallelism
import command  # noqa: E402
import match  # noqa: E402
from video import figures, kinds, page, peers, queries, sets, text  # noqa: E402

WORKERS = 2


def options():
    parser = command.parser(__doc__, 4, "a small part of it")
    parser.add_argument("what", nargs="?", default="run", choices=["run", "make"])
    parser.add_argument("--sets", default="", help="small sets, by comma: "
                        + ", ".join(sets.SETS) + "; or all")
    parser.add_argument("target", nargs="?", metavar="DIR", help="where make links its set")
    choice = parser.parse_intermixed_args()
    choice.sets = list(sets.SETS) if choice.sets == "all" else list(filter(None,
                                                                        choice.sets.split(",")))
    unknown = sorted(set(choice.sets) - set(sets.SETS))
    if unknown:
        parser.error("no set is called " + ", ".join(unknown))
    return choice


def settings_of(side, choice):
    """The tune side is smaller: it only chooses thresholds."""
    if choice.quick:
        return {"each": 1, "levels": [1], "archives": 4, "compilations": 3, "innocents": 10,
                "hard": 1, "often": 1}
    if side == "tune":
        return {"each": max(1, choice.each // 3), "levels": [0, 1, 2], "archives": 12,
                "compilations": 12, "innocents": 60, "hard": 2, "often": 1}
    return {"each": choice.each, "levels": [0, 1, 2], "archives": 30, "compilations": 30,
            "innocents": 220, "hard": 4, "often": 20}


def link_set(made, target):
    for sub in ("known", "queries"):
        os.makedirs(os.path.join(target, sub), exist_ok=True)
        for name in os.listdir(os.path.join(made, sub)):
            place = os.path.join(target, sub, name)
            if os.path.lexists(place):
                os.remove(place)
            os.symlink(os.path.join(made, sub, name), place)
    place = os.path.join(target, "truth.jsonl")
    if os.path.lexists(place):
        os.remove(place)
    os.symlink(os.path.join(made, "truth.jsonl"), place)


def made_only(choice):
    side = "test" if choice.split == "test" else "tune"
    if choice.sets:
        made = [sets.make(choice.folder, name, side, choice.quick) for name in choice.sets][0]
    else:
        made = queries.make(choice.folder, side, settings_of(side, choice))
    if choice.target:
        link_set(os.path.abspath(made), choice.target)
    print(choice.target or made)


def measure(side, choice):
    """(claims by method, weir's answers, truth, counts) of one side."""
    target = queries.make(choice.folder, side, settings_of(side, choice))
    lines = queries.truth(target)
    program = os.path.join(choice.weir, "weir")
    queries.say(f"matching the {side} side")
    result = match.run(program, target, WORKERS)
    found = {"weir": figures.weir_claims(result)}
    try:
        found.update(peers.claims(program, target, lines, WORKERS))
    except RuntimeError as error:
        queries.say(f"no peers: {error}")
    counts = figures.counts_of(lines)
    counts["archives"] = len(os.listdir(os.path.join(target, "known")))
    return found, result, lines, counts


def measure_all(choice):
    measured = {"tune": measure("tune", choice)}
    if choice.split != "tune":
        measured["test"] = measure("test", choice)
    found, _, lines, _ = measured["tune"]
    thresholds = figures.thresholds_of(found, lines)
    sides = []
    for side, (found, result, lines, counts) in measured.items():
        if choice.split not in (side, "both"):
            continue
        one = figures.evaluate(found, lines, thresholds, result)
        sides.append((side, one, counts))
        if choice.json:
            print("\n".join(text.json_lines(side, one)))
        else:
            print(text.tables(side, one, counts) + "\n")
    out = os.path.join(choice.folder, "videos.html")
    page.write(out, sides)
    queries.say("charts in " + out)


def measure_sets(choice):
    program = os.path.join(choice.weir, "weir")
    for side in ("tune", "test"):
        for name in choice.sets if choice.split in (side, "both") else ():
            target = sets.make(choice.folder, name, side, choice.quick)
            queries.say(f"matching the set {name} of the {side} side")
            measured = kinds.measure(program, target, queries.truth(target), WORKERS)
            print("\n".join(kinds.json_lines(name, side, measured)) if choice.json
                  else kinds.table(name, side, measured) + "\n", flush=True)


def main():
    choice = options()
    lock = command.locked(choice.folder)  # noqa: F841: held until the end
    try:
        measure = measure_sets if choice.sets else measure_all
        (made_only if choice.what == "make" else measure)(choice)
    except RuntimeError as error:
        sys.exit(f"accuracy: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
