# SPDX-License-Identifier: Apache-2.0
"""The figures as one HTML page: tables, charts in SVG, no picture, nothing loaded."""
from html import escape

import page as pictures
from page import bar, table
from video.edits import ALL, SEVERITIES
from video.figures import WEIR
from video.text import hard_of, innocents_of, percent, seconds

TITLE = """<h1>Accuracy on videos</h1>
<p>Known videos were edited in twenty-five ways at three severities, or cut up and sewn together
with others, and matched against a bank of the originals, with videos that show none of them. One
threshold holds for everything; those of the peers were chosen on other videos.</p>
"""


def legend(x, y, names):
    out = []
    for column, (kind, name) in enumerate(zip(("ours", "peer"), names)):
        at = x + 170 * column
        out.append(f'<rect class="{kind}" x="{at}" y="{y - 9}" width="10" height="10"/>'
                   f'<text x="{at + 15}" y="{y}">{escape(name)}</text>')
    return "".join(out)


def cells_chart(methods, peer):
    """One row an edit, one column a severity; two bars in each cell, and both as text on hover."""
    left, wide, tall, top = 150, 210, 18, 46
    out = [legend(left, 14, (WEIR, peer))]
    for column, severity in enumerate(SEVERITIES):
        out.append(f'<text x="{left + column * (wide + 20)}" y="36">{severity}</text>')
    for row, edit in enumerate(ALL):
        y = top + row * tall
        out.append(f'<text x="{left - 8}" y="{y + 11}" text-anchor="end">{escape(edit)}</text>')
        for column, severity in enumerate(SEVERITIES):
            x, cell = left + column * (wide + 20), f"{edit} {severity}"
            ours, theirs = methods[WEIR]["cells"][cell], methods[peer]["cells"][cell]
            out.append(f"<g><title>{escape(cell)}: weir {percent(ours)} %, {escape(peer)} "
                       f"{percent(theirs)} %</title>" + bar(x, y, wide, 8, ours, "ours")
                       + bar(x, y + 8, wide, 4, theirs, "peer") + "</g>")
    width, height = left + 3 * (wide + 20), top + len(ALL) * tall + 4
    return (f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
            f'aria-label="Found of each edit and severity">\n' + "\n".join(out) + "\n</svg>\n")


def measure_chart(methods):
    """Precision, recall and F of segments in compilations, three bars a method."""
    left, wide, tall, top = 190, 430, 48, 24
    out = [f'<text x="{left}" y="14">segments in compilations, %: precision, recall, F</text>']
    for row, (name, one) in enumerate(methods.items()):
        y = top + row * tall
        kind = "ours" if name == WEIR else "peer"
        out.append(f'<text x="{left - 8}" y="{y + 22}" text-anchor="end">{escape(name)}</text>')
        for line, key in enumerate(("precision", "recall", "f")):
            share = one["compilations"][key]
            out.append(bar(left, y + 13 * line, wide, 11, share, kind))
            out.append(f'<text x="{left + wide + 8}" y="{y + 10 + 13 * line}">{percent(share)}'
                       "</text>")
    height = top + len(methods) * tall
    return (f'<svg viewBox="0 0 690 {height}" width="690" role="img" '
            f'aria-label="Segments in compilations">\n' + "\n".join(out) + "\n</svg>\n")


def segment_rows(methods, part):
    for name, one in methods.items():
        v = one[part]
        yield [name, percent(v["precision"]), percent(v["recall"]), percent(v["f"]),
               f"{v['found']} of {v['segments']}", seconds(v["boundary"]),
               seconds(v["boundary_90"]),
               percent(v["time_map"]), seconds(v["speed"]), percent(v["mirrored"])]


def section(side, figures, counts):
    methods = figures["methods"]
    peer = next((n for n in methods if n == "vpdq, loosest"), WEIR)
    out = [f"<h2>The {side} side</h2>\n<p>" + escape(
        f"{counts['archives']} known videos, {counts['copies']} edited copies, "
        f"{counts['compilations']} compilations, {counts['innocents']} innocents, "
        f"{counts['hard']} other moments of a known place; {counts['hours']:.1f} hours.")
        + "</p>\n",
        measure_chart(methods)]
    head = ["precision, %", "recall, %", "F, %", "segments found", "ends off by, s", "90 %, s",
            "time map within 0.5 s, %", "speed off by", "mirror right, %"]
    for part in ("compilations", "edits"):
        out.append(table(["segments of " + part, *head], segment_rows(methods, part)))
    rows = [[name, percent(one["mean"]), *(percent(v) for v in one["by_severity"].values()),
             *("{} of {}".format(*pair) for pair in innocents_of(one)),
             f"{one['wrong'] - one['wrong_cards']}, {one['wrong_cards']} by a card",
             "{} of {}".format(*hard_of(one))] for name, one in methods.items()]
    out.append(table(["found, %", "mean", *SEVERITIES, "innocents matched", "with a known card",
                      "wrong videos", "other moments matched"], rows))
    out += ["<h3>Each edit</h3>\n", cells_chart(methods, peer)]
    out.append("<h3>Do expected false alarms hold?</h3>\n" + table(
        ["innocents with a match of at most", "promised", "seen"],
        [[f"{limit:.0e}", f"{promised:.3g}", seen]
         for limit, promised, seen in figures["calibration"]]))
    cost = figures["cost"]
    out.append(f"<p>{60 * cost['match_seconds'] / figures['seconds']:.2f} s a minute of video; "
               f"{cost['bytes_per_entry'] / 2**20:.2f} MiB of home a known video.</p>\n")
    return "".join(out)


def write(path, sides):
    """`sides`: [(side, figures, counts)]."""
    head = pictures.HEAD.split("<h1>")[0].replace("accuracy on pictures", "accuracy on videos")
    with open(path, "w", encoding="utf-8") as out:
        out.write(head + TITLE + "".join(section(*one) for one in sides)
                  + '<p class="hint">Videos rendered from free photographs and clips; '
                  "docs/accuracy.md says what they can and cannot show.</p>\n</body></html>\n")
