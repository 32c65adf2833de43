# SPDX-License-Identifier: Apache-2.0
"""The figures as one HTML page: tables, charts in SVG, no picture, nothing loaded."""
import math
from html import escape

from beyond import DIGITS, EDGES, MOMENTS
from edits import BEYOND, EDITS, FAMILY_OF, SEVERITIES

OURS, PEER = "weir as reported", "pdq-8 at 31"

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Weir: accuracy on pictures</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
 :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; --ours: #2277bb;
   --peer: #e07b00; --line: #8886; }
 body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
 table { border-collapse: collapse; margin: .5rem 0 1.5rem; font-size: .9rem; }
 th, td { padding: .15rem .6rem; text-align: right; border-top: 1px solid var(--line); }
 th:first-child, td:first-child { text-align: left; }
 .scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
 svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
 .ours { fill: var(--ours); } .peer { fill: var(--peer); } .track { fill: #8882; }
 .hint { opacity: .75; }
</style></head><body>
<h1>Accuracy on pictures</h1>
<p>Known pictures were edited in forty ways at three severities, in 29 further ways that are counted
apart, and matched against a bank of their originals, with pictures that show no entry among them.
One threshold holds for everything; those of the peers were chosen on other pictures.</p>
"""


def table(head, rows):
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in row) + "</tr>\n"
                   for row in rows)
    return f'<div class="scroll"><table><tr>{cells}</tr>\n{body}</table></div>\n'


def percent(value):
    return "" if value is None else f"{100 * value:.1f}"


def bar(x, y, width, height, share, kind):
    if share is None:
        return ""
    return (f'<rect class="track" x="{x}" y="{y}" width="{width}" height="{height}"/>'
            f'<rect class="{kind}" x="{x}" y="{y}" width="{width * share:.1f}" height="{height}"/>')


def legend(x, y):
    return (f'<rect class="ours" x="{x}" y="{y - 9}" width="10" height="10"/>'
            f'<text x="{x + 15}" y="{y}">{escape(OURS)}</text>'
            f'<rect class="peer" x="{x + 150}" y="{y - 9}" width="10" height="10"/>'
            f'<text x="{x + 165}" y="{y}">PDQ in eight orientations, at most 31 bits</text>')


def cells_chart(methods, group, edits):
    """One row an edit, one column a severity; two bars in each cell, and both as text on hover."""
    ours, peer = methods[OURS][group], methods[PEER][group]
    left, wide, tall, top = 150, 210, 18, 46
    out = [legend(left, 14)]
    for column, severity in enumerate(SEVERITIES):
        out.append(f'<text x="{left + column * (wide + 20)}" y="36">{severity}</text>')
    for row, edit in enumerate(edits):
        y = top + row * tall
        out.append(f'<text x="{left - 8}" y="{y + 11}" text-anchor="end">{escape(edit)}</text>')
        for column, severity in enumerate(SEVERITIES):
            x, cell = left + column * (wide + 20), f"{edit} {severity}"
            out.append(f"<g><title>{escape(cell)}: weir {percent(ours[cell])} %, PDQ "
                       f"{percent(peer[cell])} %</title>" + bar(x, y, wide, 8, ours[cell], "ours")
                       + bar(x, y + 8, wide, 4, peer[cell], "peer") + "</g>")
    width, height = left + 3 * (wide + 20), top + len(edits) * tall + 4
    return (f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
            f'aria-label="Recall of each edit and severity">\n' + "\n".join(out) + "\n</svg>\n")


def methods_chart(methods):
    """Mean recall and recall of combinations, one pair of bars a method."""
    left, wide, tall, top = 240, 430, 34, 34
    out = ['<text x="240" y="14">recall, %: mean of the cells above, combinations below</text>']
    for row, (name, one) in enumerate(methods.items()):
        y = top + row * tall
        kind = "ours" if name.startswith("weir") else "peer"
        out.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>')
        for line, share in enumerate((one["mean"], one["combos"])):
            out.append(bar(left, y + 12 * line, wide, 10, share, kind))
            out.append(f'<text x="{left + wide + 8}" y="{y + 10 + 12 * line}">{percent(share)}'
                       "</text>")
    height = top + len(methods) * tall
    return (f'<svg viewBox="0 0 740 {height}" width="740" role="img" '
            f'aria-label="Recall of each method">\n' + "\n".join(out) + "\n</svg>\n")


def reliability_chart(rows):
    """Innocents seen with a match over those promised, both by powers of ten; none lies at the
    foot. A program that keeps its word lies on the line or below."""
    left, top, side, low, high = 60, 16, 340, -10, 4

    def place(value, least=-1):
        power = max(least, math.log10(value)) if value > 0 else least
        return side * (power - least) / (high - least)
    out = [f'<line x1="{left + place(0.1, low):.1f}" y1="{top + side}" x2="{left + side}" '
           f'y2="{top}" stroke="currentColor" stroke-dasharray="4 4"/>',
           f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" '
           'stroke="currentColor" opacity=".5"/>',
           f'<text x="{left}" y="{top + side + 34}">innocents that are promised to match at most'
           '</text>', f'<text x="{left + 6}" y="{top + 14}">and how many do</text>']
    for power in range(low, high + 1, 2):
        x = left + place(10.0 ** power, low)
        out.append(f'<text x="{x:.1f}" y="{top + side + 16}" text-anchor="middle">1e{power}</text>')
    for power in range(-1, high + 1):
        y = top + side - place(10.0 ** power)
        out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">'
                   f'{"none" if power < 0 else f"1e{power}"}</text>')
    for limit, promised, seen, least, most in rows:
        x = left + place(promised, low)
        ends = [top + side - place(v) for v in (least, most, seen)]
        out.append(f'<g><title>at most {limit:.0e}: promised {promised:.3g}, seen {seen}, '
                   f'{least:.2f} to {most:.2f}</title><line x1="{x:.1f}" x2="{x:.1f}" '
                   f'y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" stroke="currentColor" opacity=".6"/>'
                   f'<circle class="ours" cx="{x:.1f}" cy="{ends[2]:.1f}" r="4"/></g>')
    return (f'<svg viewBox="0 0 {left + side + 20} {top + side + 44}" width="{left + side + 20}" '
            f'role="img" aria-label="Seen over promised">\n' + "\n".join(out) + "\n</svg>\n")


def curve_chart(rows):
    """What is found, and what is let through that is false, over the digits of a claim."""
    left, top, wide, tall = 54, 12, 520, 300

    def across(digits):
        return left + wide * (digits - DIGITS[0]) / (DIGITS[-1] - DIGITS[0])

    def line(values, kind):
        points = " ".join(f"{across(row['digits']):.1f},{top + tall * (1 - value):.1f}"
                          for row, value in zip(rows, values))
        return f'<polyline points="{points}" fill="none" stroke-width="2" {kind}/>'

    def words(values, text):
        y = top + tall * (1 - values[-1])
        return f'<text x="{left + wide + 8}" y="{y + 4:.1f}">{escape(text)}</text>'
    found = {"the forty edits": [row["medium"] or 0 for row in rows],
             "combinations": [row["combos"] for row in rows]}
    found["the families"] = [sum(v or 0 for v in row["families"].values()) / len(row["families"])
                             for row in rows]
    let = [sum(row["others"][kind][0] for kind in MOMENTS if kind != "made-moment")
           / max(1, sum(row["others"][kind][1] for kind in MOMENTS if kind != "made-moment"))
           for row in rows]
    out = [f'<rect x="{left}" y="{top}" width="{wide}" height="{tall}" fill="none" '
           'stroke="currentColor" opacity=".5"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        out.append(f'<text x="{left - 6}" y="{top + tall * (1 - share) + 4:.1f}" '
                   f'text-anchor="end">{100 * share:g} %</text>')
    for digits in DIGITS:
        out.append(f'<text x="{across(digits):.1f}" y="{top + tall + 16}" text-anchor="middle">'
                   f'{digits:g}</text>')
    for name, values in found.items():
        out += [line(values, 'stroke="var(--ours)"'), words(values, name)]
    out += [line(let, 'stroke="var(--peer)" stroke-dasharray="5 4"'),
            words(let, "other moments, filmed"),
            f'<text x="{left}" y="{top + tall + 34}">digits that a claim must have: 3 stands for '
            'one false alarm in a thousand questions</text>']
    return (f'<svg viewBox="0 0 {left + wide + 190} {top + tall + 44}" width="{left + wide + 190}" '
            'role="img" aria-label="What a threshold costs">\n' + "\n".join(out) + "\n</svg>\n")


def curve_parts(rows):
    kinds = list(rows[0]["told"])
    return ["<h3>What a threshold costs</h3>\n", curve_chart(rows),
            table(["digits", *(f"{kind}, %" for kind in kinds), "innocents"],
                  [[f"{row['digits']:g}", *(percent(row["told"][kind]) for kind in kinds),
                    f"{row['innocents']} of {row['asked']}"] for row in rows])]


def beyond_parts(methods, one):
    """Tables and charts of the families, of amounts, and of how sure copies are."""
    means = [[f"{name}, {family}", *(percent(row[s]) for s in ("mean", *SEVERITIES))]
             for family in BEYOND for name in (OURS, PEER)
             for row in [one["families"][name][family]]]
    bends = [[edit, f"{low:g} to {high:g}", n, percent(a), percent(b)]
             for edit, rows in one["bends"].items() for low, high, n, a, b in rows]
    bends += [[name, f"{n} rows", "", percent(a), percent(b)] for name, (n, a, b) in zip(
        ("mean where PDQ finds half or more", "mean beyond"), one["bend_means"])]
    sure = one["sureness"]
    groups = [[name, g["copies"], g["reported"], percent(g["surer_than_others"]),
               percent(g["recall_above_all_false"]), percent(g["others_below"])]
              for name, g in sure["groups"].items()]
    asked, found, certain = one["plain"]
    return [
        "<h3>Families of edits beyond the forty</h3>\n",
        table(["recall, %", "mean", *SEVERITIES], means),
        cells_chart(methods, "beyond", FAMILY_OF),
        "<h3>Bends by amount</h3>\n",
        table(["edit", "amount", "copies", "weir, %", "PDQ, %"], bends),
        "<h3>Cells in which PDQ finds more</h3>\n",
        table(["cell", "weir, %", "PDQ, %"],
              [[cell, percent(a), percent(b)] for cell, a, b in one["below"]]),
        *curve_parts(one["curve"]),
        "<h3>How sure copies and other moments are</h3>\n<p>" + escape(
            f"{sure['others_reported']} of {sure['others']} other moments are reported, the surest "
            f"with {sure['surest_other']:.1f}; of {asked} pictures that were only saved again "
            f"{found} are found and {certain} expect at most 1e-9 false alarms; "
            f"{one['patterns']['weir'][0]} of {one['patterns']['weir'][1]} regular patterns match."
        ) + "</p>\n",
        table(["copies", "asked", "reported", "surer than any other moment, %",
               "surer than anything false, %",
               "other moments below 95 % of the reported copies, %"], groups),
        table(["scores", "none", *(f"from {edge}" for edge in EDGES)],
              [[name, *counts] for name, counts in one["spreads"].items()])]


def section(side, figures, counts):
    methods = figures["methods"]
    out = [f"<h2>The {side} side</h2>\n<p>" + escape(
        f"{counts['entries']} entries, {counts['copies']} edited copies, {counts['combos']} "
        f"combinations, {counts['innocents']} innocents, {counts['hard']} hard negatives.")
        + "</p>\n", methods_chart(methods)]
    rows = []
    for name, one in methods.items():
        hard = [sum(v[i] for v in one["hard"].values()) for i in (0, 1)]
        rows.append([name, percent(one["mean"]), *(percent(v) for v in one["by_severity"].values()),
                     percent(one["combos"]), percent(one["precision"]),
                     f"{one['false_per_thousand']:.2f}", f"{hard[0]} of {hard[1]}"])
    out.append(table(["recall, %", "mean", *SEVERITIES, "combinations", "precision",
                      "false alarms in 1,000", "hard negatives matched"], rows))
    out.append(table(["without a threshold", "micro-average precision", "of combinations",
                      "recall at zero false, %", "combinations at zero false, %"],
                     [[name, f"{one['micro_ap']:.3f}", f"{one['combo_micro_ap']:.3f}",
                       percent(one["recall_0fp"]), percent(one["combos_0fp"])]
                      for name, one in figures["ranked"].items()]))
    out += ["<h3>Each of the forty edits</h3>\n", cells_chart(methods, "cells", EDITS)]
    out += beyond_parts(methods, figures["beyond"])
    out += ["<h3>Hard negatives that match</h3>\n"]
    kinds = sorted(methods[OURS]["hard"])
    out.append(table(["method", *kinds], [
        [name, *("{} of {}".format(*one["hard"][kind]) for kind in kinds)]
        for name, one in methods.items()]))
    out.append("<h3>Do expected false alarms hold?</h3>\n"
               + reliability_chart(figures["calibration"]) + table(
        ["innocents with a match of at most", "promised", "seen", "95 % of what this speaks for"],
        [[f"{limit:.0e}", f"{promised:.3g}", seen, f"{low:.2f} to {high:.2f}"]
         for limit, promised, seen, low, high in figures["calibration"]]))
    if figures["overlap"]:
        out.append("<h3>Overlap with the true region</h3>\n" + table(
            ["edit", "found", "IoU in the item", "IoU in the entry"],
            [[edit, n, f"{a:.3f}", f"{b:.3f}"] for edit, (n, a, b) in figures["overlap"].items()]))
    cost = figures["cost"]
    out.append(f"<p>{1000 * cost['match_seconds'] / cost['queries']:.1f} ms a query, "
               f"{1000 * cost['match_processor'] / cost['queries']:.1f} ms of processor; "
               f"{cost['bytes_per_entry'] / 1024:.1f} KiB of home and "
               f"{cost['memory_per_entry'] / 1024:.1f} KiB of memory an entry.</p>\n")
    return "".join(out)


def write(path, sides):
    """`sides`: [(side, figures, counts)]."""
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEAD + "".join(section(*one) for one in sides)
                  + '<p class="hint">Synthetic edits of free photographs; docs/accuracy.md says '
                  "what they can and cannot show.</p>\n</body></html>\n")
