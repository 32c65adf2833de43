# SPDX-License-Identifier: Apache-2.0
"""Shots that known and innocent videos are made of: each a recipe in plain values, drawn on demand.

  pan     a camera that moves over a photograph, perhaps with stamps that move in front
  place   a camera that stands still before a photograph: light, noise and moving stamps change
  clip    a part of a real video
  card    the intro of a channel: the same in many videos
  black
"""
import math

import cv2
import numpy as np
from PIL import Image, ImageDraw

import stock
from video import frames, layers

CARDS = 3


def photo(path):
    pixels = cv2.imread(path, cv2.IMREAD_COLOR)
    return cv2.GaussianBlur(pixels, (0, 0), 0.6)


def looked_at(pixels, view, size, offset=(0, 0)):
    """The part of a photograph around `view` (x, y in shares, zoom), as a frame."""
    height, width = pixels.shape[:2]
    factor = min(width / size[0], height / size[1]) / view[2]
    half = factor * size[0] / 2, factor * size[1] / 2
    x = min(max(view[0] * width, half[0]), width - half[0]) - half[0] + offset[0] * factor
    y = min(max(view[1] * height, half[1]), height - half[1]) - half[1] + offset[1] * factor
    matrix = np.float32([[factor, 0, x], [0, factor, y]])
    return cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                          borderMode=cv2.BORDER_REFLECT)


def pan(shot, count, fps, size):
    pixels = photo(shot["photo"])
    begin, end, shake, phase = shot["from"], shot["to"], shot["shake"], shot["phase"]
    over = layers.actors(size, shot["actors"])
    for number in range(count):
        share = number / max(1, count - 1)
        eased = share * share * (3 - 2 * share)
        seconds = number / fps
        view = [a + eased * (b - a) for a, b in zip(begin, end)]
        offset = (shake * math.sin(2.3 * seconds + phase) + shake / 2 * math.sin(7.1 * seconds),
                  shake * math.sin(3.1 * seconds + 2 * phase))
        yield over(looked_at(pixels, view, size, offset), seconds)


def place(shot, count, fps, size):
    base = looked_at(photo(shot["photo"]), shot["view"], size).astype(np.float32)
    gain, across, down = shot["light"]
    x = np.linspace(-0.5, 0.5, size[0], dtype=np.float32)[None, :, None]
    y = np.linspace(-0.5, 0.5, size[1], dtype=np.float32)[:, None, None]
    base = np.clip(base * (gain * (1 + across * x + down * y)), 0, 255).astype(np.uint8)
    over = layers.actors(size, shot["actors"])
    noisy = layers.grain(size, shot["noise"], shot["seed"])
    for number in range(count):
        seconds = number / fps
        gain = 1 + 0.02 * math.sin(1.7 * seconds + shot["seed"] % 6)
        yield noisy(over(cv2.convertScaleAbs(base, alpha=gain), seconds), seconds)


def clip(shot, count, fps, size):
    return frames.read(shot["path"], shot["start"], count, size, fps)


def card_picture(number, size):
    """What stands on a card: a made-up channel's emblem and name on a graded ground."""
    width, height = size
    top, foot = (np.float32(stock.COLOURS[(number + k) % 6]) for k in (1, 4))
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    ground = np.broadcast_to(top * (1 - share) / 2 + foot * share / 2, (height, width, 3))
    picture = Image.fromarray(ground.astype(np.uint8))
    mark = stock.logo(number, 0.22 * width, 0.22 * width)
    picture.paste(mark, (round(0.39 * width), round(0.16 * height)), mark)
    stock.draw_line(ImageDraw.Draw(picture), (0.1 * width, 0.64 * height, 0.9 * width,
                                              0.84 * height),
                    f"KANAL {number + 1} presents", "NotoSans-Bold.ttf", (240, 240, 240))
    return np.asarray(picture)[:, :, ::-1].copy()


def card(shot, count, fps, size):
    """It grows a little, as intros do."""
    picture = card_picture(shot["number"], size)
    for number in range(count):
        seconds = number / fps
        frame = looked_at(picture, (0.5, 0.5, 1 + 0.04 * min(seconds, 3)), size)
        yield cv2.convertScaleAbs(frame, alpha=min(1, (number + 1) / (0.4 * fps)))


def black(_, count, __, size):
    for _ in range(count):
        yield np.zeros((size[1], size[0], 3), np.uint8)


KINDS = {"pan": pan, "place": place, "clip": clip, "card": card, "black": black}


def drawn(shot, count, fps, size):
    return KINDS[shot["kind"]](shot, count, fps, size)


# --- recipes by chance ----------------------------------------------------------------------------


def random_view(random, least=1.05, most=1.8):
    return [random.uniform(0.25, 0.75), random.uniform(0.25, 0.75), random.uniform(least, most)]


def random_actors(stamps, count, seconds, random):
    """Stamps that cross a frame in the time of a shot."""
    out = []
    for _ in range(count):
        long = min(seconds, random.uniform(4, 9))
        begin = random.uniform(0, max(0.01, seconds - long))
        leftward = random.random() < 0.5
        foot = random.uniform(0.55, 0.98)
        out.append({"path": random.choice(stamps), "tall": random.uniform(0.16, 0.34),
                    "turned": random.random() < 0.5, "begin": begin, "end": begin + long,
                    "from": [1.15 if leftward else -0.15, foot], "bob": random.uniform(0, 0.02),
                    "to": [-0.15 if leftward else 1.15, foot + random.uniform(-0.1, 0.05)]})
    return out


def random_pan(path, stamps, seconds, random):
    calm = random.random() < 0.25
    begin = random_view(random)
    end = [v + random.uniform(-0.03, 0.03) for v in begin] if calm else random_view(random)
    count = random.choice((0, 0, 1, 2))
    return {"kind": "pan", "photo": path, "from": begin, "to": end,
            "shake": random.choice((0, 0, 1.5, 3)), "phase": random.uniform(0, 6),
            "actors": random_actors(stamps, count, seconds, random)}


def random_place(path, stamps, seconds, random):
    """Something moves at any time; at least one large stamp a few seconds."""
    return {"kind": "place", "photo": path, "view": random_view(random, 1.0, 1.25),
            "light": [1.0, 0.0, 0.0], "noise": random.uniform(2, 5),
            "seed": random.randrange(1 << 20),
            "actors": random_actors(stamps, max(4, round(seconds / 2)), seconds, random)}


def another_moment(shot, stamps, seconds, random):
    """The same camera before the same place: other stamps, other light, independent noise."""
    return {**shot, "light": [random.uniform(0.85, 1.12), random.uniform(-0.15, 0.15),
                              random.uniform(-0.15, 0.15)],
            "seed": random.randrange(1 << 20),
            "actors": random_actors(stamps, max(4, round(seconds / 2)), seconds, random)}
