# SPDX-License-Identifier: Apache-2.0
"""The figures on families, amounts and sureness, against worked examples."""
import json
import math
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import beyond
    import edits
    import page
    import report
except ImportError as missing:
    print(f"skipped: {missing}; packages.txt names Pillow, NumPy and OpenCV under [test]")
    raise SystemExit(77) from None  # what CTest knows as skipped


def line(query, kind, edit, entry=None, severity="", **more):
    return {"query": query, "kind": kind, "edit": edit, "entry": entry, "severity": severity,
            **more}


LINES = [
    line("r1", "beyond", "ripple", "1", "mild", amount=1.2),
    line("r2", "beyond", "ripple", "2", "mild", amount=1.4),
    line("r3", "beyond", "ripple", "3", "severe", amount=7.0),
    line("l1", "beyond", "lens", "1", "mild", amount=-2.5),
    line("j1", "edit", "jpeg", "1", "mild"), line("j2", "edit", "jpeg", "2", "mild"),
    line("s1", "plain", "saved again", "1"), line("s2", "plain", "saved again", "2"),
    line("m1", "hard", "made-moment"), line("m2", "hard", "camera"), line("t1", "hard", "logo"),
    line("i1", "innocent", "jpeg"), line("p1", "pattern", "bricks"),
]
OURS = [("r1", "1", 9.0), ("r3", "3", 4.0), ("l1", "2", 5.0), ("j1", "1", 60.0), ("j2", "2", 5.0),
        ("s1", "1", 12.0), ("m1", "hard-made.x", 6.0), ("t1", "hard-logo.y", 30.0),
        ("i1", "3", 1.0), ("p1", "pattern-bricks", 20.0)]
PEER = [("r1", "1", -10), ("r2", "2", -31), ("r3", "3", -60), ("j1", "1", 0), ("j2", "2", -40)]


def match_of(name, alarms):
    return {"name": name, "expected_false_alarms": alarms}


RESULT = {"matches": {"s1": [match_of("1", 1e-12)], "s2": [match_of("1", 1e-20)]},
          "errors": {}, "cost": {"queries": 13, "entries": 3, "match_seconds": 1,
                                 "match_processor": 1, "add_seconds": 1, "bytes_per_entry": 1,
                                 "memory_per_entry": 1, "peak_bytes": 1}}
METHODS = {"weir as reported": report.judged(OURS, LINES, least=3.0),
           "pdq-8 at 31": report.judged(PEER, LINES, least=-31)}


class Cells(unittest.TestCase):
    def test_a_cell_is_the_recall_of_its_edit_at_its_severity(self):
        cells = METHODS["weir as reported"]["beyond"]
        self.assertEqual((cells["ripple mild"], cells["ripple severe"]), (0.5, 1.0))
        self.assertEqual(cells["lens mild"], 0.0)     # the entry is a wrong one
        self.assertIsNone(cells["swirl mild"])

    def test_a_family_is_the_mean_of_its_cells(self):
        row = beyond.families(METHODS["weir as reported"]["beyond"])["bends"]
        self.assertEqual((row["mild"], row["medium"], row["severe"]), (0.25, None, 1.0))
        self.assertEqual(row["mean"], 0.5)

    def test_cells_below_the_peer_are_named(self):
        self.assertEqual(beyond.below(METHODS), [("ripple mild", 0.5, 1.0)])


class Amounts(unittest.TestCase):
    def test_a_bend_counts_in_the_bin_of_its_amount_whichever_way_it_goes(self):
        rows = beyond.bends({"weir": OURS, "pdq-8": PEER}, LINES)
        self.assertEqual(rows["ripple"], [(1, 1.5, 2, 0.5, 1.0), (6, 8, 1, 1.0, 0.0)])
        self.assertEqual(rows["lens"], [(2, 3, 1, 0.0, 0.0)])
        self.assertEqual(beyond.bend_means(rows), [(1, 0.5, 1.0), (2, 0.5, 0.0)])


class Sureness(unittest.TestCase):
    def test_templates_are_no_other_moments(self):
        self.assertEqual(beyond.loudest(OURS, LINES, beyond.MOMENTS), {"m1": 6.0, "m2": -math.inf})

    def test_copies_are_held_against_other_moments_and_against_all_that_is_false(self):
        sure = beyond.sureness(OURS, LINES)
        self.assertEqual((sure["others"], sure["others_reported"]), (2, 1))
        self.assertEqual((sure["surest_other"], sure["surest_false"]), (6.0, 20.0))
        forty = sure["groups"]["the forty edits"]
        self.assertEqual((forty["copies"], forty["surer_than_others"]), (2, 0.5))
        self.assertEqual(forty["recall_above_all_false"], 0.5)
        self.assertEqual((forty["least_of_95"], forty["others_below"]), (5.0, 0.5))

    def test_scores_are_spread_by_kind(self):
        spreads = beyond.spreads(OURS, LINES)
        self.assertEqual(spreads["innocent"], [0, 1, 0, 0, 0, 0, 0, 0, 0])
        self.assertEqual(spreads["saved again"], [1, 0, 0, 0, 0, 1, 0, 0, 0])
        self.assertNotIn("half-hidden medium", spreads)

    def test_what_is_saved_again_is_sure_only_of_its_own_entry(self):
        self.assertEqual(beyond.plain(RESULT, LINES), (2, 1, 1))

    def test_patterns_and_wrong_entries_are_counted_once_a_query(self):
        self.assertEqual(beyond.patterns(OURS, LINES, 3.0), (1, 1))
        self.assertEqual(beyond.wrong(OURS, LINES, 3.0), (1, 6))


class Curve(unittest.TestCase):
    def test_what_a_threshold_finds_and_lets_through_falls_as_it_rises(self):
        rows = {row["digits"]: row for row in beyond.curve(OURS, LINES)}
        self.assertEqual((rows[1]["innocents"], rows[2]["innocents"]), (1, 0))
        self.assertEqual((rows[5]["all"], rows[6]["all"]), (1, 0.5))
        self.assertEqual([rows[d]["others"]["made-moment"] for d in (6, 8)], [(1, 1), (0, 1)])
        self.assertIsNone(rows[3]["told"]["tiles"])


class Written(unittest.TestCase):
    def test_text_and_page_name_every_edit(self):
        found = {"weir": OURS, "pdq": PEER, "pdq-8": PEER}
        figures = report.evaluate(found, RESULT, LINES, {}, {})
        counts = dict.fromkeys(("entries", "copies", "combos", "innocents", "hard", "beyond",
                                "plain", "patterns"), 1)
        text = report.text("tune", figures, counts)
        html = page.section("tune", figures, counts)
        for edit in (*edits.EDITS, *edits.FAMILY_OF):
            self.assertIn(edit, text)
            self.assertIn(edit, html)
        rows = [json.loads(row) for row in report.json_lines("tune", figures)]
        values = {row["bench"]: row["value"] for row in rows}
        self.assertEqual(values["images tune: recall, bends"], 0.5)
        self.assertEqual(values["images tune: saved again, at most 1e-9"], 0.5)


if __name__ == "__main__":
    unittest.main()
