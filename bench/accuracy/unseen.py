#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Six kinds of edits that nobody had in mind while the judgement was made (decision 0089).

    bench/accuracy/unseen.py [--folder build/accuracy] [--weir BIN] [--each 30] [--side test]

Drawn up when all else was done, and asked once. Each at a moderate amount, on known pictures of the
side, in the whole bank of that side; beside it PDQ in eight orientations at 31. A kind that is
looked at to make anything better belongs in edits_*.py from then on, and another one here.
"""
import json
import os
import shutil
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import command  # noqa: E402
import match  # noqa: E402
import peers  # noqa: E402
from plans import dice  # noqa: E402
from shot import fit  # noqa: E402

WORKERS = 2
SIDE = 800      # pixels


def array(picture):
    return np.asarray(picture.convert("RGB"), np.float32)


def image(pixels):
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def halftone(picture, random):
    """As a newspaper prints it: dots on a turned grid, in one ink."""
    grey = np.asarray(picture.convert("L"), np.float32) / 255
    cell, turn = random.uniform(4, 6), random.uniform(0.3, 0.9)
    y, x = np.mgrid[:grey.shape[0], :grey.shape[1]]
    u = (x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / cell
    v = (y * np.cos(turn) - x * np.sin(turn)) * 2 * np.pi / cell
    screen = (np.cos(u) + np.cos(v)) / 4 + 0.5
    dots = np.clip((grey - screen) * 4 + 0.5, 0, 1)[..., None]
    return image(dots * [242, 236, 222] + (1 - dots) * [38, 36, 44])


def folded(picture, random):
    """A print that was folded in four: creases, and each quarter under its own light."""
    pixels = array(picture)
    height, width = pixels.shape[:2]
    x, y = (round(size * random.uniform(0.42, 0.58)) for size in (width, height))
    for rows in (slice(0, y), slice(y, None)):
        for columns in (slice(0, x), slice(x, None)):
            part = pixels[rows, columns]
            slope = np.linspace(*(random.uniform(0.7, 1.1) for _ in range(2)), part.shape[1])
            pixels[rows, columns] = part * slope[None, :, None]
    for axis, at, size in ((1, x, width), (0, y, height)):
        away = np.abs(np.arange(size) - at)
        crease = 90 * np.exp(-away / 2.5) - 50 * np.exp(-np.abs(away - 6) / 4)
        pixels += crease[None, :, None] if axis else crease[:, None, None]
    return image(pixels)


def tape(picture, random):
    """From a video tape: colours beside their place, soft, lines that tremble, bands of noise."""
    pixels = array(picture)
    seed = np.random.default_rng(random.randrange(2 ** 32))
    shift = random.randint(4, 9)
    out = np.stack([np.roll(pixels[..., 0], shift, 1), pixels[..., 1],
                    np.roll(pixels[..., 2], -shift, 1)], axis=2)
    tremble = np.cumsum(seed.normal(0, 0.5, out.shape[0]))
    tremble = np.round(tremble - np.linspace(0, tremble[-1], len(tremble))).astype(int)
    out = np.stack([np.roll(row, step, 0) for row, step in zip(out, np.clip(tremble, -4, 4))])
    out[::2] *= 0.82
    for _ in range(3):
        top = random.randrange(out.shape[0] - 12)
        out[top:top + 10] += seed.normal(0, 70, (10, out.shape[1], 1))
    return image(out).filter(ImageFilter.GaussianBlur(1))


def mug(picture, random):
    """Printed around a mug: seen from the side, narrow and dark towards both edges."""
    pixels = array(picture)
    height, width = pixels.shape[:2]
    half = random.uniform(1.0, 1.25)      # radians to either side
    tall, wide = height + 120, round(width * np.sin(half) / half)
    y, x = np.mgrid[:tall, :wide]
    across = (x / (wide - 1) * 2 - 1) * np.sin(half)
    angle = np.arcsin(across)
    from_x = np.round((angle / half + 1) / 2 * (width - 1)).astype(int)
    sag = random.uniform(15, 35) * (np.cos(angle) - np.cos(half))
    from_y = np.round(y - 60 - sag).astype(int)
    inside = (from_y >= 0) & (from_y < height)
    out = np.full((tall, wide, 3), 236.0)
    out[inside] = pixels[from_y[inside], from_x[inside]]
    return image(out * (0.45 + 0.55 * np.cos(angle))[..., None])


def torn_in_two(picture, random):
    """Torn across and laid out again, one half turned a little, on a table."""
    width, height = picture.size
    cut = [(width * t, height * (0.5 + random.uniform(-0.05, 0.05))) for t in np.linspace(0, 1, 25)]
    table = Image.new("RGB", (width + 80, height + 120), (96, 72, 52))
    for is_upper in (True, False):
        mask = Image.new("L", picture.size, 0)
        end = [(width, 0), (0, 0)] if is_upper else [(width, height), (0, height)]
        ImageDraw.Draw(mask).polygon(cut + end, fill=255)
        turn = random.uniform(1, 4) * random.choice((-1, 1)) if is_upper else 0
        part, mask = (one.rotate(turn, Image.BICUBIC) for one in (picture, mask))
        table.paste(part, (40 + random.randint(-20, 20), 30 if is_upper else 75), mask)
    return table


def local_contrast(picture, random):
    """What "HDR" filters do: each neighbourhood drawn out to all tones, and colours with it."""
    pixels = array(picture)
    radius = random.uniform(18, 36)
    soft = array(picture.filter(ImageFilter.GaussianBlur(radius)))
    away = pixels - soft
    spread = np.sqrt(array(image(np.abs(away) * 4).filter(ImageFilter.GaussianBlur(radius)))
                     .mean(axis=2, keepdims=True) / 4) + 2
    return image(120 + away / spread * random.uniform(9, 14) + (soft - 120) * 0.35)


KINDS = {"halftone": halftone, "folded": folded, "tape": tape, "mug": mug,
         "torn in two": torn_in_two, "local contrast": local_contrast}


def draw(known, target, each):
    """Writes the set; {query: (kind, entry)}."""
    names = sorted(n for n in os.listdir(known) if not n.startswith(("hard-", "pattern-")))
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(os.path.join(target, "queries"))
    os.symlink(os.path.abspath(known), os.path.join(target, "known"))
    truth = {}
    for kind, edit in KINDS.items():
        for number, entry in enumerate(dice("unseen", kind).sample(names, min(each, len(names)))):
            query = f"{kind.replace(' ', '-')}-{number:02}.jpg"
            with Image.open(os.path.join(known, entry)) as source:
                picture = fit(source.convert("RGB"), SIDE)
            out = edit(picture, dice("unseen", kind, entry))
            out.save(os.path.join(target, "queries", query), quality=80)
            truth[query] = (kind, entry)
    with open(os.path.join(target, "made"), "w", encoding="ascii") as out:
        out.write(json.dumps(truth))
    return truth


def main():
    parser = command.parser(__doc__, 30, "has no effect")
    parser.add_argument("--side", default="test-30", help="the drawn set whose bank is asked")
    choice = parser.parse_args()
    target = os.path.join(choice.folder, "sets", "unseen")
    truth = draw(os.path.join(choice.folder, "sets", choice.side, "known"), target, choice.each)
    result = match.run(os.path.join(choice.weir, "weir"), target, WORKERS)
    reported = [p for p in match.predictions(result) if p[2] >= match.REPORTED]
    theirs = [p for p in peers.predictions(target, WORKERS)["pdq-8"] if p[2] >= -31]
    print(f"{'kind':16} copies   weir  pdq-8  wrong entries of weir, of pdq-8")
    for kind in KINDS:
        asked = {query: entry for query, (own, entry) in truth.items() if own == kind}
        row = [f"{kind:16} {len(asked):6}"]
        for found in (reported, theirs):
            row.append(f"{len({q for q, e, _ in found if asked.get(q) == e}):6}")
        for found in (reported, theirs):
            row.append(f"{len({q for q, e, _ in found if q in asked and asked[q] != e}):6}")
        print(" ".join(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
