# SPDX-License-Identifier: Apache-2.0
"""Known videos: sequences of shots, planned by chance from a side's material, drawn once and kept.

  FOLDER/videos/archives/SIDE-N/NAME.mp4   the videos
  FOLDER/videos/archives/SIDE-N/plan.json  their recipes, with the time of every shot
"""
import collections
import json
import multiprocessing
import os
import shutil

import cv2

import sources
from video import frames, layers, shots

SIZE, FPS = (640, 360), 25
SECONDS_OF_CARD = 2.5
FADE = 10           # frames of a dissolve between shots


def joined(parts):
    """Frames of all parts in turn; each part is (frames, how many dissolve out of the one before).
    """
    held = []
    for number, (part, _) in enumerate(parts):
        ahead = parts[number + 1][1] if number + 1 < len(parts) else 0
        waiting = collections.deque()
        for index, frame in enumerate(part):
            if index < len(held):
                share = (index + 1) / (len(held) + 1)
                frame = cv2.addWeighted(held[index], 1 - share, frame, share, 0)
            waiting.append(frame)
            if len(waiting) > ahead:
                yield waiting.popleft()
        held = list(waiting)


# --- plans ----------------------------------------------------------------------------------------


def clip_shot(clip):
    """The known part of a real video."""
    start, end = clip.known
    return {"kind": "clip", "path": clip.path, "start": start, "seconds": end - start,
            "clip": clip.name}


def plan_one(number, side, photos, clip, stamps, random):
    """The recipe of one video: 40 to 180 seconds."""
    out = []
    for k, path in enumerate(photos):
        seconds = random.uniform(12, 16) if k == 0 else random.uniform(6, 11)
        make = shots.random_place if k == 0 else shots.random_pan
        out.append({**make(path, stamps, seconds, random), "seconds": seconds})
    if clip:
        out.append(clip_shot(clip))
    random.shuffle(out)
    while sum(shot["seconds"] for shot in out) < 42:
        longest = min(out, key=lambda shot: shot["seconds"] if shot["kind"] == "pan" else 1e9)
        longest["seconds"] += 4
    if number % 2 == 0:
        out.insert(0, {"kind": "card", "number": number // 2 % shots.CARDS,
                       "seconds": SECONDS_OF_CARD})
    if number % 3 == 0:
        out.insert(len(out) // 2, {"kind": "black", "seconds": 0.8})
    at = 0.0
    for k, shot in enumerate(out):
        dissolves = k > 0 and random.random() < 0.25
        shot["fade"] = FADE if dissolves else 0
        shot["count"] = round(shot["seconds"] * FPS)
        at -= shot["fade"] / FPS
        shot["at"] = round(at, 3)
        at += shot["count"] / FPS
    logo = random.randrange(8) if number % 5 < 2 else None
    return {"name": f"{side}-{number:02d}.mp4", "shots": out, "logo": logo, "seconds": at}


def plan(material, side, count, dice):
    """At most `count` recipes, each photograph and clip in one of them."""
    photos = list(material.known)
    dice("archives", side).shuffle(photos)
    each = min(7, max(5, len(photos) // count))
    count = min(count, len(photos) // each)
    clips = dict(zip(range(count), material.clips))
    return [plan_one(number, side, photos[number * each:(number + 1) * each], clips.get(number),
                     material.known_stamps, dice("archive", side, number))
            for number in range(count)]


def content(recipe):
    """(from, to) in seconds of what is the archive's own: without the card and the very end."""
    first = recipe["shots"][0]
    start = SECONDS_OF_CARD + 0.5 if first["kind"] == "card" else 0.2
    return start, recipe["seconds"] - 0.2


# --- drawing --------------------------------------------------------------------------------------


def render(recipe, path, size=SIZE, fps=FPS):
    over = None
    if recipe["logo"] is not None:
        over = layers.corner_logo(recipe["logo"], size, 0.012, 1)
    parts = [(shots.drawn(shot, shot["count"], fps, size), shot["fade"])
             for shot in recipe["shots"]]
    with frames.Writer(path, fps, frames.x264(24)[1]) as out:
        for number, frame in enumerate(joined(parts)):
            out.add(over(frame.copy(), number / fps) if over else frame)


def render_task(task):
    render(*task)


def make(folder, side, count, material, dice, stamp):
    """(folder of the videos, recipes); drawn anew only when `stamp` or the plan changed."""
    recipes = plan(material, side, count, dice)
    target = os.path.join(folder, "videos", "archives", f"{side}-{count}")
    stored = os.path.join(target, "plan.json")
    text = json.dumps({"stamp": stamp, "recipes": recipes}, indent=1)
    if os.path.exists(stored):
        with open(stored, encoding="utf-8") as source:
            if source.read() == text:
                return target, recipes
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    tasks = [(recipe, os.path.join(target, recipe["name"])) for recipe in recipes]
    with multiprocessing.Pool(sources.WORKERS) as pool:
        pool.map(render_task, tasks, chunksize=1)
    with open(stored, "w", encoding="utf-8") as out:
        out.write(text)
    return target, recipes
