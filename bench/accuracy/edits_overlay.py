# SPDX-License-Identifier: Apache-2.0
"""Edits 33 to 37 and 40: what is laid over a picture, and a screen that shows it."""
import math

import numpy as np
from PIL import Image, ImageDraw

import stock as supply
from edits_colour import through
from edits_shape import LATER as ON_OTHERS
from edits_shape import tilted
from shot import array, image, pasted


def overlaid(shot, layer, x, y, alpha=1.0):
    picture = shot.picture.copy()
    mask = layer.getchannel("A").point([round(v * alpha) for v in range(256)])
    picture.paste(layer.convert("RGB"), (round(x), round(y)), mask)
    return shot.drawn(picture)


def watermark(shot, level, random, stock):
    """A channel's logo over 5, 12 or 30 % of the area."""
    width, height = shot.picture.size
    area = (0.05, 0.12, 0.30)[level] * width * height
    shape = random.choice((1.0, 2.0, 3.0))
    w = min(0.95 * width, math.sqrt(area * shape))
    h = min(0.95 * height, area / w)
    corner = random.choice(((0.03, 0.03), (0.97, 0.03), (0.03, 0.97), (0.97, 0.97), (0.5, 0.5)))
    mark = supply.logo(random.randrange(supply.LOGOS), w, h)
    return overlaid(shot, mark, corner[0] * (width - w), corner[1] * (height - h), 0.9)


def tiled_text(shot, level, random, stock):
    width, height = shot.picture.size
    text, name = supply.words(random)
    side = round(math.hypot(width, height))
    layer = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    draw = ImageDraw.Draw(layer)
    font = supply.font_of(name, max(width, height) / 22)
    _, _, w, h = draw.textbbox((0, 0), text, font=font)
    fill = (255, 255, 255, 255) if random.random() < 0.7 else (0, 0, 0, 255)
    for row, y in enumerate(range(0, side, round(h * 2.2))):
        for x in range(-(row % 2) * w // 2, side, round(w * 1.15)):
            draw.text((x, y), text, font=font, fill=fill)
    layer = layer.rotate(30, Image.BICUBIC)
    x, y = (side - width) // 2, (side - height) // 2
    layer = layer.crop((x, y, x + width, y + height))
    return overlaid(shot, layer, 0, 0, (0.15, 0.30, 0.50)[level])


def caption(shot, level, random, stock):
    """A bar over 10, 20 or 35 % of the height with one to three lines."""
    width, height = shot.picture.size
    tall = round(height * (0.10, 0.20, 0.35)[level])
    top = random.choice((0, height - tall))
    light = random.random() < 0.5
    picture = shot.picture.copy()
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, top, width, top + tall - 1), fill=(250, 250, 250) if light else (10, 10, 10))
    lines = level + 1
    for line in range(lines):
        text, name = supply.words(random)
        box = (0, top + tall * line / lines, width, top + tall * (line + 1) / lines)
        supply.draw_line(draw, box, text, name, (15, 15, 15) if light else (245, 245, 245))
    return shot.drawn(picture)


def stickers(shot, level, random, stock):
    width, height = shot.picture.size
    for _ in range((2, 5, 12)[level]):
        side = min(width, height) * random.uniform(0.14, 0.24)
        shot = overlaid(shot, supply.emoji(random, side), random.uniform(0, width - side),
                        random.uniform(0, height - side))
    return shot


def doodle(shot, level, random, stock):
    """Hand-drawn lines, each a wandering stroke."""
    picture = shot.picture.copy()
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for _ in range((2, 6, 15)[level]):
        x, y = random.uniform(0, width), random.uniform(0, height)
        angle = random.uniform(0, 2 * math.pi)
        points = [(x, y)]
        for _ in range(25):
            angle += random.uniform(-0.6, 0.6)
            x, y = x + math.cos(angle) * width / 40, y + math.sin(angle) * width / 40
            points.append((x, y))
        draw.line(points, fill=random.choice(supply.COLOURS), joint="curve",
                  width=max(2, round(max(width, height) * random.uniform(0.006, 0.015))))
    return shot.drawn(picture)


def posted(shot, random):
    """In the template of a made-up network: who posted it above, buttons below."""
    width, height = shot.picture.size
    unit = max(24, width // 14)
    dark = random.random() < 0.4
    paper, ink = ((18, 18, 20), (235, 235, 235)) if dark else ((255, 255, 255), (25, 25, 25))
    canvas = Image.new("RGB", (width + unit, height + 4 * unit), paper)
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((unit // 2, unit // 2, unit * 2, unit * 2), fill=random.choice(supply.COLOURS))
    text, name = supply.words(random)
    supply.draw_line(draw, (unit * 2.2, unit * 0.4, width * 0.8, unit * 1.2), "hill.walker",
                     "NotoSans-Bold.ttf", ink)
    supply.draw_line(draw, (unit * 2.2, unit * 1.2, width * 0.9, unit * 2.0), text, name, ink)
    foot = height + 2.5 * unit
    for button in range(4):
        x = unit / 2 + button * unit * 2
        draw.ellipse((x, foot + unit * 0.4, x + unit * 0.9, foot + unit * 1.3), outline=ink,
                     width=max(2, unit // 10))
    return pasted(shot, canvas, unit // 2, round(2.3 * unit))


def screen(shot, level, random, stock):
    """A photograph of a screen: template, tilt, moire, noise, gamma, JPEG."""
    shot = tilted(posted(shot, random), (0.02, 0.05, 0.10)[level], random, fill=(25, 25, 28))
    pixels = array(shot.picture)
    height, width, _ = pixels.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = random.uniform(0, math.pi), random.uniform(3.2, 7.0)
    wave = np.sin(2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / period)
    slow = np.sin(2 * math.pi * y / random.uniform(90, 200))
    strength = (6, 12, 20)[level]
    pixels = pixels + strength * (wave + 0.7 * slow)[..., None]
    grain = np.random.default_rng(random.getrandbits(32)).standard_normal(pixels.shape, np.float32)
    pixels = np.clip(pixels + grain * (4, 8, 14)[level], 0, 255)
    power = (1.15, 1.3, 1.6)[level]
    pixels = 255 * (pixels / 255) ** (power if random.random() < 0.5 else 1 / power)
    shot = shot.drawn(through(image(pixels), format="JPEG", quality=50))
    shot.save = {"format": "JPEG", "quality": 50}
    return shot


EDITS = {
    "watermark": watermark, "tiled-text": tiled_text, "caption": caption, "emoji": stickers,
    "doodle": doodle, **ON_OTHERS, "screen": screen,
}
