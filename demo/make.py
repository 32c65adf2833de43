#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the demo's pictures: a bank of photographs, edited copies of them, and unrelated ones.

The photographs of pictures.tsv come out of Debian packages, which are downloaded and not installed.
Everything is decided by the table and a fixed seed, so that two machines make the same pictures.

  build/demo/bank/NAME.jpg         known photographs, at most 1,024 pixels on a side
  build/demo/items/NAME.KIND.EXT   edited copies of them
  build/demo/items/NAME.EXT        unrelated photographs
  build/demo/truth.csv             item, kind of edit, and the bank's file it shows ("" when none)
"""
import csv
import glob
import hashlib
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(os.path.dirname(HERE), "build", "demo")
TABLE = os.path.join(HERE, "pictures.tsv")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIDE = 1024      # of the bank's pictures
EACH = 4         # edits of one known picture
SEED = 20240517  # chosen; any would do


def rows():
    """(role, package, path) of every picture, in the table's order."""
    with open(TABLE, encoding="utf-8") as table:
        for line in table:
            if not line.startswith("#"):
                yield tuple(line.rstrip("\n").split("\t")[:3])


def apt(*words, root=False):
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *words]
    if os.getuid() == 0:
        # Without this apt warns that its own user cannot write here.
        command[1:1] = ["-o", "APT::Sandbox::User=root"]
    elif root:
        command[:0] = ["sudo"]
    return subprocess.run(command, stdout=sys.stderr, cwd=os.path.join(DEMO, "packages")).returncode


def fetch():
    """Downloads and unpacks what is missing of the packages; nothing is installed."""
    store = os.path.join(DEMO, "packages")
    os.makedirs(store, exist_ok=True)
    packages = sorted({package for _, package, _ in rows()})
    missing = [p for p in packages if not os.path.isdir(os.path.join(store, p))]
    if not missing:
        return
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        sys.exit("demo: its photographs come from Debian packages; apt-get or dpkg-deb is missing")
    print("demo: downloading, not installing: " + " ".join(missing), file=sys.stderr)
    if apt("download", *missing) != 0:
        print("demo: once more, after apt-get update", file=sys.stderr)
        if apt("update", root=True) != 0 or apt("download", *missing) != 0:
            sys.exit("demo: apt-get download failed: see above; is there a way to a Debian mirror?")
    for package in missing:
        (deb,) = glob.glob(os.path.join(glob.escape(store), package + "_*.deb"))
        subprocess.run(["dpkg-deb", "-x", deb, os.path.join(store, package + ".part")], check=True)
        os.rename(os.path.join(store, package + ".part"), os.path.join(store, package))
        os.remove(deb)


def name_of(path):
    """A short name: the file's, or the wallpaper's folder where the file is named by its size."""
    parts = path.split("/")
    stem = os.path.splitext(parts[-1])[0]
    if stem[0].isdigit():
        stem = parts[-4]
    return stem.split("_by_")[0].lower()


# --- the edits: (picture, random) -> (picture, extension, how it is saved) ------------------------


def jpeg(picture, quality=85):
    return picture, "jpg", {"quality": quality}


def scaled(picture, factor):
    from PIL import Image
    size = tuple(max(1, round(side * factor)) for side in picture.size)
    return jpeg(picture.resize(size, Image.LANCZOS))


def framed(picture, left, top, colour):
    from PIL import ImageOps
    return jpeg(ImageOps.expand(picture, (left, top), colour))


def letterboxed(picture, random_):
    return framed(picture, 0, round(picture.height * random_.uniform(0.08, 0.18)), "black")


def white_framed(picture, random_):
    width = round(min(picture.size) * random_.uniform(0.04, 0.10))
    return framed(picture, width, width, "white")


def captioned(picture, random_):
    """One small line on a dark strip in a lower corner."""
    from PIL import ImageDraw, ImageFont
    picture = picture.copy()
    text = random_.choice(["seen on a walk", "more at the link below", "shared again, part 2"])
    font = ImageFont.truetype(FONT, max(12, round(picture.height * 0.028)))
    draw = ImageDraw.Draw(picture)
    _, _, width, height = draw.textbbox((0, 0), text, font=font)
    margin = round(picture.height * 0.02)
    x = random_.choice([margin, picture.width - width - margin])
    y = picture.height - height - margin
    draw.rectangle((x - 4, y - 3, x + width + 4, y + height + 3), fill=(20, 20, 20))
    draw.text((x, y), text, font=font, fill="white")
    return jpeg(picture)


def turned(how):
    def edit(picture, _):
        from PIL import Image
        return jpeg(picture.transpose(getattr(Image.Transpose, how)))
    return edit


EDITS = {
    "jpeg-40": lambda p, r: jpeg(p, 40),
    "webp": lambda p, r: (p, "webp", {"quality": 75}),
    "png": lambda p, r: (p, "png", {}),
    "half-size": lambda p, r: scaled(p, 0.5),
    "30-percent": lambda p, r: scaled(p, 0.3),
    "mirrored": turned("FLIP_LEFT_RIGHT"),
    "rotated-90": turned("ROTATE_90"),
    "rotated-180": turned("ROTATE_180"),
    "rotated-270": turned("ROTATE_270"),
    "letterboxed": letterboxed,
    "white-framed": white_framed,
    "captioned": captioned,
}


# --- all of it ------------------------------------------------------------------------------------


def shrunk(path):
    from PIL import Image, ImageOps
    with Image.open(path) as picture:
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # JPEG: decode near the wanted size
        picture = ImageOps.exif_transpose(picture).convert("RGB")
        picture.thumbnail((SIDE, SIDE), Image.LANCZOS)
        return picture.copy()


def make():
    bank, items = os.path.join(DEMO, "bank"), os.path.join(DEMO, "items")
    for folder in (bank, items):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    random_ = random.Random(SEED)
    kinds = list(EDITS)
    truth = []
    known = 0
    for role, package, path in rows():
        name = name_of(path)
        picture = shrunk(os.path.join(DEMO, "packages", package, path))
        if role == "unrelated":
            picture.save(os.path.join(items, name + ".jpg"), quality=85)
            truth.append((name + ".jpg", "unrelated", ""))
            continue
        original = os.path.join(bank, name + ".jpg")
        picture.save(original, quality=90)
        # Every kind meets equally many pictures: 3 steps of 4 kinds go once round the 12.
        for step in range(EACH):
            kind = kinds[(known + step * (len(kinds) // EACH)) % len(kinds)]
            edited, extension, options = EDITS[kind](picture, random_)
            item = f"{name}.{kind}.{extension}"
            edited.save(os.path.join(items, item), **options)
            truth.append((item, kind, name + ".jpg"))
        if known % 4 == 0:
            shutil.copy(original, os.path.join(items, name + ".same-file.jpg"))
            truth.append((name + ".same-file.jpg", "same-file", name + ".jpg"))
        known += 1
    with open(os.path.join(DEMO, "truth.csv"), "w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("item", "kind", "original"), *truth])


def stamp():
    """Changes whenever the pictures would."""
    digest = hashlib.sha256()
    for path in (TABLE, os.path.abspath(__file__)):
        with open(path, "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


def main():
    made = os.path.join(DEMO, "made")
    if os.path.exists(made) and open(made, encoding="ascii").read() == stamp():
        return
    fetch()
    print("demo: making the pictures", file=sys.stderr)
    make()
    shutil.rmtree(os.path.join(DEMO, "home"), ignore_errors=True)
    with open(made, "w", encoding="ascii") as out:
        out.write(stamp())


if __name__ == "__main__":
    main()
