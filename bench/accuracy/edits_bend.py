# SPDX-License-Identifier: Apache-2.0
"""Bends: every pixel moves a little, and no single turn, scale or tilt of the plane says whereto.

An edit draws its amount inside the range of its level; the shot tells it. Pixels are those of a
picture with a long side of 640 and grow with it. The true regions of a bent shot are about right.
"""
import math

import cv2
import numpy as np
from PIL import Image

from shot import drawn_from, of_640

cv2.setNumThreads(1)


def grid_of(picture):
    """(x, y) of every pixel's middle, about the picture's middle, and half of the diagonal."""
    width, height = picture.size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x - (width - 1) / 2, y - (height - 1) / 2, math.hypot(width, height) / 2


def sampled(shot, x, y, border=cv2.BORDER_REFLECT_101):
    """Each pixel taken from where (x, y), about the middle, say."""
    width, height = shot.picture.size
    pixels = cv2.remap(np.asarray(shot.picture), (x + (width - 1) / 2).astype(np.float32),
                       (y + (height - 1) / 2).astype(np.float32), cv2.INTER_CUBIC,
                       borderMode=border)
    return shot.drawn(Image.fromarray(pixels))


WAVES = (16, 24, 36, 56, 90, 140, 220)     # pixels
LEAST_WAVE = 7.0                            # times the amount: nothing folds over


def ripple(shot, level, random, stock):
    """Pixels swing as a sine says; the amount is the largest shift in pixels, 1 to 8."""
    amount = drawn_from(random, ((1, 2), (2, 4), (4, 8)), level)
    wave = random.choice([w for w in WAVES if w >= LEAST_WAVE * amount])
    axes = random.choice(("rows", "columns", "both"))
    x, y, _ = grid_of(shot.picture)
    reach, length = of_640(shot, amount), of_640(shot, wave)
    phase = random.uniform(0, 2 * math.pi)
    across = reach * np.sin(2 * math.pi * y / length + phase) if axes != "columns" else 0
    down = reach * np.sin(2 * math.pi * x / length + 2 * phase) if axes != "rows" else 0
    return sampled(shot, x + across, y + down).told(amount, f"{axes}, wave {wave}")


def lens(shot, level, random, stock):
    """Barrel (above 0) or pincushion; the amount is per cent of the corner's distance, to 10."""
    amount = drawn_from(random, ((0.5, 3), (3, 6), (6, 10)), level) * random.choice((-1, 1))
    x, y, far = grid_of(shot.picture)
    factor = 1 + amount / 100 * (x * x + y * y) / far ** 2
    filled = random.random() < 0.5
    if filled and amount > 0:       # enlarged until no corner is empty
        factor /= 1 + amount / 100
    out = sampled(shot, x * factor, y * factor,
                  cv2.BORDER_REFLECT_101 if filled else cv2.BORDER_CONSTANT)
    return out.told(amount, "filled" if filled else "as it is")


def disc(shot, random):
    """(x, y, r): r in shares of a disc of some size around the middle, at most 1."""
    x, y, far = grid_of(shot.picture)
    width, height = shot.picture.size
    radius = random.uniform(0.5 * min(width, height), far)
    return x, y, np.minimum(1, np.hypot(x, y) / radius)


def swirl(shot, level, random, stock):
    """Turned the more, the nearer to the middle; the amount is degrees there."""
    amount = drawn_from(random, ((5, 15), (15, 40), (40, 90)), level) * random.choice((-1, 1))
    x, y, r = disc(shot, random)
    angle = math.radians(amount) * (1 - r) ** 2
    c, s = np.cos(angle), np.sin(angle)
    return sampled(shot, c * x - s * y, s * x + c * y).told(amount)


def drawn_in(shot, power, random):
    x, y, r = disc(shot, random)
    factor = np.maximum(r, 1e-3) ** power
    return sampled(shot, x * factor, y * factor)


def implode(shot, level, random, stock):
    """Drawn towards the middle; the amount is the power of the radius that is added."""
    amount = drawn_from(random, ((0.02, 0.06), (0.06, 0.15), (0.15, 0.30)), level)
    return drawn_in(shot, -amount, random).told(amount)


def explode(shot, level, random, stock):
    """The middle swells."""
    amount = drawn_from(random, ((0.03, 0.10), (0.10, 0.25), (0.25, 0.50)), level)
    return drawn_in(shot, amount, random).told(amount)


def warp(shot, level, random, stock):
    """A smooth random field; the amount is its largest shift in per cent of the long side."""
    amount = drawn_from(random, ((0.3, 1), (1, 2), (2, 4)), level)
    width, height = shot.picture.size
    cells = random.choice((3, 4, 5, 6))
    dice = np.random.default_rng(random.getrandbits(32))
    # Knots beyond the edge keep the field as lively there as in the middle.
    field = [cv2.resize(dice.standard_normal((cells + 2, cells + 2)).astype(np.float32),
                        (width, height), interpolation=cv2.INTER_CUBIC) for _ in "xy"]
    field = [cv2.GaussianBlur(f, (0, 0), max(width, height) / cells / 4) for f in field]
    reach = amount / 100 * max(width, height) / np.hypot(*field).max()
    x, y, _ = grid_of(shot.picture)
    return sampled(shot, x + reach * field[0], y + reach * field[1]).told(amount, f"{cells} knots")


# --- seam carving ---------------------------------------------------------------------------------


def seam_of(energy):
    """The column of each row of the cheapest connected path from top to bottom."""
    height, width = energy.shape
    cost = np.empty((height, width + 2), np.float32)
    cost[:, (0, -1)] = np.inf
    cost[0, 1:-1] = energy[0]
    for row in range(1, height):
        above = cost[row - 1]
        np.minimum(above[:-2], above[1:-1], out=cost[row, 1:-1])
        np.minimum(cost[row, 1:-1], above[2:], out=cost[row, 1:-1])
        cost[row, 1:-1] += energy[row]
    path = np.empty(height, np.int64)
    at = int(np.argmin(cost[-1]))
    for row in range(height - 1, -1, -1):
        if row < height - 1:
            at += int(np.argmin(cost[row, at - 1:at + 2])) - 1
        path[row] = at - 1
    return path


def carved(pixels, seams):
    """A picture narrower by some seams (Avidan and Shamir, 2007), each the dullest at its turn."""
    for _ in range(seams):
        height, width, _ = pixels.shape
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
        energy = (np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0))
                  + np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1)))
        kept = np.ones((height, width), bool)
        kept[np.arange(height), seam_of(energy)] = False
        pixels = pixels[kept].reshape(height, width - 1, 3)
    return pixels


def seam_carving(shot, level, random, stock):
    """The amount is per cent of the width or height that are left."""
    amount = drawn_from(random, ((97, 99), (93.5, 96.5), (88, 92)), level)
    pixels = np.asarray(shot.picture)
    upright = random.random() < 0.5
    if not upright:
        pixels = np.ascontiguousarray(pixels.transpose(1, 0, 2))
    width = pixels.shape[1]
    pixels = carved(pixels, width - round(width * amount / 100))
    if not upright:
        pixels = pixels.transpose(1, 0, 2)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    matrix = np.diag([picture.width / shot.picture.width, picture.height / shot.picture.height, 1])
    return shot.moved(picture, matrix).told(amount, "narrower" if upright else "lower")


EDITS = {"ripple": ripple, "lens": lens, "swirl": swirl, "implode": implode, "explode": explode,
         "warp": warp, "seam-carving": seam_carving}
