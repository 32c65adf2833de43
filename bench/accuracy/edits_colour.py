# SPDX-License-Identifier: Apache-2.0
"""Edits 1 to 21: codecs, sizes, blur, noise, colour. The pixels stay where they are.

An edit is a function (shot, level, random, stock) -> shot; level is 0 mild, 1 medium, 2 severe.
Radii are given for a long side of 640 pixels and grow with the picture.
"""
import io

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from shot import array, image, of_640, scaled, size_by


def through(picture, **options):
    """Encoded and decoded once."""
    out = io.BytesIO()
    picture.save(out, **options)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def jpeg(shot, level, random, stock):
    shot = shot.drawn(shot.picture)
    shot.save = {"format": "JPEG", "quality": (60, 30, 10)[level]}
    return shot


def webp(shot, level, random, stock):
    shot = shot.drawn(shot.picture)
    shot.save = {"format": "WEBP", "quality": (60, 25, 5)[level]}
    return shot


def jpeg_twice(shot, level, random, stock):
    once = shot.drawn(through(shot.picture, format="JPEG", quality=50))
    once = scaled(once, (0.75, 0.5, 0.3)[level])
    once.save = {"format": "JPEG", "quality": 50}
    return once


def downscale(shot, level, random, stock):
    return scaled(shot, min(1, (480, 240, 120)[level] / max(shot.picture.size)))


def upscale(shot, level, random, stock):
    side = (320, 200, 120)[level]
    return scaled(scaled(shot, side / max(shot.picture.size)), 2, how=Image.BICUBIC)


def gaussian_blur(shot, level, random, stock):
    return shot.drawn(shot.picture.filter(
        ImageFilter.GaussianBlur(of_640(shot, (1, 3, 6)[level]))))


def motion_blur(shot, level, random, stock):
    length = max(3, round(of_640(shot, (7, 15, 31)[level])))
    pixels = array(shot.picture)
    angle = random.uniform(0, np.pi)
    pad = length // 2 + 1
    padded = np.pad(pixels, ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    height, width, _ = pixels.shape
    total = np.zeros_like(pixels)
    for step in range(length):
        along = step - (length - 1) / 2
        x, y = pad + round(along * np.cos(angle)), pad + round(along * np.sin(angle))
        total += padded[y:y + height, x:x + width]
    return shot.drawn(image(total / length))


def gaussian_noise(shot, level, random, stock):
    pixels = array(shot.picture)
    grain = np.random.default_rng(random.getrandbits(32)).standard_normal(pixels.shape, np.float32)
    return shot.drawn(image(pixels + grain * (8, 25, 50)[level]))


def salt_and_pepper(shot, level, random, stock):
    pixels = array(shot.picture).copy()
    dice = np.random.default_rng(random.getrandbits(32)).random(pixels.shape[:2], np.float32)
    share = (0.01, 0.04, 0.10)[level]
    pixels[dice < share / 2] = 0
    pixels[dice > 1 - share / 2] = 255
    return shot.drawn(image(pixels))


def gamma(shot, level, random, stock):
    power = (1.4, 2, 3)[level]
    power = power if random.random() < 0.5 else 1 / power
    table = [round(255 * (v / 255) ** power) for v in range(256)]
    return shot.drawn(shot.picture.point(table * 3))


def brightness(shot, level, random, stock):
    change = (0.15, 0.30, 0.50)[level] * random.choice((-1, 1))
    return shot.drawn(ImageEnhance.Brightness(shot.picture).enhance(1 + change))


def contrast(shot, level, random, stock):
    factor = (0.7, 0.45, 0.25)[level]
    return shot.drawn(image((array(shot.picture) - 127.5) * factor + 127.5))


def saturation(shot, level, random, stock):
    if level == 0:
        return shot.drawn(ImageEnhance.Color(shot.picture).enhance(0.3))
    grey = ImageOps.grayscale(shot.picture)
    if level == 1:
        return shot.drawn(grey.convert("RGB"))
    sepia = array(grey)[..., None] * np.array([1.0, 0.86, 0.66], np.float32)
    return shot.drawn(image(sepia * 0.6 + 80))  # and faded


def hue(shot, level, random, stock):
    turn = round((20, 60, 180)[level] / 360 * 256)
    bands = list(shot.picture.convert("HSV").split())
    bands[0] = bands[0].point([(v + turn) % 256 for v in range(256)])
    return shot.drawn(Image.merge("HSV", bands).convert("RGB"))


def invert(shot, level, random, stock):
    """Mild is the picture as it is (a control); medium is the negative blended in by a third, for
    by half nothing but grey would be left; severe is the negative."""
    if level == 0:
        return shot
    negative = ImageOps.invert(shot.picture)
    return shot.drawn(negative if level == 2 else Image.blend(shot.picture, negative, 1 / 3))


def posterise(shot, level, random, stock):
    return shot.drawn(ImageOps.posterize(shot.picture, (4, 3, 2)[level]))


def palette(shot, level, random, stock):
    shot = shot.drawn(shot.picture.quantize((128, 32, 8)[level], method=Image.Quantize.MEDIANCUT))
    shot.picture = shot.picture.convert("RGB").quantize(
        palette=shot.picture, dither=Image.Dither.FLOYDSTEINBERG)
    shot.picture = shot.picture.convert("RGB")
    shot.save = {"format": "GIF"}
    return shot


def photo_filter(shot, level, random, stock):
    """A vignette under a curve that lifts the shadows and warms the lights."""
    strength = (0.3, 0.6, 0.9)[level]
    pixels = array(shot.picture)
    height, width, _ = pixels.shape
    y, x = np.mgrid[-1:1:height * 1j, -1:1:width * 1j].astype(np.float32)
    dark = 1 - strength * np.clip((x * x + y * y) / 2, 0, 1)
    curve = 255 * (pixels / 255) ** (1 + 0.4 * strength) + 30 * strength
    warm = np.array([1 + 0.15 * strength, 1, 1 - 0.2 * strength], np.float32)
    return shot.drawn(image(curve * warm * dark[..., None]))


def sharpen(shot, level, random, stock):
    radius = of_640(shot, 2)
    return shot.drawn(shot.picture.filter(
        ImageFilter.UnsharpMask(radius, percent=(100, 300, 600)[level], threshold=0)))


def pixelate(shot, level, random, stock):
    return shot.drawn(pixelated(shot.picture, of_640(shot, (4, 8, 14)[level])))


def pixelated(picture, block):
    small = picture.resize(size_by(picture, 1 / block), Image.BOX)
    return small.resize(picture.size, Image.NEAREST)


def hide_part(shot, level, random, stock):
    """A box as over a face: pixelated or blurred beyond recognition."""
    width, height = shot.picture.size
    share = (0.05, 0.15, 0.35)[level] ** 0.5
    w, h = round(width * share), round(height * share)
    x, y = random.randrange(width - w + 1), random.randrange(height - h + 1)
    part = shot.picture.crop((x, y, x + w, y + h))
    if random.random() < 0.5:
        part = pixelated(part, max(2, min(w, h) / 8))
    else:
        part = part.filter(ImageFilter.GaussianBlur(min(w, h) / 8))
    picture = shot.picture.copy()
    picture.paste(part, (x, y))
    return shot.drawn(picture)


def saved_again(shot, level, random, stock):
    """Nothing but another encoder and at most half of the size; the amount is that size."""
    amount = random.choice((1.0, random.uniform(0.5, 1)))
    shot = scaled(shot, amount)
    kind, quality = random.choice(("JPEG", "JPEG", "WEBP", "PNG")), random.randint(50, 95)
    shot.save = {"format": kind} if kind == "PNG" else {"format": kind, "quality": quality}
    return shot.told(amount, kind if kind == "PNG" else f"{kind} {quality}")


PLAIN = {"saved again": saved_again}    # none of the forty
EDITS = {
    "jpeg": jpeg, "webp": webp, "jpeg-twice": jpeg_twice, "downscale": downscale,
    "upscale": upscale, "gaussian-blur": gaussian_blur, "motion-blur": motion_blur,
    "noise": gaussian_noise, "salt-pepper": salt_and_pepper, "gamma": gamma,
    "brightness": brightness, "contrast": contrast, "saturation": saturation, "hue": hue,
    "invert": invert, "posterise": posterise, "palette-gif": palette, "filter": photo_filter,
    "sharpen": sharpen, "pixelate": pixelate, "hide-part": hide_part,
}
