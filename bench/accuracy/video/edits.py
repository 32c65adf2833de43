# SPDX-License-Identifier: Apache-2.0
"""Edits 1 to 24 of a video, each a function (cut, level, random, stock) -> cut; level 0 to 2.

Severities follow the protocol where it names them. Archives have 360 lines, so "smaller" starts
below that.
"""
import math
from dataclasses import replace

import cv2
import numpy as np

from shot import homography
from video import frames, layers
from video.cut import Piece

HEVC = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1"]
VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-threads", "1",
       "-b:v", "0"]
AV1 = ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-threads", "1",
       "-b:v", "0"]
GIF = ["-filter_complex",
       "split[a][b];[a]palettegen=max_colors=96[p];[b][p]paletteuse=dither=bayer"]

SEVERITIES = ("mild", "medium", "severe")


def even(value):
    return max(16, 2 * round(value / 2))


# --- how it is saved ------------------------------------------------------------------------------


def quality(cut, level, random, stock):
    return replace(cut, save=frames.x264((28, 34, 40)[level]))


def resolution(cut, level, random, stock):
    return replace(cut, shrink=((960, 540), (426, 240), (256, 144))[level])


def frame_rate(cut, level, random, stock):
    return replace(cut, fps=(15, 10, 5)[level])


def codec(cut, level, random, stock):
    return replace(cut, save=(("mkv", [*HEVC, "-crf", "35"]),
                              ("webm", [*VP9, "-crf", "45"]),
                              ("mp4", [*AV1, "-crf", "55"]))[level])


def bitrate(cut, level, random, stock):
    rate = (800, 300, 100)[level]
    return replace(cut, save=("mp4", [*frames.X264, "-b:v", f"{rate}k", "-maxrate", f"{rate}k",
                                      "-bufsize", f"{rate}k"]))


# --- where it lies in the frame -------------------------------------------------------------------


def cropped(size, area, random):
    """A layer that keeps a share of the area, wherever chance wants it, at the size as before."""
    width, height = size
    side = math.sqrt(area)
    w, h = round(width * side), round(height * side)
    x, y = random.randrange(width - w + 1), random.randrange(height - h + 1)

    def layer(frame, _):
        return cv2.resize(frame[y:y + h, x:x + w], (width, height), interpolation=cv2.INTER_LINEAR)
    return layer


def mirror(cut, level, random, stock):
    cut = replace(cut, pieces=[replace(p, mirrored=not p.mirrored) for p in cut.pieces])
    return cut if level == 0 else cut.with_layers(cropped(cut.size, (1, 0.9, 0.7)[level], random))


def crop(cut, level, random, stock):
    return cut.with_layers(cropped(cut.size, (0.9, 0.7, 0.45)[level], random))


def pillarbox(cut, level, random, stock):
    """On a taller canvas, over its own blurred self; severe loses its sides too."""
    width, height = ((480, 480), (360, 640), (360, 640))[level]
    keep = (1.0, 1.0, 0.7)[level]

    def layer(frame, _):
        h, w = frame.shape[:2]
        x = round(w * (1 - keep) / 2)
        inner = frame[:, x:w - x]
        tall = even(inner.shape[0] * width / inner.shape[1])
        side = round(h * width / height)
        back = frame[:, (w - side) // 2:(w + side) // 2]
        back = cv2.blur(cv2.resize(back, (width // 8, height // 8), interpolation=cv2.INTER_AREA),
                        (7, 7))
        out = cv2.resize(back, (width, height), interpolation=cv2.INTER_LINEAR)
        y = (height - tall) // 2
        out[y:y + tall] = cv2.resize(inner, (width, tall), interpolation=cv2.INTER_AREA)
        return out
    return cut.with_layers(layer)


def letterbox(cut, level, random, stock):
    width, height = cut.size
    bar = even(height / (1 - (0.10, 0.20, 0.35)[level])) - height

    def layer(frame, _):
        return cv2.copyMakeBorder(frame, bar // 2, bar - bar // 2, 0, 0, cv2.BORDER_CONSTANT)
    return cut.with_layers(layer)


# --- what is laid over it, or it over -------------------------------------------------------------


def logo_and_ticker(cut, level, random, stock):
    return cut.with_layers(
        layers.corner_logo(random.randrange(8), cut.size, (0.02, 0.04, 0.08)[level],
                           random.randrange(2)),
        layers.ticker(cut.size, (0.08, 0.10, 0.14)[level], random))


def subtitles(cut, level, random, stock):
    return cut.with_layers(layers.subtitles(cut.size, level + 1, random))


def stickers(cut, level, random, stock):
    return cut.with_layers(layers.stickers(cut.size, (2, 4, 8)[level], random))


def picture_in_picture(cut, level, random, stock):
    """In a corner of another video, at 60, 40 or 25 % of its width."""
    width, height = cut.size
    w, h = (even(v * (0.60, 0.40, 0.25)[level]) for v in cut.size)
    x = random.choice((12, width - w - 12))
    y = random.choice((12, height - h - 12))
    others = stock.endless(cut.size, cut.fps, random)

    def layer(frame, _):
        out = next(others).copy()
        out[y:y + h, x:x + w] = cv2.resize(frame, (w, h), interpolation=cv2.INTER_AREA)
        return out
    return cut.with_layers(layer)


def split(cut, level, random, stock):
    """Beside another video, above another, or one of four."""
    others = [stock.endless(cut.size, cut.fps, random) for _ in range((1, 1, 3)[level])]
    place = random.randrange(4)

    def layer(frame, _):
        parts = [next(other) for other in others]
        parts.insert(place % (len(parts) + 1), frame)
        if level == 0:
            out = np.hstack(parts)
        elif level == 1:
            out = np.vstack(parts)
        else:
            out = np.vstack([np.hstack(parts[:2]), np.hstack(parts[2:])])
        return out
    cut = cut.with_layers(layer)
    return replace(cut, shrink=((1120, 314), (480, 540), (720, 404))[level])


# --- what its pixels are --------------------------------------------------------------------------


def table(values):
    values = np.clip(values, 0, 255).astype(np.uint8)
    return lambda frame: cv2.LUT(frame, values)


def colour(cut, level, random, stock):
    """Curves and hue, grey with contrast, or inverted."""
    ramp = np.arange(256, dtype=np.float32)
    curve = table(255 * (ramp / 255) ** random.choice((0.7, 1.4)))
    contrast = table((ramp - 128) * 1.4 + 118)
    inverse = table(255 - ramp)
    turn = random.choice((18, 30, 150))

    def layer(frame, _):
        if level == 0:
            tone = cv2.cvtColor(curve(frame), cv2.COLOR_BGR2HSV)
            tone[:, :, 0] = (tone[:, :, 0].astype(np.uint16) + turn) % 180
            return cv2.cvtColor(tone, cv2.COLOR_HSV2BGR)
        if level == 1:
            return cv2.cvtColor(contrast(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)),
                                cv2.COLOR_GRAY2BGR)
        return inverse(frame)
    return cut.with_layers(layer)


def grain_and_blur(cut, level, random, stock):
    sigma = (0.8, 1.6, 2.6)[level]
    noisy = layers.grain(cut.size, (6, 12, 24)[level], random.randrange(1 << 20))
    return cut.with_layers(lambda frame, s: noisy(cv2.GaussianBlur(frame, (0, 0), sigma), s))


def screen(cut, level, random, stock):
    """Filmed from a screen: tilt, shake, blended frames, moire, flicker, gamma."""
    width, height = cut.size
    tilt = (0.03, 0.06, 0.10)[level]
    margin = (0.02, 0.05, 0.08)[level]
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    inside = [(abs(x - width * (margin + random.uniform(0, tilt))),
               abs(y - height * (margin + random.uniform(0, tilt)))) for x, y in corners]
    flat = homography(corners, inside)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = random.uniform(0, math.pi), random.uniform(3.2, 7)
    wave = np.sin(2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / period)
    wave = cv2.merge([np.clip(128 + (5, 9, 14)[level] * wave, 0, 255).astype(np.uint8)] * 3)
    gamma = random.choice((1.2, 1 / 1.2))
    curve = table(255 * (np.arange(256) / 255) ** gamma)
    shake = (0.5, 1.5, 3)[level]
    last = []

    def layer(frame, seconds):
        if last and level:
            frame, last[0] = cv2.addWeighted(frame, 0.7, last[0], 0.3, 0), frame
        elif level:
            last.append(frame)
        shift = np.array([[1, 0, shake * math.sin(5.1 * seconds)],
                          [0, 1, shake * math.sin(6.7 * seconds + 1)], [0, 0, 1]])
        frame = cv2.warpPerspective(frame, shift @ flat, (width, height), flags=cv2.INTER_LINEAR,
                                    borderValue=(30, 26, 24))
        frame = cv2.addWeighted(frame, 1 + 0.05 * math.sin(9 * seconds), wave, 1, -128)
        return curve(frame)
    return replace(cut.with_layers(layer), fps=30, save=frames.x264(30))


# --- when things happen ---------------------------------------------------------------------------


def speed(cut, level, random, stock):
    factor = random.choice(((0.9, 1.1), (0.75, 1.33), (0.5, 2.0))[level])
    return replace(cut, pieces=[replace(p, speed=factor, seconds=p.seconds / factor)
                                for p in cut.pieces])


def trim(cut, level, random, stock):
    """60, 25 or 8 % of the archive; queries.py gives the span. Half of the short ones are GIFs."""
    if level == 2 and random.random() < 0.5:
        return replace(cut, fps=10, shrink=(320, 180), save=("gif", GIF))
    return cut


def freeze(cut, level, random, stock):
    """The picture stops now and then, and goes on where it stopped or where it would be."""
    (piece,) = cut.pieces
    hold = (0.5, 1.0, 2.0)[level]
    out, at = [], 0.0
    while at < piece.seconds - 1:
        run = min(random.uniform(2.5, 4.5), piece.seconds - at)
        out.append(replace(piece, start=piece.start + at, seconds=run))
        at += run
        if at < piece.seconds - 1:
            out.append(replace(piece, start=piece.start + at, seconds=hold, held=True))
            at += hold if random.random() < 0.5 else 0
    return replace(cut, pieces=out)


def shuffle(cut, level, random, stock):
    (piece,) = cut.pieces
    step = (5.0, 3.0, 2.0)[level]
    count = max(2, int(piece.seconds / step))
    step = piece.seconds / count
    out = [replace(piece, start=piece.start + k * step, seconds=step) for k in range(count)]
    first = out[:]
    while out == first:
        random.shuffle(out)
    return replace(cut, pieces=out)


def reverse(cut, level, random, stock):
    """The second half, all of it, or all of it mirrored."""
    (piece,) = cut.pieces
    if level == 0:
        half = piece.seconds / 2
        return replace(cut, pieces=[
            replace(piece, seconds=half),
            replace(piece, start=piece.start + half, seconds=half, backward=True)])
    return replace(cut, pieces=[replace(piece, backward=True, mirrored=level == 2)])


def cards(cut, level, random, stock):
    """Cards and black before and after: 2, 5 or 10 seconds in all."""
    seconds = (2, 5, 10)[level]
    intro = Piece(card={"kind": "card", "number": random.randrange(3)}, seconds=0.4 * seconds)
    outro = replace(intro, card={"kind": "card", "number": random.randrange(3)})
    black = Piece(card={"kind": "black"}, seconds=0.1 * seconds)
    return replace(cut, pieces=[intro, black, *cut.pieces, black, outro])


def slideshow(cut, level, random, stock):
    """Single pictures, each held for 2, 3 or 4 seconds."""
    (piece,) = cut.pieces
    hold = (2, 3, 4)[level]
    count = max(3, int(piece.seconds / hold))
    return replace(cut, pieces=[replace(piece, start=piece.start + (k + 0.5) * hold, seconds=hold,
                                        held=True) for k in range(count)])


EDITS = {
    "quality": quality, "resolution": resolution, "frame-rate": frame_rate, "codec": codec,
    "bitrate": bitrate, "mirror": mirror, "crop": crop, "pillarbox": pillarbox,
    "letterbox": letterbox, "logo+ticker": logo_and_ticker, "subtitles": subtitles,
    "stickers": stickers, "picture-in-picture": picture_in_picture, "split": split,
    "colour": colour, "grain+blur": grain_and_blur, "speed": speed, "screen": screen,
    "trim": trim, "freeze": freeze, "shuffle": shuffle, "reverse": reverse, "cards": cards,
    "slideshow": slideshow,
}
COMPILATION = "compilation"     # the 25th: compilations.py
ALL = [*EDITS, COMPILATION]
assert len(ALL) == 25
