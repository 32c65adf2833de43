# SPDX-License-Identifier: Apache-2.0
"""Hard negatives: pictures that share much with an entry and yet are no copy of it.

  moment  the same place at another time: frames of a video seconds apart, or photographs of one
          room in which the thing in front of the camera has moved
  camera    the same, of cameras that are counted apart
  made-moment
          scenes that made.py puts together: somebody came, left, or stands elsewhere
  logo, flag, news, meme, post
          the same logo, flag, lower third, meme frame or network template on another photograph
"""
import glob
import os

import numpy as np
from PIL import Image, ImageDraw

import edits_overlay
import stock as supply
from shot import Shot, fit

# Places that were on the test side until they showed what the tune side lacked: still cameras with
# little grain, before which people and things move.
LOOKED_AT = ("street", "ball", "class", "target")
APART = 3.0             # seconds between an entry's frame and a query's, at least
MANY = 100              # files of one place: a video's frames, taken at 25 a second
VISIBLE = 12            # levels of luma
LEAST_UNLIKE = 0.03     # of a picture: frames of a camera that differ less are not asked about
VARIANTS = 3            # queries for each template entry


def frames_of(paths):
    """[(seconds or None, picture)] of a video, or of the pictures of a place."""
    import cv2
    if len(paths) > 1:
        step = 12 if len(paths) >= MANY else 1
        return [(i / 25 if step > 1 else None, Image.open(paths[i]).convert("RGB"))
                for i in range(0, len(paths), step)]
    video = cv2.VideoCapture(paths[0])
    rate = video.get(cv2.CAP_PROP_FPS) or 25.0
    step = max(1, round(rate / 2))
    out, number = [], 0
    while True:
        there, frame = video.read()
        if not there:
            return out
        if number % step == 0:
            out.append((number / rate, Image.fromarray(np.ascontiguousarray(frame[:, :, ::-1]))))
        number += 1


def moments(paths):
    """(entries, queries): [(name, picture)] of one place."""
    frames = [one for one in frames_of(paths) if np.asarray(one[1]).std() > 15]
    if frames[0][0] is None:
        return ([(f"{i:03d}", p) for i, (_, p) in enumerate(frames) if i % 2 == 0],
                [(f"{i:03d}", p) for i, (_, p) in enumerate(frames) if i % 2 == 1])
    last = frames[-1][0]
    apart = min(APART, last / 3)
    stops = np.arange(0, last + 0.01, max(apart * 3, 2 * apart + 1))
    entries, queries, used = [], [], set()
    for stop in stops:
        i = min(range(len(frames)), key=lambda k: abs(frames[k][0] - stop))
        if i not in used:
            used.add(i)
            entries.append((f"{frames[i][0]:06.2f}", frames[i][1]))
    for seconds, picture in frames:
        if min(abs(seconds - frames[i][0]) for i in used) >= apart:
            queries.append((f"{seconds:06.2f}", picture))
    return entries, queries


def unlike(one, other):
    """The share of two pictures of one place that differs visibly, noise apart."""
    import cv2
    small = [cv2.GaussianBlur(np.asarray(p.convert("L").resize((256, 192), Image.BOX), np.float32),
                              (0, 0), 1.5) for p in (one, other)]
    return float((np.abs(small[0] - small[1]) > VISIBLE).mean())


def places(folder, rows, wanted="moment"):
    """{place: paths} of the table's rows with one use, `moment` or `camera`."""
    out = {}
    for package, use, place, pattern in rows:
        if use == wanted:
            base = os.path.join(folder, "packages", package)
            found = sorted(glob.glob(os.path.join(glob.escape(base), pattern)))
            if found:
                out[place] = found
    return out


# --- templates: (picture, number of the template, random) -> picture ------------------------------


def with_logo(picture, number, random):
    w = 0.5 * picture.width
    mark = supply.logo(number, w, w / 2.5)
    out = picture.copy()
    x = (number % 2) * round(0.96 * picture.width - w) + round(0.02 * picture.width)
    out.paste(mark, (x, round(0.03 * picture.height)), mark)
    return out


def with_flag(picture, number, random):
    out = picture.copy()
    width, height = round(picture.width * 0.45), round(picture.height * 0.6)
    out.paste(supply.flag(number, width, height), (round(picture.width * 0.04),
                                                   round(picture.height * 0.06)))
    return out


def with_news(picture, number, random):
    """Logo, lower third and ticker; the ticker's text is the same each time."""
    out = picture.copy()
    draw = ImageDraw.Draw(out)
    width, height = out.size
    colour = supply.COLOURS[number % 6]
    draw.rectangle((0, round(height * 0.74), width, round(height * 0.88)), fill=colour)
    draw.rectangle((0, round(height * 0.88), width, height), fill=(245, 245, 245))
    text = supply.TEXTS["NotoSans-Bold.ttf"]
    supply.draw_line(draw, (width * 0.2, height * 0.75, width, height * 0.87),
                     text[number % len(text)].upper(), "NotoSans-Bold.ttf", (255, 255, 255))
    supply.draw_line(draw, (0, height * 0.89, width, height * 0.99), "  +++  ".join(text[:2]),
                     "NotoSans-Bold.ttf", (20, 20, 20))
    mark = supply.logo(number, width * 0.18, height * 0.14)
    out.paste(mark, (0, round(height * 0.74)), mark)
    return out


def with_meme(picture, number, random):
    """A wide frame with a head line and a foot line; both texts differ each time."""
    picture = fit(picture, 700)
    width, height = picture.size
    band = round(height * 0.28)
    paper = ((255, 255, 255), (0, 0, 0))[number % 2]
    out = Image.new("RGB", (width + 40, height + 2 * band), paper)
    out.paste(picture, (20, band))
    draw = ImageDraw.Draw(out)
    draw.rectangle((14, band - 6, width + 26, band + height + 5), outline=(128, 128, 128), width=3)
    for top in (0, band + height):
        text, name = supply.words(random)
        supply.draw_line(draw, (20, top, width + 20, top + band), text, name,
                         tuple(255 - v for v in paper))
    return out


def with_post(picture, number, random):
    return edits_overlay.posted(Shot.of(picture), random).picture


TEMPLATES = {"logo": with_logo, "flag": with_flag, "news": with_news, "meme": with_meme,
             "post": with_post}
