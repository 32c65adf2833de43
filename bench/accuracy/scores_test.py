# SPDX-License-Identifier: Apache-2.0
"""The figures of the accuracy bench, against worked examples and slow definitions."""
import math
import os
import random
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scores  # noqa: E402

TRUTH = {"a": "1", "b": "2", "c": "3", "x": None, "y": None}


class MicroAverage(unittest.TestCase):
    def test_a_perfect_ranking_is_one(self):
        found = [("a", "1", 3), ("b", "2", 2), ("c", "3", 1), ("x", "1", 0)]
        self.assertEqual(scores.micro_average_precision(found, TRUTH), 1.0)

    def test_a_false_match_above_costs_what_it_should(self):
        # Ranks: right, false, right; the third copy is missing.
        found = [("a", "1", 3), ("x", "1", 2), ("b", "2", 1)]
        self.assertAlmostEqual(scores.micro_average_precision(found, TRUTH), (1 + 2 / 3) / 3)

    def test_the_wrong_entry_for_a_copy_is_a_false_match(self):
        found = [("a", "2", 3), ("a", "1", 2)]
        self.assertAlmostEqual(scores.micro_average_precision(found, TRUTH), 0.5 / 3)

    def test_the_order_of_equal_scores_changes_nothing(self):
        found = [("a", "1", 1), ("x", "1", 1), ("b", "2", 1), ("y", "3", 1)]
        values = set()
        for seed in range(20):
            random.Random(seed).shuffle(found)
            values.add(scores.micro_average_precision(found, TRUTH))
        self.assertEqual(values, {2 / 3 * 2 / 4})

    def test_agrees_with_the_sum_over_ranks_when_scores_differ(self):
        dice = random.Random(5)
        for _ in range(50):
            found = [(q, dice.choice("123"), dice.random()) for q in TRUTH]
            slow, hits = 0.0, 0
            for rank, one in enumerate(sorted(found, key=lambda p: -p[2]), 1):
                if TRUTH[one[0]] == one[1]:
                    hits += 1
                    slow += hits / rank / 3
            self.assertAlmostEqual(scores.micro_average_precision(found, TRUTH), slow)

    def test_nothing_found_is_zero(self):
        self.assertEqual(scores.micro_average_precision([], TRUTH), 0.0)
        self.assertEqual(scores.micro_average_precision([], {}), 0.0)


class NoFalseMatch(unittest.TestCase):
    def test_counts_only_copies_strictly_above_the_highest_false_match(self):
        found = [("a", "1", 9), ("x", "1", 5), ("b", "2", 5), ("c", "3", 4)]
        self.assertAlmostEqual(scores.recall_at_no_false_match(found, TRUTH), 1 / 3)

    def test_without_false_matches_everything_found_counts(self):
        found = [("a", "1", 9), ("c", "3", 4)]
        self.assertEqual(scores.highest_false(found, TRUTH), -math.inf)
        self.assertAlmostEqual(scores.recall_at_no_false_match(found, TRUTH), 2 / 3)

    def test_a_copy_found_twice_counts_once(self):
        found = [("a", "1", 9), ("a", "1", 8)]
        self.assertAlmostEqual(scores.recall(found, TRUTH), 1 / 3)

    def test_false_queries_are_innocents_with_a_match(self):
        found = [("x", "1", 5), ("x", "2", 4), ("a", "2", 9), ("y", "1", 1)]
        self.assertEqual(scores.false_queries(found, TRUTH), {"x", "y"})
        self.assertEqual(scores.false_queries(found, TRUTH, least=4), {"x"})
        self.assertEqual(scores.per_thousand(1, 500), 2)


class Calibration(unittest.TestCase):
    def test_counts_queries_at_or_below_the_weakest_claim_of_each_decade(self):
        alarms = {"x": 1e-3, "y": 0.05, "z": 0.5}
        self.assertEqual(scores.calibration(alarms, 100, (0, -1, -2, -3, -4)),
                         [(0.5, 50.0, 3), (0.05, 5.0, 2), (0.01, 1.0, 1), (0.001, 0.1, 1),
                          (0.0001, 0.01, 0)])

    def test_promises_hold_for_uniform_chances(self):
        dice = random.Random(3)
        alarms = {number: dice.random() for number in range(20_000)}
        for _, promised, observed in scores.calibration(alarms, len(alarms), (0, -1, -2)):
            self.assertLess(abs(observed - promised), 4 * math.sqrt(promised) + 1)


class Overlap(unittest.TestCase):
    def test_equal_boxes_are_one_and_distant_ones_zero(self):
        self.assertEqual(scores.overlap([3, 4, 10, 20], [3, 4, 10, 20]), 1.0)
        self.assertEqual(scores.overlap([0, 0, 10, 10], [20, 0, 10, 10]), 0.0)
        self.assertEqual(scores.overlap([0, 0, 10, 10], [10, 0, 10, 10]), 0.0)
        self.assertEqual(scores.overlap([0, 0, 0, 0], [0, 0, 0, 0]), 0.0)

    def test_half_shifted(self):
        self.assertAlmostEqual(scores.overlap([0, 0, 10, 10], [5, 0, 10, 10]), 1 / 3)
        self.assertAlmostEqual(scores.overlap([0, 0, 10, 10], [5, 5, 10, 10]), 25 / 175)
        self.assertAlmostEqual(scores.overlap([0, 0, 10, 10], [2, 2, 5, 5]), 0.25)


class Interval(unittest.TestCase):
    def test_agrees_with_published_values_of_wilsons_interval(self):
        # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20.
        for hits, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
                                       (0, 20, 0.0, 0.1611)):
            found = scores.interval(hits, count)
            self.assertAlmostEqual(found[0], low, places=4)
            self.assertAlmostEqual(found[1], high, places=4)


if __name__ == "__main__":
    unittest.main()
