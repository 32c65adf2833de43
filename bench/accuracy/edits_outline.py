# SPDX-License-Identifier: Apache-2.0
"""Outlines: the picture inside another shape than its rectangle.

Outside of it nothing (the file has transparency), a colour, a blur, or another photograph. An edit
draws its amount inside the range of its level; the shot tells it.
"""
import math
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

import stock as supply
from edits_shape import small_copy
from shot import cropped, drawn_from, image, pasted, scaled

FINE = 4    # masks are drawn this much larger, for smooth edges


def mask_of(size, draw):
    """An L picture of a size; draw(ImageDraw, width, height) paints white where the shape is."""
    large = Image.new("L", (size[0] * FINE, size[1] * FINE), 0)
    draw(ImageDraw.Draw(large), *large.size)
    return large.resize(size, Image.BOX)


def transparent(shot, mask, random):
    """Saved with transparency; the hidden pixels are black or white, as programs leave them."""
    hidden = Image.new("RGB", shot.picture.size, random.choice(((0, 0, 0), (255, 255, 255))))
    out = Image.composite(shot.picture, hidden, mask.point(lambda v: 255 * (v > 0)))
    out.putalpha(mask)
    shot = shot.drawn(out)
    shot.save = random.choice(({"format": "WEBP", "quality": 85}, {"format": "PNG"}))
    return shot


def ground_of(size, random, stock, blurred=None):
    """(what it is, a picture to stand on): one colour, a slope of two, a blur, a photograph."""
    kind = random.choice(("colour", "slope", "blur", "photograph"))
    if kind == "blur" and blurred is not None:
        back = small_copy(blurred, *size)
        return kind, back.filter(ImageFilter.GaussianBlur(max(size) / random.uniform(20, 50)))
    if kind in ("photograph", "blur"):
        return "photograph", small_copy(stock.background(random), *size)
    first, second = (random.choice(supply.COLOURS + [(128, 128, 128)]) for _ in "12")
    if kind == "colour":
        return kind, Image.new("RGB", size, first)
    share = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    rows = np.float32(first) * (1 - share) + np.float32(second) * share
    return kind, image(np.broadcast_to(rows, (size[1], size[0], 3)))


def set_on(shot, mask, ground, x, y):
    """Laid on a ground through a mask."""
    under = ground.crop((x, y, x + shot.picture.width, y + shot.picture.height))
    return pasted(shot.drawn(Image.composite(shot.picture, under, mask)), ground, x, y)


def oval(shot, level, random, stock):
    """Nothing outside an oval; the amount is its width in shares of the picture's."""
    amount = drawn_from(random, ((1.05, 1.2), (0.95, 1.0), (0.65, 0.85)), level)
    width, height = shot.picture.size
    slack = max(0, 1 - amount) / 2
    off = [random.uniform(-slack, slack) for _ in "xy"]

    def draw(pen, w, h):
        x, y = w * (0.5 + off[0]), h * (0.5 + off[1])
        pen.ellipse((x - w * amount / 2, y - h * amount / 2, x + w * amount / 2,
                     y + h * amount / 2), fill=255)
    return transparent(shot, mask_of((width, height), draw), random).told(amount)


def circle(shot, level, random, stock):
    """A round part on a ground; the amount is its width in shares of the shorter side."""
    amount = drawn_from(random, ((0.95, 1.0), (0.80, 0.95), (0.55, 0.80)), level)
    whole = shot.picture
    side = round(min(whole.size) * amount)
    x, y = (random.uniform(0.2, 0.8) * (whole.size[i] - side) for i in (0, 1))
    shot = cropped(shot, x, y, x + side, y + side)
    shot = scaled(shot, min(1, 480 / shot.picture.width))
    side = shot.picture.width
    if random.random() < 0.5:
        size = (round(side * random.uniform(1.02, 1.3)),) * 2
    else:
        size = (round(side * random.uniform(1.3, 1.9)), round(side * random.uniform(1.05, 1.3)))
    kind, ground = ground_of(size, random, stock, whole)
    mask = mask_of(shot.picture.size, lambda pen, w, h: pen.ellipse((0, 0, w, h), fill=255))
    x, y = (size[0] - side) // 2, (size[1] - shot.picture.height) // 2
    return set_on(shot, mask, ground, x, y).told(amount, f"on a {kind}")


def blob(size, share, random):
    """A mask: a lump with a wavy outline that has about this share of the area."""
    width, height = size
    waves = [(k, random.uniform(0, 0.5) / k, random.uniform(0, 2 * math.pi)) for k in range(1, 8)]
    turns = np.linspace(0, 2 * math.pi, 400, endpoint=False)
    reach = 1 + sum(a * np.sin(k * turns + p) for k, a, p in waves)
    shape = np.stack([reach * np.cos(turns) * width, reach * np.sin(turns) * height], axis=1)
    out = None
    for _ in range(4):      # what sticks out is cut, so the scale is found by trying
        area = share if out is None else share * share / max(0.02, np.mean(out) / 255)
        polygon = cv2.contourArea(np.float32(shape)) / (width * height)
        shape = shape * math.sqrt(area / polygon)
        place = shape - (shape.min(axis=0) + shape.max(axis=0)) / 2 + (width / 2, height / 2)
        out = mask_of(size, lambda pen, w, h: pen.polygon(
            [(x * FINE, y * FINE) for x, y in place], fill=255))
    return out


def cut_out(shot, level, random, stock):
    """A lump with a white rim on another ground; the amount is its share of the picture."""
    amount = drawn_from(random, ((0.60, 0.75), (0.40, 0.55), (0.20, 0.35)), level)
    shot = scaled(shot, min(1, 560 / max(shot.picture.size)))
    whole = shot.picture
    mask = blob(whole.size, amount, random)
    rim = max(2, round(max(whole.size) * random.uniform(0.006, 0.02)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
    edge = 2 * rim + 1
    wide = cv2.copyMakeBorder(np.asarray(mask), edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    rimmed = Image.fromarray(cv2.dilate(wide, disc))
    size = tuple(round(v * random.uniform(1.05, 1.4)) + 2 * edge for v in whole.size)
    kind, ground = ground_of(size, random, stock)
    x, y = (random.randrange(edge, size[i] - whole.size[i] - edge + 1) for i in (0, 1))
    ground.paste((250, 250, 250), (x - edge, y - edge), rimmed)
    x0, y0, x1, y1 = mask.getbbox()
    shot = set_on(shot, mask, ground, x, y)
    return replace(shot, window=(x + x0, y + y0, x + x1, y + y1)).told(amount, f"on a {kind}")


def rounded(shot, level, random, stock):
    """Round corners; the amount is their radius in shares of the shorter side."""
    amount = drawn_from(random, ((0.04, 0.10), (0.10, 0.25), (0.25, 0.50)), level)

    def draw(pen, w, h):
        pen.rounded_rectangle((0, 0, w - 1, h - 1), amount * min(w, h), fill=255)
    mask = mask_of(shot.picture.size, draw)
    if random.random() < 0.5:
        return transparent(shot, mask, random).told(amount, "transparent")
    paper = Image.new("RGB", shot.picture.size, random.choice(supply.COLOURS))
    return shot.drawn(Image.composite(shot.picture, paper, mask)).told(amount, "coloured")


def ragged(length, depth, random):
    """How deep a torn edge goes at each of some pixels: slow swings and fibres."""
    dice = np.random.default_rng(random.getrandbits(32))
    total = np.zeros(length, np.float32)
    for knots, weight in ((length / 120, 1.0), (length / 30, 0.5), (length / 6, 0.2)):
        line = dice.standard_normal((1, max(3, round(knots)))).astype(np.float32)
        total += weight * cv2.resize(line, (length, 1), interpolation=cv2.INTER_CUBIC)[0]
    total -= total.min()
    return depth * total / max(1e-6, total.max())


def torn(shot, level, random, stock):
    """Edges torn off, with a rim of paper; the amount is their depth in shares of a side."""
    amount = drawn_from(random, ((0.02, 0.04), (0.04, 0.08), (0.08, 0.14)), level)
    width, height = shot.picture.size
    depth = amount * min(width, height)
    y, x = np.mgrid[0:height, 0:width]
    rim = np.float32(depth * random.uniform(0.15, 0.4))
    away = np.full((height, width), np.inf, np.float32)     # pixels from the nearest torn edge
    sides = random.sample("lrtb", random.choice((1, 2, 4, 4)))
    for side in sides:
        if side in "lr":
            far = ragged(height, depth, random)[:, None]
            away = np.minimum(away, (x if side == "l" else width - 1 - x) - far)
        else:
            far = ragged(width, depth, random)[None, :]
            away = np.minimum(away, (y if side == "t" else height - 1 - y) - far)
    kind, ground = ground_of((width, height), random, stock)
    inner = image(np.clip((away - rim) * 255, 0, 255))
    sheet = image(np.clip(away * 255, 0, 255))
    shade = ImageChops.offset(sheet, 4, 5).filter(ImageFilter.GaussianBlur(4))
    ground = Image.composite(Image.new("RGB", ground.size, (0, 0, 0)), ground,
                             shade.point(lambda v: v // 2))
    ground.paste((243, 240, 232), (0, 0), sheet)
    picture = Image.composite(shot.picture, ground, inner)
    return shot.drawn(picture).told(amount, f"{len(sides)} edges, on a {kind}")


EDITS = {"oval": oval, "circle": circle, "cut-out": cut_out, "rounded": rounded, "torn": torn}
