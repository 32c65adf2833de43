# SPDX-License-Identifier: Apache-2.0
"""Slide shows of eight kinds: pictures in a row, how each moves, and how one gives way to the next.

  cuts, fades, wipes, slides, black    pictures that stand still, each followed in one way
  zooms, pans                          pictures that move slowly, followed by cuts or short fades
  mixed                                all of it by chance
"""
from dataclasses import dataclass

import cv2
import numpy as np

from video import frames, shots

KINDS = ("cuts", "fades", "wipes", "slides", "zooms", "pans", "black", "mixed")
LEAST = 2.0                     # seconds of a picture, from the middle of a change to the next
HOLD = (1.2, 4.0)               # seconds in which it is alone
CHANGE = (0.4, 1.2)             # seconds of a change
SIZE, FPS = (640, 360), 25


@dataclass
class Slide:
    """A picture file, or a moment of a video; `entry` names what is known."""
    path: str
    entry: str = None
    moment: float = None        # seconds, in a video
    hold: float = 2.0
    begin: tuple = None         # views of shots.py, where it moves
    end: tuple = None
    fitted: bool = False        # all of it is shown, on a dark ground
    change: str = "cut"         # to the next one
    lasting: float = 0.0        # seconds of that change


def changes_of(kind, random):
    """(how, seconds)."""
    one = {"cuts": "cut", "fades": "fade", "wipes": "wipe", "slides": "push", "black": "black",
           "zooms": random.choice(("cut", "fade")), "pans": random.choice(("cut", "fade")),
           "mixed": random.choice(("cut", "fade", "wipe", "push", "black"))}[kind]
    lasting = random.uniform(*CHANGE)
    if kind in ("zooms", "pans"):
        lasting = random.uniform(0.3, 0.8)
    return (one, 0.0) if one == "cut" else (one, lasting)


def movement_of(kind, random):
    """(begin, end) views, or (None, None)."""
    if kind == "mixed":
        kind = random.choice(("cuts", "zooms", "pans"))
    if kind == "zooms":
        near, far = random.uniform(1.12, 1.3), 1.0
        views = [(0.5, 0.5, far), (0.5, 0.5, near)]
        random.shuffle(views)
        return tuple(views)
    if kind == "pans":
        zoom = random.uniform(1.2, 1.45)
        a, b = random.uniform(0.35, 0.45), random.uniform(0.55, 0.65)
        c = random.uniform(0.4, 0.6)
        views = random.choice([((a, c, zoom), (b, c, zoom)), ((c, a, zoom), (c, b, zoom)),
                               ((a, a, zoom), (b, b, zoom * 1.08))])
        return views if random.random() < 0.5 else views[::-1]
    return None, None


def plan(sources, kind, random):
    """Slides from [(path, entry, moment)]."""
    out = []
    for path, entry, moment in sources:
        change, lasting = changes_of(kind, random)
        begin, end = movement_of(kind, random)
        out.append(Slide(path, entry, moment, random.uniform(*HOLD), begin, end,
                         begin is None and random.random() < 0.5, change, lasting))
    out[-1].change, out[-1].lasting = "cut", 0.0
    for number, slide in enumerate(out):
        before = out[number - 1].lasting if number else 0.0
        slide.hold = max(slide.hold, LEAST - (before + slide.lasting) / 2)
    return out


def spans(slides):
    """(from, to) of each, in seconds: from the middle of one change to that of the next."""
    out, at, begin = [], 0.0, 0.0
    for slide in slides:
        end = at + slide.hold + slide.lasting / 2
        out.append((begin, end))
        at, begin = at + slide.hold + slide.lasting, end
    return out


# --- drawing --------------------------------------------------------------------------------------


def picture_of(slide):
    if slide.moment is None:
        return cv2.imread(slide.path, cv2.IMREAD_COLOR)
    (one,) = frames.read(slide.path, slide.moment, 1, SIZE, FPS)
    return one


def fitted(pixels):
    width, height = SIZE
    factor = min(width / pixels.shape[1], height / pixels.shape[0])
    inner = cv2.resize(pixels, (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)),
                       interpolation=cv2.INTER_AREA)
    out = np.full((height, width, 3), 12, np.uint8)
    y, x = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    out[y:y + inner.shape[0], x:x + inner.shape[1]] = inner
    return out


def filled(pixels):
    factor = max(SIZE[0] / pixels.shape[1], SIZE[1] / pixels.shape[0])
    whole = cv2.resize(pixels, (max(SIZE[0], round(pixels.shape[1] * factor)),
                                max(SIZE[1], round(pixels.shape[0] * factor))),
                       interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    y, x = (whole.shape[0] - SIZE[1]) // 2, (whole.shape[1] - SIZE[0]) // 2
    return np.ascontiguousarray(whole[y:y + SIZE[1], x:x + SIZE[0]])


class Shown:
    """What one slide looks like at a share of its time."""

    def __init__(self, slide):
        self.slide = slide
        pixels = picture_of(slide)
        if slide.begin is not None:
            self.pixels = cv2.GaussianBlur(pixels, (0, 0), 0.6)
        else:
            self.pixels = fitted(pixels) if slide.fitted else filled(pixels)

    def at(self, share):
        if self.slide.begin is None:
            return self.pixels
        view = [a + share * (b - a) for a, b in zip(self.slide.begin, self.slide.end)]
        return shots.looked_at(self.pixels, view, SIZE)


def mixed(old, new, how, share):
    width = SIZE[0]
    if how == "fade":
        return cv2.addWeighted(old, 1 - share, new, share, 0)
    if how == "black":
        return cv2.convertScaleAbs(old if share < 0.5 else new, alpha=abs(1 - 2 * share))
    x = round(width * share)
    if how == "wipe":
        return np.hstack([new[:, :x], old[:, x:]])
    return np.hstack([old[:, x:], new[:, :x]])


def drawn(slides):
    """All frames of a slide show."""
    shown = [Shown(slide) for slide in slides]
    starts, at = [], 0.0
    for slide in slides:
        starts.append(at)
        at += slide.hold + slide.lasting

    def share_of(number, seconds):
        before = slides[number - 1].lasting if number else 0.0
        whole = before + slides[number].hold + slides[number].lasting
        return min(1.0, max(0.0, (seconds - starts[number] + before) / whole))
    for count in range(round(at * FPS)):
        seconds = count / FPS
        number = max(k for k, start in enumerate(starts) if start <= seconds + 1e-9)
        slide = slides[number]
        frame = shown[number].at(share_of(number, seconds))
        since = seconds - starts[number] - slide.hold
        if since > 0 and number + 1 < len(slides):
            following = shown[number + 1].at(share_of(number + 1, seconds))
            frame = mixed(frame, following, slide.change, since / slide.lasting)
        yield frame


def render(slides, path, quality=27):
    with frames.Writer(path, FPS, frames.x264(quality)[1]) as out:
        for frame in drawn(slides):
            out.add(frame)


def truth(slides):
    return [{"entry": slide.entry, "item": [round(begin, 3), round(end, 3)],
             "known": [slide.moment or 0.0, slide.moment or 0.0], "speed": 1.0, "held": True,
             "mirrored": False, "backward": False}
            for slide, (begin, end) in zip(slides, spans(slides)) if slide.entry]
