# SPDX-License-Identifier: Apache-2.0
"""From predictions to figures, and figures to text and JSON Lines."""
import json
import math
import os
import statistics

import beyond
import match
import scores
from edits import EDITS, FAMILY_OF, SEVERITIES

STANDARD = {"pdq": -31, "pdq-8": -31}   # scores are minus distances
DECADES = tuple(range(0, -13, -1))


def truth_of(lines, kinds):
    return {line["query"]: line["entry"] for line in lines if line["kind"] in kinds}


ASKED = ("edit", "combo", "innocent")   # hard negatives are counted apart


def plain(predictions):
    """Without the entries of hard.py, whose logo or template an innocent may share."""
    return [p for p in predictions if not p[1].startswith("hard-")]


def of(predictions, truth):
    return [p for p in predictions if p[0] in truth]


def threshold_of(predictions, lines):
    """The score that no false match of this side reaches; chosen on tune, used on test."""
    truth = truth_of(lines, ASKED)
    return scores.highest_false(of(predictions, truth), truth)


def judged(predictions, lines, above=-math.inf, least=-math.inf):
    """Every figure of one method at one threshold."""
    asked = truth_of(lines, ASKED)
    ours = of(predictions, asked)
    passed = [p for p in ours if p[2] > above and p[2] >= least]
    loud = [p for p in predictions if p[2] > above and p[2] >= least]
    cells = beyond.cells_of(passed, lines, "edit", EDITS)
    counted = [v for v in cells.values() if v is not None]
    combos = truth_of(lines, ("combo",))
    innocent = truth_of(lines, ("innocent",))
    kinds = sorted({line["edit"] for line in lines if line["kind"] == "hard"})
    hard = {kind: beyond.loudest(loud, lines, (kind,)).values() for kind in kinds}
    alarms = scores.false_queries(of(passed, innocent), innocent)
    hits = sum(scores.right(p, asked) for p in passed)
    return {
        "cells": cells,
        "mean": statistics.fmean(counted) if counted else 0.0,
        "by_severity": {s: statistics.fmean([v for k, v in cells.items()
                                             if k.endswith(" " + s) and v is not None] or [0])
                        for s in SEVERITIES},
        "combos": scores.recall(of(passed, combos), combos),
        "combo_interval": scores.interval(
            round(scores.recall(of(passed, combos), combos) * len(combos)), len(combos)),
        "precision": hits / len(passed) if passed else 1.0,
        "false_per_thousand": scores.per_thousand(len(alarms), len(innocent)),
        # Those that no entry without a logo or template brings.
        "false_by_template": len(alarms) - len(scores.false_queries(
            plain(of(passed, innocent)), innocent)),
        "innocents": len(innocent),
        "hard": {kind: [sum(v > -math.inf for v in best), len(best)]
                 for kind, best in hard.items()},
        "beyond": beyond.cells_of(loud, lines, "beyond", FAMILY_OF),
    }


def ranked(predictions, lines):
    """Figures that need no threshold."""
    asked = truth_of(lines, ASKED)
    ours = of(predictions, asked)
    combos = truth_of(lines, ("combo", "innocent"))
    highest = scores.highest_false(ours, asked)
    only = truth_of(lines, ("combo",))
    return {"micro_ap": scores.micro_average_precision(ours, asked),
            "combo_micro_ap": scores.micro_average_precision(of(ours, combos), combos),
            "recall_0fp": scores.recall(ours, asked, above=highest),
            "combos_0fp": scores.recall(of(ours, only), only, above=highest),
            "plain_recall_0fp": scores.recall_at_no_false_match(plain(ours), asked),
            "highest_false": highest}


def overlaps(result, lines, known_sizes):
    """{edit: [IoU in the item, IoU in the entry]} means over the copies that were found."""
    out = {}
    for line in lines:
        if line["kind"] not in ("edit", "beyond") or not line.get("item_region"):
            continue
        found = match.boxes(result, line["query"], line["entry"])
        if found is None:
            continue
        width, height = known_sizes[line["entry"]]
        shares = line["entry_region"]
        truth = [shares[0] * width, shares[1] * height, shares[2] * width, shares[3] * height]
        out.setdefault(line["edit"], []).append((scores.overlap(found[0], line["item_region"]),
                                                 scores.overlap(found[1], truth)))
    return {edit: [len(v), statistics.fmean(a for a, _ in v), statistics.fmean(b for _, b in v)]
            for edit, v in out.items()}


def evaluate(found, result, lines, thresholds, sizes):
    """Everything about one side. `found`: {method: predictions}; thresholds by method, of tune."""
    out = {"methods": {}, "ranked": {}}
    for name, predictions in found.items():
        out["ranked"][name] = ranked(predictions, lines)
        if name == "weir":
            out["methods"]["weir as reported"] = judged(
                predictions, lines, least=match.REPORTED)
        if name in STANDARD:
            out["methods"][f"{name} at {-STANDARD[name]}"] = judged(
                predictions, lines, least=STANDARD[name])
        if name in thresholds:
            out["methods"][f"{name} at zero false on tune"] = judged(
                predictions, lines, above=thresholds[name])
    innocent = truth_of(lines, ("innocent",))
    out["calibration"] = [
        (limit, promised, seen, *scores.poisson_interval(seen)) for limit, promised, seen
        in scores.calibration(match.alarms(result, innocent), len(innocent), DECADES)]
    out["beyond"] = beyond.figures(found, result, lines, out["methods"])
    out["overlap"] = overlaps(result, lines, sizes)
    out["cost"] = result["cost"]
    out["errors"] = result["errors"]
    asked = truth_of(lines, ASKED)
    out["worst"] = sorted((p for p in of(found["weir"], asked) if not scores.right(p, asked)),
                          key=lambda p: -p[2])[:10]
    return out


# --- text -----------------------------------------------------------------------------------------


def percent(value):
    return "   -  " if value is None else f"{100 * value:5.1f} "


def text(side, figures, counts):
    """The table for a terminal."""
    lines = [f"images, {side} side: {counts['entries']} entries, {counts['copies']} edited copies, "
             f"{counts['combos']} combinations, {counts['innocents']} innocents, "
             f"{counts['hard']} hard negatives; beyond the forty {counts['beyond']} copies, "
             f"{counts['plain']} only saved again, {counts['patterns']} patterns", ""]
    lines.append(f"{'method':<36}{'mean':>7}{'mild':>7}{'medium':>8}{'severe':>8}{'combos':>8}"
                 f"{'precis.':>9}{'false/1000':>12}{'hard':>11}")
    for name, one in figures["methods"].items():
        hard = [sum(v[i] for v in one["hard"].values()) for i in (0, 1)]
        lines.append(
            f"{name:<36}{percent(one['mean']):>7}"
            + "".join(f"{percent(v):>{w}}" for v, w in zip(one["by_severity"].values(), (7, 8, 8)))
            + f"{percent(one['combos']):>8}{percent(one['precision']):>9}"
            + f"{one['false_per_thousand']:>12.2f}{hard[0]:>6}/{hard[1]}")
    lines += ["", f"{'without a threshold':<36}{'uAP':>7}{'combo uAP':>11}{'recall at 0 false':>19}"
              f"{'no templates':>14}{'combos at 0 false':>19}"]
    for name, one in figures["ranked"].items():
        lines.append(f"{name:<36}{one['micro_ap']:>7.3f}{one['combo_micro_ap']:>11.3f}"
                     f"{percent(one['recall_0fp']):>19}{percent(one['plain_recall_0fp']):>14}"
                     f"{percent(one['combos_0fp']):>19}")
    return "\n".join(lines + cell_lines(figures)
                     + beyond.text_lines(figures["methods"], figures["beyond"])
                     + hard_lines(figures) + rest_lines(figures))


def cell_lines(figures):
    ours = figures["methods"]["weir as reported"]["cells"]
    peer = figures["methods"]["pdq-8 at 31"]["cells"]
    out = ["", "recall, %            weir as reported             pdq-8 at 31",
           f"{'edit':<20} {'mild':>7}{'medium':>7}{'severe':>7}   {'mild':>7}{'medium':>7}"
           f"{'severe':>7}"]
    for edit in EDITS:
        rows = ["".join(f"{percent(cells[f'{edit} {s}']):>7}" for s in SEVERITIES)
                for cells in (ours, peer)]
        out.append(f"{edit:<20} {rows[0]}   {rows[1]}")
    return out


def hard_lines(figures):
    low, high = figures["methods"]["weir as reported"]["combo_interval"]
    out = ["", f"combinations that weir finds: 95 % between {percent(low).strip()} and "
           f"{percent(high).strip()}", "", "hard negatives that match, by kind"]
    for name, one in figures["methods"].items():
        out.append(f"{name:<36}" + "  ".join(f"{k} {a}/{n}" for k, (a, n) in one["hard"].items())
                   + f"  innocents by a logo or template alone {one['false_by_template']}")
    return out


def rest_lines(figures):
    out = ["", "innocents with a match, by its expected false alarms: limit, promised, seen, and "
           "how many are to be", "expected where so many are seen (95 %); + where more are seen "
           "than promised"]
    out += [f"{limit:>10.0e}{promised:>12.3g}{seen:>8}{low:>10.2f} to {high:.2f}"
            + ("  +" if low > promised else "")
            for limit, promised, seen, low, high in figures["calibration"]]
    out += ["", "overlap with the true region (IoU): found, in the item, in the entry"]
    out += [f"{edit:<20}{n:>6}{a:>8.3f}{b:>8.3f}" for edit, (n, a, b) in figures["overlap"].items()]
    cost = figures["cost"]
    out += ["", f"cost: {1000 * cost['match_seconds'] / cost['queries']:.1f} ms a query, "
            f"{1000 * cost['match_processor'] / cost['queries']:.1f} ms of processor; "
            f"{1000 * cost['add_seconds'] / cost['entries']:.1f} ms an entry, "
            f"{cost['bytes_per_entry'] / 1024:.1f} KiB of home and "
            f"{cost['memory_per_entry'] / 1024:.1f} KiB of memory an entry; "
            f"peak {cost['peak_bytes'] / 2**20:.0f} MiB"]
    if figures["worst"]:
        out += ["", "surest false matches"]
        out += [f"  {query} {entry} {score:.1f}" for query, entry, score in figures["worst"]]
    if figures["errors"]:
        out.append(f"{len(figures['errors'])} files had errors, the first: "
                   f"{next(iter(figures['errors'].items()))}")
    return out


def json_lines(side, figures):
    """As the other benches: {"bench", "value", "unit", "against", "ratio"}."""
    ours, peer = figures["methods"]["weir as reported"], figures["methods"]["pdq-8 at 31"]
    rank, other = figures["ranked"]["weir"], figures["ranked"]["pdq-8"]
    cost = figures["cost"]
    rows = [("recall, mean of cells", ours["mean"], "share", peer["mean"]),
            *((f"recall, {s}", v, "share", peer["by_severity"][s])
              for s, v in ours["by_severity"].items()),
            ("recall, combinations", ours["combos"], "share", peer["combos"]),
            ("micro-average precision", rank["micro_ap"], "share", other["micro_ap"]),
            ("recall at zero false", rank["recall_0fp"], "share", other["recall_0fp"]),
            ("combinations at zero false", rank["combos_0fp"], "share", other["combos_0fp"]),
            ("precision", ours["precision"], "share", peer["precision"]),
            ("false alarms", ours["false_per_thousand"], "per 1000 innocents", None),
            ("hard negatives", sum(a for a, _ in ours["hard"].values())
             / max(1, sum(n for _, n in ours["hard"].values())), "share", None),
            *((f"recall, {cell}", v, "share", peer[group][cell])
              for group in ("cells", "beyond")
              for cell, v in ours[group].items() if v is not None),
            *beyond.json_rows(figures["beyond"]),
            ("query", 1000 * cost["match_seconds"] / cost["queries"], "ms", None),
            ("home", cost["bytes_per_entry"], "bytes/entry", None),
            ("memory", cost["memory_per_entry"], "bytes/entry", None)]
    for name, value, unit, against in rows:
        yield json.dumps({"bench": f"images {side}: {name}", "value": value, "unit": unit,
                          "against": None if against is None else "pdq-8 at 31",
                          "ratio": value / against if against else None})


def sizes_of(target):
    from PIL import Image
    out = {}
    for name in os.listdir(os.path.join(target, "known")):
        with Image.open(os.path.join(target, "known", name)) as picture:
            out[name] = picture.size
    return out
