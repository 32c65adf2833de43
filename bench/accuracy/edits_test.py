# SPDX-License-Identifier: Apache-2.0
"""What is drawn for the accuracy bench: amounts are told, seeds decide, files can be read."""
import io
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import numpy as np
    from PIL import Image, ImageFile

    import beyond
    import edits
    import edits_bend
    import edits_tint
    import patterns
    import plans
    import scenes
    from shot import Shot
    from stock import Stock
except ImportError as missing:
    print(f"skipped: {missing}; packages.txt names Pillow, NumPy and OpenCV under [test]")
    raise SystemExit(77) from None  # what CTest knows as skipped


class Beyond(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="weir-accuracy-")
        path = os.path.join(cls.folder.name, "back.jpg")
        scenes.scene(501, 480, 320).save(path, quality=92)
        cls.stock = Stock([path])

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def drawn(self, edit, level, seed=0):
        shot = Shot.of(scenes.scene(3, 480, 320))
        return edits.apply(shot, [(edit, level)], plans.dice("test", edit, seed), self.stock)

    def test_every_edit_tells_its_amount_and_can_be_read(self):
        self.addCleanup(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", False)
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        for edit in edits.FAMILY_OF:
            for level, severity in enumerate(edits.SEVERITIES):
                with self.subTest(edit=edit, severity=severity):
                    shot = self.drawn(edit, level)
                    self.assertIsInstance(shot.amount, float)
                    with Image.open(io.BytesIO(shot.encoded()[0])) as picture:
                        picture.load()
                        self.assertGreaterEqual(min(picture.size), 60)

    def test_the_seed_decides_the_bytes(self):
        for edit in edits.FAMILY_OF:
            with self.subTest(edit=edit):
                self.assertEqual(self.drawn(edit, 1).encoded(), self.drawn(edit, 1).encoded())

    def test_a_severer_bend_is_drawn_from_larger_amounts(self):
        for edit in edits_bend.EDITS:
            amounts = [[abs(self.drawn(edit, level, seed).amount) for seed in range(3)]
                       for level in range(3)]
            if edit == "seam-carving":      # per cent that are left
                amounts = [[100 - v for v in row] for row in amounts]
            with self.subTest(edit=edit):
                self.assertLessEqual(max(amounts[0]), min(amounts[1]))
                self.assertLessEqual(max(amounts[1]), min(amounts[2]))

    def test_every_amount_of_a_bend_lies_in_a_bin(self):
        self.assertEqual(set(beyond.BINS), set(edits_bend.EDITS))
        for edit, edges in beyond.BINS.items():
            for level in range(3):
                amount = abs(self.drawn(edit, level).amount)
                with self.subTest(edit=edit, amount=amount):
                    self.assertTrue(edges[0] <= amount <= edges[-1])

    def test_a_broken_file_has_its_header_and_less_or_other_bytes(self):
        for seed in range(6):
            shot = self.drawn("broken-jpeg", 1, seed)
            harm, shot.harm = shot.harm, None
            sound = shot.encoded()[0]
            broken = harm(sound)
            start = edits_tint.scan_of(sound)
            self.assertEqual(broken[:start], sound[:start])
            self.assertNotEqual(broken, sound)
            self.assertLessEqual(len(broken), len(sound))


class Carving(unittest.TestCase):
    def test_takes_the_cheapest_path_that_is_connected(self):
        dice = np.random.default_rng(7)
        for _ in range(20):
            energy = dice.integers(0, 9, (6, 5)).astype(np.float32)
            path = edits_bend.seam_of(energy)
            self.assertLessEqual(np.abs(np.diff(path)).max(), 1)
            self.assertEqual(energy[np.arange(6), path].sum(), self.least(energy))

    def least(self, energy, row=0, columns=None):
        """By trying every path."""
        height, width = energy.shape
        columns = range(width) if columns is None else columns
        return min(energy[row, x] + (0 if row == height - 1 else self.least(
            energy, row + 1, range(max(0, x - 1), min(width, x + 2)))) for x in columns)

    def test_removes_one_pixel_of_each_row_for_each_seam(self):
        pixels = np.asarray(scenes.scene(4, 120, 80))
        self.assertEqual(edits_bend.carved(pixels, 7).shape, (80, 113, 3))


class Patterns(unittest.TestCase):
    def test_no_two_are_the_same_and_all_kinds_are_there(self):
        small = {}
        for number in range(50):
            kind, picture = patterns.pattern(number)
            small.setdefault(picture.resize((16, 16)).tobytes(), kind)
        self.assertEqual(len(small), 50)
        self.assertEqual(set(small.values()), {kind.__name__ for kind in patterns.KINDS})


class Plans(unittest.TestCase):
    def test_every_cell_of_the_families_is_asked_as_often_as_wanted(self):
        known = [f"picture{number}" for number in range(20)]
        tasks = list(plans.of_beyond(known, 12))
        self.assertEqual(len(tasks), 12 * 3 * len(edits.FAMILY_OF))
        seeds = {(task["edit"], *task["seed"]) for task in tasks}
        self.assertEqual(len(seeds), len(tasks))


if __name__ == "__main__":
    unittest.main()
