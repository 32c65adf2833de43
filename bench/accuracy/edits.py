# SPDX-License-Identifier: Apache-2.0
"""The forty edits in their order, combinations of them, and families of edits beyond."""
import edits_bend
import edits_colour
import edits_outline
import edits_overlay
import edits_piece
import edits_shape
import edits_tint

EDITS = {**edits_colour.EDITS, **edits_shape.EDITS, **edits_overlay.EDITS}
SEVERITIES = ("mild", "medium", "severe")

# Counted apart from the forty: each draws its amount within the range of a severity.
BEYOND = {"bends": edits_bend.EDITS, "pieces": edits_piece.EDITS,
          "outlines": edits_outline.EDITS, "text and tint": edits_tint.EDITS}
FAMILY_OF = {edit: family for family, group in BEYOND.items() for edit in group}
ALL = {**EDITS, **edits_colour.PLAIN}
for group in BEYOND.values():
    ALL.update(group)

# (name, [(edit, level)]): half of the combinations are these, as copies travel.
COMBOS = [
    ("mirror+crop+caption+jpeg",
     [("mirror", 0), ("crop", 1), ("caption", 1), ("jpeg", 1)]),
    ("pip+emoji+jpeg", [("picture-in-picture", 1), ("emoji", 1), ("jpeg", 1)]),
    ("letterbox+logo+gamma", [("letterbox", 1), ("watermark", 0), ("gamma", 0)]),
    ("screen+rotate", [("screen", 1), ("rotate", 1)]),
]
# Random ones take two to four of these, in this order, at mild or medium.
FIRST = ["mirror", "flip-or-turn", "crop", "zoom", "squeeze", "rotate", "perspective"]
THEN = ["gamma", "brightness", "contrast", "saturation", "hue", "filter", "gaussian-blur", "noise"]
OVER = ["watermark", "caption", "emoji", "doodle", "tiled-text", "frame", "letterbox",
        "blurred-border", "picture-in-picture", "collage"]
LAST = ["jpeg", "webp", "jpeg-twice", "downscale", "screen"]

assert len(EDITS) == 40
assert len(ALL) == 41 + sum(len(group) for group in BEYOND.values())


def apply(shot, steps, random, stock):
    for name, level in steps:
        shot = ALL[name](shot, level, random, stock)
    return shot.finished()


def random_combo(random):
    """(name, steps): two to four edits of different groups, half of them with a mirror."""
    groups = random.sample([FIRST, THEN, OVER, LAST], random.choice((2, 3, 4)))
    steps = []
    for group in (FIRST, THEN, OVER, LAST):
        if group in groups:
            steps.append((random.choice(group), random.choice((0, 1))))
    if random.random() < 0.5 and all(name != "mirror" for name, _ in steps):
        steps = [("mirror", 0)] + steps[:3]
    return "random", steps


def combo(number, random):
    """Every second one is of the list, the others are random."""
    return COMBOS[number // 2 % len(COMBOS)] if number % 2 == 0 else random_combo(random)
