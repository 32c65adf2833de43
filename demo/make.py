#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the demo's pictures: a bank of photographs, edited copies of them, and unrelated ones; and
a compilation of known videos (compilation.py).

The photographs of pictures.tsv and the clips of videos.tsv come out of Debian packages, which are
downloaded and not installed. Everything is decided by the tables and a fixed seed, so that two
machines make the same.

  build/demo/bank/NAME.jpg         known photographs, at most 1,024 pixels on a side; known videos
  build/demo/items/NAME.KIND.EXT   edited copies of them
  build/demo/items/NAME.EXT        unrelated photographs
  build/demo/items/compilation.mp4 parts of the known videos and of another
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
sys.path.insert(0, HERE)
import compilation  # noqa: E402

DEMO = os.path.join(os.path.dirname(HERE), "build", "demo")
TABLE = os.path.join(HERE, "pictures.tsv")
VIDEOS = os.path.join(HERE, "videos.tsv")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIDE = 1024      # of the bank's pictures
EACH = 4         # edits of one known picture
BACKDROPS = 6    # unrelated photographs on which known ones are put
SEED = 20240517  # chosen; any would do


def rows(path=TABLE):
    """(role, package, path) of every picture or video, in the table's order."""
    with open(path, encoding="utf-8") as table:
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
    packages = sorted({package for _, package, _ in [*rows(), *rows(VIDEOS)]})
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


# --- the edits: (picture, random, others) -> (picture, extension, how it is saved) ----------------


def jpeg(picture, quality=85):
    return picture, "jpg", {"quality": quality}


def scaled(picture, factor):
    from PIL import Image
    size = tuple(max(1, round(side * factor)) for side in picture.size)
    return jpeg(picture.resize(size, Image.LANCZOS))


def framed(picture, left, top, colour):
    from PIL import ImageOps
    return jpeg(ImageOps.expand(picture, (left, top), colour))


def letterboxed(picture, random_, _):
    return framed(picture, 0, round(picture.height * random_.uniform(0.08, 0.18)), "black")


def white_framed(picture, random_, _):
    width = round(min(picture.size) * random_.uniform(0.04, 0.10))
    return framed(picture, width, width, "white")


def captioned(picture, random_, _):
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
    def edit(picture, _random, _others):
        from PIL import Image
        return jpeg(picture.transpose(getattr(Image.Transpose, how)))
    return edit


def cropped(picture, random_, _):
    """Two fifths of the area or a little more, from anywhere."""
    share = random_.uniform(0.63, 0.72)
    width, height = (round(side * share) for side in picture.size)
    x, y = random_.randint(0, picture.width - width), random_.randint(0, picture.height - height)
    return jpeg(picture.crop((x, y, x + width, y + height)))


def tilted(picture, random_, _):
    """Turned by eight degrees to either side; the corners that this leaves open are black."""
    from PIL import Image
    return jpeg(picture.rotate(random_.choice([-8, 8]), Image.BICUBIC, expand=True))


def picture_in_picture(picture, random_, others):
    """A third as wide as the photograph on which it lies."""
    from PIL import Image
    whole = random_.choice(others).copy()
    factor = min(whole.width / 3 / picture.width, whole.height / 2 / picture.height)
    inner = picture.resize([round(side * factor) for side in picture.size], Image.LANCZOS)
    whole.paste(inner, (random_.randint(0, whole.width - inner.width),
                        random_.randint(0, whole.height - inner.height)))
    return jpeg(whole)


def on_screen(picture, random_, _):
    """As if photographed from a screen, from one side: narrower there, darker, a little soft."""
    from PIL import Image, ImageEnhance, ImageFilter
    width, height = picture.size
    far = random_.uniform(0.06, 0.10)  # by how much the far edge is shorter, at each end
    # Where in the picture the corners of the photograph lie, clockwise from the lower left.
    top_left, top_right = (-0.05, -0.08), (1.06, -0.08 - far)
    low_left, low_right = (-0.05, 1.08), (1.06, 1.08 + far)
    if random_.random() < 0.5:  # from the other side
        mirrored = [(1 - x, y) for x, y in (top_right, top_left, low_right, low_left)]
        top_left, top_right, low_left, low_right = mirrored
    coefficients = perspective([top_left, top_right, low_right, low_left], width, height)
    photograph = picture.transform((width, height), Image.Transform.PERSPECTIVE, coefficients,
                                   Image.BICUBIC, fillcolor=(25, 25, 28))
    photograph = photograph.filter(ImageFilter.GaussianBlur(0.8))
    return jpeg(ImageEnhance.Brightness(photograph).enhance(0.85), 75)


def perspective(corners, width, height):
    """The eight numbers by which PIL finds the place in the picture of each pixel of the new one,
    whose corners, clockwise from the top left, lie at these shares of the picture's sides."""
    rows = []
    for (x, y), (u, v) in zip(((0, 0), (width, 0), (width, height), (0, height)), corners):
        u, v = u * width, v * height
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):  # Gauss and Jordan
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [number / rows[column][column] for number in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column])]
    return [row[8] for row in rows]


EDITS = {
    "jpeg-40": lambda p, r, o: jpeg(p, 40),
    "webp": lambda p, r, o: (p, "webp", {"quality": 75}),
    "png": lambda p, r, o: (p, "png", {}),
    "half-size": lambda p, r, o: scaled(p, 0.5),
    "30-percent": lambda p, r, o: scaled(p, 0.3),
    "mirrored": turned("FLIP_LEFT_RIGHT"),
    "rotated-90": turned("ROTATE_90"),
    "rotated-180": turned("ROTATE_180"),
    "rotated-270": turned("ROTATE_270"),
    "letterboxed": letterboxed,
    "white-framed": white_framed,
    "captioned": captioned,
    "cropped": cropped,
    "tilted": tilted,
    "picture-in-picture": picture_in_picture,
    "screen": on_screen,
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
    others = [shrunk(os.path.join(DEMO, "packages", package, path))
              for role, package, path in rows() if role == "unrelated"][:BACKDROPS]
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
        # Every kind meets equally many pictures: 4 steps of 4 kinds go once round the 16.
        for step in range(EACH):
            kind = kinds[(known + step * (len(kinds) // EACH)) % len(kinds)]
            edited, extension, options = EDITS[kind](picture, random_, others)
            item = f"{name}.{kind}.{extension}"
            edited.save(os.path.join(items, item), **options)
            truth.append((item, kind, name + ".jpg"))
        if known % 4 == 0:
            shutil.copy(original, os.path.join(items, name + ".same-file.jpg"))
            truth.append((name + ".same-file.jpg", "same-file", name + ".jpg"))
        known += 1
    with open(os.path.join(DEMO, "truth.csv"), "w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("item", "kind", "original"), *truth])


def make_compilation():
    clips = {}
    for role, package, path in rows(VIDEOS):
        name = os.path.basename(path).lower()
        clips[name] = os.path.join(DEMO, "packages", package, path)
        if role == "known":
            shutil.copy(clips[name], os.path.join(DEMO, "bank", name))
    compilation.make(clips, os.path.join(DEMO, "items", compilation.NAME))


def stamp():
    """Changes whenever the pictures would."""
    digest = hashlib.sha256()
    for path in (TABLE, VIDEOS, compilation.__file__, os.path.abspath(__file__)):
        with open(path, "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


def main():
    made = os.path.join(DEMO, "made")
    if os.path.exists(made) and open(made, encoding="ascii").read() == stamp():
        return
    fetch()
    print("demo: making the pictures and a compilation", file=sys.stderr)
    make()
    make_compilation()
    shutil.rmtree(os.path.join(DEMO, "home"), ignore_errors=True)
    with open(made, "w", encoding="ascii") as out:
        out.write(stamp())


if __name__ == "__main__":
    main()
