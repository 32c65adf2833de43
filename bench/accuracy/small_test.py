# SPDX-License-Identifier: Apache-2.0
"""A small, fixed part of the accuracy bench, on pictures made by code.

LEAST says how many of the twelve copies `weir match` finds of each edit, at least. It is what holds
today; a stream that finds more raises it. MOST_FALSE never rises.
"""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import edits
    import match
    import peers
    import queries
    import scenes
    import scores
    from shot import Shot
    from stock import Stock
except ImportError as missing:
    print(f"skipped: {missing}; packages.txt names Pillow, NumPy and OpenCV under [test]")
    raise SystemExit(77) from None  # what CTest knows as skipped

ENTRIES, INNOCENTS = 12, 30
LEAST = {
    ("jpeg", 1): 12, ("webp", 1): 12, ("downscale", 1): 12, ("gamma", 0): 12, ("noise", 1): 12,
    ("mirror", 0): 12, ("flip-or-turn", 1): 12, ("letterbox", 1): 12, ("frame", 1): 12,
    ("doodle", 0): 12, ("rotate", 1): 12, ("crop", 1): 12, ("perspective", 1): 12,
    ("picture-in-picture", 1): 12, ("collage", 1): 12,
}
MOST_FALSE = 0
SEED = 20261128     # of its own: the set stays as it is when the large ones are drawn anew


class Small(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="weir-accuracy-")
        cls.truth, cls.kinds, cls.regions = {}, {}, {}
        place = cls.folder.name
        for sub in ("known", "queries", "back"):
            os.mkdir(os.path.join(place, sub))
        for number in range(ENTRIES):
            scenes.scene(number).save(cls.path("known", f"{number:02d}.jpg"), quality=92)
        backs = [cls.path("back", f"{number}.jpg") for number in range(4)]
        for number, path in enumerate(backs):
            scenes.scene(500 + number).save(path, quality=92)
        cls.stock = Stock(backs)
        for edit, level in LEAST:
            for number in range(ENTRIES):
                cls.ask(scenes.scene(number), edit, level, f"{number:02d}.jpg")
        for number in range(INNOCENTS):
            edit, level = sorted(LEAST)[number % len(LEAST)]
            cls.ask(scenes.scene(100 + number), edit, level, None)
        weir = match.Weir(os.environ["WEIR_BIN"] + "/weir", cls.path("home"))
        weir.lines("bank", "create", "--json", match.BANK)
        options = ("--bank", match.BANK, "--json")
        added = weir.lines("add", *options, cls.path("known"))[0]
        assert len(added) == ENTRIES and not any("error" in line for line in added), added
        found = weir.lines("match", *options, cls.path("queries"))[0]
        cls.result = {"matches": {os.path.basename(line["path"]): line.get("matches", [])
                                  for line in found}}
        cls.found = match.predictions(cls.result)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder.name, *parts)

    @classmethod
    def ask(cls, picture, edit, level, entry):
        number = len(cls.truth)
        dice = queries.dice("small", number, seed=SEED)
        shot = edits.apply(Shot.of(picture), [(edit, level)], dice, cls.stock)
        content, extension = shot.encoded()
        name = f"{number:04d}.{extension}"
        with open(cls.path("queries", name), "wb") as out:
            out.write(content)
        cls.truth[name] = entry
        cls.kinds[name] = (edit, level)
        cls.regions[name] = shot.regions()[0]

    def test_every_query_is_answered(self):
        self.assertEqual(set(self.result["matches"]), set(self.truth))

    def test_copies_are_found_as_often_as_before(self):
        for edit, least in LEAST.items():
            of_edit = {q: e for q, e in self.truth.items() if e and self.kinds[q] == edit}
            count = round(scores.recall(self.found, of_edit) * len(of_edit))
            with self.subTest(edit=edit):
                self.assertGreaterEqual(count, least)
            if count > least:
                print(f"{edit[0]} {edits.SEVERITIES[edit[1]]}: found {count} of {len(of_edit)}, "
                      f"asked for {least}")

    def test_nothing_matches_that_is_no_copy(self):
        wrong = [p for p in self.found if not scores.right(p, self.truth)]
        self.assertLessEqual(len(wrong), MOST_FALSE, wrong)

    def test_a_letterboxed_copy_is_placed_where_it_is(self):
        for query, entry in self.truth.items():
            if entry and self.kinds[query] == ("letterbox", 1):
                with self.subTest(query=query):
                    item, _ = match.boxes(self.result, query, entry)
                    self.assertGreater(scores.overlap(item, self.regions[query]), 0.95)


class Peers(unittest.TestCase):
    def test_the_eight_hashes_are_those_of_the_turned_pictures(self):
        from PIL import Image
        with tempfile.TemporaryDirectory(prefix="weir-accuracy-") as folder:
            path = os.path.join(folder, "scene.png")
            picture = scenes.scene(3).crop((0, 0, 480, 480))
            picture.save(path)
            eight, quality = peers.pdq(path)
            self.assertGreaterEqual(quality, peers.PDQ_QUALITY)
            nearest = set()
            for how in Image.Transpose:
                picture.transpose(how).save(path)
                away = peers.distances(peers.pdq(path)[0][:1], eight)
                # The box of an even width is not symmetric, so some bits change.
                self.assertLessEqual(min(away), 20, how)
                nearest.add(int(away.argmin()))
            self.assertEqual(nearest, set(range(1, 8)))


if __name__ == "__main__":
    unittest.main()
