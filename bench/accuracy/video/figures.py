# SPDX-License-Identifier: Apache-2.0
"""From claims to figures.

A claim is {"query", "entry", "score", "segments": [{"box", "speed", "mirrored"}]}: what a method
says about one query and one known video.
"""
import statistics

import match
from scores import calibration
from video import peers, scores
from video.edits import ALL, COMPILATION, SEVERITIES

WEIR = "weir as reported"
PEERS = ("vpdq", "tmk")
DECADES = (0, -1, -2, -3, -4)


def weir_claims(result):
    """Of what match.run() gives: one for each entry that a query matched."""
    out = []
    for query, matches in result["matches"].items():
        best = {}
        for one in matches:
            claim = best.setdefault(one["name"], {"query": query, "entry": one["name"],
                                                  "score": one["score"], "segments": []})
            claim["score"] = max(claim["score"], one["score"])
            for segment in one.get("segments", []):
                low, high = sorted(segment["entry"])
                claim["segments"].append({
                    "box": [*segment["item"], low, high],
                    "backward": segment.get("speed", 1) < 0,
                    "speed": segment.get("speed", 1), "mirrored": segment.get("mirrored", False)})
        out += best.values()
    return out


# --- truth ----------------------------------------------------------------------------------------


def shown(lines):
    """{(query, entry)} of what is right to claim."""
    return {(line["query"], s["entry"]) for line in lines for s in line["segments"]}


def true_segments(line, entry):
    """Of one pair; pictures that are merely held have no extent in the known video."""
    kept = ("speed", "mirrored", "backward")
    return [{"box": (*s["item"], *s["known"]), **{k: s[k] for k in kept}}
            for s in line["segments"] if s["entry"] == entry and not s["held"]]


def false_scores(claims, lines):
    """Scores of claims that are wrong, other moments of one place and cards apart."""
    right = shown(lines)
    asked = {line["query"] for line in lines if line["kind"] != "hard" and not line["has_card"]}
    return [c["score"] for c in claims
            if c["query"] in asked and (c["query"], c["entry"]) not in right]


def loosest(claims, lines):
    """The score that no false claim reaches; chosen on tune, used on test."""
    return max(false_scores(claims, lines), default=float("-inf"))


# --- figures --------------------------------------------------------------------------------------


def recall_of(found, lines):
    """The share of (query, entry) pairs that were found, and how many there are."""
    wanted = shown(lines)
    return (len(wanted & found) / len(wanted) if wanted else None), len(wanted)


def segments_of(lines, by_pair):
    """The segment measure over some lines; claims without truth count against precision."""
    pairs = []
    claimed = {}
    for query, entry in by_pair:
        claimed.setdefault(query, set()).add(entry)
    for line in lines:
        entries = {s["entry"] for s in line["segments"]} | claimed.get(line["query"], set())
        for entry in sorted(entries):
            said = by_pair.get((line["query"], entry), {"segments": []})["segments"]
            pairs.append(([s["box"] for s in true_segments(line, entry)],
                          [s["box"] for s in said]))
    return scores.segment_measure(pairs)


def fineness(lines, by_pair):
    """Of the true segments of some lines that were found: how well their times are known."""
    errors, speeds, mirrored, right, asked, found, whole = [], [], [], 0, 0, 0, 0
    for line in lines:
        for entry in sorted({s["entry"] for s in line["segments"]}):
            said = by_pair.get((line["query"], entry), {"segments": []})["segments"]
            for true in true_segments(line, entry):
                whole += 1
                best = scores.best_claim(true, said)
                if best is None:
                    continue
                found += 1
                errors += scores.boundary_errors(true, best)
                if "speed" in best and not true["backward"]:
                    speeds.append(abs(best["speed"] / true["speed"] - 1))
                    mirrored.append(best["mirrored"] == true["mirrored"])
                a, b = scores.time_map(true, said)
                right, asked = right + a, asked + b
    return {"segments": whole, "found": found, "boundary": scores.quantile(errors, 0.5),
            "boundary_90": scores.quantile(errors, 0.9),
            "time_map": right / asked if asked else None,
            "speed": scores.quantile(speeds, 0.5), "speed_90": scores.quantile(speeds, 0.9),
            "mirrored": statistics.fmean(mirrored) if mirrored else None}


def judged(claims, lines, above=float("-inf"), least=float("-inf")):
    """Every figure of one method at one threshold."""
    passed = [c for c in claims if c["score"] > above and c["score"] >= least]
    by_pair = {(c["query"], c["entry"]): c for c in passed}
    found = set(by_pair)
    cells, counts = {}, {}
    for edit in ALL:
        for severity in SEVERITIES:
            of_cell = [line for line in lines if line["kind"] == "edit"
                       and (line["edit"], line["severity"]) == (edit, severity)]
            cells[f"{edit} {severity}"], counts[f"{edit} {severity}"] = recall_of(found, of_cell)
    queries = {c["query"] for c in passed}
    innocent = [line["query"] for line in lines if line["kind"] == "innocent"]
    hard = {}
    for line in lines:
        if line["kind"] == "hard":
            count = hard.setdefault(line["edit"], [0, 0])
            count[0] += line["query"] in queries
            count[1] += 1
    copies = [line for line in lines if line["kind"] == "edit"]
    sewn = [line for line in copies if line["edit"] == COMPILATION]
    plain = [line for line in copies if line["edit"] not in (COMPILATION, "slideshow")]
    right = shown(copies)
    carded = {line["query"] for line in lines if line["has_card"]}
    kept = [v for v in cells.values() if v is not None]
    return {
        "cells": cells, "counts": counts, "mean": statistics.fmean(kept) if kept else 0.0,
        "by_severity": {s: statistics.fmean([v for k, v in cells.items() if v is not None
                                             and k.endswith(" " + s)] or [0]) for s in SEVERITIES},
        "false_innocents": len(queries & set(innocent)), "innocents": len(innocent),
        "false_cards": len(queries & set(innocent) & carded),
        "carded": len(carded & set(innocent)),
        "wrong_cards": sum(pair not in right for pair in found
                           if pair[0] in {line["query"] for line in copies} & carded),
        "wrong": sum(pair not in right for pair in found
                     if pair[0] in {line["query"] for line in copies}),
        "hard": dict(sorted(hard.items())),
        "compilations": {**segments_of(sewn, by_pair), **fineness(sewn, by_pair),
                         "videos": len(sewn)},
        "edits": {**segments_of(plain, by_pair), **fineness(plain, by_pair), "videos": len(plain)},
    }


def best_frames(claims, lines):
    """How many matched frames vPDQ's segments need for the best F on compilations; of tune."""
    sewn = [line for line in lines if line["edit"] == COMPILATION]

    def f_of(count):
        return segments_of(sewn, {(c["query"], c["entry"]): c for c in claims
                                  if c["frames"] >= count})["f"]
    return max(range(1, 7), key=lambda count: (f_of(count), -count))


def thresholds_of(found, lines):
    """Chosen on the tune side: {method: the loosest threshold, "frames": of vPDQ's segments}."""
    out = {name: loosest(claims, lines) for name, claims in found.items()}
    if "vpdq" in found:
        out["frames"] = best_frames(found["vpdq"], lines)
    return out


def evaluate(found, lines, thresholds, result):
    """Everything about one side. `found`: {method: claims}; `result`: of match.run()."""
    out = {WEIR: judged(found["weir"], lines, least=match.REPORTED)}
    for name in PEERS:
        if name in found:
            out[f"{name}, usual"] = judged(found[name], lines, least=peers.USUAL[name])
            out[f"{name}, loosest"] = judged(found[name], lines, above=thresholds[name])
    if "vpdq" in found:
        # Whatever share of the video matched: the fairest to parts.
        count = thresholds["frames"]
        out[f"vpdq, {count} frames"] = judged(
            [c for c in found["vpdq"] if c["frames"] >= count], lines)
    copies = [line for line in lines if line["kind"] == "edit"]
    asked = {line["query"]: line for line in lines}
    right = shown(copies)
    wrong = [c for c in found["weir"] if asked[c["query"]]["kind"] != "hard"
             and (c["query"], c["entry"]) not in right and c["score"] >= match.REPORTED]
    innocent = [line["query"] for line in lines if line["kind"] == "innocent"]
    return {"methods": out, "cost": result["cost"], "errors": result["errors"],
            "calibration": calibration(match.alarms(result, innocent), len(innocent), DECADES),
            "seconds": sum(line["seconds"] for line in lines),
            "surest_wrong": [(c["query"], asked[c["query"]]["kind"], asked[c["query"]]["edit"],
                              c["entry"], c["score"])
                             for c in sorted(wrong, key=lambda c: -c["score"])[:10]]}


def counts_of(lines):
    kinds = [line["kind"] for line in lines]
    sewn = sum(line["edit"] == COMPILATION for line in lines)
    return {"copies": kinds.count("edit") - sewn, "compilations": sewn,
            "innocents": kinds.count("innocent"), "hard": kinds.count("hard"),
            "hours": sum(line["seconds"] for line in lines) / 3600}
