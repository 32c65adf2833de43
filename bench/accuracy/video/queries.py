# SPDX-License-Identifier: Apache-2.0
"""Makes one set: known videos, queries, and the truth about each query.

  SET/known/NAME.mp4       the archives
  SET/queries/NNNNN.EXT    copies, compilations, innocents, other moments; names tell nothing
  SET/truth.jsonl          {"query", "kind", "edit", "severity", "seconds", "has_card",
                           "segments": [...]} a line; kind is edit, innocent or hard; segments as
                           of cut.py, [] when nothing known is shown but perhaps a card
  SET/known.json           how many seconds each archive has
  SET/made                 what it was made from

Everything is decided by names, settings and SEED.
"""
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import sys

import sources
from video import archives, compilations, cut, edits, frames, material, shots

SEED = 20261130
HERE = os.path.dirname(os.path.abspath(__file__))
DRAWING = ("frames.py", "layers.py", "shots.py", "material.py", "archives.py", "clips.tsv",
           "../sources.tsv", "../stock.py")
CUTTING = ("cut.py", "edits.py", "compilations.py", "queries.py", "../shot.py")
INNOCENT = (480, 270), 15           # size and frames a second
EDITED_INNOCENTS = 1 / 3            # of them: a second version under an edit
HARD_SECONDS = 6.0
# Edits that show on an innocent; those that need a long piece do not add anything there.
ON_INNOCENTS = ["quality", "mirror", "crop", "pillarbox", "letterbox", "logo+ticker", "subtitles",
                "stickers", "picture-in-picture", "colour", "grain+blur", "cards", "screen"]
# Of these, a rate of their own is wanted at medium, and a cell of its own must be large enough.
OFTEN = ["pillarbox", "crop", "picture-in-picture", "screen", "speed", "slideshow"]


def dice(*words):
    return random.Random("/".join(map(str, (SEED, *words))))


def stamp_of(names, *settings):
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in names:
        with open(os.path.join(HERE, name), "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


class Stock:
    """Innocent videos, for backgrounds and for what lies between known parts."""

    def __init__(self, pool):
        self.pool = pool            # [(path, seconds, has a card)]

    def part(self, random_):
        """(path, start, most seconds) of a stretch without its card."""
        path, seconds, _ = random_.choice(self.pool)
        start = min(random_.uniform(2.6, 4), max(0, seconds - 4))
        return path, start, seconds - start

    def endless(self, size, fps, random_):
        while True:
            path, start, seconds = self.part(random_)
            yield from frames.read(path, start, round(seconds * fps), size, fps)


# --- innocents ------------------------------------------------------------------------------------


def innocent_recipe(number, stuff, side):
    """One or two shots; two in five begin with the card of known channels or wear their logos."""
    random_ = dice("innocent", side, number)
    out = []
    for _ in range(random_.choice((1, 1, 2))):
        seconds = random_.uniform(4, 7)
        make = shots.random_place if random_.random() < 0.2 else shots.random_pan
        out.append({**make(random_.choice(stuff.innocent), stuff.innocent_stamps, seconds, random_),
                    "seconds": seconds})
    shared = number % 5 < 2
    if shared:
        out.insert(0, {"kind": "card", "number": number % shots.CARDS, "seconds": 2.5})
        if number % 5 == 0:
            out.insert(1, {"kind": "black", "seconds": 0.8})
    for shot in out:
        shot["fade"], shot["count"] = 0, round(shot["seconds"] * INNOCENT[1])
    return {"name": f"innocent-{side}-{number:03d}.mp4", "shots": out,
            "logo": random_.randrange(8) if shared else None,
            "seconds": sum(shot["count"] for shot in out) / INNOCENT[1]}


def render_recipe(task):
    recipe, path, size, fps = task
    archives.render(recipe, path, size, fps)


def stands(target, stamp):
    """Whether a set was made whole with these settings and this code."""
    made = os.path.join(target, "made")
    if not os.path.exists(made):
        return False
    with open(made, encoding="ascii") as source:
        return source.read() == stamp


def make_innocents(folder, side, count, stuff):
    """[(path, seconds, has a card)] of unedited innocents, drawn once."""
    target = os.path.join(folder, "videos", "innocents", f"{side}-{count}")
    recipes = [innocent_recipe(number, stuff, side) for number in range(count)]
    stamp = stamp_of(DRAWING, recipes)
    out = [(os.path.join(target, r["name"]), r["seconds"], r["shots"][0]["kind"] == "card")
           for r in recipes]
    if stands(target, stamp):
        return out
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    tasks = [(r, path, *INNOCENT) for r, (path, *_) in zip(recipes, out)]
    with multiprocessing.Pool(sources.WORKERS) as pool:
        pool.map(render_recipe, tasks, chunksize=2)
    with open(os.path.join(target, "made"), "w", encoding="ascii") as text:
        text.write(stamp)
    return out


# --- the plan of queries --------------------------------------------------------------------------


def excerpt(archive, edit, level, random_):
    """The span of an archive that is edited: (start, seconds)."""
    start, end = archive["content"]
    seconds = random_.uniform(9, 16)
    if edit == "trim":
        seconds = max(3, min(40, (0.60, 0.25, 0.08)[level] * archive["seconds"]))
    seconds = min(seconds, end - start)
    return random_.uniform(start, end - seconds), seconds


def plan_edits(known, settings):
    for edit in edits.EDITS:
        for level in settings["levels"]:
            severity = edits.SEVERITIES[level]
            random_ = dice("cell", edit, level)
            each = settings["each"]
            if edit in OFTEN and severity == "medium":
                each = max(each, settings["often"])
            for archive in random_.sample(known, min(each, len(known))):
                yield {"kind": "edit", "edit": edit, "severity": severity, "level": level,
                       "archive": archive, "span": excerpt(archive, edit, level, random_)}


def plan_compilations(known, count):
    for number in range(count):
        yield {"kind": "edit", "edit": edits.COMPILATION, "level": number % 3,
               "severity": edits.SEVERITIES[number % 3], "known": known}


def plan_innocents(pool):
    """Each as it is; then every third again, edited as copies are."""
    for path, seconds, card in pool:
        yield {"kind": "innocent", "edit": "", "severity": "", "path": path, "seconds": seconds,
               "card": card}
    again = pool[:round(len(pool) * EDITED_INNOCENTS * 1.5)]
    for number, (path, seconds, card) in enumerate(again):
        edit = ON_INNOCENTS[number % len(ON_INNOCENTS)]
        yield {"kind": "innocent", "edit": edit, "severity": "", "path": path, "level": number % 3,
               "seconds": seconds, "card": card}


def plan_hard(recipes, clips, stuff, side, each):
    """Other moments of every still camera among the archives."""
    for recipe in recipes:
        for shot in recipe["shots"]:
            if shot["kind"] == "place":
                for number in range(each):
                    random_ = dice("hard", recipe["name"], number)
                    other = shots.another_moment(shot, stuff.known_stamps, HARD_SECONDS, random_)
                    other.update(count=round(HARD_SECONDS * archives.FPS), fade=0,
                                 seconds=HARD_SECONDS)
                    yield {"kind": "hard", "edit": "generated", "severity": "",
                           "recipe": {"name": "", "shots": [other], "logo": None},
                           "seconds": HARD_SECONDS}
    for clip in clips:
        if clip.asked is None:
            continue
        start, end = clip.asked
        seconds = min(HARD_SECONDS, end - start)
        count = max(1, round((end - start) / 5))
        for number in range(count):
            at = start + (end - start - seconds) * number / max(1, count - 1)
            yield {"kind": "hard", "edit": clip.name, "severity": "", "path": clip.path,
                   "start": at, "seconds": seconds}


# --- drawing --------------------------------------------------------------------------------------

STOCK = None


def start_worker(pool):
    global STOCK
    STOCK = Stock(pool)


def cut_of(task, random_):
    if task["edit"] == edits.COMPILATION:
        return compilations.compilation(task["known"], task["level"], random_, STOCK)
    if "archive" in task:
        start, seconds = task["span"]
        piece = cut.Piece(path=task["archive"]["path"], entry=task["archive"]["name"], start=start,
                          seconds=seconds)
        return edits.EDITS[task["edit"]](cut.Cut([piece]), task["level"], random_, STOCK)
    piece = cut.Piece(path=task["path"], start=task.get("start", 0), seconds=task["seconds"])
    whole = cut.Cut([piece])
    if task["kind"] == "innocent":
        whole = cut.Cut([piece], fps=INNOCENT[1])
        return edits.EDITS[task["edit"]](whole, task["level"], random_, STOCK)
    return whole


def draw(task):
    """Writes one query; gives its line of truth."""
    random_ = dice("draw", task["number"], task["edit"])
    stem = os.path.join(task["folder"], "queries", f"{task['number']:05d}")
    segments, seconds, card = [], task.get("seconds"), task.get("card", False)
    if task["kind"] == "innocent" and not task["edit"]:
        name = os.path.basename(stem) + ".mp4"
        shutil.copyfile(task["path"], stem + ".mp4")
    elif "recipe" in task:
        name = os.path.basename(stem) + ".mp4"
        archives.render(task["recipe"], stem + ".mp4")
    else:
        edited = cut_of(task, random_)
        name = edited.render(stem)
        segments, seconds = edited.truth(), edited.seconds()
        card = card or edited.has_card()
    return {"query": name, **{k: task[k] for k in ("kind", "edit", "severity")},
            "seconds": round(seconds, 3), "has_card": card, "segments": segments}


# --- all of it ------------------------------------------------------------------------------------


def say(text):
    print("accuracy: " + text, file=sys.stderr, flush=True)


def make(folder, side, settings):
    """The folder of the set; made anew only when its settings or the code changed."""
    target = os.path.join(folder, "videos", f"{side}-{settings['each']}-{settings['archives']}")
    stamp = stamp_of(DRAWING + CUTTING, settings)
    if stands(target, stamp):
        return target
    stuff = material.load(folder, side)
    say(f"drawing the known videos of the {side} side")
    kept, recipes = archives.make(folder, side, settings["archives"], stuff, dice,
                                  stamp_of(DRAWING))
    say(f"drawing the innocent videos of the {side} side")
    pool = make_innocents(folder, side, settings["innocents"], stuff)
    shutil.rmtree(target, ignore_errors=True)
    for sub in ("known", "queries"):
        os.makedirs(os.path.join(target, sub))
    known = []
    for recipe in recipes:
        path = os.path.join(kept, recipe["name"])
        os.link(path, os.path.join(target, "known", recipe["name"]))
        known.append({"name": recipe["name"], "path": path, "seconds": recipe["seconds"],
                      "content": archives.content(recipe)})
    used = {shot.get("clip") for recipe in recipes for shot in recipe["shots"]}
    tasks = [*plan_edits(known, settings),
             *plan_compilations(known, settings["compilations"]), *plan_innocents(pool),
             *plan_hard(recipes, [c for c in stuff.clips if c.name in used], stuff, side,
                        settings["hard"])]
    for number, task in enumerate(tasks):
        task.update(number=number, folder=target)
    say(f"drawing {len(tasks)} queries of the {side} side")
    with multiprocessing.Pool(sources.WORKERS, start_worker, (pool,)) as workers:
        lines = []
        for line in workers.imap(draw, tasks, chunksize=1):
            lines.append(line)
            if len(lines) % 100 == 0:
                say(f"{len(lines)} of {len(tasks)} drawn")
    with open(os.path.join(target, "known.json"), "w", encoding="utf-8") as out:
        json.dump({one["name"]: one["seconds"] for one in known}, out)
    with open(os.path.join(target, "truth.jsonl"), "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    with open(os.path.join(target, "made"), "w", encoding="ascii") as out:
        out.write(stamp)
    return target


def truth(target):
    with open(os.path.join(target, "truth.jsonl"), encoding="utf-8") as source:
        return [json.loads(line) for line in source]
