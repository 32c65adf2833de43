# SPDX-License-Identifier: Apache-2.0
"""Figures as tables for a terminal, and as JSON Lines."""
import json

from scores import interval
from video.edits import ALL, SEVERITIES
from video.figures import WEIR


def percent(value):
    return "-" if value is None else f"{100 * value:.1f}"


def seconds(value):
    return "-" if value is None else f"{value:.2f}"


def innocents_of(one):
    """((matched, of how many) without a card, the same with the card of a known channel)."""
    return ((one["false_innocents"] - one["false_cards"], one["innocents"] - one["carded"]),
            (one["false_cards"], one["carded"]))


def hard_of(one):
    return [sum(v[i] for v in one["hard"].values()) for i in (0, 1)]


def tables(side, figures, counts):
    """The tables for a terminal."""
    out = [f"videos, {side} side: {counts['archives']} known videos, {counts['copies']} edited "
           f"copies, {counts['compilations']} compilations, {counts['innocents']} innocents, "
           f"{counts['hard']} other moments; {counts['hours']:.1f} hours asked about", "",
           f"{'found, % of videos':<22}{'mean':>7}{'mild':>7}{'medium':>8}{'severe':>8}"
           f"{'false':>9}{'card':>9}{'wrong':>7}{'card':>6}{'moments':>10}"]
    for name, one in figures["methods"].items():
        hard = hard_of(one)
        out.append(f"{name:<22}{percent(one['mean']):>7}"
                   + "".join(f"{percent(v):>{w}}" for v, w in zip(one["by_severity"].values(),
                                                                  (7, 8, 8)))
                   + "".join(f"{f'{a}/{b}':>9}" for a, b in innocents_of(one))
                   + f"{one['wrong'] - one['wrong_cards']:>7}{one['wrong_cards']:>6}"
                   + f"{f'{hard[0]}/{hard[1]}':>10}")
    for part in ("compilations", "edits"):
        out += ["", f"{'segments of ' + part:<26}{'P':>7}{'R':>7}{'F':>7}{'found':>11}"
                f"{'ends, s':>9}{'90 %':>7}{'time map':>10}{'speed':>8}{'mirror':>8}"]
        for name, one in figures["methods"].items():
            v = one[part]
            out.append(f"{name:<26}{percent(v['precision']):>7}{percent(v['recall']):>7}"
                       f"{percent(v['f']):>7}{v['found']:>6}/{v['segments']:<4}"
                       f"{seconds(v['boundary']):>9}{seconds(v['boundary_90']):>7}"
                       f"{percent(v['time_map']):>10}{seconds(v['speed']):>8}"
                       f"{percent(v['mirrored']):>8}")
    return "\n".join(out + cell_lines(figures) + rest_lines(figures))


def columns_of(figures):
    """The methods whose cells are shown: weir, and each peer at its loosest."""
    return [name for name in figures["methods"] if name == WEIR or name.endswith("loosest")]


def cell_lines(figures):
    names = columns_of(figures)
    out = ["", f"{'found, %':<20}" + "".join(f"{name:^26}" for name in names),
           f"{'':<20}" + "   ".join(f"{'mild':>7}{'medium':>8}{'severe':>8}" for _ in names)]
    for edit in ALL:
        row = "   ".join("".join(f"{percent(figures['methods'][name]['cells'][f'{edit} {s}']):>{w}}"
                                 for s, w in zip(SEVERITIES, (7, 8, 8))) for name in names)
        out.append(f"{edit:<20}{row}")
    return out


def rest_lines(figures):
    out = ["", "other moments of one place that match, by place"]
    for name, one in figures["methods"].items():
        out.append(f"{name:<22}" + "  ".join(f"{k} {a}/{n}" for k, (a, n) in one["hard"].items()))
    out += ["", "innocents with a match, by its expected false alarms: limit, promised, seen"]
    out += [f"{limit:>10.0e}{promised:>12.4g}{seen:>8}"
            for limit, promised, seen in figures["calibration"]]
    cost = figures["cost"]
    out += ["", f"cost: {60 * cost['match_seconds'] / figures['seconds']:.2f} s a minute of video, "
            f"{60 * cost['match_processor'] / figures['seconds']:.2f} s of processor; "
            f"{cost['bytes_per_entry'] / 2**20:.2f} MiB of home a known video; "
            f"peak {cost['peak_bytes'] / 2**20:.0f} MiB"]
    if figures["surest_wrong"]:
        out += ["", "surest wrong claims"]
        out += [f"  {query} ({kind} {edit}) {entry} {score:.1f}"
                for query, kind, edit, entry, score in figures["surest_wrong"]]
    if figures["errors"]:
        out.append(f"{len(figures['errors'])} files had errors, the first: "
                   f"{next(iter(figures['errors'].items()))}")
    return out


def json_lines(side, figures):
    """As the other benches: {"bench", "value", "unit", "against", "ratio"}."""
    methods = figures["methods"]
    ours, name = methods[WEIR], next((n for n in methods if n.startswith("vpdq, loosest")), None)
    peer = methods.get(name)
    hard = hard_of(ours)

    def rows():
        yield "found, mean of cells", lambda m: m["mean"], "share"
        for severity in SEVERITIES:
            yield f"found, {severity}", lambda m, s=severity: m["by_severity"][s], "share"
        for part in ("compilations", "edits"):
            for key, unit in (("precision", "share"), ("recall", "share"), ("f", "share"),
                              ("boundary", "s"), ("boundary_90", "s"), ("time_map", "share")):
                yield f"{part}, {key}", lambda m, p=part, k=key: m[p][k], unit
        for cell, value in ours["cells"].items():
            if value is not None:
                yield f"found, {cell}", lambda m, c=cell: m["cells"][c], "share"
        for k, what in enumerate(("false innocents", "false innocents with a known card")):
            count = innocents_of(ours)[k][1]
            yield what, lambda m, k=k: innocents_of(m)[k][0], f"of {count}"
        yield "other moments", lambda m: hard_of(m)[0], "of " + str(hard[1])

    for what, value_of, unit in rows():
        value, against = value_of(ours), peer and value_of(peer)
        yield json.dumps({"bench": f"videos {side}: {what}", "value": value, "unit": unit,
                          "against": name if against is not None else None,
                          "ratio": value / against if value is not None and against else None})
    low, high = interval(hard[0], hard[1])
    yield json.dumps({"bench": f"videos {side}: other moments, 95 % interval",
                      "value": [low, high], "unit": "share", "against": None, "ratio": None})
    cost = figures["cost"]
    yield json.dumps({"bench": f"videos {side}: match",
                      "value": 60 * cost["match_seconds"] / figures["seconds"],
                      "unit": "s/minute of video", "against": None, "ratio": None})
