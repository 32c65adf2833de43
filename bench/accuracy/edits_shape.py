# SPDX-License-Identifier: Apache-2.0
"""Edits 22 to 32: mirrors, turns, crops, warps, borders. The pixels move; the Shot says whereto."""
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from shot import cropped, fit, homography, pasted, scaled, shifted, warped


def flipped(shot, how):
    width, height = shot.picture.size
    matrix = {
        "FLIP_LEFT_RIGHT": [[-1, 0, width], [0, 1, 0], [0, 0, 1]],
        "FLIP_TOP_BOTTOM": [[1, 0, 0], [0, -1, height], [0, 0, 1]],
        "ROTATE_180": [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        "ROTATE_90": [[0, 1, 0], [-1, 0, width], [0, 0, 1]],    # counter-clockwise
        "ROTATE_270": [[0, -1, height], [1, 0, 0], [0, 0, 1]],
    }[how]
    picture = shot.picture.transpose(getattr(Image.Transpose, how))
    return shot.moved(picture, np.array(matrix, float))


def keep_share(shot, share, random):
    """A rectangle with `share` of the area, of about the same shape, anywhere."""
    width, height = shot.picture.size
    aspect = random.uniform(0.9, 1.1)
    w = min(width, width * math.sqrt(share) * aspect)
    h = min(height, width * height * share / w)
    w = min(width, width * height * share / h)
    x, y = random.uniform(0, width - w), random.uniform(0, height - h)
    return cropped(shot, x, y, x + w, y + h)


def mirror(shot, level, random, stock):
    shot = flipped(shot, "FLIP_LEFT_RIGHT")
    return shot if level == 0 else keep_share(shot, (1, 0.9, 0.7)[level], random)


def flip_or_turn(shot, level, random, stock):
    how = ("FLIP_TOP_BOTTOM", random.choice(("ROTATE_90", "ROTATE_270")), "ROTATE_180")[level]
    return flipped(shot, how)


def turned(shot, degrees, random):
    """Turned, either with the corners filled or cropped to what has no fill."""
    width, height = shot.picture.size
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    about = shifted(width / 2, height / 2) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) \
        @ shifted(-width / 2, -height / 2)
    if random.random() < 0.5:
        out_w, out_h = (round(abs(width * c) + abs(height * s)),
                        round(abs(width * s) + abs(height * c)))
        about = shifted((out_w - width) / 2, (out_h - height) / 2) @ about
        fill = random.choice(((0, 0, 0), (255, 255, 255), (128, 128, 128)))
        return warped(shot, about, (out_w, out_h), fill)
    # The largest scale at which a box of the same shape, turned back, stays inside.
    c, s = abs(c), abs(s)
    factor = min(width / (width * c + height * s), height / (width * s + height * c))
    w, h = width * factor, height * factor
    shot = warped(shot, about)
    return cropped(shot, (width - w) / 2, (height - h) / 2, (width + w) / 2, (height + h) / 2)


def rotate(shot, level, random, stock):
    return turned(shot, (2, 8, 20)[level] * random.choice((-1, 1)), random)


def crop(shot, level, random, stock):
    return keep_share(shot, (0.85, 0.60, 0.30)[level], random)


def zoom(shot, level, random, stock):
    width, height = shot.picture.size
    side = 1 / (1.1, 1.5, 2.2)[level]
    x, y = width * (1 - side) / 2, height * (1 - side) / 2
    inner = cropped(shot, x, y, width - x, height - y)
    return scaled(inner, width / inner.picture.width, height / inner.picture.height, Image.BICUBIC)


def squeeze(shot, level, random, stock):
    factor = (1.1, 1.3, 1.6)[level]
    if random.random() < 0.5:
        return scaled(shot, 1 / factor, 1)
    return scaled(shot, 1, 1 / factor)


def shear(shot, level, random, stock):
    width, height = shot.picture.size
    lean = math.tan(math.radians((5, 12, 20)[level]))
    out_w = round(width + lean * height)
    if random.random() < 0.5:
        matrix = np.array([[1, lean, 0], [0, 1, 0], [0, 0, 1.0]])
    else:
        matrix = np.array([[1, -lean, lean * height], [0, 1, 0], [0, 0, 1.0]])
    return warped(shot, matrix, (out_w, height))


def perspective(shot, level, random, stock):
    return tilted(shot, (0.03, 0.08, 0.15)[level], random)


def tilted(shot, share, random, fill=(0, 0, 0)):
    """Each corner moved inward by up to `share` of the sides, at least by half of that."""
    width, height = shot.picture.size
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    targets = []
    for x, y in corners:
        dx, dy = (share * random.uniform(0.5, 1) for _ in "xy")
        targets.append((x + (dx if x == 0 else -dx) * width, y + (dy if y == 0 else -dy) * height))
    return warped(shot, homography(corners, targets), fill=fill)


def letterbox(shot, level, random, stock):
    """Black bars; `share` of the result is bars."""
    share = (0.08, 0.20, 0.40)[level]
    width, height = shot.picture.size
    if random.random() < 0.5:
        size = (width, round(height / (1 - share)))
    else:
        size = (round(width / (1 - share)), height)
    canvas = Image.new("RGB", size, "black")
    return pasted(shot, canvas, (size[0] - width) // 2, (size[1] - height) // 2)


def blurred_border(shot, level, random, stock):
    """As apps fill a frame of another shape: the picture over its own blurred enlargement."""
    share = (0.15, 0.30, 0.50)[level]
    width, height = shot.picture.size
    if width >= height:
        size = (width, round(height / (1 - share)))
    else:
        size = (round(width / (1 - share)), height)
    back = shot.picture.resize(size, Image.BICUBIC)
    back = back.filter(ImageFilter.GaussianBlur(max(size) / 40))
    return pasted(shot, back, (size[0] - width) // 2, (size[1] - height) // 2)


def frame(shot, level, random, stock):
    """A coloured or polaroid-like frame with rounded inner corners."""
    share = (0.05, 0.10, 0.20)[level]
    width, height = shot.picture.size
    margin = round(min(width, height) * share)
    foot = margin * (3 if random.random() < 0.5 else 1)
    colour = random.choice(((255, 255, 255), (245, 240, 225), (20, 20, 20), (200, 40, 60),
                            (30, 90, 170), (240, 200, 40)))
    size = (width + 2 * margin, height + margin + foot)
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), margin, fill=255)
    inner = Image.composite(shot.picture, Image.new("RGB", (width, height), colour), mask)
    return pasted(shot.drawn(inner), Image.new("RGB", size, colour), margin, margin)


def small_copy(picture, width, height):
    """A picture that fills a box, its middle kept."""
    factor = max(width / picture.width, height / picture.height)
    size = (max(width, round(picture.width * factor)), max(height, round(picture.height * factor)))
    picture = picture.resize(size, Image.LANCZOS)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    return picture.crop((x, y, x + width, y + height))


def picture_in_picture(shot, level, random, stock):
    """Laid on an unrelated photograph, at a share of its width."""
    back = fit(stock.background(random), 800)
    if min(back.size) < 400:
        back = back.resize((800, max(400, 800 * back.height // back.width)), Image.BICUBIC)
    factor = (0.70, 0.45, 0.25)[level] * back.width / shot.picture.width
    factor = min(factor, 0.95 * back.height / shot.picture.height)
    shot = scaled(shot, factor)
    x = random.randrange(max(1, back.width - shot.picture.width))
    y = random.randrange(max(1, back.height - shot.picture.height))
    return pasted(shot, back, x, y)


def collage(shot, level, random, stock):
    """One of 2, 4 or 9 tiles; the others are unrelated photographs."""
    columns, rows = ((2, 1), (2, 2), (3, 3))[level]
    if level == 0 and shot.picture.width > shot.picture.height:
        columns, rows = 1, 2
    width = (640 if columns == 1 else 960) // columns
    height = round(width * shot.picture.height / shot.picture.width)
    gap = random.choice((0, 4, 8))
    canvas = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), "white")
    ours = random.randrange(columns * rows)
    place = None
    for tile in range(columns * rows):
        x = gap + tile % columns * (width + gap)
        y = gap + tile // columns * (height + gap)
        if tile == ours:
            place = (x, y)
        else:
            canvas.paste(small_copy(stock.background(random), width, height), (x, y))
    shot = scaled(shot, width / shot.picture.width, height / shot.picture.height)
    return pasted(shot, canvas, *place)


EDITS = {
    "mirror": mirror, "flip-or-turn": flip_or_turn, "rotate": rotate, "crop": crop, "zoom": zoom,
    "squeeze": squeeze, "shear": shear, "perspective": perspective, "letterbox": letterbox,
    "blurred-border": blurred_border, "frame": frame,
}
LATER = {"picture-in-picture": picture_in_picture, "collage": collage}  # after the overlays
