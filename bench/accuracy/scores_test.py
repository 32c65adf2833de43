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


class Poisson(unittest.TestCase):
    def test_agrees_with_published_values_of_garwoods_interval(self):
        # Garwood, Biometrika 28 (1936): the 95 % limits for 0, 1, 5, 20 and 50 events.
        for seen, low, high in ((0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668),
                                (20, 12.217, 30.888), (50, 37.111, 65.919)):
            found = scores.poisson_interval(seen)
            self.assertAlmostEqual(found[0], low, delta=0.001)
            self.assertAlmostEqual(found[1], high, delta=0.001)

    def test_the_chance_of_at_most_agrees_with_the_sum_of_its_terms(self):
        for count, mean in ((0, 0.5), (3, 2.0), (7, 11.0)):
            slow = sum(math.exp(-mean) * mean ** k / math.factorial(k) for k in range(count + 1))
            self.assertAlmostEqual(scores.poisson_at_most(count, mean), slow)


class Sureness(unittest.TestCase):
    def test_the_surest_right_match_of_each_copy_counts_and_a_missing_one_is_lowest(self):
        found = [("a", "1", 3), ("a", "1", 7), ("a", "2", 9), ("b", "1", 5), ("x", "1", 8)]
        self.assertEqual(scores.surest(found, TRUTH), {"a": 7, "b": -math.inf, "c": -math.inf})

    def test_a_share_counts_only_what_lies_strictly_above(self):
        self.assertEqual(scores.share_above([1, 2, 2, 3], 2), 0.25)
        self.assertEqual(scores.share_above([-math.inf, 4], -math.inf), 0.5)
        self.assertEqual(scores.share_above([], 0), 0.0)

    def test_a_quantile_is_a_value_that_so_many_do_not_exceed(self):
        self.assertEqual(scores.quantile(range(1, 101), 0.05), 5)
        self.assertEqual(scores.quantile([4, 9], 0.5), 4)
        self.assertEqual(scores.quantile([4], 0.05), 4)
        self.assertIsNone(scores.quantile([], 0.5))
        dice = random.Random(4)
        for _ in range(50):
            values = [dice.randrange(20) for _ in range(dice.randint(1, 30))]
            share = dice.uniform(0.01, 1)
            found = scores.quantile(values, share)
            self.assertGreaterEqual(sum(v <= found for v in values), share * len(values))
            self.assertLess(sum(v < found for v in values), share * len(values))

    def test_every_value_lies_in_one_bin_and_an_edge_opens_its_bin(self):
        self.assertEqual(scores.spread([-math.inf, -1, 0, 2.9, 3, 50], (0, 3)), [2, 2, 2])
        self.assertEqual(scores.spread([], (0, 3)), [0, 0, 0])


class Amounts(unittest.TestCase):
    def test_bins_hold_their_lower_edge_and_the_last_one_its_upper_as_well(self):
        found = [(1.0, True, False), (1.9, True, True), (2.0, False, True), (4.0, True, True)]
        self.assertEqual(scores.by_amount(found, (1, 2, 4)),
                         [(1, 2, 2, 1.0, 0.5), (2, 4, 2, 0.5, 1.0)])

    def test_bins_without_copies_are_left_out(self):
        self.assertEqual(scores.by_amount([(5, True, True)], (1, 2, 4, 8)), [(4, 8, 1, 1.0, 1.0)])


if __name__ == "__main__":
    unittest.main()
