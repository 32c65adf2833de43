# SPDX-License-Identifier: Apache-2.0
"""Makes one set: known pictures, queries, and the truth about each query.

  SET/known/NAME.jpg       the entries
  SET/queries/NNNNNN.EXT   copies and innocents, under names that tell nothing
  SET/truth.jsonl          {"query", "kind", "edit", "severity", "entry", "item_region",
                            "entry_region"} a line; entry is null when no entry is shown;
                            entry_region is in shares of the entry's sides
  SET/made                 what it was made from

Everything is decided by names, settings and SEED; a second machine makes the same set as far as its
libraries round alike.
"""
import glob
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import sys

from PIL import Image

import edits
import hard
import sources
from shot import Shot
from stock import Stock

SEED = 20261205
ENTRY_QUALITY = 90
FILLER_SHARE = 0.15     # of the innocents; photographs of nebulae are many, and much alike
NAMED = ("crop", "picture-in-picture", "letterbox", "caption", "rotate", "perspective", "screen")
BOXED = ("crop", "zoom", "letterbox", "blurred-border", "frame", "picture-in-picture", "collage")


def dice(*words, seed=SEED):
    return random.Random("/".join(map(str, (seed, *words))))


def opened(path):
    with Image.open(path) as picture:
        return picture.convert("RGB")


# --- the plan: a list of tasks, decided before anything is drawn ----------------------------------


def plan_edits(known, each):
    """Every edit at every severity, on `each` entries drawn anew."""
    for edit in edits.EDITS:
        for level, severity in enumerate(edits.SEVERITIES):
            chosen = dice("cell", edit, level).sample(known, min(each, len(known)))
            for name in sorted(chosen):
                yield {"kind": "edit", "edit": edit, "severity": severity, "entry": name,
                       "steps": [(edit, level)]}


def plan_named(known, each):
    """More of those that are judged one by one, at medium; last, so that others stay."""
    for edit in NAMED:
        for name in sorted(dice("named", edit).sample(known, min(each, len(known)))):
            yield {"kind": "edit", "edit": edit, "severity": edits.SEVERITIES[1], "entry": name,
                   "steps": [(edit, 1)]}


def plan_combos(known, count):
    for number in range(count):
        random_ = dice("combo", number)
        name, steps = edits.combo(number, random_)
        yield {"kind": "combo", "edit": name, "severity": "", "entry": random_.choice(known),
               "steps": steps}


def plan_innocents(photos, fillers, count):
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


# --- drawing --------------------------------------------------------------------------------------

STOCK = None


def start(paths):
    global STOCK
    STOCK = Stock(paths)


def draw(task):
    """Writes one query; gives its line of truth."""
    random_ = dice("draw", task["number"], task["entry"], task["edit"])
    shot = Shot.of(opened(task["path"]))
    shot = edits.apply(shot, task["steps"], random_, STOCK)
    content, extension = shot.encoded()
    name = f"{task['number']:06d}.{extension}"
    with open(os.path.join(task["folder"], "queries", name), "wb") as out:
        out.write(content)
    line = {"query": name, **{k: task[k] for k in ("kind", "edit", "severity", "entry")}}
    if task["kind"] == "edit" and task["edit"] in BOXED:
        line["item_region"], line["entry_region"] = shot.regions()
    return line


def hard_pictures(folder, side, records, innocent):
    """(entries, queries): [(name, picture)], [(kind, picture)], of hard.py."""
    entries, queries = [], []
    for place, paths in hard.places(folder, sources.rows()).items():
        # Two cameras in one room, room-left and room-right, are one family.
        if sources.side_of(place.split("-")[0]) != side:
            continue
        known, others = hard.moments(paths)
        entries += [(f"hard-moment.{place}.{name}.jpg", picture) for name, picture in known]
        queries += [("moment", picture) for _, picture in others]
    reserve = sorted(r["name"] for r in records if r["role"] == "reserve")
    for number, name in enumerate(reserve):
        kind = list(hard.TEMPLATES)[number % len(hard.TEMPLATES)]
        template = hard.TEMPLATES[kind]
        random_ = dice("hard", name)
        picture = opened(os.path.join(folder, "pictures", name + ".jpg"))
        entries.append((f"hard-{kind}.{name}.jpg", template(picture, number, random_)))
        for path in random_.sample(innocent, hard.VARIANTS):
            queries.append((kind, template(opened(path), number, random_)))
    return entries, queries


def draw_hard(folder, target, side, records, innocent, first):
    """Writes the hard entries and, each twice (as it is and lightly edited), the hard queries."""
    entries, queries = hard_pictures(folder, side, records, innocent)
    for name, picture in entries:
        picture.thumbnail((sources.SIDE, sources.SIDE), Image.LANCZOS)
        picture.save(os.path.join(target, "known", name), quality=ENTRY_QUALITY)
    lines = []
    for number, (kind, picture) in enumerate(queries):
        for steps in ([("jpeg", 0)], [dice("hard", number).choice(
                [("crop", 0), ("downscale", 0), ("gamma", 0), ("mirror", 0), ("emoji", 0)])]):
            random_ = dice("hard", number, steps)
            shot = edits.apply(Shot.of(picture), steps, random_, Stock(innocent))
            content, extension = shot.encoded()
            name = f"{first + len(lines):06d}.{extension}"
            with open(os.path.join(target, "queries", name), "wb") as out:
                out.write(content)
            lines.append({"query": name, "kind": "hard", "edit": kind, "severity": "",
                          "entry": None})
    return lines


# --- all of it ------------------------------------------------------------------------------------


def stamp_of(settings):
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in sorted(glob.glob(os.path.join(sources.HERE, "*.py")) + [sources.TABLE]):
        if os.path.basename(path) in ("shot.py", "stock.py", "edits.py", "edits_colour.py",
                                      "edits_shape.py", "edits_overlay.py", "queries.py",
                                      "hard.py", "sources.py", "near.py", "sources.tsv"):
            with open(path, "rb") as source:
                digest.update(source.read())
    return digest.hexdigest()


def make(folder, side, settings):
    """The folder of the set; made anew only when its settings or the code changed."""
    target = os.path.join(folder, "sets", f"{side}-{settings['each']}")
    stamp = stamp_of(settings)
    made = os.path.join(target, "made")
    if os.path.exists(made):
        with open(made, encoding="ascii") as source:
            if source.read() == stamp:
                return target
    records = [r for r in sources.load(folder) if r["side"] == side]
    shutil.rmtree(target, ignore_errors=True)
    for sub in ("known", "queries"):
        os.makedirs(os.path.join(target, sub))
    pictures = os.path.join(folder, "pictures")
    known = sorted(r["name"] for r in records if r["role"] == "known")
    whole, tiles, fillers = [], [], []
    for record in records:
        if record["role"] == "innocent":
            kind, parts = (whole, tiles) if record["use"] == "photo" else (fillers, fillers)
            kind.append(os.path.join(pictures, record["name"] + ".jpg"))
            parts += [os.path.join(pictures, tile) for tile in record["tiles"]]
    for name in known:
        shutil.copy(os.path.join(pictures, name + ".jpg"), os.path.join(target, "known"))
    photos = sorted(whole + tiles)
    dice("innocents").shuffle(photos)
    tasks = [*plan_edits(known, settings["each"]), *plan_combos(known, settings["combos"]),
             *plan_innocents(photos, sorted(fillers), settings["innocents"]),
             *plan_named(known, settings["named"])]
    for number, task in enumerate(tasks):
        task.update(number=number, folder=target)
        task["path"] = task.get("source") or os.path.join(pictures, task["entry"] + ".jpg")
    print(f"accuracy: drawing {len(tasks)} queries of the {side} side", file=sys.stderr)
    with multiprocessing.Pool(sources.WORKERS, start, (whole,)) as pool:
        lines = pool.map(draw, tasks, chunksize=8)
    for line in lines:
        line["entry"] = line["entry"] and line["entry"] + ".jpg"
    lines += draw_hard(folder, target, side, records, sorted(whole), len(lines))
    with open(os.path.join(target, "truth.jsonl"), "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    with open(made, "w", encoding="ascii") as out:
        out.write(stamp)
    return target


def truth(target):
    with open(os.path.join(target, "truth.jsonl"), encoding="utf-8") as source:
        return [json.loads(line) for line in source]
