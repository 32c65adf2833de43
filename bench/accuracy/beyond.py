# SPDX-License-Identifier: Apache-2.0
"""Figures on what lies beyond the forty edits: families, amounts, how sure a claim is.

Everything is of weir as it reports, beside PDQ in eight orientations at its usual threshold.
"""
import math
import statistics

import edits
import match
import scores

PEER = ("pdq-8", -31)
MOMENTS = ("moment", "camera", "made-moment")     # hard negatives without a template
# Of bends, the amounts are told apart; what each means is said where it is drawn.
BINS = {
    "ripple": (1, 1.5, 2, 3, 4, 6, 8), "lens": (0.5, 1, 2, 3, 4.5, 6, 8, 10),
    "swirl": (5, 10, 15, 25, 40, 60, 90), "implode": (0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3),
    "explode": (0.03, 0.06, 0.1, 0.16, 0.25, 0.35, 0.5), "warp": (0.3, 0.6, 1, 1.5, 2, 3, 4),
    "seam-carving": (88, 90, 92, 95, 96.5, 98, 99),
}
# What is claimed from so many digits on; the judgement itself claims a copy only from about 3.5.
DIGITS = (1, 2, 3, 3.5, 4, 4.5, 5, 6, 8)
# The kinds whose own figures are told at each of them, at medium.
TOLD = ("tiles", "jigsaw", "oval", "marks", "quote-card", "half-hidden", "pasted-quarter",
        "circle", "drawing", "bands")
EDGES = (0, 3, 6, 9, 12, 20, 40, 60)    # of scores: minus log10 of the false alarms to be expected


def cells_of(passed, lines, kind, names):
    """{"edit severity": recall, or None where nothing was asked}."""
    cells = {f"{edit} {severity}": {} for edit in names for severity in edits.SEVERITIES}
    for line in lines:
        cell = f"{line['edit']} {line['severity']}"
        if line["kind"] == kind and cell in cells:
            cells[cell][line["query"]] = line["entry"]
    return {cell: scores.recall([p for p in passed if p[0] in truth], truth) if truth else None
            for cell, truth in cells.items()}


def families(cells):
    """{family: {"mean", and each severity}} of the cells of BEYOND."""
    out = {}
    for family, group in edits.BEYOND.items():
        row = {s: [cells[f"{e} {s}"] for e in group if cells[f"{e} {s}"] is not None]
               for s in edits.SEVERITIES}
        every = [v for values in row.values() for v in values]
        out[family] = {s: statistics.fmean(v) if v else None for s, v in row.items()}
        out[family]["mean"] = statistics.fmean(every) if every else None
    return out


def hits(predictions, truth, least):
    return {p[0] for p in predictions if scores.right(p, truth) and p[2] >= least}


def bends(found, lines):
    """{edit: rows of scores.by_amount}: weir, then the peer."""
    truth = {line["query"]: line["entry"] for line in lines if line["kind"] == "beyond"}
    ours = hits(found["weir"], truth, match.REPORTED)
    theirs = hits(found.get(PEER[0], []), truth, PEER[1])
    out = {}
    for edit, edges in BINS.items():
        rows = [(abs(line["amount"]), line["query"] in ours, line["query"] in theirs)
                for line in lines if line["kind"] == "beyond" and line["edit"] == edit]
        out[edit] = scores.by_amount(rows, edges)
    return out


def bend_means(rows_by_edit):
    """Mean recall of the bins in which the peer finds half and more, and of those beyond:
    (bins, weir, peer) each."""
    rows = [row for rows in rows_by_edit.values() for row in rows]
    parts = ([r for r in rows if r[4] >= 0.5], [r for r in rows if r[4] < 0.5])
    return [(len(p), statistics.fmean(r[3] for r in p), statistics.fmean(r[4] for r in p))
            if p else (0, None, None) for p in parts]


def below(methods):
    """[(cell, weir, peer)]: cells in which weir finds less than the peer."""
    ours, theirs = methods["weir as reported"], methods["pdq-8 at 31"]
    return [(cell, ours[group][cell], theirs[group][cell]) for group in ("cells", "beyond")
            for cell in ours[group]
            if ours[group][cell] is not None and ours[group][cell] < theirs[group][cell]]


def loudest(predictions, lines, kinds):
    """{query: best score of anything that a hard negative matches}; -inf for none."""
    best = {line["query"]: -math.inf for line in lines
            if line["kind"] == "hard" and line["edit"] in kinds}
    for query, _, score in predictions:
        if query in best:
            best[query] = max(best[query], score)
    return best


def truth_of(lines, kinds, edit=None, severity=None):
    return {line["query"]: line["entry"] for line in lines if line["kind"] in kinds
            and edit in (None, line["edit"]) and severity in (None, line["severity"])}


def sureness(predictions, lines):
    """How sure copies are beside other moments, and recall above all that is false."""
    others = loudest(predictions, lines, MOMENTS)
    alarms = [p[2] for p in predictions
              if p[0] in truth_of(lines, ("innocent", "pattern"))]
    top = max(others.values(), default=-math.inf)
    limit = max([top, *alarms])
    named = sorted((p for p in predictions if p[0] in others), key=lambda p: -p[2])
    out = {"others": len(others), "loudest": named[:8], "others_reported": sum(
        v >= match.REPORTED for v in others.values()), "surest_other": top,
        "surest_false": limit, "groups": {}}
    for name, kinds in (("the forty edits", ("edit",)), ("combinations", ("combo",)),
                        ("the families", ("beyond",)), ("saved again", ("plain",)),
                        ("all copies", ("edit", "combo", "beyond", "plain"))):
        best = scores.surest(predictions, truth_of(lines, kinds)).values()
        reported = [v for v in best if v >= match.REPORTED]
        low = scores.quantile(reported, 0.05)
        out["groups"][name] = {
            "copies": len(best), "reported": len(reported),
            "surer_than_others": scores.share_above(best, max(top, match.REPORTED)),
            "recall_above_all_false": scores.share_above(best, limit),
            "least_of_95": low, "others_below": None if low is None else
            sum(v < low for v in others.values()) / max(1, len(others))}
    return out


def spreads(predictions, lines):
    """{what is asked: [count in each of EDGES' bins]}; the first bin is no claim at all."""
    groups = {"saved again": truth_of(lines, ("plain",)),
              "jpeg mild": truth_of(lines, ("edit",), "jpeg", "mild"),
              "caption medium": truth_of(lines, ("edit",), "caption", "medium"),
              "emoji medium": truth_of(lines, ("edit",), "emoji", "medium"),
              "half-hidden medium": truth_of(lines, ("beyond",), "half-hidden", "medium"),
              "the forty edits": truth_of(lines, ("edit",)),
              "the families": truth_of(lines, ("beyond",))}
    out = {name: list(scores.surest(predictions, truth).values()) for name, truth in groups.items()}
    for kind in MOMENTS:
        out[f"other moment: {kind}"] = list(loudest(predictions, lines, (kind,)).values())
    for kind in ("innocent", "pattern"):
        best = dict.fromkeys(truth_of(lines, (kind,)), -math.inf)
        for query, _, score in predictions:
            if query in best:
                best[query] = max(best[query], score)
        out[kind] = list(best.values())
    return {name: scores.spread(values, EDGES) for name, values in out.items() if values}


def plain(result, lines):
    """Copies that were only saved again: (how many, found, expecting at most 1e-9 false alarms)."""
    asked = [line for line in lines if line["kind"] == "plain"]
    best = []
    for line in asked:
        own = [m["expected_false_alarms"] for m in result["matches"].get(line["query"], [])
               if m["name"] == line["entry"]]
        best.append(min(own, default=math.inf))
    return len(asked), sum(v <= 10 ** -match.REPORTED for v in best), sum(v <= 1e-9 for v in best)


def patterns(predictions, lines, least):
    asked = truth_of(lines, ("pattern",))
    return len({p[0] for p in predictions if p[0] in asked and p[2] >= least}), len(asked)


def wrong(predictions, lines, least):
    """Copies of the families that match an entry they do not show."""
    asked = truth_of(lines, ("beyond", "plain"))
    return len({p[0] for p in predictions if p[0] in asked and p[2] >= least
                and not scores.right(p, asked)}), len(asked)


def curve(predictions, lines):
    """What each threshold finds and what false it lets through: a row for each of DIGITS."""
    asked = truth_of(lines, ("innocent",))
    others = {kind: loudest(predictions, lines, (kind,)).values() for kind in MOMENTS}
    rows = []
    for digits in DIGITS:
        passed = [p for p in predictions if p[2] >= digits]
        of_edits = cells_of(passed, lines, "edit", edits.EDITS)
        of_families = cells_of(passed, lines, "beyond", edits.FAMILY_OF)
        rows.append({
            "digits": digits, "medium": mean_of(of_edits, "medium"), "all": mean_of(of_edits),
            "combos": scores.recall(passed, truth_of(lines, ("combo",))),
            "families": {name: one["medium"] for name, one in families(of_families).items()},
            "told": {edit: of_families[edit + " medium"] for edit in TOLD},
            "innocents": len({p[0] for p in passed if p[0] in asked}), "asked": len(asked),
            "others": {kind: (sum(v >= digits for v in best), len(best))
                       for kind, best in others.items()}})
    return rows


def mean_of(cells, severity=""):
    values = [v for cell, v in cells.items() if cell.endswith(severity) and v is not None]
    return statistics.fmean(values) if values else None


def figures(found, result, lines, methods):
    ours = found["weir"]
    rows = bends(found, lines)
    return {"families": {name: families(one["beyond"]) for name, one in methods.items()},
            "bends": rows, "bend_means": bend_means(rows), "below": below(methods),
            "sureness": sureness(ours, lines), "spreads": spreads(ours, lines),
            "kinds": {line["query"]: f"{line['edit']} {line.get('detail', '')}".strip()
                      for line in lines if line["kind"] == "hard"},
            "plain": plain(result, lines), "curve": curve(ours, lines),
            "patterns": {"weir": patterns(ours, lines, match.REPORTED),
                         PEER[0]: patterns(found.get(PEER[0], []), lines, PEER[1])},
            "wrong": {"weir": wrong(ours, lines, match.REPORTED),
                      PEER[0]: wrong(found.get(PEER[0], []), lines, PEER[1])}}


# --- text -----------------------------------------------------------------------------------------


def percent(value):
    return "-" if value is None else f"{100 * value:.1f}"


def cell_lines(methods, one):
    ours, theirs = methods["weir as reported"]["beyond"], methods["pdq-8 at 31"]["beyond"]
    out = ["", "beyond the forty, recall, %   weir as reported          pdq-8 at 31",
           f"{'':<24}" + "".join(f"{s:>8}" for s in (*edits.SEVERITIES, "", *edits.SEVERITIES))]
    for family, group in edits.BEYOND.items():
        out.append(family)
        for edit in group:
            row = [[percent(cells[f"{edit} {s}"]) for s in edits.SEVERITIES]
                   for cells in (ours, theirs)]
            out.append(f"  {edit:<22}" + "".join(f"{v:>8}" for v in (*row[0], "", *row[1])))
        row = [[percent(one["families"][name][family][s]) for s in edits.SEVERITIES]
               for name in ("weir as reported", "pdq-8 at 31")]
        out.append(f"  {'mean':<22}" + "".join(f"{v:>8}" for v in (*row[0], "", *row[1])))
    return out


def bend_lines(one):
    out = ["", "bends by amount: from, to, copies, % found by weir, by pdq-8"]
    for edit, rows in one["bends"].items():
        out += [f"  {edit:<16}{low:>7g}{high:>7g}{n:>6}{percent(a):>8}{percent(b):>8}"
                for low, high, n, a, b in rows]
    for name, (n, a, b) in zip(("where pdq-8 finds half or more", "beyond"), one["bend_means"]):
        out.append(f"  {name}: {n} rows, weir {percent(a)}, pdq-8 {percent(b)}")
    return out


def sure_lines(one):
    sure = one["sureness"]
    out = ["", f"other moments reported: {sure['others_reported']} of {sure['others']}, the surest "
           f"{sure['surest_other']:.1f}; surest claim that is false, of them, innocents and "
           f"patterns: {sure['surest_false']:.1f}",
           f"{'':<18}{'copies':>7}{'reported':>10}{'surer than any':>16}{'than anything':>15}"
           f"{'95 % are at':>13}{'other moments':>15}",
           f"{'':<18}{'':>7}{'':>10}{'other moment, %':>16}{'false, %':>15}{'least':>13}"
           f"{'below, %':>15}"]
    for name, g in sure["groups"].items():
        low = "-" if g["least_of_95"] is None else f"{g['least_of_95']:.1f}"
        out.append(f"{name:<18}{g['copies']:>7}{g['reported']:>10}"
                   f"{percent(g['surer_than_others']):>16}"
                   f"{percent(g['recall_above_all_false']):>15}{low:>13}"
                   f"{percent(g['others_below']):>15}")
    kinds = one["kinds"]
    out += ["", "surest other moments"]
    out += [f"  {query} {kinds[query]}: {entry} {score:.1f}"
            for query, entry, score in sure["loudest"]]
    out += ["", "scores: no claim, then from each of these on",
            f"{'':<28}{'none':>7}" + "".join(f"{edge:>7}" for edge in EDGES)]
    out += [f"{name:<28}" + "".join(f"{count:>7}" for count in counts)
            for name, counts in one["spreads"].items()]
    return out


def curve_lines(rows):
    """Two tables of what each threshold costs."""
    names = list(rows[0]["families"])
    out = ["", "what a threshold costs, %, at medium where no more is said",
           f"{'digits':>6}{'edits':>7}{'all':>7}{'combos':>8}"
           + "".join(f"{name:>15}" for name in names) + f"{'innocents':>12}"
           + "".join(f"{kind:>13}" for kind in MOMENTS)]
    for row in rows:
        out.append(f"{row['digits']:>6g}{percent(row['medium']):>7}{percent(row['all']):>7}"
                   f"{percent(row['combos']):>8}"
                   + "".join(f"{percent(row['families'][name]):>15}" for name in names)
                   + f"{row['innocents']:>7}/{row['asked']}"
                   + "".join(f"{a:>9}/{n}" for a, n in row["others"].values()))
    out += ["", f"{'digits':>6}" + "".join(f"{edit:>16}" for edit in TOLD)]
    out += [f"{row['digits']:>6g}" + "".join(f"{percent(row['told'][edit]):>16}" for edit in TOLD)
            for row in rows]
    return out


def text_lines(methods, one):
    asked, found, sure = one["plain"]
    out = cell_lines(methods, one) + bend_lines(one)
    out += ["", "cells in which weir finds less than pdq-8: " + (", ".join(
        f"{cell} {percent(a)} against {percent(b)}" for cell, a, b in one["below"]) or "none")]
    out += curve_lines(one["curve"]) + sure_lines(one)
    out += ["", f"only saved again: {found} of {asked} found, {sure} expect at most 1e-9 false "
            "alarms"]
    for name in ("weir", PEER[0]):
        out.append(f"regular patterns that {name} matches: {one['patterns'][name][0]} of "
                   f"{one['patterns'][name][1]}; copies beyond the forty and saved again with a "
                   f"wrong entry: {one['wrong'][name][0]} of {one['wrong'][name][1]}")
    return out


def json_rows(one):
    """(name, value, unit, the peer's value or None) for the JSON Lines."""
    ours, theirs = (one["families"][name] for name in ("weir as reported", "pdq-8 at 31"))
    for family in edits.BEYOND:
        if ours[family]["mean"] is not None:
            yield f"recall, {family}", ours[family]["mean"], "share", theirs[family]["mean"]
    for name, (n, a, b) in zip(("bends that pdq-8 finds", "bends beyond"), one["bend_means"]):
        if n:
            yield f"recall, {name}", a, "share", b
    sure, (asked, _, certain) = one["sureness"], one["plain"]
    yield "other moments", sure["others_reported"] / max(1, sure["others"]), "share", None
    every = sure["groups"]["all copies"]
    yield "surer than any other moment", every["surer_than_others"], "share of copies", None
    yield "surer than anything false", every["recall_above_all_false"], "share of copies", None
    if asked:
        yield "saved again, at most 1e-9", certain / asked, "share", None
    for what in ("patterns", "wrong"):
        (a, n), (b, _) = one[what]["weir"], one[what][PEER[0]]
        yield {"patterns": "patterns that match", "wrong": "wrong entries"}[what], \
            a / max(1, n), "share", b / max(1, n)
