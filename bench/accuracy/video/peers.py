# SPDX-License-Identifier: Apache-2.0
"""Peers on the same files: vPDQ with a fair segmenter, TMK+PDQF with the whole video as its box.

The signals are those that `weir hash` writes for exchange with others; the matching here follows
the published description of each (github.com/facebook/ThreatExchange, vpdq/ and tmk/).

  vpdq   frames of quality 50 and more; a frame matches one at most 31 bits away; the score of a
         video is the larger of both sides' shares of matched distinct frames, 0.8 being usual; the
         segment lies between the first and the last matched frame of either side
  tmk    the lesser of both levels of similarity, 0.7 being usual
"""
import hashlib
import json
import os
import shutil
import subprocess

import numpy as np

from peers import BITS, PDQ_QUALITY, PDQ_RADIUS

USUAL = {"vpdq": 0.8, "tmk": 0.7}
LEAST_LEVEL_1 = 0.3     # below, TMK's second level is not asked


# --- vPDQ -----------------------------------------------------------------------------------------


def frames_of(value):
    """(hashes as rows of bytes, seconds) of a vPDQ signal, frames of poor quality left out."""
    fields = [one.split(",") for one in (json.loads(value) if isinstance(value, str) else value)]
    good = [f for f in fields if int(f[1]) >= PDQ_QUALITY]
    rows = [np.frombuffer(bytes.fromhex(f[0]), np.uint8) for f in good]
    return np.array(rows, np.uint8).reshape(-1, 32), np.array([float(f[2]) for f in good])


def share(hashes, matched):
    """Of the distinct hashes, how many matched."""
    distinct = {row.tobytes() for row in hashes}
    return len({row.tobytes() for row in hashes[matched]}) / len(distinct) if distinct else 0.0


def near(ours, theirs):
    """Which frames of either side match one of the other's: a matrix."""
    away = BITS[np.bitwise_xor(ours[:, None], theirs[None])].sum(axis=2, dtype=np.int16)
    return away <= PDQ_RADIUS


def vpdq_claims(queries, known):
    """`queries`, `known`: {name: (hashes, seconds)}."""
    out = []
    for query, (ours, times) in queries.items():
        for entry, (theirs, their_times) in known.items():
            if not len(ours) or not len(theirs):
                continue
            hits = near(ours, theirs)
            rows, columns = hits.any(axis=1), hits.any(axis=0)
            if not rows.any():
                continue
            # A frame stands for the second it was taken in.
            box = [times[rows].min(), times[rows].max() + 1,
                   their_times[columns].min(), their_times[columns].max() + 1]
            out.append({"query": query, "entry": entry, "frames": int(rows.sum()),
                        "score": max(share(ours, rows), share(theirs, columns)),
                        "segments": [{"box": [float(v) for v in box]}]})
    return out


# --- TMK ------------------------------------------------------------------------------------------


def read_tmk(content):
    """{"average", "weights", "periods", "cosines", "sines", "frames"} of a .tmk file."""
    if content[:12] != b"TMK1FVECPDQF":
        raise ValueError("not a TMK+PDQF file")
    _, periods, waves, size, frames = np.frombuffer(content, "<i4", 5, 12)
    at = 32
    out = {"frames": int(frames), "periods": np.frombuffer(content, "<i4", periods, at)}
    at += 4 * periods
    for name, shape in (("weights", (waves,)), ("average", (size,)),
                        ("cosines", (periods, waves, size)), ("sines", (periods, waves, size))):
        count = int(np.prod(shape))
        out[name] = np.frombuffer(content, "<f4", count, at).reshape(shape)
        at += 4 * count
    return out


WAVES = {}


def waves_of(period, count):
    if (period, count) not in WAVES:
        angle = 2 * np.pi * np.outer(np.arange(period), np.arange(count)) / period
        WAVES[period, count] = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    return WAVES[period, count]


def level_1(a, b):
    length = np.linalg.norm(a["average"]) * np.linalg.norm(b["average"])
    return float(a["average"] @ b["average"] / length) if length else 0.0


def level_2(a, b):
    """The best agreement at any shift in time, over all periods."""
    best = 0.0
    for k, period in enumerate(a["periods"]):
        ac, as_, bc, bs = a["cosines"][k], a["sines"][k], b["cosines"][k], b["sines"][k]
        even = (ac * bc + as_ * bs).sum(axis=1)
        odd = (as_ * bc - ac * bs).sum(axis=1)
        cosine, sine = waves_of(int(period), len(even))
        best = max(best, float((cosine @ even + sine @ odd).max()))
    weights = a["weights"]
    return best / float(weights[0] + 2 * weights[1:].sum())


def tmk_claims(queries, known, seconds):
    """`queries`, `known`: {name: what read_tmk() gives}; `seconds`: how long each video is."""
    out = []
    for query, one in queries.items():
        for entry, other in known.items():
            first = level_1(one, other)
            if first >= LEAST_LEVEL_1:
                out.append({"query": query, "entry": entry,
                            "score": min(first, level_2(one, other)),
                            "segments": [{"box": [0.0, seconds[query], 0.0, seconds[entry]]}]})
    return out


# --- from files -----------------------------------------------------------------------------------


def hashed(program, target, sub, workers):
    """({name: vPDQ frames}, {name: TMK}) of a folder of a set."""
    store = os.path.join(target, "tmk-" + sub)
    shutil.rmtree(store, ignore_errors=True)
    os.makedirs(store)
    call = subprocess.run([program, "--home", os.path.join(target, "home-hash"), "hash", "--json",
                           "--workers", str(workers), "--tmk-dir", store,
                           os.path.join(target, sub)], stdout=subprocess.PIPE, text=True,
                          check=False)
    frames, whole = {}, {}
    for line in map(json.loads, call.stdout.splitlines()):
        name = os.path.basename(line["path"])
        for signal in line.get("signals", []):
            if signal["kind"] == "vpdq":
                frames[name] = frames_of(signal["value"])
        for path in (os.path.join(store, name + ".tmk"),
                     os.path.join(store, os.path.splitext(name)[0] + ".tmk")):
            if os.path.exists(path):
                with open(path, "rb") as source:
                    whole[name] = read_tmk(source.read())
                break
    shutil.rmtree(store)
    if not frames:
        raise RuntimeError(f"{program} hash wrote no vPDQ signal for {target}/{sub}")
    return frames, whole


def seconds_of(target, lines):
    with open(os.path.join(target, "known.json"), encoding="utf-8") as source:
        out = json.load(source)
    return {**out, **{line["query"]: line["seconds"] for line in lines}}


def claims(program, target, lines, workers):
    """{peer: claims} over a set; of the last run when set and program are the same."""
    digest = hashlib.sha256()
    for path in (os.path.join(target, "made"), __file__, program + "-decode"):
        with open(path, "rb") as source:
            digest.update(hashlib.sha256(source.read()).digest())
    stored = os.path.join(target, "peers.json")
    if os.path.exists(stored):
        with open(stored, encoding="utf-8") as source:
            saved = json.load(source)
        if saved["stamp"] == digest.hexdigest():
            return saved["claims"]
    known, known_whole = hashed(program, target, "known", workers)
    asked, asked_whole = hashed(program, target, "queries", workers)
    out = {"vpdq": vpdq_claims(asked, known)}
    if known_whole:
        out["tmk"] = tmk_claims(asked_whole, known_whole, seconds_of(target, lines))
    with open(stored, "w", encoding="utf-8") as text:
        json.dump({"stamp": digest.hexdigest(), "claims": out}, text)
    return out
