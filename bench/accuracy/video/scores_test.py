# SPDX-License-Identifier: Apache-2.0
"""The figures of the video bench, against worked examples and made-up claims."""
import os
import random
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from video import scores  # noqa: E402


class SegmentMeasure(unittest.TestCase):
    def test_the_truth_itself_is_perfect(self):
        boxes = [(0, 10, 50, 60), (20, 25, 5, 10)]
        self.assertEqual(scores.pair_score(boxes, boxes), (1.0, 1.0))

    def test_is_a_product_over_both_videos(self):
        # Twice too long in the item and in the known video: half right on each axis.
        self.assertEqual(scores.pair_score([(0, 10, 0, 10)], [(0, 20, 0, 20)]), (0.25, 1.0))
        self.assertEqual(scores.pair_score([(0, 20, 0, 20)], [(0, 10, 0, 10)]), (1.0, 0.25))
        # The whole known video for a part of it, as a method without segments would say.
        self.assertEqual(scores.pair_score([(0, 10, 30, 40)], [(0, 10, 0, 100)]), (0.1, 1.0))

    def test_a_box_elsewhere_in_the_known_video_covers_nothing(self):
        self.assertEqual(scores.pair_score([(0, 10, 0, 10)], [(0, 10, 50, 60)]), (0.0, 0.0))

    def test_a_claim_that_is_repeated_counts_each_time_as_claimed(self):
        truth, claim = [(0, 10, 0, 10)], (0, 10, 0, 10)
        self.assertEqual(scores.pair_score(truth, [claim, claim]), (1.0, 1.0))
        self.assertEqual(scores.pair_score(truth, [claim, (20, 30, 20, 30)]), (0.25, 1.0))

    def test_two_halves_are_the_whole(self):
        halves = [(0, 5, 0, 5), (5, 10, 5, 10)]
        self.assertEqual(scores.pair_score([(0, 10, 0, 10)], halves), (1.0, 1.0))

    def test_means_leave_out_what_a_pair_cannot_say(self):
        one = (0, 10, 0, 10)
        pairs = [([one], [one]), ([one], []), ([], [one]), ([], [])]
        found = scores.segment_measure(pairs)
        self.assertEqual((found["precision"], found["recall"], found["pairs"]), (0.5, 0.5, 2))
        self.assertEqual(found["f"], 0.5)

    def test_nothing_at_all_is_zero(self):
        self.assertEqual(scores.segment_measure([])["f"], 0.0)
        self.assertEqual(scores.segment_measure([([], [])])["f"], 0.0)

    def test_agrees_with_counting_small_steps(self):
        dice = random.Random(4)
        for _ in range(40):
            boxes, others = ([self.some_box(dice) for _ in range(dice.randint(1, 4))]
                             for _ in "12")
            slow = []
            for low, high in ((0, 1), (2, 3)):
                seen = whole = 0
                for box in boxes:
                    parts = [p for p in (scores.both(box, o) for o in others) if p]
                    for step in range(box[low], box[high]):
                        seen += any(p[low] <= step < p[high] for p in parts)
                    whole += box[high] - box[low]
                slow.append(seen / whole)
            self.assertEqual(scores.covered(boxes, others), tuple(slow))

    @staticmethod
    def some_box(dice):
        item, known = dice.randrange(30), dice.randrange(30)
        return (item, item + dice.randint(1, 12), known, known + dice.randint(1, 12))


class Boundaries(unittest.TestCase):
    TRUE = {"box": (10, 20, 100, 110)}

    def test_the_claim_that_overlaps_best_is_measured(self):
        claims = [{"box": (0, 30, 90, 120)}, {"box": (10.5, 19.8, 100.5, 109.8)},
                  {"box": (10, 20, 0, 10)}]
        best = scores.best_claim(self.TRUE, claims)
        self.assertIs(best, claims[1])
        for error, expected in zip(scores.boundary_errors(self.TRUE, best), (0.5, 0.2)):
            self.assertAlmostEqual(error, expected)

    def test_nothing_that_lies_elsewhere_is_measured(self):
        self.assertIsNone(scores.best_claim(self.TRUE, [{"box": (30, 40, 100, 110)},
                                                        {"box": (10, 20, 0, 10)}]))

    def test_quantiles(self):
        self.assertEqual(scores.quantile([5, 1, 3], 0.5), 3)
        self.assertEqual(scores.quantile(range(1, 11), 0.9), 9)
        self.assertIsNone(scores.quantile([], 0.5))


class TimeMap(unittest.TestCase):
    def test_counts_instants_that_claims_reach(self):
        true = {"box": (0, 10, 100, 110)}
        self.assertEqual(scores.time_map(true, [{"box": (0, 5, 100, 105)}]), (20, 20))
        self.assertEqual(scores.time_map(true, [{"box": (0, 10, 101, 111)}]), (0, 40))
        self.assertEqual(scores.time_map(true, []), (0, 0))

    def test_knows_speed_and_direction(self):
        twice = {"box": (0, 5, 100, 110)}
        self.assertEqual(scores.time_map(twice, [{"box": (0, 5, 100, 105)}])[1], 20)
        self.assertLess(scores.time_map(twice, [{"box": (0, 5, 100, 105)}])[0], 5)
        back = {"box": (0, 10, 100, 110), "backward": True}
        self.assertEqual(scores.known_time(back, 0), 110)
        right, asked = scores.time_map(back, [{"box": (0, 10, 100, 110)}])
        self.assertLess(right, asked / 5)


if __name__ == "__main__":
    unittest.main()
