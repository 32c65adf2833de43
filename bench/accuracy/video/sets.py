# SPDX-License-Identifier: Apache-2.0
"""Small sets of their own beside the large one, each drawn in a few minutes:

  slides    slide shows of eight kinds (slides.py), of known pictures and moments of known videos
  rates     copies at 0.5 to 5 frames a second, single frames, pictures that freeze for seconds
  beside    two videos side by side or one above the other, each squeezed or cropped
  natural   compilations of clips and of cameras over photographs, with a logo and a running line

A set has the files of queries.py; `edit` of a line of truth is its kind within the set. Known
pictures lie in known/ beside known videos.
"""
import json
import multiprocessing
import os
import shutil
from dataclasses import replace

import cv2
import numpy as np

import sources
from video import archives, cut, frames, layers, material, queries, shots, slides

SETS = ("slides", "rates", "beside", "natural")
CODE = queries.DRAWING + queries.CUTTING + ("slides.py", "sets.py")
RATES = (0.5, 0.7, 1, 1.5, 2, 3, 5)
SQUEEZES = ("beside, squeezed", "beside, cropped", "above, squeezed", "above, cropped")
PARTS = (2.5, 10.0)     # seconds of a part of a compilation
SIZE, FPS = archives.SIZE, archives.FPS


def counts_of(name, side, quick):
    """{what: how many}."""
    few = quick or side == "tune"
    return {"slides": {"archives": 3, "pictures": 24, "each": 1 if quick else 2 if few else 3},
            "rates": {"archives": 4, "each": 2 if quick else 4 if few else 6},
            "beside": {"archives": 6, "each": 2 if quick else 5 if few else 8},
            "natural": {"sources": 20 if quick else 50, "each": 4 if quick else 20}}[name]


# --- known videos ---------------------------------------------------------------------------------


def source_recipe(number, side, stuff):
    """A known video of one shot: a clip, or a camera over a photograph."""
    random = queries.dice("source", side, number)
    if number < len(stuff.clips):
        shot = archives.clip_shot(stuff.clips[number])
        shot["seconds"] = min(shot["seconds"], 30.0)
    else:
        photo = stuff.known[(number - len(stuff.clips)) % len(stuff.known)]
        seconds = random.uniform(12, 16)
        shot = {**shots.random_pan(photo, stuff.known_stamps, seconds, random), "seconds": seconds}
    shot.update(fade=0, count=round(shot["seconds"] * FPS), at=0.0)
    return {"name": f"{side}-source-{number:02d}.mp4", "shots": [shot], "logo": None,
            "seconds": shot["count"] / FPS}


def known_videos(folder, target, side, name, counts, stuff):
    """[{"name", "path", "seconds", "content", "shots"}], linked or drawn into the set."""
    out = []
    if name != "natural":
        kept, recipes = archives.make(folder, side, counts["archives"], stuff, queries.dice,
                                      queries.stamp_of(queries.DRAWING))
        for recipe in recipes:
            os.link(os.path.join(kept, recipe["name"]),
                    os.path.join(target, "known", recipe["name"]))
    else:
        recipes = [source_recipe(k, side, stuff) for k in range(counts["sources"])]
        tasks = [(r, os.path.join(target, "known", r["name"])) for r in recipes]
        with multiprocessing.Pool(sources.WORKERS) as pool:
            pool.map(archives.render_task, tasks, chunksize=1)
    for recipe in recipes:
        content = archives.content(recipe) if name != "natural" else (0.1, recipe["seconds"] - 0.1)
        out.append({"name": recipe["name"], "path": os.path.join(target, "known", recipe["name"]),
                    "seconds": recipe["seconds"], "content": content, "shots": recipe["shots"]})
    return out


# --- slide shows ----------------------------------------------------------------------------------


def plan_slides(target, side, counts, stuff, known):
    random = queries.dice("slides", side)
    shown = {shot["photo"] for one in known for shot in one["shots"] if "photo" in shot}
    photos = [path for path in stuff.known if path not in shown]
    random.shuffle(photos)
    pictures = []
    for number, path in enumerate(photos[:counts["pictures"]]):
        name = f"{side}-picture-{number:02d}.jpg"
        shutil.copyfile(path, os.path.join(target, "known", name))
        pictures.append((path, name, None))
    innocents = [(path, None, None) for path in stuff.innocent]
    for kind in slides.KINDS:
        for _ in range(counts["each"]):
            chosen = random.sample(pictures, 3) + random.sample(innocents, 2)
            for one in random.sample(known, 2):
                start, end = one["content"]
                chosen.append((one["path"], one["name"], round(random.uniform(start, end), 2)))
            random.shuffle(chosen)
            yield {"kind": "edit", "edit": kind, "slides": slides.plan(chosen, kind, random)}
        chosen = random.sample(innocents, 5)
        yield {"kind": "innocent", "edit": kind, "slides": slides.plan(chosen, kind, random)}


# --- rates ----------------------------------------------------------------------------------------


def piece_of(one, seconds, random, **more):
    start, end = one["content"]
    seconds = min(seconds, end - start)
    return cut.Piece(path=one["path"], entry=one["name"], seconds=seconds,
                     start=random.uniform(start, end - seconds), **more)


def frozen(one, random):
    """A copy that stops twice for some seconds."""
    whole = piece_of(one, 15, random)
    holds = [random.uniform(2, 4) for _ in range(2)]
    out, at = [], whole.start
    for hold in (*holds, None):
        seconds = whole.seconds / 3
        out.append(cut.Piece(path=whole.path, entry=whole.entry, start=at, seconds=seconds))
        at += seconds
        if hold:
            out.append(cut.Piece(path=whole.path, entry=whole.entry, start=at, seconds=hold,
                                 held=True))
    return cut.Cut(out)


def plan_rates(side, counts, known):
    random = queries.dice("rates", side)
    for number in range(counts["each"]):
        one = known[number % len(known)]
        for rate in RATES:
            made = cut.Cut([piece_of(one, 20, random)], fps=rate)
            yield {"kind": "edit", "edit": f"{rate} a second", "cut": made}
        moment = piece_of(one, 1 / FPS, random, held=True)
        yield {"kind": "edit", "edit": "one frame", "cut": cut.Cut([moment])}
        yield {"kind": "edit", "edit": "frozen parts", "cut": frozen(one, random)}


# --- two in one frame -----------------------------------------------------------------------------


def halves(frame, kind, shift):
    """One video as it is given its half of the frame."""
    width, height = SIZE
    half = (width // 2, height) if kind.startswith("beside") else (width, height // 2)
    if kind.endswith("squeezed"):
        return cv2.resize(frame, half, interpolation=cv2.INTER_AREA)
    x, y = round(shift * (width - half[0])), round(shift * (height - half[1]))
    return frame[y:y + half[1], x:x + half[0]]


def render_beside(task, path):
    parts = [piece.drawn(FPS, SIZE) for piece in task["pieces"]]
    stack = np.hstack if task["edit"].startswith("beside") else np.vstack
    with frames.Writer(path, FPS, frames.x264(27)[1]) as out:
        for pair in zip(*parts):
            out.add(stack([halves(frame, task["edit"], shift)
                           for frame, shift in zip(pair, task["shifts"])]))


def plan_beside(side, counts, known, pool):
    random = queries.dice("beside", side)

    def stranger(seconds):
        path, length, _ = random.choice([p for p in pool if not p[2]])
        return cut.Piece(path=path, start=0.2, seconds=min(seconds, length - 0.3))
    for kind in SQUEEZES:
        for number in range(counts["each"]):
            seconds = random.uniform(8, 14)
            pair = random.sample(known, 2)
            pieces = [piece_of(pair[0], seconds, random),
                      piece_of(pair[1], seconds, random) if number % 2 == 0
                      else stranger(seconds)]
            random.shuffle(pieces)
            yield {"kind": "edit", "edit": kind, "pieces": pieces,
                   "shifts": [random.uniform(0.3, 0.7) for _ in pieces]}
        yield {"kind": "innocent", "edit": kind, "pieces": [stranger(8), stranger(8)],
               "shifts": [0.5, 0.5]}


def truth_beside(pieces):
    seconds = min(piece.seconds for piece in pieces)
    out = []
    for piece in pieces:
        out += cut.Cut([replace(piece, seconds=seconds)]).truth()
    return out


# --- compilations ---------------------------------------------------------------------------------


def plan_natural(side, counts, known, pool):
    random = queries.dice("natural", side)
    for number in range(counts["each"] + 4):
        is_innocent = number >= counts["each"]
        pieces = []
        for one in random.sample(known, 0 if is_innocent else random.randint(3, 5)):
            pieces.append(piece_of(one, random.uniform(*PARTS), random))
        for _ in range(random.randint(1, 3) + 2 * is_innocent):
            path, length, _ = random.choice([p for p in pool if not p[2]])
            pieces.append(cut.Piece(path=path, start=0.2,
                                    seconds=min(random.uniform(2.5, 6), length - 0.3)))
        random.shuffle(pieces)
        yield {"kind": "innocent" if is_innocent else "edit", "edit": "compilation",
               "cut": cut.Cut(pieces, fade=random.choice((0.0, 0.4))), "over": number}


def under_a_channel(made, number):
    """A logo in an upper corner, and a line of text that runs along the foot."""
    random = queries.dice("over", number)
    return made.with_layers(
        layers.corner_logo(random.randrange(8), SIZE, random.uniform(0.01, 0.04),
                           random.randrange(2)),
        layers.ticker(SIZE, random.uniform(0.07, 0.12), random))


# --- all of it ------------------------------------------------------------------------------------


def draw(task):
    """Writes one query; gives its line of truth."""
    stem = os.path.join(task["folder"], "queries", f"{task['number']:05d}")
    name = os.path.basename(stem) + ".mp4"
    if "slides" in task:
        slides.render(task["slides"], stem + ".mp4")
        segments, seconds = slides.truth(task["slides"]), slides.spans(task["slides"])[-1][1]
    elif "pieces" in task:
        render_beside(task, stem + ".mp4")
        segments = truth_beside(task["pieces"])
        seconds = min(piece.seconds for piece in task["pieces"])
    else:
        made = task["cut"]
        if "over" in task:
            made = under_a_channel(made, task["over"])
        name, segments, seconds = made.render(stem), made.truth(), made.seconds()
    return {"query": name, "kind": task["kind"], "edit": task["edit"], "severity": "",
            "seconds": round(seconds, 3), "has_card": False,
            "segments": segments if task["kind"] == "edit" else []}


def plan(folder, target, name, side, quick, stuff):
    counts = counts_of(name, side, quick)
    known = known_videos(folder, target, side, name, counts, stuff)
    with open(os.path.join(target, "known.json"), "w", encoding="utf-8") as out:
        json.dump({one["name"]: one["seconds"] for one in known}, out)
    if name == "slides":
        return plan_slides(target, side, counts, stuff, known)
    if name == "rates":
        return plan_rates(side, counts, known)
    pool = queries.make_innocents(folder, side, 12, stuff)
    return (plan_beside if name == "beside" else plan_natural)(side, counts, known, pool)


def make(folder, name, side, quick):
    """The folder of a set; made anew only when its settings or the code changed."""
    target = os.path.join(folder, "videos", "sets", f"{side}-{name}" + ("-quick" if quick else ""))
    stamp = queries.stamp_of(CODE, counts_of(name, side, quick))
    if queries.stands(target, stamp):
        return target
    stuff = material.load(folder, side)
    shutil.rmtree(target, ignore_errors=True)
    for sub in ("known", "queries"):
        os.makedirs(os.path.join(target, sub))
    queries.say(f"drawing the set {name} of the {side} side")
    tasks = list(plan(folder, target, name, side, quick, stuff))
    for number, task in enumerate(tasks):
        task.update(number=number, folder=target)
    with multiprocessing.Pool(sources.WORKERS) as workers:
        lines = list(workers.imap(draw, tasks, chunksize=1))
    with open(os.path.join(target, "truth.jsonl"), "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    with open(os.path.join(target, "made"), "w", encoding="ascii") as out:
        out.write(stamp)
    return target
