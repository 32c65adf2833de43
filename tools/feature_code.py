#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains and measures the code of local features: weir/hash/features/feature_code_table.cc.

    tools/feature_code.py DUMP FOLDER            writes the table to standard output
    tools/feature_code.py DUMP FOLDER --measure  and then figures, on the pictures left out too

DUMP is the program that bench/feature_dump.cc makes (ninja -C build/bench feature_dump). FOLDER is
searched for pictures; those of the Debian packages that decision 0074 names were used. 3 of 10
pictures, by a hash of their names, are for training and choosing; the others only for the figures
of --measure. Needs python3-opencv and python3-numpy.
"""
import hashlib
import os
import random
import struct
import subprocess
import sys

import cv2
import numpy as np

OUTPUTS, WORD_BITS = 80, 16
EDITS = ("recoded", "blurred", "cropped", "turned", "halved", "quartered", "darkened", "filmed",
         "inset")


# --- pictures and their features ------------------------------------------------------------------

def is_for_training(path):
    digest = hashlib.md5(os.path.basename(path).encode()).hexdigest()
    return int(digest[-6:], 16) % 100 < 30


def pictures(folder):
    """(path, grey picture of at most 1200 pixels a side), none that looks like an earlier one."""
    paths = sorted(os.path.join(where, name) for where, _, names in os.walk(folder)
                   for name in names if name.lower().endswith((".jpg", ".jpeg", ".png")))
    seen = []
    for path in paths:
        if os.path.islink(path) or os.path.getsize(path) < 30_000:
            continue
        picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        if picture is None or min(picture.shape) < 200:
            continue
        picture = shrunk(picture, 1200)
        small = cv2.resize(picture, (9, 8), interpolation=cv2.INTER_AREA).astype(int)
        look = (small[:, 1:] > small[:, :-1]).ravel()
        if small.std() < 3 or any((look != other).sum() < 8 for other in seen):
            continue
        seen.append(look)
        yield path, picture


def shrunk(picture, side):
    factor = side / max(picture.shape)
    if factor >= 1:
        return picture
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


class Dump:
    """The features of pictures, by the program that is trained for."""

    def __init__(self, program):
        self.program = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def features(self, picture, side, most):
        """Rows of (x, y, scale, angle) in the picture's pixels, and RootSIFT of each."""
        height, width = picture.shape
        self.program.stdin.write(struct.pack("<4I", width, height, side, most))
        self.program.stdin.write(np.ascontiguousarray(picture).tobytes())
        self.program.stdin.flush()
        count, = struct.unpack("<I", self.program.stdout.read(4))
        rows = np.frombuffer(self.program.stdout.read(144 * count),
                             np.dtype([("spot", "<f4", 4), ("descriptor", "u1", 128)]))
        return rows["spot"].astype(float), rows["descriptor"].astype(float)


# --- edits ----------------------------------------------------------------------------------------

def jpeg(picture, quality):
    return cv2.imdecode(cv2.imencode(".jpg", picture, [1, quality])[1], 0)


def edited(picture, edit, rng):
    """The edited picture, and how positions move."""
    height, width = picture.shape
    noise = np.random.default_rng(1)
    if edit == "recoded":
        return jpeg(picture, 30), np.eye(3)
    if edit == "blurred":
        return cv2.GaussianBlur(picture, (0, 0), 2.5), np.eye(3)
    if edit == "darkened":
        table = 255 * (np.arange(256) / 255) ** 2.2
        return cv2.LUT(picture, table.astype(np.uint8)), np.eye(3)
    if edit == "cropped":
        w, h = int(width * 0.45), int(height * 0.45)
        x, y = rng.randrange(width - w), rng.randrange(height - h)
        return jpeg(picture[y:y + h, x:x + w], 60), np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1.0]])
    if edit in ("halved", "quartered"):
        factor = 0.5 if edit == "halved" else 0.25
        small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return jpeg(small, 50), np.diag([factor, factor, 1])
    if edit == "turned":
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(10, 35), 0.9)
        turn = np.vstack([turn, [0, 0, 1]])
        return cv2.warpPerspective(picture, turn, (width, height)), turn
    if edit == "inset":
        ground = np.clip(noise.normal(120, 30, (height // 8 + 1, width // 8 + 1)), 0, 255)
        ground = cv2.resize(ground.astype(np.uint8), (width, height))
        small = cv2.resize(picture, (int(width * 0.35), int(height * 0.35)),
                           interpolation=cv2.INTER_AREA)
        y, x = int(height * 0.5), int(width * 0.3)
        ground[y:y + small.shape[0], x:x + small.shape[1]] = small
        return jpeg(ground, 50), np.array([[0.35, 0, x], [0, 0.35, y], [0, 0, 1]])
    # Filmed off a screen: askew, washed out, with stripes and noise.
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    skew = np.float32([[rng.uniform(-.05, .05) * width, rng.uniform(-.05, .05) * height]
                       for _ in range(4)])
    moved = corners * 0.8 + np.float32([width * 0.1, height * 0.1]) + skew
    askew = cv2.getPerspectiveTransform(corners, moved)
    seen = cv2.warpPerspective(picture, askew, (width, height), borderValue=40).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width]
    seen = seen * 0.8 + 30 + 8 * np.sin(x * 1.9 + y * 0.3) + noise.normal(0, 6, seen.shape)
    seen = np.clip(cv2.GaussianBlur(seen, (0, 0), 0.8), 0, 255).astype(np.uint8)
    return jpeg(seen, 50), askew


def same_spots(entry, item, move, side):
    """Pairs (row of entry, row of item) that lie at the same spot, by the known edit."""
    at = cv2.perspectiveTransform(entry[None, :, :2], move.astype(np.float64))[0]
    scale = np.sqrt(abs(np.linalg.det(move[:2, :2])))
    far = np.linalg.norm(at[:, None] - item[None, :, :2], axis=2)
    turn = item[None, :, 3] - entry[:, None, 3] - np.arctan2(move[1, 0], move[0, 0])
    turn = abs((turn + np.pi) % (2 * np.pi) - np.pi)
    size = abs(np.log2(item[None, :, 2] / (entry[:, None, 2] * scale)))
    far[(far > 2.5 * side / 512 * scale) | (turn > 0.35) | (size > 0.5)] = np.inf
    nearest = far.argmin(1)
    is_found = np.isfinite(far[np.arange(len(entry)), nearest])
    return np.nonzero(is_found)[0], nearest[is_found]


class Sample:
    """What one picture gives: its features, and pairs of the same feature before and after."""

    def __init__(self, dump, path, picture):
        rng = random.Random(os.path.basename(path))
        spots, self.features = dump.features(picture, 512, 500)
        self.pairs = {}
        self.edited = []  # some features of the edited pictures, for training
        for edit in EDITS if len(spots) >= 50 else ():
            item, move = edited(picture, edit, rng)
            item_spots, item_features = dump.features(item, 800, 1200)
            if len(item_spots) == 0:
                continue
            a, b = same_spots(spots, item_spots, move, max(picture.shape))
            keep = sorted(rng.sample(range(len(a)), min(150, len(a))))
            self.pairs[edit] = (self.features[a[keep]], item_features[b[keep]])
            some = rng.sample(range(len(item_features)), min(60, len(item_features)))
            self.edited.append(item_features[some])


# --- training -------------------------------------------------------------------------------------

class Table:
    """Bit k of a code: is weights[k] . descriptor above thresholds[k]? Whole numbers throughout."""

    def __init__(self, samples):
        known = np.concatenate([s.features for s in samples])
        both = np.concatenate([known] + [e for s in samples for e in s.edited])
        values, axes = np.linalg.eigh(np.cov(both.T))
        axes = axes[:, np.argsort(-values)[:OUTPUTS]]
        axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(OUTPUTS)])
        steps = np.abs(axes).max(0) / 127
        self.weights = np.rint(axes / steps).astype(np.int64).T
        self.thresholds = np.median(known @ self.weights.T, axis=0).astype(np.int64)
        # How far edits move a value, every kind of edit counting the same: margins are told in
        # parts of it, in 2^20ths.
        moved = []
        for edit in EDITS:
            before, after = joined(samples, edit)
            moved.append((((before - after) @ self.weights[:WORD_BITS].T) ** 2).mean(axis=0))
        typical = np.sqrt(np.mean(moved, axis=0))
        self.steps = np.rint(2 ** 20 / typical).astype(np.int64)

    def bits(self, descriptors):
        return descriptors @ self.weights.T > self.thresholds

    def words(self, descriptors):
        return self.bits(descriptors)[:, :WORD_BITS] @ (1 << np.arange(WORD_BITS))

    def probes(self, descriptors):
        """Rows of the word and its eight alternatives, as code_of() defines them."""
        values = (descriptors @ self.weights[:WORD_BITS].T).astype(np.int64)
        margins = (abs(values - self.thresholds[:WORD_BITS]) >> 6) * self.steps
        order = np.argsort(margins, axis=1, kind="stable")[:, :8]
        least = np.take_along_axis(margins, order, axis=1)
        flips = [(i,) for i in range(8)] + [(0, 1), (0, 2), (0, 3), (1, 2), (0, 1, 2)]
        costs = np.stack([least[:, list(flip)].sum(1) for flip in flips], axis=1)
        masks = np.stack([(1 << order[:, list(flip)]).sum(1) for flip in flips], axis=1)
        best = np.argsort(costs, axis=1, kind="stable")[:, :8]
        word = self.words(descriptors)[:, None]
        return np.concatenate([word, word ^ np.take_along_axis(masks, best, axis=1)], axis=1)

    def source(self):
        """The .cc."""
        lines = ["// SPDX-License-Identifier: Apache-2.0", "//",
                 "// Written by tools/feature_code.py; decision 0074 says from what.",
                 '#include "weir/hash/features/feature_code_table.h"', "", "namespace weir {", "",
                 "// clang-format off"]
        for kind, name, values in (("int8_t", "kFeatureWeights", self.weights.T.ravel()),
                                   ("int32_t", "kFeatureThresholds", self.thresholds),
                                   ("uint32_t", "kFeatureSteps", self.steps)):
            lines.append(f"alignas(64) const std::array<{kind}, {len(values)}> {name} = {{")
            line = ""
            for value in values:
                if len(line) + len(str(value)) + 1 > 99:
                    lines.append(line)
                    line = ""
                line += f"{value},"
            lines += [line, "};", ""]
        lines += ["// clang-format on", "", "}  // namespace weir"]
        return "\n".join(lines)


def joined(samples, edit):
    pairs = [sample.pairs[edit] for sample in samples if edit in sample.pairs]
    return tuple(np.concatenate(side) for side in zip(*pairs))


# --- figures --------------------------------------------------------------------------------------

def measure(table, samples):
    known = np.concatenate([s.features for s in samples])
    owner = np.repeat(np.arange(len(samples)), [len(s.features) for s in samples])
    words = table.words(known)
    order = np.argsort(words, kind="stable")
    starts = np.searchsorted(words[order], np.arange(2 ** WORD_BITS + 1))
    share = np.diff(starts) / len(known)
    print(f"{len(samples)} pictures, {len(known)} features; mean share of a list, by its rows: "
          f"{(share ** 2).sum():.2e}, longest {share.max():.2e}")
    signatures = table.bits(known)[:, WORD_BITS:]
    near = np.zeros((len(EDITS), 65))
    for row, edit in enumerate(EDITS):
        before, after = joined(samples, edit)
        probes = table.probes(after)
        found = probes == table.words(before)[:, None]
        distance = (table.bits(before) != table.bits(after))[:, WORD_BITS:].sum(1)
        near[row] = np.bincount(distance[found.any(1)], minlength=65) / len(before)
        print(f"  {edit:10} {len(before):6} pairs: word {found[:, 0].mean():.3f}, alternatives too "
              f"{found.any(1).mean():.3f}; probed {share[probes].sum(1).mean():.2e} of the rows; "
              f"and within 16 bits {near[row, :17].sum():.3f}")
    chance = np.zeros(65)
    for at, sample in enumerate(samples):
        for _, after in sample.pairs.values():
            some = after[::4]
            for probes, bits in zip(table.probes(some), table.bits(some)[:, WORD_BITS:]):
                rows = np.concatenate([order[starts[w]:starts[w + 1]] for w in probes])
                rows = rows[owner[rows] != at]
                if len(rows):
                    chance += np.bincount((signatures[rows] != bits).sum(1), minlength=65)
    true, chance = near.sum(0) / near.sum(), chance / chance.sum()
    for d in range(27):
        print(f"  {d:2} bits: true {true[d]:.4f} up to here {true[:d + 1].sum():.3f}, chance "
              f"{chance[d]:.2e} up to here {chance[:d + 1].sum():.2e}, "
              f"log of ratio {np.log(max(true[d], 1e-9) / max(chance[d], 1e-9)):.2f}")


def main():
    if len(sys.argv) not in (3, 4) or (len(sys.argv) == 4 and sys.argv[3] != "--measure"):
        sys.exit(__doc__)
    cv2.setNumThreads(1)
    dump = Dump(sys.argv[1])
    train, test = [], []
    for path, picture in pictures(sys.argv[2]):
        if not is_for_training(path) and len(sys.argv) == 3:
            continue
        sample = Sample(dump, path, picture)
        if sample.pairs:
            (train if is_for_training(path) else test).append(sample)
    table = Table(train)
    print(table.source())
    if len(sys.argv) == 4:
        measure(table, train)
        measure(table, test)


if __name__ == "__main__":
    main()
