# SPDX-License-Identifier: Apache-2.0
"""A video under edit: pieces in a row, layers over them, and how it is saved. It knows the truth.

Every edit takes a Cut and gives another. What each piece shows, and when, is the ground truth, so
it holds whatever was done.
"""
import os
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from video import archives, frames, shots


@dataclass
class Piece:
    """A span of one video, or a card, or black; `seconds` long in the edited video."""
    path: str = None            # of the video that is read
    entry: str = None           # its name when it is known
    start: float = 0.0          # in that video
    seconds: float = 0.0
    speed: float = 1.0
    backward: bool = False
    mirrored: bool = False
    held: bool = False          # one frame for the whole time
    card: dict = None           # a recipe of shots.py instead of a video
    layers: list = field(default_factory=list)

    def drawn(self, fps, size):
        count = round(self.seconds * fps)
        if self.card:
            source = shots.drawn(self.card, count, fps, size)
        elif self.held:
            (one,) = frames.read(self.path, self.start, 1, size, fps)
            source = (one for _ in range(count))
        else:
            source = frames.read(self.path, self.start, count, size, fps, speed=self.speed,
                                 backward=self.backward)
        for number, frame in enumerate(source):
            if self.mirrored:
                frame = np.ascontiguousarray(frame[:, ::-1])
            for layer in self.layers:
                frame = layer(frame.copy(), number / fps)
            yield frame

    def covers(self):
        """(from, to) in the known video."""
        return self.start, self.start + (0 if self.held else self.seconds * self.speed)


@dataclass
class Cut:
    pieces: list
    size: tuple = archives.SIZE                     # of the pieces; a layer may change it
    fps: float = archives.FPS
    layers: list = field(default_factory=list)
    fade: float = 0.0                               # seconds of dissolve between pieces
    save: tuple = field(default_factory=lambda: frames.x264(27))
    shrink: tuple = None                            # a last size

    def with_layers(self, *more):
        return replace(self, layers=[*self.layers, *more])

    def seconds(self):
        return sum(p.seconds for p in self.pieces) - self.fade * (len(self.pieces) - 1)

    def has_card(self):
        """Whether the card of a channel is in it, which known videos have too."""
        return any(p.card and p.card["kind"] == "card" for p in self.pieces)

    def truth(self):
        """[{"entry", "item", "known", "speed", "mirrored", "held", "backward"}] by time."""
        out, at = [], 0.0
        for number, piece in enumerate(self.pieces):
            if piece.entry:
                # Inside a dissolve the first half is the one video's, the second half the other's.
                head = self.fade / 2 if number else 0.0
                foot = self.fade / 2 if number + 1 < len(self.pieces) else 0.0
                start, end = piece.covers()
                low, high = (foot, head) if piece.backward else (head, foot)
                if not piece.held:
                    start, end = start + low * piece.speed, end - high * piece.speed
                out.append({"entry": piece.entry, "speed": piece.speed, "held": piece.held,
                            "item": [round(at + head, 3), round(at + piece.seconds - foot, 3)],
                            "known": [round(start, 3), round(end, 3)],
                            "mirrored": piece.mirrored, "backward": piece.backward})
            at += piece.seconds - self.fade
        return out

    def render(self, stem):
        """Writes the file; gives its name."""
        extension, options = self.save
        path = f"{stem}.{extension}"
        fade = round(self.fade * self.fps)
        parts = [(piece.drawn(self.fps, self.size), fade if number else 0)
                 for number, piece in enumerate(self.pieces)]
        with frames.Writer(path, self.fps, options) as out:
            for number, frame in enumerate(archives.joined(parts)):
                if self.layers:
                    frame = frame.copy()
                for layer in self.layers:
                    frame = layer(frame, number / self.fps)
                if self.shrink:
                    frame = cv2.resize(frame, self.shrink, interpolation=cv2.INTER_AREA)
                out.add(frame)
        return os.path.basename(path)
