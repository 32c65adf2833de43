# SPDX-License-Identifier: Apache-2.0
"""Moments that are put together: a photograph as the place, cut-outs as who stands in it.

Each gives two pictures of one place: in the second somebody came, left, or stands elsewhere, the
light is another, and so is the grain. The cut-outs are photographs with shadows under their feet.
"""
import glob
import os
import re
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageFilter

import sources
from shot import array, fit, image

CHANGES = ("came", "left", "elsewhere", "others")
APART = 0.12        # of the width: who moved stands at least this far from where they stood
SIDE = 800          # pixels of the longer side
LEAST = 0.03        # of the picture differs
PEOPLE = 0.7        # of the figures


@dataclass
class Figure:
    who: tuple          # a key of the stamps
    path: str
    x: float            # of the feet, in shares of the picture
    y: float
    tall: float         # in shares of the picture's height
    turned: bool


def material(folder, rows, side):
    """({place: photograph's path}, {who: [paths of cut-outs]}) of one side.

    Places are photographs that no other query shows; a cut-out person has up to nine poses.
    """
    places, stamps = {}, {}
    for package, use, _, pattern in rows:
        if use not in ("scene", "stamp"):
            continue
        base = os.path.join(folder, "packages", package)
        for path in sorted(glob.glob(os.path.join(glob.escape(base), pattern), recursive=True)):
            stem = os.path.splitext(os.path.basename(path))[0]
            family = re.split(r"[\d_-]", stem)[0]
            if "cartoon" in path or sources.side_of(f"{use} {family}") != side:
                continue
            if use == "scene":
                places[f"{package}.{stem}"] = path
            else:
                people = "/people/" in path.lower()
                stamps.setdefault(("people" if people else "others", family), []).append(path)
    return places, stamps


def figure(stamps, random, who=None):
    """Somebody of whom there is a cut-out; the nearer the larger."""
    kind = "people" if random.random() < PEOPLE else "others"
    who = who or random.choice(sorted(key for key in stamps if key[0] == kind))
    y = random.uniform(0.68, 0.98)
    tall = (0.2 + 0.9 * (y - 0.68)) * random.uniform(0.8, 1.25)
    return Figure(who, random.choice(stamps[who]), random.uniform(0.1, 0.9), y, tall,
                  random.random() < 0.5)


def cast(stamps, random):
    """(what changed, figures of the first moment, figures of the second)."""
    change = random.choice(CHANGES)
    staying = [figure(stamps, random) for _ in range(random.choice((0, 0, 1, 2)))]
    moving = [figure(stamps, random) for _ in range(random.choice((1, 1, 2)))]
    if change == "came":
        return change, staying, staying + moving
    if change == "left":
        return change, staying + moving, staying
    if change == "others":
        return change, staying + moving, staying + [figure(stamps, random) for _ in moving]
    gone = []
    for one in moving:
        other = figure(stamps, random, one.who)     # in another pose, where there is one
        while abs(other.x - one.x) < APART:
            other.x = random.uniform(0.1, 0.9)
        gone.append(other)
    return change, staying + moving, staying + gone


def cut_out(one, height):
    with Image.open(one.path) as picture:
        picture = picture.convert("RGBA")
    picture = picture.crop(picture.getchannel("A").getbbox())
    factor = one.tall * height / picture.height
    picture = picture.resize((max(4, round(picture.width * factor)),
                              max(4, round(picture.height * factor))), Image.LANCZOS)
    picture.putalpha(picture.getchannel("A").filter(ImageFilter.GaussianBlur(0.7)))
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if one.turned else picture


def populated(place, figures):
    """(the picture, a mask of where the figures are); who stands farther up is farther away."""
    out = place.copy()
    width, height = out.size
    there = Image.new("L", out.size, 0)
    for one in sorted(figures, key=lambda f: f.y):
        body = cut_out(one, height)
        x, y = round(one.x * width - body.width / 2), round(one.y * height - body.height)
        flat = body.getchannel("A").resize((body.width, max(3, body.height // 9)))
        shade = Image.new("L", out.size, 0)
        shade.paste(flat.point(lambda v: v // 2), (x, round(one.y * height - flat.height / 2)))
        shade = shade.filter(ImageFilter.GaussianBlur(max(2, body.height / 40)))
        out = Image.composite(Image.new("RGB", out.size, (12, 12, 16)), out, shade)
        # A person lit as the place is: its brightness counts for a third.
        tone = 0.67 + 0.33 * np.clip(array(place.convert("L")).mean() / 110, 0.5, 1.5)
        lit = image(array(body.convert("RGB")) * tone)
        out.paste(lit, (x, y), body.getchannel("A"))
        there.paste(255, (x, y), body.getchannel("A").point(lambda v: 255 * (v > 127)))
    return out, there


def lit(picture, random):
    """Under another light: brighter or darker, warmer or colder, stronger from one side; grain."""
    pixels = array(picture) / 255
    height, width, _ = pixels.shape
    y, x = np.mgrid[-1:1:height * 1j, -1:1:width * 1j].astype(np.float32)
    slope = 1 + random.uniform(-0.12, 0.12) * x + random.uniform(-0.12, 0.12) * y
    warm = random.uniform(-0.06, 0.06)
    tint = np.float32([1 + warm, 1, 1 - warm]) * random.uniform(0.85, 1.15)
    pixels = np.clip(pixels, 0, 1) ** random.uniform(0.85, 1.2) * slope[..., None] * tint
    dice = np.random.default_rng(random.getrandbits(32))
    grain = dice.standard_normal(pixels.shape, np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), random.uniform(0.4, 0.9))
    return image(255 * pixels + grain * random.uniform(2, 9))


def unlike(here, there):
    """The share of the picture in which the figures of two moments differ."""
    return float(((np.asarray(here) > 0) != (np.asarray(there) > 0)).mean())


def moments(path, stamps, count, dice):
    """[(first picture, second picture, what changed, share that differs)] of one place.

    Every second picture differs from every first one: that two scenes were empty would make one a
    copy of the other. `dice` gives the random numbers of the scene with a number.
    """
    place = fit(sources.upright(path), SIDE)
    out, befores, afters = [], [], []
    for number in range(count):
        random = dice(number)
        while True:
            change, before, after = cast(stamps, random)
            first, here = populated(place, before)
            second, there = populated(place, after)
            away = [unlike(b, there) for b in befores] + [unlike(here, a) for a in afters]
            if min([unlike(here, there), *away]) >= LEAST:
                break
        befores.append(here)
        afters.append(there)
        out.append((lit(first, random), lit(second, random), change, unlike(here, there)))
    return out
