# SPDX-License-Identifier: Apache-2.0
"""Pictures made by code, with edges and texture at every size, for where no photographs can be had.

A scene is a horizon of layered hills under a graded sky, with grain of several sizes, and things of
many shapes in front; all of it is decided by the number.
"""
import functools
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def noise(generator, width, height):
    """Grain of six sizes, the finer the weaker, about -1 to 1."""
    total = np.zeros((height, width), np.float32)
    for octave in range(2, 8):
        cells = 2 ** octave
        grid = generator.standard_normal((cells * height // width + 2, cells + 2))
        layer = Image.fromarray(grid.astype(np.float32)).resize((width, height), Image.BICUBIC)
        total += np.asarray(layer) / 1.35 ** (octave - 2)
    return total / 2


@functools.lru_cache(maxsize=64)
def scene(number, width=720, height=480):
    dice = random.Random(f"scene {number}")
    generator = np.random.default_rng(number)
    sky, ground = (np.array([dice.uniform(30, 225) for _ in "rgb"], np.float32) for _ in "12")
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    pixels = sky * (1 - share) + ground * share + 22 * noise(generator, width, height)[..., None]
    x = np.arange(width)
    for layer in range(dice.randint(2, 4)):
        waves = sum(dice.uniform(10, 50) / k * np.sin(2 * math.pi * k * x / width
                                                      + dice.uniform(0, 6)) for k in range(1, 7))
        edge = height * (0.35 + 0.17 * layer) + waves
        below = np.arange(height)[:, None] > edge[None, :]
        colour = np.array([dice.uniform(20, 220) for _ in "rgb"], np.float32)
        grain = 30 * noise(generator, width, height)[..., None]
        pixels = np.where(below[..., None], colour + grain, pixels)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(dice.randint(18, 32)):
        thing(draw, dice, width, height)
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def thing(draw, dice, width, height):
    """A polygon, a disc, a window front or a fence, anywhere."""
    x, y = dice.uniform(0, width), dice.uniform(0, height)
    side = dice.uniform(12, 90)
    colour, other = (tuple(dice.randrange(256) for _ in "rgb") for _ in "12")
    kind = dice.randrange(4)
    if kind == 0:
        corners = sorted(dice.uniform(0, 2 * math.pi) for _ in range(dice.randint(3, 7)))
        draw.polygon([(x + side * dice.uniform(0.4, 1) * math.cos(a),
                       y + side * dice.uniform(0.4, 1) * math.sin(a)) for a in corners],
                     fill=colour, outline=other)
    elif kind == 1:
        tall = side * dice.uniform(0.5, 1.5)
        draw.ellipse((x, y, x + side, y + tall), fill=colour, outline=other, width=3)
    elif kind == 2:
        columns, rows, pane = dice.randint(2, 5), dice.randint(2, 6), dice.uniform(6, 15)
        draw.rectangle((x, y, x + columns * pane * 1.6, y + rows * pane * 1.6), fill=colour)
        for cell in range(columns * rows):
            if dice.random() < 0.7:
                left = x + (cell % columns) * pane * 1.6 + 2
                top = y + (cell // columns) * pane * 1.6 + 2
                draw.rectangle((left, top, left + pane, top + pane), fill=other)
    else:
        for post in range(dice.randint(3, 9)):
            draw.line((x + post * 9, y, x + post * 9 + dice.uniform(-4, 4), y + side),
                      fill=colour, width=dice.randint(2, 5))
