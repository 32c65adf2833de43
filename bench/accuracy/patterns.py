# SPDX-License-Identifier: Apache-2.0
"""Regular patterns: bricks, stripes, dots and the like, which are many and resemble one another.

A pattern says next to nothing: its hash has few free bits, and its features repeat. Of each side
some are entries and others are asked about; none of these may match.
"""
import math
import random

import numpy as np
from PIL import Image

FINE = 2    # drawn this much larger, for smooth edges


def part(value):
    return value - np.floor(value)


def odd(value):
    return np.floor(value).astype(np.int64) % 2


def bricks(u, v, dice):
    across = part(u / 2 + 0.5 * odd(v))
    joint = dice.uniform(0.04, 0.12)
    return (across < joint / 2) | (part(v) < joint)


def hexagons(u, v, dice):
    tall = math.sqrt(3)
    nearest = []
    for shift in (0, 0.5):      # two grids of middles; a cell belongs to the nearest
        x, y = part(u + shift) - 0.5, (part(v / tall + shift) - 0.5) * tall
        nearest.append(np.maximum(np.abs(x), np.abs(x) / 2 + np.abs(y) * tall / 2))
    return np.minimum(*nearest) > 0.5 - dice.uniform(0.03, 0.09)


def herringbone(u, v, dice):
    row = np.floor(v).astype(np.int64)
    along = part((u + row) / 4) * 4
    return (along < 2) ^ (part(u) < dice.uniform(0.1, 0.3))


def basket(u, v, dice):
    lines = np.where(odd(u) == odd(v), part(3 * u), part(3 * v))
    return lines < dice.uniform(0.2, 0.5)


def houndstooth(u, v, dice):
    x, y = part(u) * 4, part(v) * 4
    fine = part((x + y) / 2) < 0.5
    dark_x, dark_y = x < 2, y < 2
    return np.where(dark_x == dark_y, dark_x, fine)


def scales(u, v, dice):
    out = np.zeros(u.shape, bool)
    for row in (1, 0):
        x = part(u + 0.5 * ((np.floor(v) + row) % 2)) - 0.5
        far = np.hypot(x, part(v) - row)
        out = np.where(far < 0.5, part(far * dice.choice((4, 6, 8))) < 0.5, out)
    return out


def halftone(u, v, dice):
    share = np.clip((v - v.min()) / np.ptp(v), 0.02, 1)
    return np.hypot(part(u) - 0.5, part(v) - 0.5) < 0.65 * share


def tartan(u, v, dice):
    """Bands of several widths both ways, laid over each other."""
    ends = sorted(dice.uniform(0, 1) for _ in range(5))
    sett = [sum(part(w / 3) > e for e in ends) % 3 / 2 for w in (u, v)]
    return (sett[0] + sett[1]) / 2


def dots(u, v, dice):
    shift = dice.choice((0, 0.5)) * odd(v)
    return np.hypot(part(u + shift) - 0.5, part(v) - 0.5) < dice.uniform(0.2, 0.45)


def grid(u, v, dice):
    line = dice.uniform(0.05, 0.2)
    return (part(u) < line) | (part(v) < line)


def gingham(u, v, dice):
    return ((part(u) < 0.5).astype(float) + (part(v) < 0.5)) / 2


def crosses(u, v, dice):
    x, y = np.abs(part(u) - 0.5), np.abs(part(v) - 0.5)
    arm = dice.uniform(0.06, 0.14)
    return ((x < arm) & (y < 0.35)) | ((y < arm) & (x < 0.35))


def zigzag(u, v, dice):
    return part(v + dice.uniform(0.5, 1) * np.abs(part(u / 2) - 0.5) * 2) < dice.uniform(0.3, 0.6)


def waves(u, v, dice):
    return part(v + dice.uniform(0.2, 0.5) * np.sin(np.pi * u)) < dice.uniform(0.3, 0.6)


def rays(u, v, dice):
    return part(np.arctan2(v, u) / (2 * np.pi) * dice.randint(8, 30)) < 0.5


def rings(u, v, dice):
    return part(np.hypot(u, v)) < dice.uniform(0.3, 0.6)


def spiral(u, v, dice):
    return part(np.hypot(u, v) / 2 - np.arctan2(v, u) / (2 * np.pi)) < dice.uniform(0.3, 0.6)


def diamonds(u, v, dice):
    return np.abs(part(u) - 0.5) + np.abs(part(v / 1.6) - 0.5) < dice.uniform(0.3, 0.48)


def triangles(u, v, dice):
    return part(u + v / 2) + part(v) < 1


def slope(u, v, dice):
    return (u - u.min()) / np.ptp(u)


def steps(u, v, dice):
    count = dice.randint(5, 14)
    return np.floor(slope(u, v, dice) * count * 0.999) / (count - 1)


def glow(u, v, dice):
    far = np.hypot(u, v)
    return far / far.max()


def checks(u, v, dice):
    return odd(u) ^ odd(v)


def stripes(u, v, dice):
    return part(u) < dice.uniform(0.2, 0.7)


def mesh(u, v, dice):
    """Two waves that cross: no edge anywhere."""
    return 0.5 + 0.25 * (np.sin(2 * np.pi * u) + np.sin(2 * np.pi * v * dice.uniform(0.6, 1.6)))


KINDS = (bricks, checks, stripes, dots, hexagons, slope, grid, tartan, halftone, rays, rings,
         waves, zigzag, triangles, diamonds, houndstooth, basket, herringbone, scales, gingham,
         crosses, steps, glow, spiral, mesh)
STILL = (halftone, bricks, scales, basket, glow, rays)    # not turned


def pattern(number):
    """(kind, picture), all of it decided by the number."""
    kind = KINDS[number % len(KINDS)]
    dice = random.Random(f"pattern {number}")
    width, height = dice.choice(((800, 600), (640, 640), (900, 500), (600, 800), (720, 480)))
    y, x = np.mgrid[0:height * FINE, 0:width * FINE].astype(np.float32)
    x, y = x / (width * FINE) - 0.5, (y - height * FINE / 2) / (width * FINE)
    turn = 0 if kind in STILL else math.radians(dice.choice((0, 0, 0, 90, 45, 30, 60, 15, -20)))
    count = dice.uniform(4, 26)
    u = count * (x * math.cos(turn) + y * math.sin(turn)) + dice.uniform(0, 1) * (kind is not glow)
    v = count * (y * math.cos(turn) - x * math.sin(turn))
    share = np.asarray(kind(u, v, dice), np.float32)[..., None]
    first, second = (np.float32([dice.uniform(0, 255) for _ in "rgb"]) for _ in "12")
    while abs(first - second) @ np.float32([0.3, 0.6, 0.1]) < 60:
        second = np.float32([dice.uniform(0, 255) for _ in "rgb"])
    pixels = first + (second - first) * share
    picture = Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))
    return kind.__name__, picture.resize((width, height), Image.BOX)
