# SPDX-License-Identifier: Apache-2.0
"""A small, fixed part of the video bench, on videos made of pictures made by code.

LEAST says how many of the three copies `weir match` finds of each edit, at least. It is what holds
today; a stream that finds more raises it. MOST_FALSE and MOST_MOMENTS never rise.
"""
import os
import random
import shutil
import sys
import tempfile
import unittest
from dataclasses import replace

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    import match
    import scenes
    import stock
    from video import archives, compilations, cut, edits, figures, queries, shots
except ImportError as missing:
    print(f"skipped: {missing}; packages.txt names NumPy, OpenCV and Pillow under [test]")
    raise SystemExit(77) from None  # what CTest knows as skipped
if shutil.which("ffmpeg") is None:
    print("skipped: no ffmpeg; packages.txt names it under [test]")
    raise SystemExit(77)

SIZE, FPS = (426, 240), 12
ARCHIVES, INNOCENTS = 3, 6
LEAST = {("quality", 1): 3, ("mirror", 0): 3, ("crop", 1): 3, ("letterbox", 1): 3,
         ("picture-in-picture", 1): 3, ("speed", 1): 3, ("cards", 1): 3}
LEAST_F = 0.8           # of the segments of two compilations
MOST_FALSE = 0
MOST_MOMENTS = 1        # of three: other moments of known places that match


def dice(*words):
    return random.Random("/".join(map(str, ("small", *words))))


class Small(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="weir-accuracy-video-")
        for sub in ("known", "queries", "material", "innocent"):
            os.mkdir(cls.path(sub))
        cls.lines, cls.stamps = [], []
        for number in range(4):
            cls.stamps.append(cls.path("material", f"stamp{number}.png"))
            stock.logo(number, 120, 120).save(cls.stamps[-1])
        cls.known = [cls.archive(number) for number in range(ARCHIVES)]
        pool = [cls.innocent(number) for number in range(INNOCENTS)]
        for line in pool:
            cls.lines.append(cls.line(line[0], "innocent", "", line[1], []))
        supply = queries.Stock(pool)
        for edit, level in LEAST:
            for one in cls.known:
                piece = cut.Piece(path=one["path"], entry=one["name"], start=3, seconds=8)
                whole = cut.Cut([piece], size=SIZE, fps=FPS)
                cls.ask(edits.EDITS[edit](whole, level, dice(edit, one["name"]), supply), edit,
                        level)
        for number in range(2):
            sewn = compilations.compilation(cls.known, 1, dice("sewn", number), supply)
            cls.ask(replace(sewn, fps=FPS, shrink=(640, 360)), edits.COMPILATION, 1)
        cls.match()

    @classmethod
    def match(cls):
        weir = match.Weir(os.environ["WEIR_BIN"] + "/weir", cls.path("home"))
        weir.lines("bank", "create", "--json", match.BANK)
        options = ("--bank", match.BANK, "--json")
        added = weir.lines("add", *options, cls.path("known"))[0]
        assert len(added) == ARCHIVES and not any("error" in line for line in added), added
        found = weir.lines("match", *options, cls.path("queries"))[0]
        cls.answers = {os.path.basename(line["path"]): line for line in found}
        claims = figures.weir_claims({"matches": {name: line.get("matches", [])
                                                  for name, line in cls.answers.items()}})
        cls.found = figures.judged(claims, cls.lines)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder.name, *parts)

    @classmethod
    def photo(cls, number):
        path = cls.path("material", f"{number}.jpg")
        scenes.scene(number, 528, 352).save(path, quality=92)
        return path

    @classmethod
    def drawn(cls, name, folder, plan):
        for shot in plan:
            shot["count"], shot["fade"] = round(shot["seconds"] * FPS), 0
        path = cls.path(folder, name)
        archives.render({"shots": plan, "logo": None}, path, SIZE, FPS)
        return path

    @classmethod
    def archive(cls, number):
        random_ = dice("archive", number)
        plan = [{**make(cls.photo(10 * number + k), cls.stamps[:2], 5, random_), "seconds": 5}
                for k, make in enumerate((shots.random_place, *[shots.random_pan] * 4))]
        other = {**shots.another_moment(plan[0], cls.stamps[2:], 6, random_), "seconds": 6}
        name = f"{number}.mp4"
        path = cls.drawn(name, "known", plan)
        moment = cls.drawn(f"moment{number}.mp4", "queries", [other])
        cls.lines.append(cls.line(moment, "hard", "generated", 6, []))
        return {"name": name, "path": path, "content": (0, 25)}

    @classmethod
    def innocent(cls, number):
        random_ = dice("innocent", number)
        plan = [{**shots.random_pan(cls.photo(500 + number), cls.stamps[2:], 7, random_),
                 "seconds": 7}]
        return cls.drawn(f"innocent{number}.mp4", "queries", plan), 7, False

    @classmethod
    def line(cls, path, kind, edit, seconds, segments, severity=""):
        return {"query": os.path.basename(path), "kind": kind, "edit": edit, "seconds": seconds,
                "severity": severity, "segments": segments, "has_card": False}

    @classmethod
    def ask(cls, edited, edit, level):
        name = edited.render(cls.path("queries", f"{len(cls.lines):03d}"))
        cls.lines.append(cls.line(name, "edit", edit, edited.seconds(), edited.truth(),
                                  edits.SEVERITIES[level]))

    def test_every_query_is_answered(self):
        self.assertEqual({line["query"] for line in self.lines}, set(self.answers))
        wrong = [line for line in self.answers.values() if "error" in line]
        self.assertEqual(wrong, [])

    def test_copies_are_found_as_often_as_before(self):
        for (edit, level), least in LEAST.items():
            cell = f"{edit} {edits.SEVERITIES[level]}"
            with self.subTest(cell=cell):
                self.assertGreaterEqual(round(self.found["cells"][cell] * ARCHIVES), least)

    def test_the_parts_of_compilations_are_found_where_they_are(self):
        self.assertGreaterEqual(self.found["compilations"]["f"], LEAST_F,
                                self.found["compilations"])

    def test_nothing_matches_that_is_no_copy(self):
        self.assertLessEqual(self.found["false_innocents"] + self.found["wrong"], MOST_FALSE)

    def test_other_moments_of_known_places_match_as_seldom_as_before(self):
        self.assertLessEqual(self.found["hard"]["generated"][0], MOST_MOMENTS)


if __name__ == "__main__":
    unittest.main()
