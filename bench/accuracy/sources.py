# SPDX-License-Identifier: Apache-2.0
"""Free pictures out of Debian packages, each with a family, a side (tune, test) and a role.

  FOLDER/packages/PACKAGE/          unpacked, never installed
  FOLDER/pictures/NAME.jpg          each picture once, at most 1,024 pixels on a side
  FOLDER/pictures/NAME.tileN.jpg    parts of large ones that do not overlap; innocents only
  FOLDER/pictures.json              what each of them is

The side goes by the family, so that pictures of one series never lie on both; the role by the group
of near-duplicates, so that an innocent is never another version of an entry.
"""
import glob
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import warnings

from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "sources.tsv")
PICTURES = ("photo", "filler")      # uses of the table whose files are prepared here
SIDE = 1024             # pixels of the longer side
LEAST = (240, 400)      # pixels of the shorter and longer side
LEAST_CONTRAST = 12     # standard deviation of a 64 x 64 luma: below, there is nothing to see
TILE = 640              # pixels: a picture at least two tiles wide and high is also cut into tiles
TUNE_SHARE = 0.30
KNOWN_SHARE = 0.60
RESERVE_SHARE = 0.07    # of the photographs: seen only under a template of hard.py
WORKERS = 2


def rows():
    with open(TABLE, encoding="utf-8") as table:
        for line in table:
            if not line.startswith("#"):
                yield tuple(line.rstrip("\n").split("\t"))


def share_of(text):
    """A number in [0, 1) that only the text decides."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def side_of(family):
    return "tune" if share_of("side " + family) < TUNE_SHARE else "test"


# --- packages -------------------------------------------------------------------------------------


def apt(store, *words):
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *words]
    if os.getuid() == 0:
        command[1:1] = ["-o", "APT::Sandbox::User=root"]
    elif words[0] == "update":
        command[:0] = ["sudo"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, cwd=store).returncode


def fetch(folder, packages=None):
    """Downloads and unpacks what is missing. Errors: RuntimeError with the way out."""
    store = os.path.join(folder, "packages")
    os.makedirs(store, exist_ok=True)
    packages = packages or sorted({row[0] for row in rows()})
    missing = [p for p in packages if not os.path.isdir(os.path.join(store, p))]
    if not missing:
        return
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise RuntimeError("all material is of Debian packages; apt-get or dpkg-deb is missing")
    print("accuracy: downloading, not installing (of about 1 GB in all): " + " ".join(missing),
          file=sys.stderr)
    if apt(store, "download", *missing) != 0:
        if apt(store, "update") != 0 or apt(store, "download", *missing) != 0:
            raise RuntimeError("apt-get download failed; is there a way to a Debian mirror?")
    for package in missing:
        (deb,) = glob.glob(os.path.join(glob.escape(store), package + "_*.deb"))
        part = os.path.join(store, package + ".part")
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run(["dpkg-deb", "-x", deb, part], check=True)
        os.rename(part, os.path.join(store, package))
        os.remove(deb)


# --- pictures -------------------------------------------------------------------------------------


def family_of(rule, path):
    stem = os.path.splitext(os.path.basename(path))[0]
    if rule.startswith("folder:"):
        return path.split("/")[-int(rule[7:]) - 1]
    if rule == "series":
        # "mountain7", "city5-harro": the series is the subject, without number and author.
        return re.split(r"[\d_-]", stem, maxsplit=1)[0] or stem
    return stem if rule == "own" else rule


def listed(folder):
    """(name, use, family, path) of every file that a pattern finds, each path once."""
    store = os.path.join(folder, "packages")
    seen = set()
    for package, use, rule, pattern in rows():
        base = os.path.join(store, package)
        found = sorted(glob.glob(os.path.join(glob.escape(base), pattern), recursive=True))
        for path in found:
            if os.path.realpath(path) in seen or not os.path.isfile(path):
                continue
            seen.add(os.path.realpath(path))
            family = package + "." + family_of(rule, path)
            stem = os.path.splitext(os.path.basename(path))[0]
            if rule.startswith("folder:"):
                stem = family_of(rule, path) + "." + stem
            yield re.sub(r"[^\w.+-]", "_", f"{package}.{stem}"), use, family, path


def upright(path):
    with Image.open(path) as picture:
        picture.draft("RGB", (3 * SIDE, 3 * SIDE))
        picture = ImageOps.exif_transpose(picture)
        if picture.mode in ("RGBA", "LA", "P"):
            picture = picture.convert("RGBA")
            grey = Image.new("RGBA", picture.size, (128, 128, 128, 255))
            picture = Image.alpha_composite(grey, picture)
        return picture.convert("RGB")


def prepare(task):
    """Writes one picture and its tiles; gives the record, or None when it is too small or flat."""
    name, use, family, path, target = task
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = upright(path)
    except OSError:
        return None
    width, height = picture.size
    flat = ImageOps.grayscale(picture).resize((64, 64), Image.BOX)
    mean = sum(flat.getdata()) / 4096
    contrast = (sum((v - mean) ** 2 for v in flat.getdata()) / 4096) ** 0.5
    shape = max(width, height) / min(width, height)
    if min(width, height) < LEAST[0] or max(width, height) < LEAST[1] or shape > 3.2 \
            or contrast < LEAST_CONTRAST:
        return None
    whole = picture.copy()
    whole.thumbnail((SIDE, SIDE), Image.LANCZOS)
    whole.save(os.path.join(target, name + ".jpg"), quality=92)
    tiles = []
    across, down = min(4, width // TILE), min(3, height // TILE)
    if across >= 2 and down >= 2:
        for tile in range(across * down):
            x, y = tile % across, tile // across
            part = picture.crop((x * width // across, y * height // down,
                                 (x + 1) * width // across, (y + 1) * height // down))
            part.thumbnail((SIDE, SIDE), Image.LANCZOS)
            tiles.append(f"{name}.tile{tile}.jpg")
            part.save(os.path.join(target, tiles[-1]), quality=92)
    return {"name": name, "use": use, "family": family, "tiles": tiles, "size": whole.size}


def assign(records):
    """Side by family, with families that share a near-duplicate made one; role by that group."""
    parent = {record["family"]: record["family"] for record in records}

    def top(family):
        while parent[family] != family:
            family = parent[family]
        return family

    first_of = {}
    for record in records:
        other = first_of.setdefault(record["group"], record["family"])
        a, b = sorted((top(record["family"]), top(other)))
        parent[b] = a
    for record in records:
        record["family"] = top(record["family"])
        record["side"] = side_of(record["family"])
        share = share_of("role " + record["group"])
        photo = record["use"] == "photo"
        record["role"] = ("known" if photo and share < KNOWN_SHARE else
                          "reserve" if photo and share < KNOWN_SHARE + RESERVE_SHARE else
                          "innocent")
    # Of near-duplicates one is an entry; the others would be right answers as well.
    shown = {record["group"] for record in records if record["role"] != "innocent"}
    for record in records:
        if record["group"] in shown and record["name"] != record["group"]:
            record["role"] = "spare"
    return records


def load(folder):
    """Every picture's record, made when its rows of the table or this code changed."""
    import near
    fetch(folder)
    stamp = hashlib.sha256(repr([row for row in rows() if row[1] in PICTURES]).encode())
    for path in (os.path.abspath(__file__), near.__file__):
        with open(path, "rb") as source:
            stamp.update(source.read())
    stored = os.path.join(folder, "pictures.json")
    if os.path.exists(stored):
        with open(stored, encoding="utf-8") as source:
            saved = json.load(source)
        if saved["stamp"] == stamp.hexdigest():
            return saved["pictures"]
    target = os.path.join(folder, "pictures")
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    print("accuracy: preparing the pictures", file=sys.stderr)
    tasks = [(name, use, family, path, target) for name, use, family, path in listed(folder)
             if use in PICTURES]
    with multiprocessing.Pool(WORKERS) as pool:
        records = [r for r in pool.imap(prepare, tasks, chunksize=4) if r]
        near.join(records, target, pool)
    assign(records)
    with open(stored, "w", encoding="utf-8") as out:
        json.dump({"stamp": stamp.hexdigest(), "pictures": records}, out, indent=1)
    return records
