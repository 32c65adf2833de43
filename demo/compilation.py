# SPDX-License-Identifier: Apache-2.0
"""Sews the demo's compilation: parts of three known videos and of one that nobody knows.

The clips of videos.tsv come out of Debian packages, as the photographs do. Each part is one line of
PARTS; the same lines say afterwards what should have been found.
"""
import os
import shutil
import subprocess
import sys

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
NAME = "compilation.mp4"
SIZE = "640:360"
RATE = 25
TITLE = "the best of it, part 2"

# (clip or None for a card, first second of it, seconds, what is done to it)
PARTS = [
    (None, 0, 3, "a title"),
    ("balle-jbart.mp4", 1, 8, "captioned"),
    ("motion.mov", 1, 6, "not known"),
    ("diver.mov", 2, 7, "mirrored"),
    ("citycc0.mpg", 0.5, 6, "cropped"),
    ("diver.mov", 9.5, 4, "captioned"),
    (None, 0, 3, "a title"),
]
STRIP = "drawbox=y=ih*0.86:h=ih*0.14:color=black@0.75:t=fill"
EDITS = {
    "captioned": STRIP + f",drawtext=fontfile={FONT}:text='more at the link below':fontcolor=white"
                         ":fontsize=h*0.07:x=(w-tw)/2:y=h*0.90",
    "mirrored": "hflip",
    "cropped": "crop=iw*0.75:ih*0.75:iw*0.15:ih*0.1",
    "not known": "null",
}


def times():
    """(part, from, to) of each part, in seconds of the compilation."""
    at = 0
    for part in PARTS:
        yield part, at, at + part[2]
        at += part[2]


def chain(number, edit):
    """How one input becomes a part: edited, then of the size and rate of all."""
    fit = (f"scale={SIZE}:force_original_aspect_ratio=increase,crop={SIZE},fps={RATE},"
           "format=yuv420p,setsar=1,setpts=PTS-STARTPTS")
    if edit == "a title":
        fit = (f"drawtext=fontfile={FONT}:text='{TITLE}':fontcolor=white:fontsize=36"
               ":x=(w-tw)/2:y=(h-th)/2,format=yuv420p,setsar=1")
    else:
        fit = EDITS[edit] + "," + fit
    return f"[{number}:v]{fit}[v{number}]"


def make(clips, target):
    """Writes the compilation. `clips`: {name: path}."""
    command = ["ffmpeg", "-v", "error", "-y"]
    for clip, first, seconds, _ in PARTS:
        if clip is None:
            command += ["-f", "lavfi", "-t", str(seconds), "-i",
                        f"color=c=0x202830:s={SIZE.replace(':', 'x')}:r={RATE}"]
        else:
            command += ["-ss", str(first), "-t", str(seconds), "-i", clips[clip]]
    chains = [chain(i, part[3]) for i, part in enumerate(PARTS)]
    joined = "".join(f"[v{i}]" for i in range(len(PARTS)))
    chains.append(f"{joined}concat=n={len(PARTS)}:v=1[out]")
    command += ["-filter_complex", ";".join(chains), "-map", "[out]", "-c:v", "libx264", "-preset",
                "veryfast", "-crf", "27", "-threads", "2", target]
    if shutil.which("ffmpeg") is None:
        sys.exit("demo: ffmpeg is missing; ./run demo installs it")
    subprocess.run(command, check=True)
    assert os.path.getsize(target) > 0
