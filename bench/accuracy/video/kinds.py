# SPDX-License-Identifier: Apache-2.0
"""Figures of the small sets of sets.py, by kind.

A part of the truth is found when claims of its entry cover at least half of its time in the item;
its ends are off by what the claim that overlaps it best says. Precision and recall are of seconds
of the item, over all parts of a kind; F is the segment measure of scores.py, over both axes and
without held pictures.
"""
import json

import match
from video import figures, peers, scores, slides

FOUND = 0.5     # of a part's time
TOUCHING = 0.1  # seconds between two spans that are one


def spans_of(claim):
    """The claim's spans of the item; those that touch are one."""
    out = []
    for start, end in sorted(tuple(s["box"][:2]) for s in claim["segments"]):
        if out and start - out[-1][1] <= TOUCHING:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def within(spans, other):
    """The parts of spans that lie in another."""
    cut = [(max(a, other[0]), min(b, other[1])) for a, b in spans]
    return [(a, b) for a, b in cut if a < b]


def part_figures(part, said):
    """(seconds found, [errors at its ends]) of one part of the truth; no errors when not found."""
    start, end = part["item"]
    reached = scores.union_length(within(said, (start, end)))
    # A single frame lasts no time worth comparing.
    if end - start < 0.1 and said:
        return end - start, []
    if reached < FOUND * (end - start):
        return reached, []
    best = max(said, key=lambda span: scores.overlap(span, (start, end)))
    return reached, [abs(best[0] - start), abs(best[1] - end)]


def kind_figures(lines, by_pair, is_asked=lambda part: True):
    """Figures of some lines. `by_pair`: {(query, entry): claim}. Parts that are not asked for count
    in precision and F alone."""
    asked = {line["query"] for line in lines}
    parts = found = wrong = 0
    wanted = reached = claimed = right = 0.0
    errors = []
    for line in lines:
        for part in line["segments"]:
            claim = by_pair.get((line["query"], part["entry"]))
            said = spans_of(claim) if claim else []
            seconds, ends = part_figures(part, said)
            if not is_asked(part):
                continue
            length = part["item"][1] - part["item"][0]
            parts, found = parts + 1, found + (seconds >= FOUND * length and bool(said))
            wanted, reached = wanted + length, reached + seconds
            errors += ends
    for (query, entry), claim in by_pair.items():
        if query not in asked:
            continue
        (line,) = [one for one in lines if one["query"] == query]
        true = [tuple(s["item"]) for s in line["segments"] if s["entry"] == entry]
        wrong += not true
        said = spans_of(claim)
        claimed += scores.union_length(said)
        right += scores.union_length([p for t in true for p in within(said, t)])
    pairs = {p: c for p, c in by_pair.items() if p[0] in asked}
    return {"videos": len(lines), "parts": parts, "found": found, "wrong": wrong,
            "precision": right / claimed if claimed else None,
            "recall": reached / wanted if wanted else None,
            "f": figures.segments_of([line for line in lines
                                      if not any(s["held"] for s in line["segments"])], pairs)["f"],
            "ends": scores.quantile(errors, 0.5), "ends_90": scores.quantile(errors, 0.9)}


def is_picture(part):
    return part["entry"].endswith(".jpg")


def evaluate(claims, lines):
    """{kind: figures}, then of all kinds together, and of innocents how many match."""
    by_pair = {(c["query"], c["entry"]): c for c in claims}
    copies = [line for line in lines if line["kind"] == "edit"]
    kinds = list(dict.fromkeys(line["edit"] for line in copies))
    out = {kind: kind_figures([line for line in copies if line["edit"] == kind], by_pair)
           for kind in kinds}
    if len(kinds) > 1:
        out["all"] = kind_figures(copies, by_pair)
        if all(line["edit"] in slides.KINDS for line in copies):
            # Each is shown for 2 s or longer (slides.LEAST); one frame of a video is all there is.
            out["known pictures"] = kind_figures(copies, by_pair, is_picture)
            out["moments of videos"] = kind_figures(copies, by_pair, lambda p: not is_picture(p))
    innocent = {line["query"] for line in lines if line["kind"] == "innocent"}
    return {"kinds": out, "innocents": len(innocent),
            "false_innocents": len(innocent & {c["query"] for c in claims})}


def at_least(claims, score):
    return [c for c in claims if c["score"] >= score]


def measure(program, target, lines, workers):
    """{method: evaluate()} over a set."""
    claims = figures.weir_claims(match.run(program, target, workers))
    out = {"weir": evaluate(at_least(claims, match.REPORTED), lines)}
    try:
        for name, found in peers.claims(program, target, lines, workers).items():
            out[name] = evaluate(at_least(found, peers.USUAL[name]), lines)
    except RuntimeError as error:
        print(f"accuracy: no peers: {error}")
    return out


# --- as text --------------------------------------------------------------------------------------


def number(value, factor=100, digits=1):
    return "-" if value is None else f"{factor * value:.{digits}f}"


def table(name, side, measured):
    out = [f"{name}, {side} side", "",
           f"{'':<26}{'found':>10}{'P, %':>7}{'R, %':>7}{'F, %':>7}{'ends, s':>9}{'90 %':>7}"
           f"{'wrong':>7}"]
    for method, one in measured.items():
        for kind, v in one["kinds"].items():
            parts = f"{v['found']}/{v['parts']}"
            out.append(f"{method + ' ' + kind:<26}{parts:>10}{number(v['precision']):>7}"
                       f"{number(v['recall']):>7}{number(v['f']):>7}"
                       f"{number(v['ends'], 1, 2):>9}{number(v['ends_90'], 1, 2):>7}"
                       f"{v['wrong']:>7}")
        out.append(f"{method}: innocents that match: {one['false_innocents']} of "
                   f"{one['innocents']}")
    return "\n".join(out)


def json_lines(name, side, measured):
    for kind, v in measured["weir"]["kinds"].items():
        for key, unit in (("recall", "share"), ("precision", "share"), ("f", "share"),
                          ("ends", "s")):
            peer = measured.get("vpdq", {}).get("kinds", {}).get(kind, {}).get(key)
            value = v[key]
            yield json.dumps({"bench": f"videos {side}, {name}, {kind}: {key}", "value": value,
                              "unit": unit, "against": None if peer is None else "vpdq",
                              "ratio": value / peer if value is not None and peer else None})
