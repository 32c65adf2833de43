# SPDX-License-Identifier: Apache-2.0
"""Finds pictures that are versions of one another, so that they do not count as false matches.

Two pictures belong together when many ORB features agree under one similarity: that finds other
sizes, other crops and repaints of one wallpaper. Pictures of one small package are also looked at
closely, because a game draws several scenes over one photograph. A smooth drawing has hardly any
features, so those whose fine detail is the same in the same place belong together, too: a wallpaper
with and without a logo.
Mirrored versions are not looked for.
"""
import collections
import functools
import itertools
import os

import cv2
import numpy as np

SIDE = 384          # pixels
FEATURES = 200
NEAR_BITS = 40      # of 256, for one feature
NEIGHBOURS = 4      # of a feature, its own picture included
VOTES = 4           # features that name another picture before it is looked at closely
INLIERS = 14        # under one similarity; galaxies that look alike reach 12 (measured)
CLOSE_SIDE, CLOSE_FEATURES = 768, 1500
CLOSE_INLIERS = 40  # one photograph in two scenes has 90, galaxies that look alike reach 27
SMALL_PACKAGE = 40  # pictures
FINE_SIDE = 128     # pixels, of the picture squeezed to a square
FINE_ALIKE = 0.55   # correlation of what is finer than two of them; clusters of stars reach 0.24


def fine(path):
    """What is fine in a picture, as strong everywhere, as a vector of length 1."""
    cv2.setNumThreads(1)
    picture = cv2.resize(cv2.imread(path, cv2.IMREAD_GRAYSCALE), (FINE_SIDE, FINE_SIDE),
                         interpolation=cv2.INTER_AREA).astype(np.float32)
    detail = picture - cv2.GaussianBlur(picture, (0, 0), 2)
    detail /= np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 8) + 1)
    detail -= detail.mean()
    return detail.ravel() / (np.linalg.norm(detail) + 1e-6)


def alike(details):
    """Pairs of pictures whose fine detail is the same, or its negative."""
    near = np.abs(details @ details.T) >= FINE_ALIKE
    return [(int(a), int(b)) for a, b in zip(*np.nonzero(near)) if a < b]


def features(path, side=SIDE, most=FEATURES):
    cv2.setNumThreads(1)
    picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    factor = side / max(picture.shape)
    picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    points, bits = cv2.ORB_create(most, fastThreshold=8).detectAndCompute(picture, None)
    if bits is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8)
    return np.float32([p.pt for p in points]), bits


def agreeing(a, b):
    """Inliers of the best similarity between two pictures."""
    (points_a, bits_a), (points_b, bits_b) = a, b
    if not len(bits_a) or not len(bits_b):
        return 0
    near = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(bits_a, bits_b)
    near = [m for m in near if m.distance <= NEAR_BITS + 8]
    if len(near) < INLIERS:
        return 0
    cv2.setRNGSeed(1)
    _, inliers = cv2.estimateAffinePartial2D(
        points_a[[m.queryIdx for m in near]], points_b[[m.trainIdx for m in near]],
        ransacReprojThreshold=5)
    return 0 if inliers is None else int(inliers.sum())


def candidates(found):
    """Pairs of pictures with enough features near one another."""
    bits = np.concatenate([b for _, b in found])
    owner = np.repeat(np.arange(len(found)), [len(b) for _, b in found])
    # Locality-sensitive hashing: near features, not all of them, at a small part of the cost.
    index = cv2.FlannBasedMatcher({"algorithm": 6, "table_number": 6, "key_size": 18,
                                   "multi_probe_level": 0}, {})
    index.add([bits])
    index.train()
    votes = collections.Counter()
    for near in index.knnMatch(bits, k=NEIGHBOURS):
        pairs = {(min(owner[m.queryIdx], owner[m.trainIdx]),
                  max(owner[m.queryIdx], owner[m.trainIdx]))
                 for m in near if m.distance <= NEAR_BITS}
        votes.update(pairs)
    return sorted((int(a), int(b)) for (a, b), count in votes.items() if a != b and count >= VOTES)


def in_one_package(records):
    """Pairs of pictures of one small package."""
    packages = collections.defaultdict(list)
    for number, record in enumerate(records):
        packages[record["name"].split(".")[0]].append(number)
    return [pair for numbers in packages.values() if len(numbers) <= SMALL_PACKAGE
            for pair in itertools.combinations(numbers, 2)]


def closely(paths, pairs, pool):
    """Those of the pairs that show one photograph somewhere."""
    numbers = sorted({number for pair in pairs for number in pair})
    look = functools.partial(features, side=CLOSE_SIDE, most=CLOSE_FEATURES)
    found = dict(zip(numbers, pool.map(look, [paths[number] for number in numbers])))
    agree = pool.starmap(agreeing, [(found[a], found[b]) for a, b in pairs], chunksize=64)
    return [pair for pair, inliers in zip(pairs, agree) if inliers >= CLOSE_INLIERS]


def join(records, folder, pool):
    """Sets record["group"]: the name of the first of its near-duplicates."""
    cv2.setNumThreads(1)
    paths = [os.path.join(folder, record["name"] + ".jpg") for record in records]
    found = pool.map(features, paths, chunksize=8)
    group = list(range(len(records)))
    pairs = [(a, b) for a, b in candidates(found)
             if agreeing(found[a], found[b]) >= INLIERS]
    pairs += closely(paths, in_one_package(records), pool)
    pairs += alike(np.array(pool.map(fine, paths, chunksize=8)))
    for a, b in pairs:
        low, high = sorted((group[a], group[b]))
        group = [low if g == high else g for g in group]
    for record, g in zip(records, group):
        record["group"] = records[g]["name"]
