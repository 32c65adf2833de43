# SPDX-License-Identifier: Apache-2.0
"""Peers on the same files: PDQ as it is used today, PDQ in eight orientations, OpenCV's hashes.

Each gives, for a query, its nearest entries with a score that is minus the distance. They speak for
their method, not for any one program: PDQ here follows its published description (Meta, 2019) in
numpy, and agrees with `weir hash` to a few bits, which the bench prints.
"""
import multiprocessing
import os

import numpy as np
from PIL import Image, ImageFile

ImageFile.LOAD_TRUNCATED_IMAGES = True      # a broken file is hashed as far as it goes
KEPT = 3            # nearest entries of a query
PDQ_RADIUS = 31     # bits; Meta's advice
PDQ_QUALITY = 50    # queries and entries below are not compared; Meta's advice
TURNS = 8


def tent(side, target):
    """A matrix that blurs a side twice with PDQ's box and keeps `target` samples."""
    window = (side + 2 * target - 1) // (2 * target)
    left = (window + 2) // 2 - 1
    box = np.zeros((side, side), np.float32)
    for i in range(side):
        low, high = max(0, i - left), min(side, i - left + window)
        box[i, low:high] = 1 / (high - low)
    rows = ((np.arange(target) + 0.5) * side / target).astype(int)
    return box[rows] @ box


TENTS = {}
WAVES = np.sqrt(2 / 64) * np.cos(
    np.pi / 128 * np.outer(np.arange(1, 17), 2 * np.arange(64) + 1)).astype(np.float32)
SIGNS = np.where(np.arange(1, 17) % 2 == 0, 1, -1).astype(np.float32)  # of a mirrored wave


def pdq(path):
    """(eight 256-bit hashes as rows of 32 bytes, the upright one first; quality)."""
    with Image.open(path) as picture:
        picture = picture.convert("RGB")
        luma = np.asarray(picture, np.float32) @ np.float32([0.299, 0.587, 0.114])
    for side in luma.shape:
        if side not in TENTS:
            TENTS[side] = tent(side, 64)
    small = TENTS[luma.shape[0]] @ luma @ TENTS[luma.shape[1]].T
    steps = [np.abs(np.trunc(np.diff(small, axis=axis) * 100 / 255)).sum() for axis in (0, 1)]
    quality = min(100, int(sum(steps) / 90))
    waves = WAVES @ small @ WAVES.T
    out = []
    for turned in (waves, waves.T):
        for down in (1, SIGNS[:, None]):
            for across in (1, SIGNS[None, :]):
                one = turned * down * across
                out.append(np.packbits((one > np.median(one)).ravel()[::-1]))
    return np.array(out), quality


def image_hashes(path):
    """OpenCV's PHash, BlockMeanHash and MarrHildrethHash of one file, or None where cv2 lacks."""
    try:
        import cv2
        cv2.setNumThreads(1)
        makers = (cv2.img_hash.PHash_create(), cv2.img_hash.BlockMeanHash_create(),
                  cv2.img_hash.MarrHildrethHash_create())
    except (ImportError, AttributeError):
        return None
    with Image.open(path) as picture:   # OpenCV reads no GIF
        picture.draft("RGB", (1024, 1024))
        pixels = np.asarray(picture.convert("RGB"))[:, :, ::-1].copy()
    return [maker.compute(pixels).ravel() for maker in makers]


def signals(path):
    return pdq(path), image_hashes(path)


def signals_of(paths, workers):
    with multiprocessing.Pool(workers) as pool:
        return pool.map(signals, paths, chunksize=16)


BITS = np.array([bin(v).count("1") for v in range(256)], np.uint8)


def distances(one, many):
    """Hamming distances of one hash (or the least of several rows) to each of many."""
    one = np.atleast_2d(one)
    return np.min([BITS[np.bitwise_xor(row, many)].sum(axis=1, dtype=np.int32) for row in one],
                  axis=0)


def nearest(queries, hashes, names, entries):
    """[(query, entry, -distance)]: the KEPT nearest entries of each query."""
    out = []
    entries = np.array(entries)
    for query, own in zip(queries, hashes):
        if own is None:
            continue
        away = distances(own, entries)
        for k in np.argsort(away, kind="stable")[:KEPT]:
            out.append((query, names[k], -int(away[k])))
    return out


def predictions(folder, workers):
    """{peer: predictions} over FOLDER/known and FOLDER/queries."""
    names, queries = (sorted(os.listdir(os.path.join(folder, sub))) for sub in ("known", "queries"))
    ours = signals_of([os.path.join(folder, "known", name) for name in names], workers)
    theirs = signals_of([os.path.join(folder, "queries", name) for name in queries], workers)
    good = [i for i, one in enumerate(ours) if one[0][1] >= PDQ_QUALITY]
    upright = [ours[i][0][0][0] for i in good]
    kept = [names[i] for i in good]
    fine = [one[0][1] >= PDQ_QUALITY for one in theirs]
    out = {
        "pdq": nearest(queries, [one[0][0][:1] if ok else None for one, ok in zip(theirs, fine)],
                       kept, upright),
        "pdq-8": nearest(queries, [one[0][0] if ok else None for one, ok in zip(theirs, fine)],
                         kept, upright),
    }
    if ours and ours[0][1] is not None:
        for k, name in enumerate(("phash", "block-mean", "marr-hildreth")):
            out[name] = nearest(queries, [one[1][k] for one in theirs], names,
                                [one[1][k] for one in ours])
    return out


def hex_of(path):
    return pdq(path)[0][0].tobytes().hex()
