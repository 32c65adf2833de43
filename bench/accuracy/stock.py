# SPDX-License-Identifier: Apache-2.0
"""What is laid over pictures: logos, texts, emoji, backgrounds. Copies and innocents share it all.

Logos, flags and frames are drawn here; none is of any organisation. Fonts come from Debian; where
they are missing, a text is drawn with what Pillow has, and an emoji is a drawn face.
"""
import math
import os

from PIL import Image, ImageDraw, ImageFont

NOTO = "/usr/share/fonts/truetype/noto/"
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
TEXTS = {
    "NotoSans-Bold.ttf": [
        "seen on a walk this morning", "more at the link below", "shared again, part 2",
        "you will not believe what came next", "the market on the hill, before the rain",
        "вид с холма перед дождём", "смотрите продолжение вечером", "новая дорога к старому мосту"],
    "NotoSansArabic-Bold.ttf": [
        "صورة من السوق قبل المطر", "المزيد في الرابط أدناه", "طريق جديد إلى الجسر القديم"],
}
EMOJI = "😀😂😍😎😭🔥❤👍🎉⭐🌈🍕🐱🌸⚽🚀💯🙏👀🎵"
EMOJI_SIDE = 109    # the only size of Noto Color Emoji
LOGOS = 8


def font_of(name, size):
    for path in (NOTO + name, DEJAVU):
        if os.path.exists(path):
            return ImageFont.truetype(path, max(8, round(size)))
    return ImageFont.load_default()


def words(random):
    """(text, font file): Latin, Cyrillic or Arabic."""
    name = random.choice(list(TEXTS) + ["NotoSans-Bold.ttf"])
    if not os.path.exists(NOTO + name):
        name = "NotoSans-Bold.ttf"
    return random.choice(TEXTS[name]), name


def draw_line(draw, box, text, name, fill):
    """One line of text, as large as fits into a box, centred."""
    x0, y0, x1, y1 = box
    size = (y1 - y0) * 0.7
    font = font_of(name, size)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    if right - left > 0.94 * (x1 - x0):
        size *= 0.94 * (x1 - x0) / (right - left)
        font = font_of(name, size)
        left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    x = (x0 + x1 - (right - left)) / 2 - left
    y = (y0 + y1 - (bottom - top)) / 2 - top
    draw.text((x, y), text, font=font, fill=fill)


COLOURS = [(214, 40, 57), (27, 99, 176), (250, 190, 30), (30, 140, 80), (110, 50, 150),
           (240, 120, 20), (20, 20, 20), (240, 240, 240)]


def logo(number, width, height):
    """One of a few made-up channel logos: an emblem and a name, opaque where drawn."""
    tall = 200
    wide = max(tall, round(tall * width / max(1, height)))
    mark = Image.new("RGBA", (wide, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(mark)
    first = COLOURS[number % len(COLOURS)]
    second = COLOURS[(number * 3 + 1) % len(COLOURS)]
    draw.rounded_rectangle((0, 0, wide - 1, tall - 1), 30, fill=(*first, 255))
    kind = number % 4
    if kind == 0:
        draw.ellipse((20, 20, 180, 180), fill=second)
        draw.polygon([(80, 60), (80, 140), (145, 100)], fill=first)
    elif kind == 1:
        points = [(100 + r * math.sin(a * math.pi / 5), 100 - r * math.cos(a * math.pi / 5))
                  for a, r in zip(range(10), [80, 34] * 5)]
        draw.polygon(points, fill=second)
    elif kind == 2:
        for bar in range(4):
            draw.rectangle((25 + 40 * bar, 150 - 30 * bar, 55 + 40 * bar, 175), fill=second)
    else:
        for ring in range(4):
            side = 20 + 20 * ring
            draw.ellipse((side, side, 200 - side, 200 - side), outline=second, width=9)
    if wide > tall * 1.5:
        draw_line(draw, (190, 20, wide - 15, tall - 20), f"KANAL {number + 1}",
                  "NotoSans-Bold.ttf", second)
    return mark.resize((max(8, round(width)), max(8, round(height))), Image.LANCZOS)


def flag(number, width, height):
    """A made-up flag: three fields and an emblem."""
    out = Image.new("RGB", (width, height), COLOURS[number % 8])
    draw = ImageDraw.Draw(out)
    if number % 2:
        draw.rectangle((0, height // 3, width, 2 * height // 3), fill=COLOURS[(number + 3) % 8])
        draw.rectangle((0, 2 * height // 3, width, height), fill=COLOURS[(number + 5) % 8])
    else:
        draw.rectangle((width // 3, 0, 2 * width // 3, height), fill=COLOURS[(number + 3) % 8])
        draw.rectangle((2 * width // 3, 0, width, height), fill=COLOURS[(number + 5) % 8])
    side = round(min(width, height) * 0.6)
    emblem = logo(number + 1, side, side)
    out.paste(emblem, ((width - side) // 2, (height - side) // 2), emblem)
    return out


def emoji(random, side):
    """An RGBA sticker."""
    path = NOTO + "NotoColorEmoji.ttf"
    sticker = Image.new("RGBA", (136, 128), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sticker)
    if os.path.exists(path):
        font = ImageFont.truetype(path, EMOJI_SIDE)
        draw.text((0, 0), random.choice(EMOJI), font=font, embedded_color=True)
    else:
        draw.ellipse((8, 4, 128, 124), fill=(250, 200, 40, 255))
        draw.ellipse((38, 38, 56, 60), fill=(60, 30, 10, 255))
        draw.ellipse((80, 38, 98, 60), fill=(60, 30, 10, 255))
        draw.arc((36, 40, 100, 104), 20, 160, fill=(60, 30, 10, 255), width=8)
    return sticker.resize((max(8, round(side)), max(8, round(side * 128 / 136))), Image.LANCZOS)


class Stock:
    """Backgrounds for pictures in pictures and collages: innocents of the same split, no entry."""

    def __init__(self, paths):
        self.paths = sorted(paths)

    def background(self, random):
        with Image.open(random.choice(self.paths)) as picture:
            picture.draft("RGB", (800, 800))
            return picture.convert("RGB")
