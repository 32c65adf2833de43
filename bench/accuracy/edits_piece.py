# SPDX-License-Identifier: Apache-2.0
"""Pieces: parts of the picture elsewhere than they were, or a part of it alone.

An edit draws its amount inside the range of its level; the shot tells it. Where pieces go several
ways, the true regions are those of the whole picture.
"""
import math

import numpy as np
from PIL import Image, ImageOps

from edits_shape import small_copy
from shot import cropped, drawn_from, fit, of_640, pasted, scaled

PAPERS = ((255, 255, 255), (0, 0, 0), (245, 240, 225), (40, 40, 44), (200, 40, 60), (30, 90, 170))


def cells_of(width, height, columns, rows):
    """Boxes of a grid, row by row, without rests."""
    xs = [round(width * i / columns) for i in range(columns + 1)]
    ys = [round(height * i / rows) for i in range(rows + 1)]
    return [(xs[c], ys[r], xs[c + 1], ys[r + 1]) for r in range(rows) for c in range(columns)]


def tiles(shot, level, random, stock):
    """Nine tiles with gaps between, as posted in a grid; the amount is a gap in pixels."""
    amount = drawn_from(random, ((2, 4), (4, 9), (9, 20)), level)
    gap = max(1, round(of_640(shot, amount)))
    columns, rows = random.choice(((3, 3), (3, 3), (3, 2), (2, 2), (4, 3), (4, 4)))
    picture = shot.picture
    size = (picture.width + gap * (columns + 1), picture.height + gap * (rows + 1))
    canvas = Image.new("RGB", size, random.choice(PAPERS))
    for number, box in enumerate(cells_of(*picture.size, columns, rows)):
        at = (box[0] + gap * (number % columns + 1), box[1] + gap * (number // columns + 1))
        canvas.paste(picture.crop(box), at)
    matrix = np.diag([size[0] / picture.width, size[1] / picture.height, 1])
    return shot.moved(canvas, matrix).told(amount, f"{columns} x {rows}")


def jigsaw(shot, level, random, stock):
    """Cut into as many parts as the amount says, and laid in another order."""
    columns, rows = ((2, 2), random.choice(((3, 2), (2, 3))), (3, 3))[level]
    width, height = (shot.picture.width // columns * columns, shot.picture.height // rows * rows)
    picture = shot.picture.crop((0, 0, width, height))
    boxes = cells_of(width, height, columns, rows)
    order = list(range(len(boxes)))
    while sum(place == piece for place, piece in enumerate(order)) > len(order) // 4:
        random.shuffle(order)
    out = Image.new("RGB", (width, height))
    for place, piece in enumerate(order):
        out.paste(picture.crop(boxes[piece]), boxes[place][:2])
    return shot.drawn(out).told(columns * rows, f"{columns} x {rows}")


def turned_first(picture, sideways):
    """Upside becomes left, so that one edit of columns serves rows as well."""
    return picture if sideways else picture.transpose(Image.Transpose.TRANSPOSE)


def mirrored_half(shot, level, random, stock):
    """A part is kept and its mirror stands beside it; the amount is the share that is kept."""
    amount = drawn_from(random, ((0.58, 0.70), (0.47, 0.53), (0.30, 0.42)), level)
    sideways = random.random() < 0.7
    picture = turned_first(shot.picture, sideways)
    kept = round(picture.width * amount)
    right = random.random() < 0.5
    part = picture.crop((picture.width - kept, 0, picture.width, picture.height) if right
                        else (0, 0, kept, picture.height))
    # Where much more than half is kept, the mirror fills the rest; else it is all there.
    width = picture.width if level == 0 else 2 * kept
    out = Image.new("RGB", (width, picture.height))
    mirror = ImageOps.mirror(part)
    out.paste(mirror, (width - 2 * kept, 0) if right else (kept, 0))
    out.paste(part, (width - kept, 0) if right else (0, 0))
    out = turned_first(out, sideways)
    return shot.drawn(out).told(amount, "sideways" if sideways else "upright")


def halves_turned(shot, level, random, stock):
    """Halves or quarters mirrored in their places; the amount is how many are."""
    sideways = random.random() < 0.6
    picture = turned_first(shot.picture, sideways)
    columns, rows = ((2, 1), (2, 1), (2, 2))[level]
    boxes = cells_of(*picture.size, columns, rows)
    chosen = [random.randrange(2)] if level == 0 else range(len(boxes))
    out = picture.copy()
    for number in chosen:
        part = picture.crop(boxes[number])
        out.paste(ImageOps.mirror(part) if level < 2 else part.transpose(
            Image.Transpose.ROTATE_180), boxes[number][:2])
    out = turned_first(out, sideways)
    return shot.drawn(out).told(len(chosen), "sideways" if sideways else "upright")


def bands(shot, level, random, stock):
    """Rows or columns in bands, each shifted; the amount is per cent of the side, at most."""
    amount = drawn_from(random, ((0.5, 2), (2, 5), (5, 12)), level)
    count = random.randint(10, 30)
    rows = random.random() < 0.6
    pixels = np.asarray(shot.picture)
    if not rows:
        pixels = pixels.transpose(1, 0, 2)
    pixels = pixels.copy()
    reach = amount / 100 * pixels.shape[1]
    ends = [round(pixels.shape[0] * i / count) for i in range(count + 1)]
    by_turns, around = random.random() < 0.5, random.random() < 0.5
    for number in range(count):
        step = (1, -1)[number % 2] if by_turns else random.uniform(-1, 1)
        step = round(step * reach)
        part = np.roll(pixels[ends[number]:ends[number + 1]], step, axis=1)
        if not around and step > 0:
            part[:, :step] = 0
        elif not around and step < 0:
            part[:, step:] = 0
        pixels[ends[number]:ends[number + 1]] = part
    if not rows:
        pixels = pixels.transpose(1, 0, 2)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return shot.drawn(picture).told(amount, f"{count} {'rows' if rows else 'columns'}")


def part_of(shot, share, random):
    """A box with this share of the area, of another shape by up to a fifth, anywhere."""
    width, height = shot.picture.size
    shape = math.sqrt(random.uniform(0.8, 1.25))
    w = min(width, width * math.sqrt(share) * shape)
    h = min(height, width * height * share / w)
    x, y = random.uniform(0, width - w), random.uniform(0, height - h)
    return cropped(shot, x, y, x + w, y + h)


def detail_of(shot):
    """How much there is to see: the contrast of what is fine, of 128 pixels."""
    grey = np.asarray(fit(shot.picture.convert("L"), 128), np.float32)
    return np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()


def pasted_quarter(shot, level, random, stock):
    """A part of the picture on another photograph; the amount is its share of the picture."""
    amount = drawn_from(random, ((0.30, 0.40), (0.20, 0.30), (0.14, 0.20)), level)
    wide = drawn_from(random, ((0.55, 0.70), (0.45, 0.55), (0.35, 0.45)), level)
    back = fit(stock.background(random), 800)
    if back.width < 600:
        back = back.resize((600, round(back.height * 600 / back.width)), Image.BICUBIC)
    part = part_of(shot, amount, random)
    factor = min(wide * back.width / part.picture.width, 0.9 * back.height / part.picture.height)
    part = scaled(part, factor)
    x = random.randrange(max(1, back.width - part.picture.width))
    y = random.randrange(max(1, back.height - part.picture.height))
    return pasted(part, back, x, y).told(amount, f"at {100 * wide:.0f} % of the width")


def twentieth(shot, level, random, stock):
    """A small part alone; the amount is its share of the picture. Half of them are enlarged.

    Nobody posts a piece of sky: of four places the one with most to see is taken.
    """
    amount = drawn_from(random, ((0.09, 0.11), (0.062, 0.08), (0.045, 0.055)), level)
    part = max((part_of(shot, amount, random) for _ in range(4)), key=detail_of)
    enlarged = random.random() < 0.5
    if enlarged:
        part = scaled(part, 480 / max(part.picture.size), how=Image.BICUBIC)
    return part.told(amount, "enlarged" if enlarged else "as it is")


def strips(shot, level, random, stock):
    """Every second strip belongs to another photograph; the amount is the share of that one."""
    amount = drawn_from(random, ((0.15, 0.25), (0.25, 0.40), (0.40, 0.55)), level)
    upright = random.random() < 0.5
    picture = turned_first(shot.picture, upright)
    other = small_copy(stock.background(random), *picture.size)
    count = random.randint(3, 8)
    out = picture.copy()
    step = picture.width / count
    for number in range(count):
        box = (round(number * step), 0, round((number + amount) * step), picture.height)
        out.paste(other.crop(box), box[:2])
    return shot.drawn(turned_first(out, upright)).told(amount, f"{count} strips")


EDITS = {"tiles": tiles, "jigsaw": jigsaw, "mirrored-half": mirrored_half,
         "halves-turned": halves_turned, "bands": bands, "pasted-quarter": pasted_quarter,
         "twentieth": twentieth, "strips": strips}
