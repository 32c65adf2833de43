# SPDX-License-Identifier: Apache-2.0
"""Makes one set: known pictures, queries, and the truth about each query.

  SET/known/NAME.jpg       the entries; those of hard negatives begin with hard-, and pattern- are
                           regular patterns
  SET/queries/NNNNNN.EXT   copies and innocents, under names that tell nothing
  SET/truth.jsonl          a line for each query: "query", "kind" (edit, combo, beyond, plain,
                           innocent, hard, pattern), "edit", "severity", "entry" (null when no
                           entry is shown); with "beyond" also "family", and with whatever draws
                           one the "amount" and a "detail"; where it is known "item_region" in
                           pixels and "entry_region" in shares of the entry's sides; of hard
                           negatives how the entries begin that it is "against"
  SET/made                 what it was made from

Everything is decided by names, settings and SEED; a second machine makes the same set as far as its
libraries round alike.
"""
import glob
import hashlib
import json
import multiprocessing
import os
import shutil
import sys

from PIL import Image

import edits
import hard
import made
import patterns
import plans
import sources
from plans import dice
from shot import LONG_SIDE, Shot
from stock import Stock

ENTRY_QUALITY = 90
BOXED = ("crop", "zoom", "letterbox", "blurred-border", "frame", "picture-in-picture", "collage",
         "pasted-quarter", "twentieth", "circle", "cut-out")


def opened(path):
    with Image.open(path) as picture:
        return picture.convert("RGB")


# --- drawing --------------------------------------------------------------------------------------

STOCK = None


def start(paths):
    global STOCK
    STOCK = Stock(paths)


def draw(task):
    """Writes one query; gives its line of truth."""
    # The first ones have their number for a seed, later ones their name: more can come between.
    seed = ("draw", task["number"], task["entry"], task["edit"])
    if "seed" in task:
        seed = ("draw", task["edit"], *task["seed"])
    random_ = dice(*seed)
    shot = Shot.of(opened(task["path"]), task.get("side", LONG_SIDE))
    shot = edits.apply(shot, task["steps"], random_, STOCK)
    content, extension = shot.encoded()
    name = f"{task['number']:06d}.{extension}"
    with open(os.path.join(task["folder"], "queries", name), "wb") as out:
        out.write(content)
    line = {"query": name, **{k: task[k] for k in ("kind", "edit", "severity", "entry")}}
    if "family" in task:
        line["family"] = task["family"]
    if shot.amount is not None:
        line["amount"], line["detail"] = shot.amount, shot.detail
    if task["kind"] in ("edit", "beyond") and task["edit"] in BOXED:
        line["item_region"], line["entry_region"] = shot.regions()
    return line


# --- hard negatives and patterns ------------------------------------------------------------------


def moment_pictures(folder, side, use):
    """(entries, queries) of places at another time; queries are (kind, picture, what to note)."""
    entries, queries = [], []
    for place, paths in hard.places(folder, sources.rows(), use).items():
        # Two cameras in one room, room-left and room-right, are one family.
        family = place.split("-")[0]
        if ("tune" if family in hard.LOOKED_AT else sources.side_of(family)) != side:
            continue
        known, others = hard.moments(paths)
        if use == "camera":
            others = [one for one in others if min(
                hard.unlike(one[1], entry) for _, entry in known) >= hard.LEAST_UNLIKE]
        entries += [(f"hard-{use}.{place}.{name}.jpg", picture) for name, picture in known]
        queries += [(use, picture, {"against": f"hard-{use}.{place}."}) for _, picture in others]
    return entries, queries


def template_pictures(folder, records, innocent):
    entries, queries = [], []
    reserve = sorted(r["name"] for r in records if r["role"] == "reserve")
    for number, name in enumerate(reserve):
        kind = list(hard.TEMPLATES)[number % len(hard.TEMPLATES)]
        template = hard.TEMPLATES[kind]
        random_ = dice("hard", name)
        picture = opened(os.path.join(folder, "pictures", name + ".jpg"))
        entries.append((f"hard-{kind}.{name}.jpg", template(picture, number, random_)))
        for path in random_.sample(innocent, hard.VARIANTS):
            queries.append((kind, template(opened(path), number, random_),
                            {"against": entries[-1][0]}))
    return entries, queries


def made_pictures(folder, side, scenes):
    """As moment_pictures: so many scenes of each place."""
    entries, queries = [], []
    places, stamps = made.material(folder, sources.rows(), side)
    for place, path in places.items():
        pairs = made.moments(path, stamps, scenes, lambda n: dice("made", place, n))
        for number, (first, second, change, share) in enumerate(pairs):
            entries.append((f"hard-made.{place}.{number}.jpg", first))
            queries.append(("made-moment", second, {
                "amount": round(share, 4), "detail": change, "against": f"hard-made.{place}."}))
    return entries, queries


def draw_hard(folder, target, side, records, innocent, first, scenes):
    """Writes the hard entries and, each twice (as it is and lightly edited), the hard queries."""
    parts = (moment_pictures(folder, side, "moment"),
             template_pictures(folder, records, innocent),
             moment_pictures(folder, side, "camera"), made_pictures(folder, side, scenes))
    for name, picture in [one for entries, _ in parts for one in entries]:
        picture.thumbnail((sources.SIDE, sources.SIDE), Image.LANCZOS)
        picture.save(os.path.join(target, "known", name), quality=ENTRY_QUALITY)
    lines = []
    for number, (kind, picture, note) in enumerate(q for _, queries in parts for q in queries):
        for steps in ([("jpeg", 0)], [dice("hard", number).choice(
                [("crop", 0), ("downscale", 0), ("gamma", 0), ("mirror", 0), ("emoji", 0)])]):
            random_ = dice("hard", number, steps)
            shot = edits.apply(Shot.of(picture), steps, random_, Stock(innocent))
            content, extension = shot.encoded()
            name = f"{first + len(lines):06d}.{extension}"
            with open(os.path.join(target, "queries", name), "wb") as out:
                out.write(content)
            lines.append({"query": name, "kind": "hard", "edit": kind, "severity": "",
                          "entry": None, **note})
    return lines


def draw_patterns(target, side, count, first):
    """As many entries as queries; PNG, JPEG and WebP by turns."""
    lines = []
    start = 0 if side == "tune" else 2 * plans.PATTERNS
    for number in range(2 * count):
        kind, picture = patterns.pattern(start + number)
        if number < count:
            picture.save(os.path.join(target, "known", f"pattern-{kind}.{number:03d}.png"))
            continue
        extension = ("png", "jpg", "webp")[number % 3]
        name = f"{first + len(lines):06d}.{extension}"
        picture.save(os.path.join(target, "queries", name))
        lines.append({"query": name, "kind": "pattern", "edit": kind, "severity": "",
                      "entry": None})
    return lines


# --- all of it ------------------------------------------------------------------------------------


def stamp_of(settings):
    """Changes with the settings and with every file that a set is made by."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in sorted(glob.glob(os.path.join(sources.HERE, "*.py")) + [sources.TABLE]):
        name = os.path.basename(path)
        if name.startswith(("edits.", "edits_")) and name != "edits_test.py" or name in (
                "shot.py", "stock.py", "queries.py", "plans.py", "hard.py", "made.py",
                "patterns.py", "sources.py", "near.py", "sources.tsv"):
            with open(path, "rb") as source:
                digest.update(source.read())
    return digest.hexdigest()


def pools_of(records, pictures):
    """(names of entries, whole innocent photographs, innocents and their parts, fillers)."""
    known = sorted(r["name"] for r in records if r["role"] == "known")
    whole, tiles, fillers = [], [], []
    for record in records:
        if record["role"] == "innocent":
            kind, parts = (whole, tiles) if record["use"] == "photo" else (fillers, fillers)
            kind.append(os.path.join(pictures, record["name"] + ".jpg"))
            parts += [os.path.join(pictures, tile) for tile in record["tiles"]]
    photos = sorted(whole + tiles)
    dice("innocents").shuffle(photos)
    return known, whole, photos, sorted(fillers)


def tasks_of(known, photos, fillers, settings):
    out = [*plans.of_edits(known, settings["each"]), *plans.of_combos(known, settings["combos"]),
           *plans.of_innocents(photos, fillers, settings["innocents"]),
           *plans.of_named(known, settings["named"])]
    later = [*plans.of_beyond(known, settings["beyond"]),
             *plans.of_plain(known, settings["plain"]),
             *plans.of_innocents_beyond(photos, fillers, settings["innocents"] // 2)]
    return out + later


def make(folder, side, settings):
    """The folder of the set; made anew only when its settings or the code changed."""
    target = os.path.join(folder, "sets", f"{side}-{settings['each']}")
    stamp = stamp_of(settings)
    stored = os.path.join(target, "made")
    if os.path.exists(stored):
        with open(stored, encoding="ascii") as source:
            if source.read() == stamp:
                return target
    records = [r for r in sources.load(folder) if r["side"] == side]
    shutil.rmtree(target, ignore_errors=True)
    for sub in ("known", "queries"):
        os.makedirs(os.path.join(target, sub))
    pictures = os.path.join(folder, "pictures")
    known, whole, photos, fillers = pools_of(records, pictures)
    for name in known:
        shutil.copy(os.path.join(pictures, name + ".jpg"), os.path.join(target, "known"))
    tasks = tasks_of(known, photos, fillers, settings)
    for number, task in enumerate(tasks):
        task.update(number=number, folder=target)
        task["path"] = task.get("source") or os.path.join(pictures, task["entry"] + ".jpg")
    print(f"accuracy: drawing {len(tasks)} queries of the {side} side", file=sys.stderr)
    with multiprocessing.Pool(sources.WORKERS, start, (whole,)) as pool:
        lines = pool.map(draw, tasks, chunksize=8)
    for line in lines:
        line["entry"] = line["entry"] and line["entry"] + ".jpg"
    lines += draw_hard(folder, target, side, records, sorted(whole), len(lines),
                       settings["scenes"])
    lines += draw_patterns(target, side, settings["patterns"], len(lines))
    with open(os.path.join(target, "truth.jsonl"), "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    with open(stored, "w", encoding="ascii") as out:
        out.write(stamp)
    return target


def truth(target):
    with open(os.path.join(target, "truth.jsonl"), encoding="utf-8") as source:
        return [json.loads(line) for line in source]
