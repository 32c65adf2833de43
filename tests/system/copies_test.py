# SPDX-License-Identifier: Apache-2.0
"""Pictures that show a part of a known one, or hold one: found, where, and how they were edited."""

import unittest

from PIL import Image, ImageDraw, ImageFont, ImageOps

from weir_case import Server, WeirCase, make_picture
from serve_test import as_bytes

SIZE = (640, 480)
NEAR = 0.04  # of the width or height of what is shared


def badge(side=150):
    """A logo full of detail."""
    return make_picture(900, (300, 300)).resize((side, side), Image.LANCZOS)


def with_badge(picture, place, side=150):
    picture = picture.copy()
    picture.paste(badge(side), place)
    return picture


class Copies(WeirCase):
    """A bank of six pictures, and what `weir match` says of a file."""

    def setUp(self):
        super().setUp()
        self.weir("bank", "create", "ARCHIVE")
        known = self.save_pictures(6, self.folder / "known", size=SIZE)
        self.ids = [line["id"]
                    for line in self.weir_json("add", "--bank", "ARCHIVE", self.folder / "known")]
        self.names = [path.name for path in known]

    def matches(self, picture, **options):
        path = self.files / "item.jpg"
        picture.save(path, quality=80, **options)
        (line,) = self.weir_json("match", path)
        return line["matches"]

    def the_match(self, picture, number):
        """The one match of a picture that shows the entry of this number, from 1."""
        (match,) = self.matches(picture)
        self.assertEqual(match["entry"], self.ids[number - 1])
        return match

    def features_of(self, match):
        return [one for one in match["evidence"] if one["kind"] == "features"]

    def assert_near(self, found, truth):
        x, y, width, height = truth
        for place, wanted, whole in zip(
                (found[0], found[1], found[0] + found[2], found[1] + found[3]),
                (x, y, x + width, y + height), (width, height, width, height)):
            self.assertLessEqual(abs(place - wanted), NEAR * whole, (found, truth))


class Found(Copies):
    def test_a_crop_of_30_percent_of_the_area(self):
        part = (150, 100, 350, 263)
        match = self.the_match(make_picture(3, SIZE).crop((150, 100, 500, 363)), 3)
        self.assert_near(match["region"]["item"], (0, 0, 350, 263))
        self.assert_near(match["region"]["entry"], part)
        self.assertGreater(match["coverage"], 0.9)
        (evidence,) = self.features_of(match)
        self.assertEqual(evidence["transform"], "as it was")
        self.assertFalse(evidence["mirrored"])
        self.assertEqual(evidence["verdict"], "copy")
        self.assertGreater(evidence["inliers"], 20)
        self.assertGreater(evidence["agreeing"], 0.9)
        self.assertLess(evidence["differing"], 0.02)
        self.assertEqual(len(evidence["outline"]), 4)

    def test_a_picture_in_a_picture_of_30_percent_of_the_width(self):
        item = make_picture(80, (800, 600))
        item.paste(make_picture(2, SIZE).resize((240, 180), Image.LANCZOS), (500, 60))
        match = self.the_match(item, 2)
        self.assert_near(match["region"]["item"], (500, 60, 240, 180))
        self.assert_near(match["region"]["entry"], (0, 0, *SIZE))
        self.assertAlmostEqual(match["coverage"], 0.09, delta=0.01)
        (evidence,) = self.features_of(match)
        self.assertIn("scaled to 3", evidence["transform"])
        for (x, y), (wanted_x, wanted_y) in zip(
                evidence["outline"], ((500, 60), (740, 60), (740, 240), (500, 240))):
            self.assertAlmostEqual(x, wanted_x, delta=6)
            self.assertAlmostEqual(y, wanted_y, delta=6)

    def test_mirrored_cropped_and_captioned(self):
        item = ImageOps.mirror(make_picture(5, SIZE)).crop((0, 0, 480, 480))
        draw = ImageDraw.Draw(item)
        draw.rectangle((0, 400, 480, 480), fill="black")
        font = ImageFont.load_default()
        draw.text((30, 430), "seen again, more below", fill="white", font=font)
        match = self.the_match(item, 5)
        (evidence,) = self.features_of(match)
        self.assertTrue(evidence["mirrored"])
        self.assertIn("mirrored", evidence["transform"])

    def test_turned_by_eight_degrees(self):
        item = make_picture(4, SIZE).rotate(-8, Image.BICUBIC, fillcolor=(90, 90, 90))
        (evidence,) = self.features_of(self.the_match(item, 4))
        self.assertEqual(evidence["transform"], "turned by 8 degrees clockwise")

    def test_a_collage_of_two_entries_is_both_each_in_its_place(self):
        item = Image.new("RGB", (1000, 400), "white")
        item.paste(make_picture(1, SIZE).resize((480, 360), Image.LANCZOS), (10, 20))
        item.paste(make_picture(6, SIZE).resize((480, 360), Image.LANCZOS), (510, 20))
        matches = {match["entry"]: match for match in self.matches(item)}
        self.assertEqual(set(matches), {self.ids[0], self.ids[5]})
        self.assert_near(matches[self.ids[0]]["region"]["item"], (10, 20, 480, 360))
        self.assert_near(matches[self.ids[5]]["region"]["item"], (510, 20, 480, 360))
        for match in matches.values():
            self.assertAlmostEqual(match["coverage"], 0.43, delta=0.03)

    def test_one_entry_twice_is_one_match_with_two_regions(self):
        item = Image.new("RGB", (1000, 400), "white")
        small = make_picture(1, SIZE).resize((480, 360), Image.LANCZOS)
        item.paste(small, (10, 20))
        item.paste(ImageOps.mirror(small), (510, 20))
        match = self.the_match(item, 1)
        self.assertEqual(len(match["regions"]), 2)
        self.assertEqual(len(self.features_of(match)), 2)
        self.assertEqual({evidence["mirrored"] for evidence in self.features_of(match)},
                         {False, True})
        for region, left in zip(sorted(match["regions"], key=lambda r: r["item"]), (10, 510)):
            self.assert_near(region["item"], (left, 20, 480, 360))
        self.assertAlmostEqual(match["coverage"], 0.86, delta=0.05)

    def test_unrelated_pictures_are_no_match(self):
        for seed in range(200, 210):
            self.assertEqual(self.matches(make_picture(seed, SIZE)), [], seed)

    def test_half_of_an_entry_on_less_than_half_of_another_picture(self):
        item = make_picture(81, (800, 600))
        item.paste(make_picture(3, SIZE).crop((90, 67, 550, 412)).resize((529, 397)), (100, 100))
        match = self.the_match(item, 3)
        (evidence,) = self.features_of(match)
        self.assertEqual(evidence["verdict"], "copy")
        # The region holds the piece; what lies beside it is told to some blocks only.
        x, y, width, height = match["region"]["item"]
        self.assertTrue(x <= 110 and y <= 110 and x + width >= 620 and y + height >= 487)
        self.assertLess(match["coverage"], 0.6)


class BenignBanks(Copies):
    def test_what_is_harmless_is_not_reported_and_hides_nothing_else(self):
        (bank,) = self.weir_json("bank create", "LOGOS", "--kind", "benign")
        self.assertEqual(bank["kind"], "benign")
        self.assertEqual({bank["name"]: bank["kind"] for bank in self.weir_json("bank list")},
                         {"ARCHIVE": "known", "LOGOS": "benign"})
        badge(300).save(self.folder / "badge.png")
        self.weir("add", "--bank", "ARCHIVE", self.folder / "badge.png")  # added by mistake
        carrier = with_badge(make_picture(82, SIZE), (300, 200))
        self.assertEqual([match["name"] for match in self.matches(carrier)], ["badge.png"])

        badge(280).save(self.folder / "logo.png")
        self.weir("add", "--bank", "LOGOS", self.folder / "logo.png")
        self.assertEqual(self.matches(carrier), [])
        self.assertEqual(self.matches(badge(200)), [])  # PDQ alone would say so
        copy = with_badge(make_picture(3, SIZE), (400, 300)).crop((60, 40, 600, 460))
        self.the_match(copy, 3)

        self.weir("bank", "retire", "LOGOS")
        self.assertEqual(len(self.matches(carrier)), 1)
        self.weir("bank", "restore", "LOGOS")
        self.assertEqual(self.matches(carrier), [])

    def test_a_benign_bank_is_not_asked_for_by_name(self):
        self.weir("bank", "create", "LOGOS", "--kind", "benign")
        (error,) = self.weir_json("match", "--bank", "LOGOS", self.folder / "known", status=2)
        self.assertEqual(error["error"]["code"], "conflict")
        self.assertIn("harmless", error["error"]["message"])
        (error,) = self.weir_json("bank create", "OTHER", "--kind", "good", status=2)
        self.assertEqual(error["error"]["code"], "invalid")


class Completed(WeirCase):
    def test_adding_the_file_completes_an_entry_that_was_a_hash_only(self):
        self.weir("bank", "create", "PARTNER")
        (path,) = self.save_pictures(1, size=SIZE)
        (line,) = self.weir_json("hash", path)
        listed = self.folder / "list.txt"
        listed.write_text(line["sha256"] + "\n")
        self.weir("import", "--bank", "PARTNER", "--format", "plain", "--kind", "sha256", listed)
        crop = self.folder / "crop.png"
        make_picture(1, SIZE).crop((150, 100, 500, 363)).save(crop)
        self.assertEqual(self.weir_json("match", crop)[0]["matches"], [])
        (added,) = self.weir_json("add", "--bank", "PARTNER", path)
        self.assertEqual(added["status"], "present")
        (match,) = self.weir_json("match", crop)[0]["matches"]
        self.assertEqual(match["entry"], added["id"])


class OverHttp(WeirCase):
    def setUp(self):
        super().setUp()
        self.server = Server(self.home)
        self.addCleanup(self.server.kill)

    def test_a_crop_of_what_another_program_added_first_is_found_at_once(self):
        # Nothing in the home has a picture when the server starts.
        self.weir("bank", "create", "ARCHIVE")
        make_picture(1, SIZE).save(self.files / "known.png")
        crop = as_bytes(make_picture(1, SIZE).crop((150, 100, 500, 363)), "PNG")
        self.assertEqual(self.server.upload("/v1/match", [("crop.png", crop)])[1]["matches"], [])
        self.weir("add", "--bank", "ARCHIVE", self.files / "known.png")
        (match,) = self.server.upload("/v1/match", [("crop.png", crop)])[1]["matches"]
        self.assertEqual(match["name"], "known.png")
        self.assertEqual(match["evidence"][0]["kind"], "features")
        crop_file = self.files / "crop.png"
        crop_file.write_bytes(crop)
        (line,) = self.weir_json("match", crop_file)
        self.assertEqual(line["matches"], [match])

    def test_banks_have_a_kind_and_benign_ones_are_never_matched(self):
        call = self.server.call
        status, bank = call("POST", "/v1/banks", {"name": "LOGOS", "kind": "benign"})
        self.assertEqual((status, bank["kind"]), (201, "benign"))
        status, bank = call("POST", "/v1/banks", {"name": "ARCHIVE"})
        self.assertEqual((status, bank["kind"]), (201, "known"))
        for kind in ("good", 7):
            self.assertEqual(call("POST", "/v1/banks", {"name": "OTHER", "kind": kind})[0], 400)
        self.assertEqual([bank["kind"] for bank in call("GET", "/v1/banks")[1]["banks"]],
                         ["known", "benign"])
        # A kind is for ever.
        self.assertEqual(call("PATCH", "/v1/banks/LOGOS", {"kind": "known"})[0], 400)

        content = as_bytes(badge(280))
        self.assertEqual(self.server.upload("/v1/banks/ARCHIVE/entries", [("b", content)])[0], 201)
        item = as_bytes(with_badge(make_picture(82, SIZE), (300, 200)))
        self.assertEqual(len(self.server.upload("/v1/match", [("i", item)])[1]["matches"]), 1)
        self.assertEqual(self.server.upload("/v1/banks/LOGOS/entries",
                                            [("logo", as_bytes(badge(260), "PNG"))])[0], 201)
        self.assertEqual(self.server.upload("/v1/match", [("i", item)])[1]["matches"], [])
        self.assertEqual(self.server.upload("/v1/match?bank=LOGOS", [("i", item)])[0], 409)


if __name__ == "__main__":
    unittest.main()
