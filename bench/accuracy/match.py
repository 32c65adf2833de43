# SPDX-License-Identifier: Apache-2.0
"""Speaks to `weir` as any other program would: a home, a bank, its entries, every query matched."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

BANK = "ACCURACY"


class Weir:
    def __init__(self, program, home):
        self.program, self.home = program, home

    def lines(self, *words, progress=0):
        """(objects of the JSON Lines, seconds, processor seconds, peak resident bytes).

        Errors: RuntimeError with what weir said when it answered nothing.
        """
        began, before = time.monotonic(), os.times()
        out = []
        said = tempfile.TemporaryFile("w+")
        with said, subprocess.Popen([self.program, "--home", self.home, *words],
                                    stdout=subprocess.PIPE, stderr=said, text=True) as call:
            for line in call.stdout:
                out.append(json.loads(line))
                if progress and len(out) % 500 == 0:
                    print(f"accuracy: {len(out)} of {progress} queries matched", file=sys.stderr)
            _, status, usage = os.wait4(call.pid, 0)
            call.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            if not out:
                raise RuntimeError(f"weir {words[0]}: {said.read().strip()[-500:]}")
        after = os.times()
        processor = (after.children_user + after.children_system
                     - before.children_user - before.children_system)
        return out, time.monotonic() - began, processor, usage.ru_maxrss * 1024


def size_of(folder):
    return sum(os.path.getsize(os.path.join(at, name))
               for at, _, names in os.walk(folder) for name in names)


# Weak claims too, so that what they promise can be compared with what is seen. Those that `weir`
# reports by itself are the ones of at least REPORTED.
CONFIGURATION = "[match]\nexpected_false_alarms = 1.0\n"
REPORTED = 3.0  # minus log10 of the false alarms that a match may be expected to be


def stamp_of(program, made):
    """Changes with the program, its decoder, the set, or what is asked of them."""
    digest = hashlib.sha256((made + CONFIGURATION).encode())
    for path in (program, program + "-decode"):
        with open(path, "rb") as source:
            digest.update(hashlib.sha256(source.read()).digest())
    return digest.hexdigest()


def run(program, target, workers):
    """What weir says about every query of a set; from the last run when nothing changed.

    {"matches": {query: [match]}, "errors": {file: message}, "cost": {...}}
    Errors: RuntimeError when there is no program or it cannot make a bank.
    """
    if not os.path.exists(program):
        raise RuntimeError(f"no {program}: ./run build makes it")
    with open(os.path.join(target, "made"), encoding="ascii") as source:
        stamp = stamp_of(program, source.read())
    stored = os.path.join(target, "matches.json")
    if os.path.exists(stored):
        with open(stored, encoding="utf-8") as source:
            saved = json.load(source)
        if saved["stamp"] == stamp:
            return saved
    home = os.path.join(target, "home")
    shutil.rmtree(home, ignore_errors=True)
    weir = Weir(program, home)
    os.makedirs(home)
    with open(os.path.join(home, "weir.toml"), "w", encoding="ascii") as out:
        out.write(CONFIGURATION)
    if "error" in weir.lines("bank", "create", "--json", BANK)[0][0]:
        raise RuntimeError(f"{program} made no bank in {home}; see `weir bank create --help`")
    options = ("--bank", BANK, "--workers", str(workers), "--json")
    empty = size_of(home)
    one = os.path.join(target, "known", sorted(os.listdir(os.path.join(target, "known")))[0])
    peak_empty = weir.lines("match", *options, one)[3]
    known, add_seconds, add_processor, _ = weir.lines(
        "add", *options, os.path.join(target, "known"))
    entries = sum(1 for line in known if "error" not in line)
    bytes_per_entry = (size_of(home) - empty) / max(1, entries)
    peak_full = weir.lines("match", *options, one)[3]
    queries = os.path.join(target, "queries")
    asked = len(os.listdir(queries))
    found, seconds, processor, peak = weir.lines(
        "match", *options, queries, progress=asked)
    result = {
        "stamp": stamp,
        "matches": {os.path.basename(line["path"]): line.get("matches", []) for line in found},
        "errors": {line["path"]: line["error"]["message"] for line in [*known, *found]
                   if "error" in line},
        "cost": {"entries": entries, "queries": len(found),
                 "add_seconds": add_seconds, "add_processor": add_processor,
                 "match_seconds": seconds, "match_processor": processor,
                 "bytes_per_entry": bytes_per_entry, "peak_bytes": peak,
                 # Between a full and an empty bank; coarse while entries are few.
                 "memory_per_entry": max(0, peak_full - peak_empty) / max(1, entries)},
    }
    with open(stored, "w", encoding="utf-8") as out:
        json.dump(result, out)
    return result


def predictions(result):
    """[(query, entry's name, score)], one for each entry that a query matched."""
    out = []
    for query, matches in result["matches"].items():
        best = {}
        for match in matches:
            best[match["name"]] = max(best.get(match["name"], -1e9), match["score"])
        out += [(query, name, score) for name, score in best.items()]
    return out


def alarms(result, queries):
    """{query: smallest expected_false_alarms of its matches} of the queries that matched."""
    return {query: min(match["expected_false_alarms"] for match in result["matches"][query])
            for query in queries if result["matches"].get(query)}


def boxes(result, query, entry):
    """(region in the item, region in the entry) of a match, or None."""
    for match in result["matches"].get(query, []):
        if match["name"] == entry and match.get("region"):
            return match["region"]["item"], match["region"]["entry"]
    return None
