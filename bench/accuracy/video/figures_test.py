# SPDX-License-Identifier: Apache-2.0
"""Figures of made-up claims, and the peers' matching on made-up signals."""
import os
import random
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    import numpy as np

    from video import cut, edits, figures, peers, text
except ImportError as missing:
    print(f"skipped: {missing}; packages.txt names NumPy, OpenCV and Pillow under [test]")
    raise SystemExit(77) from None  # what CTest knows as skipped


def segment(entry, item, known, **more):
    return {"entry": entry, "item": item, "known": known, "speed": 1.0, "held": False,
            "mirrored": False, "backward": False, **more}


def line(query, kind, edit, severity, segments):
    return {"query": query, "kind": kind, "edit": edit, "severity": severity, "seconds": 20.0,
            "segments": segments, "has_card": False}


LINES = [
    line("a", "edit", "crop", "medium", [segment("x", [0, 10], [5, 15])]),
    line("b", "edit", edits.COMPILATION, "severe", [
        segment("x", [2, 6], [0, 4]), segment("y", [6, 10], [8, 13], speed=1.25, mirrored=True)]),
    line("i", "innocent", "", "", []), line("m", "hard", "street", "", []),
    line("s", "edit", "slideshow", "mild", [segment("y", [0, 2], [3, 3], held=True)]),
]


def perfect():
    out = {}
    for one in LINES:
        for s in one["segments"]:
            claim = out.setdefault((one["query"], s["entry"]), {
                "query": one["query"], "entry": s["entry"], "score": 9.0, "segments": []})
            claim["segments"].append({"box": [*s["item"], *s["known"]], "speed": s["speed"],
                                      "mirrored": s["mirrored"]})
    return list(out.values())


class Judged(unittest.TestCase):
    def test_perfect_claims_are_perfect(self):
        found = figures.judged(perfect(), LINES)
        self.assertEqual((found["mean"], found["wrong"], found["false_innocents"]), (1.0, 0, 0))
        for part in ("compilations", "edits"):
            self.assertEqual((found[part]["f"], found[part]["boundary_90"], found[part]["time_map"],
                              found[part]["speed_90"], found[part]["mirrored"]), (1, 0, 1, 0, 1))
        self.assertEqual(found["compilations"]["segments"], 2)
        self.assertEqual(found["hard"], {"street": [0, 1]})

    def test_a_compilation_counts_each_known_video(self):
        claims = [c for c in perfect() if (c["query"], c["entry"]) != ("b", "y")]
        found = figures.judged(claims, LINES)
        self.assertEqual(found["cells"][f"{edits.COMPILATION} severe"], 0.5)
        self.assertEqual(found["cells"][f"{edits.COMPILATION} mild"], None)
        self.assertEqual(found["compilations"]["recall"], 0.5)
        self.assertEqual(found["compilations"]["precision"], 1.0)

    def test_false_claims_are_counted_by_what_they_are_about(self):
        false = [{"query": q, "entry": "y", "score": s, "segments": [{"box": [0, 5, 0, 5]}]}
                 for q, s in (("a", 5.0), ("i", 4.0), ("m", 8.0))]
        found = figures.judged(perfect() + false, LINES)
        self.assertEqual((found["wrong"], found["false_innocents"], found["hard"]),
                         (1, 1, {"street": [1, 1]}))
        self.assertEqual(found["edits"]["precision"], 0.5)
        # Another moment of one place chooses no threshold.
        self.assertEqual(figures.loosest(perfect() + false, LINES), 5.0)
        self.assertEqual(figures.judged(perfect() + false, LINES, above=5.0)["wrong"], 0)

    def test_tables_and_lines_can_be_printed(self):
        found = {"weir": perfect(), "vpdq": [{**c, "frames": 3} for c in perfect()],
                 "tmk": perfect()}
        cost = {"match_seconds": 1.0, "match_processor": 2.0, "bytes_per_entry": 1.0,
                "peak_bytes": 1.0}
        answers = {"cost": cost, "errors": {}, "matches": {"i": [{"expected_false_alarms": 0.5}]}}
        result = figures.evaluate(found, LINES, figures.thresholds_of(found, LINES), answers)
        self.assertEqual(result["calibration"][0], (0.5, 0.5, 1))
        counts = {**figures.counts_of(LINES), "archives": 2}
        self.assertIn("weir as reported", text.tables("test", result, counts))
        self.assertGreater(len(list(text.json_lines("test", result))), 10)


class Truth(unittest.TestCase):
    def test_a_dissolve_is_shared_between_its_pieces(self):
        pieces = [cut.Piece(path="p", entry="x", start=10, seconds=4, speed=2.0),
                  cut.Piece(path="q", entry="y", start=30, seconds=3)]
        first, second = cut.Cut(pieces, fade=0.5).truth()
        self.assertEqual((first["item"], first["known"]), ([0, 3.75], [10, 17.5]))
        self.assertEqual((second["item"], second["known"]), ([3.75, 6.5], [30.25, 33]))

    def test_speed_changes_how_long_it_is_not_what_is_shown(self):
        whole = cut.Cut([cut.Piece(path="p", entry="x", start=10, seconds=8)])
        (true,) = edits.speed(whole, 2, random.Random(1), None).truth()
        self.assertEqual(true["known"], [10, 18])
        self.assertAlmostEqual((true["item"][1] - true["item"][0]) * true["speed"], 8)


def signal(rows, times):
    return np.array(rows, np.uint8).reshape(-1, 32), np.array(times, float)


class Vpdq(unittest.TestCase):
    def test_matches_within_31_bits_and_boxes_what_matched(self):
        row = np.arange(32, dtype=np.uint8)
        near, far = row.copy(), row.copy()
        near[:7] ^= np.array([255, 255, 255, 31, 1, 1, 0], np.uint8)    # 31 bits
        far[:4] ^= 255                                                 # 32 bits
        queries = {"q": signal([far, near, ~row], [0, 1, 2])}
        (claim,) = peers.vpdq_claims(queries, {"e": signal([row], [7])})
        self.assertEqual((claim["frames"], claim["score"]), (1, 1.0))
        self.assertEqual(claim["segments"], [{"box": [1, 2, 7, 8]}])

    def test_poor_frames_are_left_out(self):
        value = '["' + "00" * 32 + ',49,0.000","' + "0f" * 32 + ',50,1.000"]'
        rows, times = peers.frames_of(value)
        self.assertEqual((rows.tolist(), times.tolist()), ([[15] * 32], [1.0]))


class Tmk(unittest.TestCase):
    PERIODS = (7, 11)

    def made(self, features):
        """A small signature by its definition."""
        waves, size = 4, features.shape[1]
        weights = np.array([0.5, 0.3, 0.2, 0.1], np.float32)
        cosines, sines = np.zeros((2, len(self.PERIODS), waves, size))
        for t, feature in enumerate(features / np.linalg.norm(features, axis=1)[:, None]):
            for k, period in enumerate(self.PERIODS):
                angles = 2 * np.pi * np.arange(waves) * t / period
                cosines[k] += np.cos(angles)[:, None] * feature
                sines[k] += np.sin(angles)[:, None] * feature
        for rows in (cosines, sines):
            length = np.linalg.norm(rows, axis=2, keepdims=True)
            rows *= np.where(length > 0, 1 / np.maximum(length, 1e-12), 0)
            rows *= np.sqrt(weights)[:, None]
        return (b"TMK1FVECPDQF" + struct.pack("<5i", 15, 2, waves, size, len(features))
                + np.array(self.PERIODS, "<i4").tobytes() + weights.tobytes()
                + np.mean(features, axis=0).astype("<f4").tobytes()
                + cosines.astype("<f4").tobytes() + sines.astype("<f4").tobytes())

    def test_a_video_is_like_itself(self):
        one = peers.read_tmk(self.made(np.random.default_rng(1).standard_normal((20, 8)) + 1))
        self.assertEqual((one["frames"], one["cosines"].shape), (20, (2, 4, 8)))
        self.assertAlmostEqual(peers.level_1(one, one), 1, places=5)
        self.assertAlmostEqual(peers.level_2(one, one), 1, places=1)

    def test_is_unlike_others_and_files_of_others_are_refused(self):
        dice = np.random.default_rng(2)
        one, two = (peers.read_tmk(self.made(dice.standard_normal((20, 64)))) for _ in "12")
        self.assertLess(abs(peers.level_1(one, two)), 0.6)
        self.assertLess(peers.level_2(one, two), 0.8)
        with self.assertRaises(ValueError):
            peers.read_tmk(b"VSTR" + bytes(40))


if __name__ == "__main__":
    unittest.main()
