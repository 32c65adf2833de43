# SPDX-License-Identifier: Apache-2.0
"""Compilations: parts of several known videos, sewn together with parts of others."""
from dataclasses import replace

from video import cut as cuts
from video import edits, frames, layers

FADE = 0.5
LEAST = (10.0, 4.0, 2.0)            # seconds of a part of a known video, by severity
MOST = (14.0, 9.0, 6.0)
PARTS = ((3, 4), (4, 6), (5, 8))    # of known videos
FINAL = (854, 480)


def known_piece(archive, level, random, size):
    """A part of a known video, perhaps mirrored, cropped, at another speed."""
    start, end = archive["content"]
    seconds = min(random.uniform(LEAST[level], MOST[level]), (end - start) / 1.3) + FADE
    speed = random.choice((0.8, 0.9, 1.1, 1.25)) if random.random() < 0.3 else 1.0
    piece = cuts.Piece(path=archive["path"], entry=archive["name"], speed=speed, seconds=seconds,
                       start=random.uniform(start, end - seconds * speed),
                       mirrored=random.random() < 0.3)
    if random.random() < 0.4:
        piece.layers.append(edits.cropped(size, random.uniform(0.6, 0.9), random))
    return piece


def overlaps(piece, others):
    """Whether a part would show what another part of the same video shows already."""
    low, high = piece.covers()
    return any(p.entry == piece.entry and p.covers()[0] - 1 < high and low < p.covers()[1] + 1
               for p in others)


def compilation(known, level, random, stock):
    """`known`: [{"name", "path", "content": (from, to)}] of all archives."""
    chosen = random.sample(known, min(len(known), random.randint(2, 5)))
    count = max(len(chosen), random.randint(*PARTS[level]))
    base = cuts.Cut([], fade=FADE, size=(640, 360))
    parts = []
    for number in range(count):
        for _ in range(20):
            piece = known_piece(chosen[number % len(chosen)], level, random, base.size)
            if not overlaps(piece, parts):
                parts.append(piece)
                break
    random.shuffle(parts)
    pieces = []
    for number, piece in enumerate(parts):
        if number == 0 or random.random() < 0.7:
            path, start, longest = stock.part(random)
            seconds = min(random.uniform(2.5, 5), longest)
            pieces.append(cuts.Piece(path=path, start=start, seconds=seconds))
        pieces.append(piece)
    if random.random() < 0.5:
        pieces.insert(0, cuts.Piece(card={"kind": "card", "number": random.randrange(3)},
                                    seconds=2.5))
    out = replace(base, pieces=pieces, shrink=FINAL, save=frames.x264(32))
    over = [layers.corner_logo(random.randrange(8), base.size, 0.02, random.randrange(4))]
    if random.random() < 0.6:
        over.append(layers.subtitles(base.size, random.randint(1, 2), random))
    return out.with_layers(*over)
