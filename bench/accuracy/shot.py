# SPDX-License-Identifier: Apache-2.0
"""A picture under edit that remembers where the original went.

Every edit takes a Shot and gives another. `matrix` maps the original's unit square to pixels of the
shot, through each turn, warp and paste; `window` is the part of the shot where the original can be
seen. Together they give the true regions, whatever was done in between.
"""
import io
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

LONG_SIDE = 800     # pixels of a query, as a messenger would leave it
MOST_SIDE = 1024    # a query with a longer side is shrunk to LONG_SIDE
EXTENSIONS = {"JPEG": "jpg", "WEBP": "webp", "GIF": "gif", "PNG": "png"}


@dataclass
class Shot:
    picture: Image.Image                      # RGB, or RGBA where it is cut out of something
    matrix: np.ndarray                        # 3x3
    window: tuple                             # x0, y0, x1, y1 in pixels
    save: dict = field(default_factory=lambda: {"format": "JPEG", "quality": 85})
    amount: float = None                      # how much the last edit did, in its own unit
    detail: str = ""                          # and in which of its ways
    harm: object = None                       # bytes -> bytes, done to the file at last

    @staticmethod
    def of(picture, side=LONG_SIDE):
        picture = fit(picture, side)
        width, height = picture.size
        return Shot(picture, np.diag([width, height, 1.0]), (0, 0, width, height))

    def drawn(self, picture):
        """The same geometry with other pixels."""
        return replace(self, picture=picture)

    def told(self, amount, detail=""):
        """With what the line of truth says of the edit."""
        return replace(self, amount=round(float(amount), 4), detail=detail)

    def moved(self, picture, matrix, window=None):
        """Other pixels after a map of the plane; the window's corners go with it."""
        if window is None:
            x0, y0, x1, y1 = self.window
            corners = project(matrix, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
            window = (*corners.min(axis=0), *corners.max(axis=0))
        width, height = picture.size
        window = (max(0, window[0]), max(0, window[1]), min(width, window[2]),
                  min(height, window[3]))
        return replace(self, picture=picture, matrix=matrix @ self.matrix, window=window)

    def regions(self):
        """(box in the shot in pixels, box in the original in shares): x, y, width, height."""
        square = project(self.matrix, [(0, 0), (1, 0), (1, 1), (0, 1)])
        seen = clipped([tuple(p) for p in square], self.window)
        if len(seen) < 3:
            return None, None
        back = project(np.linalg.inv(self.matrix), seen)
        return box_of(np.array(seen)), box_of(np.clip(back, 0, 1))

    def encoded(self):
        """(bytes, extension) as the last edit wanted it saved."""
        picture = self.picture
        if max(picture.size) > MOST_SIDE:
            picture = fit(picture, LONG_SIDE)
        out = io.BytesIO()
        picture.save(out, **self.save)
        content = self.harm(out.getvalue()) if self.harm else out.getvalue()
        return content, EXTENSIONS[self.save["format"]]

    def finished(self):
        """The shot at its final size, so that regions() speaks of the file that is written."""
        if max(self.picture.size) <= MOST_SIDE:
            return self
        return scaled(self, LONG_SIDE / max(self.picture.size))


def fit(picture, side):
    """Shrunk so that the longer side has at most `side` pixels."""
    factor = side / max(picture.size)
    if factor >= 1:
        return picture
    return picture.resize(size_by(picture, factor), Image.LANCZOS)


def size_by(picture, factor_x, factor_y=None):
    factor_y = factor_x if factor_y is None else factor_y
    return (max(8, round(picture.width * factor_x)), max(8, round(picture.height * factor_y)))


def scaled(shot, factor_x, factor_y=None, how=Image.LANCZOS):
    size = size_by(shot.picture, factor_x, factor_y)
    matrix = np.diag([size[0] / shot.picture.width, size[1] / shot.picture.height, 1.0])
    return shot.moved(shot.picture.resize(size, how), matrix)


def of_640(shot, value):
    """Pixels of a picture with a long side of 640, grown with the shot."""
    return value * max(shot.picture.size) / 640


def drawn_from(random, ranges, level):
    """An amount anywhere in the range of a level."""
    return random.uniform(*ranges[level])


def shifted(x, y):
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def cropped(shot, x0, y0, x1, y1):
    x0, y0, x1, y1 = (int(round(v)) for v in (x0, y0, x1, y1))
    return shot.moved(shot.picture.crop((x0, y0, x1, y1)), shifted(-x0, -y0))


def pasted(shot, canvas, x, y):
    """The shot laid on a canvas; what was its picture is now the window."""
    canvas = canvas.copy()
    canvas.paste(shot.picture, (int(x), int(y)))
    return shot.moved(canvas, shifted(int(x), int(y)))


def warped(shot, matrix, size=None, fill=(0, 0, 0)):
    """Through a homography of pixels."""
    size = size or shot.picture.size
    back = np.linalg.inv(matrix)
    back = back / back[2, 2]
    picture = shot.picture.transform(size, Image.Transform.PERSPECTIVE, back.ravel()[:8].tolist(),
                                     Image.BICUBIC, fillcolor=fill)
    return shot.moved(picture, matrix)


def array(picture):
    return np.asarray(picture, dtype=np.float32)


def image(values):
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def project(matrix, points):
    points = np.asarray(points, dtype=np.float64)
    out = np.c_[points, np.ones(len(points))] @ matrix.T
    return out[:, :2] / out[:, 2:]


def homography(source, target):
    """The 3x3 matrix that takes four points to four points."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(values, float)), 1).reshape(
        3, 3)


def clipped(polygon, window):
    """A convex polygon cut to a rectangle (Sutherland and Hodgman, 1974)."""
    x0, y0, x1, y1 = window
    for axis, limit, sign in ((0, x0, 1), (0, x1, -1), (1, y0, 1), (1, y1, -1)):
        kept = []
        for a, b in zip(polygon, polygon[1:] + polygon[:1]):
            in_a, in_b = (sign * (p[axis] - limit) >= 0 for p in (a, b))
            if in_a:
                kept.append(a)
            if in_a != in_b:
                share = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append(tuple(a[i] + share * (b[i] - a[i]) for i in (0, 1)))
        polygon = kept
        if not polygon:
            break
    return polygon


def box_of(points):
    low, high = points.min(axis=0), points.max(axis=0)
    return [round(float(v), 4) for v in (*low, *(high - low))]
