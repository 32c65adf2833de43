# SPDX-License-Identifier: Apache-2.0
"""What videos are made from: photographs of the pictures' bench, clips and stamps of clips.tsv.

Everything has a side (tune, test) by its family and is used on that side only; of a side's
photographs and stamps, known and innocent videos have their own.
"""
import glob
import os
from dataclasses import dataclass, field

import sources

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clips.tsv")


@dataclass
class Clip:
    name: str
    path: str
    known: tuple            # seconds: from, to
    asked: tuple = None     # of another moment, for those of a still camera


@dataclass
class Material:
    known: list = field(default_factory=list)       # photographs, by path
    innocent: list = field(default_factory=list)
    clips: list = field(default_factory=list)       # Clip
    known_stamps: list = field(default_factory=list)
    innocent_stamps: list = field(default_factory=list)


def rows():
    with open(TABLE, encoding="utf-8") as table:
        for line in table:
            if not line.startswith("#"):
                yield tuple(line.rstrip("\n").split("\t"))


def add_clips(out, folder, side):
    for package, name, use, start, end, asked, until, pattern in rows():
        base = glob.escape(os.path.join(folder, "packages", package))
        paths = sorted(glob.glob(os.path.join(base, pattern), recursive=True))
        if use == "stamps":
            for path in paths:
                stem = os.path.splitext(os.path.basename(path))[0]
                if "cartoon" in path or sources.side_of("stamp " + stem) != side:
                    continue
                known = sources.share_of("role " + stem) < sources.KNOWN_SHARE
                (out.known_stamps if known else out.innocent_stamps).append(path)
        elif sources.side_of(f"{package}.{name}") == side:
            out.clips.append(Clip(name, paths[0], (float(start), float(end)),
                                  None if use == "known" else (float(asked), float(until))))


def load(folder, side):
    """Downloads what is missing. Errors: RuntimeError."""
    sources.fetch(folder, sorted({row[0] for row in rows()}))
    out = Material()
    pictures = os.path.join(folder, "pictures")
    for record in sources.load(folder):
        if record["side"] != side or record["use"] != "photo":
            continue
        if record["role"] in ("known", "reserve"):
            out.known.append(os.path.join(pictures, record["name"] + ".jpg"))
        elif record["role"] == "innocent":
            names = record["tiles"] or [record["name"] + ".jpg"]
            out.innocent += [os.path.join(pictures, name) for name in names]
    for pool in (out.known, out.innocent, out.known_stamps, out.innocent_stamps):
        pool.sort()
    add_clips(out, folder, side)
    return out
