# SPDX-License-Identifier: Apache-2.0
"""Text and tint: what lies over much of a picture, hides half of it, or redraws it.

An edit draws its amount inside the range of its level; the shot tells it. Pixels are those of a
picture with a long side of 640 and grow with it.
"""
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import stock as supply
from edits_colour import pixelated
from edits_overlay import overlaid
from edits_shape import small_copy
from shot import array, drawn_from, image, of_640

cv2.setNumThreads(1)
INKS = ((255, 255, 255), (0, 0, 0), (128, 128, 128), (214, 40, 57))


def text_mark(random, tall):
    """One line as a picture with transparency."""
    text, name = supply.words(random)
    text = random.choice((text, text.split(",")[0][:12].strip(), "@hill.walker", "KANAL 7"))
    font = supply.font_of(name if text not in ("@hill.walker", "KANAL 7")
                          else "NotoSans-Bold.ttf", tall)
    left, top, right, bottom = font.getbbox(text)
    out = Image.new("RGBA", (max(8, right - left), max(8, bottom - top)), (0, 0, 0, 0))
    ImageDraw.Draw(out).text((-left, -top), text, font=font, fill=(*random.choice(INKS), 255))
    return out


def marks(shot, level, random, stock):
    """A text or a logo all over the picture; the amount is its opacity."""
    amount = drawn_from(random, ((0.20, 0.40), (0.40, 0.65), (0.65, 0.90)), level)
    width, height = shot.picture.size
    tall = max(width, height) / random.choice((36, 26, 18, 12, 8))
    logo = random.random() < 0.35
    mark = supply.logo(random.randrange(supply.LOGOS), tall * random.choice((2, 4)), 2 * tall) \
        if logo else text_mark(random, tall)
    side = round(np.hypot(width, height)) + 2
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    step_x = round(mark.width * random.uniform(1.15, 1.8))
    step_y = round(mark.height * random.uniform(1.5, 3.0))
    for row, y in enumerate(range(0, side, step_y)):
        for x in range(-(row % 2) * step_x // 2, side, step_x):
            layer.paste(mark, (x, y))
    layer = layer.rotate(random.choice((0, 20, 30, 45, -30)), Image.BICUBIC)
    x, y = (side - width) // 2, (side - height) // 2
    layer = layer.crop((x, y, x + width, y + height))
    detail = f"{'logo' if logo else 'text'} of 1/{max(width, height) / tall:.0f}"
    return overlaid(shot, layer, 0, 0, amount).told(amount, detail)


def quote_card(shot, level, random, stock):
    """Darkened under large lines; the amount is the share of the brightness that is left."""
    amount = drawn_from(random, ((0.50, 0.60), (0.40, 0.50), (0.30, 0.40)), level)
    lines = random.randint(*((3, 4), (4, 6), (6, 8))[level])
    picture = image(array(shot.picture) * amount)
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    tall = height * 0.86 / lines
    ink = random.choice(((255, 255, 255), (255, 255, 255), (250, 220, 90)))
    for line in range(lines):
        text, name = supply.words(random)
        top = height * 0.07 + line * tall
        supply.draw_line(draw, (0.04 * width, top, 0.96 * width, top + tall), text, name, ink)
    return shot.drawn(picture).told(amount, f"{lines} lines")


def side_box(size, share, random):
    """The box along one of the four sides with this share of the area."""
    width, height = size
    side = random.choice("lrtb")
    if side in "lr":
        wide = round(width * share)
        return (0, 0, wide, height) if side == "l" else (width - wide, 0, width, height)
    tall = round(height * share)
    return (0, 0, width, tall) if side == "t" else (0, height - tall, width, height)


def half_hidden(shot, level, random, stock):
    """A plate, another photograph or a text over a side; the amount is the share it covers."""
    amount = drawn_from(random, ((0.30, 0.42), (0.45, 0.55), (0.55, 0.65)), level)
    box = side_box(shot.picture.size, amount, random)
    size = (box[2] - box[0], box[3] - box[1])
    kind = random.choice(("plate", "photograph", "text"))
    if kind == "photograph":
        cover = small_copy(stock.background(random), *size)
    else:
        paper = random.choice(supply.COLOURS)
        cover = Image.new("RGB", size, paper)
    if kind == "text":
        draw = ImageDraw.Draw(cover)
        ink = (245, 245, 245) if sum(paper) < 400 else (15, 15, 15)
        lines = random.randint(2, 6)
        for line in range(lines):
            text, name = supply.words(random)
            supply.draw_line(draw, (0, size[1] * line / lines, size[0],
                                    size[1] * (line + 1) / lines), text, name, ink)
    picture = shot.picture.copy()
    picture.paste(cover, box[:2])
    return shot.drawn(picture).told(amount, kind)


def half_blurred(shot, level, random, stock):
    """A side blurred; the amount is the radius in pixels."""
    amount = drawn_from(random, ((3, 6), (6, 12), (12, 25)), level)
    share = random.uniform(0.4, 0.6)
    box = side_box(shot.picture.size, share, random)
    picture = shot.picture.copy()
    blurred = picture.filter(ImageFilter.GaussianBlur(of_640(shot, amount)))
    picture.paste(blurred.crop(box), box[:2])
    return shot.drawn(picture).told(amount, f"{100 * share:.0f} % of it")


def blend(shot, level, random, stock):
    """With another photograph; the amount is the share of that one."""
    amount = drawn_from(random, ((0.30, 0.36), (0.36, 0.43), (0.43, 0.50)), level)
    other = small_copy(stock.background(random), *shot.picture.size)
    return shot.drawn(Image.blend(shot.picture, other, amount)).told(amount)


def pixelated_part(shot, level, random, stock):
    """A box in large pixels; the amount is its share of the picture."""
    amount = drawn_from(random, ((0.10, 0.18), (0.18, 0.28), (0.28, 0.40)), level)
    block = random.uniform(8, 25)
    width, height = shot.picture.size
    shape = np.sqrt(random.uniform(0.5, 2))
    w = min(0.95 * width, width * np.sqrt(amount) * shape)
    h = min(0.95 * height, amount * width * height / w)
    w, h = round(w), round(h)
    x, y = random.randrange(width - w + 1), random.randrange(height - h + 1)
    part = shot.picture.crop((x, y, x + w, y + h))
    picture = shot.picture.copy()
    picture.paste(pixelated(part, of_640(shot, block)), (x, y))
    return shot.drawn(picture).told(amount, f"blocks of {block:.0f}")


# --- a file that is broken ------------------------------------------------------------------------


def scan_of(content):
    """Where the entropy-coded bytes of a JPEG with one scan begin."""
    at = 2
    while content[at + 1] != 0xDA:
        at += 2 + int.from_bytes(content[at + 2:at + 4], "big")
    return at + 2 + int.from_bytes(content[at + 2:at + 4], "big")


def broken_jpeg(shot, level, random, stock):
    """Cut, or some bytes overwritten; the amount is the share of the file that is sound."""
    amount = drawn_from(random, ((0.75, 0.92), (0.55, 0.75), (0.35, 0.55)), level)
    cut = random.random() < 0.5
    noise = bytes(random.randrange(255) for _ in range(random.randrange(4, 40)))

    def harm(content):
        start = scan_of(content)
        at = start + int((len(content) - start) * amount)
        if cut:
            return content[:at]
        while 0xFF in content[at - 1:at + len(noise) + 1]:    # markers stay as they are
            at += 1
        return content[:at] + noise + content[at + len(noise):]
    shot = shot.drawn(shot.picture)
    shot.save = {"format": "JPEG", "quality": random.choice((75, 85, 92))}
    shot.harm = harm
    return shot.told(amount, "cut" if cut else "overwritten")


# --- redrawn --------------------------------------------------------------------------------------


def drawing(shot, level, random, stock):
    """As if drawn: crayon, pencil, or outlines; the amount is the width of a line in pixels."""
    amount = drawn_from(random, ((2, 5), (2, 5), (0.8, 2.0)), level)
    pixels = np.asarray(shot.picture)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    around = cv2.GaussianBlur(grey, (0, 0), of_640(shot, amount))
    if level < 2:
        pencil = np.clip(256 * grey / np.maximum(around, 1), 0, 255)
        pencil = 255 * (pencil / 255) ** random.uniform(1.5, 4)
        if level == 0:
            colour = array(shot.picture) * 0.6 + 102
            out = colour * (pencil[..., None] / 255)
        else:
            out = np.repeat(pencil[..., None], 3, axis=2)
        return shot.drawn(image(out)).told(amount, "crayon" if level == 0 else "pencil")
    fine = cv2.GaussianBlur(grey, (0, 0), of_640(shot, amount) / 1.6)
    lines = np.where(fine - around < -random.uniform(1.5, 4), 0.0, 255.0).astype(np.float32)
    if random.random() < 0.3:
        lines = 255 - lines
    lines = cv2.GaussianBlur(lines, (0, 0), 0.6)
    return shot.drawn(image(np.repeat(lines[..., None], 3, axis=2))).told(amount, "outlines")


def oil(pixels, radius, tones=14):
    """Each pixel the mean colour of the commonest tone around it."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    tone = (grey.astype(np.int32) * tones // 256).astype(np.uint8)
    size = (2 * radius + 1, 2 * radius + 1)
    best = np.full(grey.shape, -1, np.float32)
    out = np.zeros(pixels.shape, np.float32)
    for one in range(tones):
        mask = (tone == one).astype(np.float32)
        count = cv2.boxFilter(mask, -1, size, normalize=False)
        total = cv2.boxFilter(pixels * mask[..., None], -1, size, normalize=False)
        more = count > best
        best[more] = count[more]
        out[more] = total[more] / np.maximum(count[more], 1)[:, None]
    return out


def strokes(pixels, length, random):
    """Short brush strokes along the edges, over a blurred ground."""
    height, width, _ = pixels.shape
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 3)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    out = cv2.GaussianBlur(pixels, (0, 0), length)
    step = max(2, round(length * 0.6))
    places = [(x, y) for y in range(0, height, step) for x in range(0, width, step)]
    random.shuffle(places)
    for x, y in places:
        x = min(width - 1, max(0, x + random.randrange(-step, step + 1)))
        y = min(height - 1, max(0, y + random.randrange(-step, step + 1)))
        angle = np.degrees(np.arctan2(across[y, x], -down[y, x])) + random.uniform(-20, 20)
        colour = tuple(int(min(255, max(0, v + random.randrange(-12, 13)))) for v in pixels[y, x])
        cv2.ellipse(out, (x, y), (max(2, round(length)), max(1, round(length * 0.35))), angle, 0,
                    360, colour, -1, cv2.LINE_AA)
    return out


def mosaic(pixels, side, random):
    """Cells around scattered points, each of one colour, with thin seams."""
    height, width, _ = pixels.shape
    dice = np.random.default_rng(random.getrandbits(32))
    seeds = np.full((height, width), 255, np.uint8)
    rows, columns = max(2, round(height / side)), max(2, round(width / side))
    y = (np.arange(rows)[:, None] + dice.uniform(0.1, 0.9, (rows, columns))) * height / rows
    x = (np.arange(columns)[None, :] + dice.uniform(0.1, 0.9, (rows, columns))) * width / columns
    seeds[y.astype(int).ravel(), x.astype(int).ravel()] = 0
    _, cell = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5,
                                              labelType=cv2.DIST_LABEL_PIXEL)
    count = np.bincount(cell.ravel())
    colours = np.stack([np.bincount(cell.ravel(), pixels[..., c].ravel()) for c in range(3)], -1)
    out = (colours / np.maximum(count, 1)[:, None])[cell]
    seam = (cell != np.roll(cell, 1, 0)) | (cell != np.roll(cell, 1, 1))
    out[seam] *= 0.6
    return out.astype(np.float32)


PAINTS = ("median", "oil", "bilateral", "strokes", "mosaic")


def paint(shot, level, random, stock):
    """One of five filters of painters; the amount is its radius in pixels."""
    amount = drawn_from(random, ((2, 3.5), (3.5, 6), (6, 9)), level)
    kind = random.choice(PAINTS)
    pixels = np.asarray(shot.picture)
    radius = max(1, round(of_640(shot, amount)))
    if kind == "median":
        out = cv2.medianBlur(pixels, 2 * radius + 1)
    elif kind == "oil":
        out = oil(pixels, radius)
    elif kind == "bilateral":
        out = pixels
        for _ in range(2 + level):
            out = cv2.bilateralFilter(out, 9, 30 + 12 * amount, amount * 1.5)
        out = np.float32(out) // 32 * 32 + 16
    elif kind == "strokes":
        out = strokes(pixels, radius, random)
    else:
        out = mosaic(pixels, 2 * radius, random)
    return shot.drawn(image(np.float32(out))).told(amount, kind)


EDITS = {
    "marks": marks, "quote-card": quote_card, "half-hidden": half_hidden,
    "half-blurred": half_blurred, "blend": blend, "pixelated-part": pixelated_part,
    "broken-jpeg": broken_jpeg, "drawing": drawing, "paint": paint,
}
