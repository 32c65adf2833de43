# SPDX-License-Identifier: Apache-2.0
"""What a set is to hold: lists of tasks, decided before anything is drawn.

Every draw has a seed of its own, by name: what is added to a set changes nothing that was in it.
"""
import random

import edits

SEED = 20261206
FILLER_SHARE = 0.15     # of the innocents; photographs of nebulae are many, and much alike
WHOLE = 1024            # pixels: what is only saved again keeps the size that an entry has
PATTERNS = 50           # regular patterns that are entries, and as many that are asked about
NAMED = ("crop", "picture-in-picture", "letterbox", "caption", "rotate", "perspective", "screen")


def dice(*words, seed=SEED):
    return random.Random("/".join(map(str, (seed, *words))))


def of_edits(known, each):
    """Every edit at every severity, on `each` entries drawn anew."""
    for edit in edits.EDITS:
        for level, severity in enumerate(edits.SEVERITIES):
            chosen = dice("cell", edit, level).sample(known, min(each, len(known)))
            for name in sorted(chosen):
                yield {"kind": "edit", "edit": edit, "severity": severity, "entry": name,
                       "steps": [(edit, level)]}


def of_named(known, each):
    """More of those that are judged one by one, at medium; last, so that others stay."""
    for edit in NAMED:
        for name in sorted(dice("named", edit).sample(known, min(each, len(known)))):
            yield {"kind": "edit", "edit": edit, "severity": edits.SEVERITIES[1], "entry": name,
                   "steps": [(edit, 1)]}


def of_combos(known, count):
    for number in range(count):
        random_ = dice("combo", number)
        name, steps = edits.combo(number, random_)
        yield {"kind": "combo", "edit": name, "severity": "", "entry": random_.choice(known),
               "steps": steps}


def of_innocents(photos, fillers, count):
    """Innocents travel as copies do: a quarter as they are, most under one edit, some under more.
    """
    for number in range(count):
        random_ = dice("innocent", number)
        pool = fillers if fillers and random_.random() < FILLER_SHARE else photos
        luck = random_.random()
        steps = [("jpeg", 0)]
        if luck > 0.9:
            steps = edits.combo(number, random_)[1]
        elif luck > 0.25:
            steps = [(random_.choice(list(edits.EDITS)), random_.randrange(3))]
        yield {"kind": "innocent", "edit": "+".join(name for name, _ in steps), "severity": "",
               "entry": None, "source": pool[number % len(pool)], "steps": steps}


# --- beyond the forty -----------------------------------------------------------------------------


def of_beyond(known, each):
    """Every edit of the families at every severity, on `each` entries drawn anew."""
    for family, group in edits.BEYOND.items():
        for edit in group:
            for level, severity in enumerate(edits.SEVERITIES):
                chosen = dice("beyond", edit, level).sample(known, min(each, len(known)))
                for name in sorted(chosen):
                    yield {"kind": "beyond", "family": family, "edit": edit,
                           "severity": severity, "entry": name, "steps": [(edit, level)],
                           "seed": (severity, name)}


def of_plain(known, count):
    """Known pictures saved once more, and nothing else."""
    for name in sorted(dice("plain").sample(known, min(count, len(known)))):
        yield {"kind": "plain", "edit": "saved again", "severity": "", "entry": name,
               "steps": [("saved again", 0)], "side": WHOLE, "seed": (name,)}


def of_innocents_beyond(photos, fillers, count):
    """Innocents under each of the families' edits in turn, so that those are asked as well."""
    every = list(edits.FAMILY_OF)
    for number in range(count):
        random_ = dice("innocent beyond", number)
        pool = fillers if fillers and random_.random() < FILLER_SHARE else photos
        edit = every[number % len(every)]
        yield {"kind": "innocent", "family": edits.FAMILY_OF[edit], "edit": edit, "severity": "",
               "entry": None, "source": random_.choice(pool),
               "steps": [(edit, random_.randrange(3))], "seed": (number,)}
