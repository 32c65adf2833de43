# SPDX-License-Identifier: Apache-2.0
"""What is laid over moving pictures: logos, tickers, subtitles, stickers, stamps, light, noise.

A layer is a function (frame, seconds) -> frame. It may write into the frame it is given.
"""
import functools
import math
import random as dice_of

import cv2
import numpy as np
from PIL import Image, ImageDraw

import stock

cv2.setNumThreads(1)


class Patch:
    """A picture with transparency, ready to be laid over frames many times."""

    def __init__(self, picture):
        pixels = np.asarray(picture.convert("RGBA"))
        alpha = pixels[:, :, 3:].astype(np.uint16)
        self.rest = 255 - alpha
        self.colour = pixels[:, :, 2::-1].astype(np.uint16) * alpha
        self.size = picture.size

    def over(self, frame, x, y):
        """Lays it with its upper left corner at (x, y); what sticks out is cut off."""
        height, width = frame.shape[:2]
        x, y = round(x), round(y)
        x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + self.size[0]), min(
            height, y + self.size[1])
        if x0 >= x1 or y0 >= y1:
            return
        part = np.s_[y0 - y:y1 - y, x0 - x:x1 - x]
        under = frame[y0:y1, x0:x1]
        under[:] = ((under * self.rest[part] + self.colour[part] + 127) // 255).astype(np.uint8)


def faded(picture, alpha):
    out = picture.copy()
    out.putalpha(out.getchannel("A").point([round(v * alpha) for v in range(256)]))
    return out


def corner_logo(number, size, share, corner, alpha=0.9):
    """A channel's logo over a share of the area, in one of four corners."""
    width, height = size
    wide = min(0.9 * width, math.sqrt(share * width * height * 2))
    mark = Patch(faded(stock.logo(number, wide, wide / 2), alpha))
    x = width * 0.03 if corner % 2 == 0 else width * 0.97 - mark.size[0]
    y = height * 0.04 if corner < 2 else height * 0.96 - mark.size[1]

    def over(frame, _):
        mark.over(frame, x, y)
        return frame
    return over


def line_of(text, font, tall, ink, edge=None):
    """One line of text as a picture of `tall` pixels or so."""
    face = stock.font_of(font, tall * 0.72)
    draw = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    stroke = max(1, round(tall / 14)) if edge else 0
    left, top, right, bottom = draw.textbbox((0, 0), text, font=face, stroke_width=stroke)
    out = Image.new("RGBA", (max(8, right - left + 4), max(8, bottom - top + 4)), (0, 0, 0, 0))
    ImageDraw.Draw(out).text((2 - left, 2 - top), text, font=face, fill=(*ink, 255),
                             stroke_width=stroke, stroke_fill=edge and (*edge, 255))
    return out


def ticker(size, share, random):
    """A bar at the foot with text that runs from right to left."""
    width, height = size
    tall = round(height * share)
    text, font = stock.words(random)
    line = Patch(line_of("        ".join([text] * 3), font, tall, (250, 250, 250)))
    colour = random.choice(stock.COLOURS[:6])[::-1]
    pace = width / random.uniform(4, 7)

    def over(frame, seconds):
        frame[height - tall:] = colour
        x = width - (seconds * pace) % (width + line.size[0])
        line.over(frame, x, height - tall + (tall - line.size[1]) / 2)
        return frame
    return over


def subtitles(size, lines, random):
    """Burnt-in subtitles that change every few seconds."""
    width, height = size
    tall = height * 0.085
    turns = []
    for _ in range(12):
        group = []
        for _ in range(lines):
            text, font = stock.words(random)
            one = line_of(text, font, tall, (255, 255, 255), (0, 0, 0))
            if one.width > 0.94 * width:
                one = one.resize((round(0.94 * width), one.height))
            group.append(Patch(one))
        turns.append(group)
    every = random.uniform(2, 3.5)

    def over(frame, seconds):
        for row, one in enumerate(reversed(turns[int(seconds / every) % len(turns)])):
            one.over(frame, (width - one.size[0]) / 2, height - tall * (1.15 * row + 1.3))
        return frame
    return over


def stickers(size, count, random):
    """Emoji that drift across."""
    width, height = size
    group = []
    for _ in range(count):
        side = min(size) * random.uniform(0.16, 0.28)
        group.append((Patch(stock.emoji(random, side)), random.uniform(0, width),
                      random.uniform(0, height), random.uniform(-0.2, 0.2) * width,
                      random.uniform(-0.2, 0.2) * height))

    def over(frame, seconds):
        for one, x, y, across, down in group:
            one.over(frame, (x + across * seconds) % (width + one.size[0]) - one.size[0] / 2,
                     (y + down * seconds) % (height + one.size[1]) - one.size[1] / 2)
        return frame
    return over


@functools.lru_cache(maxsize=8)
def grain_of(height, width, seed):
    """Noise around 128, larger than a frame, so that every frame can take another part of it."""
    generator = np.random.default_rng(seed)
    grain = generator.standard_normal((height + 64, width + 64), np.float32)
    return grain


def grain(size, strength, seed):
    """Noise of a sensor: other in every frame."""
    width, height = size
    rough = grain_of(height, width, seed % 7) * strength + 128
    rough = cv2.merge([np.clip(rough + 0.5, 0, 255).astype(np.uint8)] * 3)
    random = dice_of.Random(seed)

    def over(frame, _):
        x, y = random.randrange(64), random.randrange(64)
        return cv2.addWeighted(frame, 1, rough[y:y + height, x:x + width], 1, -128)
    return over


@functools.lru_cache(maxsize=64)
def stamp(path, tall, turned):
    with Image.open(path) as picture:
        picture = picture.convert("RGBA")
    picture = picture.crop(picture.getchannel("A").getbbox())
    factor = tall / picture.height
    picture = picture.resize((max(4, round(picture.width * factor)), max(4, round(tall))),
                             Image.LANCZOS)
    return Patch(picture.transpose(Image.FLIP_LEFT_RIGHT) if turned else picture)


def actors(size, plan):
    """Stamps that move: each {"path", "tall", "turned", "from", "to", "begin", "end", "bob"}."""
    width, height = size
    group = [(one, stamp(one["path"], round(one["tall"] * height), one["turned"])) for one in plan]

    def over(frame, seconds):
        for one, patch in group:
            share = (seconds - one["begin"]) / (one["end"] - one["begin"])
            if 0 <= share <= 1:
                x = one["from"][0] + share * (one["to"][0] - one["from"][0])
                y = one["from"][1] + share * (one["to"][1] - one["from"][1])
                y += one["bob"] * math.sin(7 * seconds + 9 * one["tall"])
                patch.over(frame, x * width - patch.size[0] / 2, y * height - patch.size[1])
        return frame
    return over
