# SPDX-License-Identifier: Apache-2.0
"""Every verb of the command line, with the JSON that other programs rely on."""

import base64
import hashlib
import io
import json
import math
import os
import re
import subprocess
import unittest
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageOps, ImageStat

from weir_case import WeirCase, json_lines, make_picture


class Verbs(WeirCase):
    def test_hash_says_digests_size_and_pdq(self):
        (path,) = self.save_pictures(1)
        (line,) = self.weir_json("hash", path)
        content = path.read_bytes()
        self.assertEqual(line["path"], str(path))
        self.assertEqual(line["media"], "image")
        self.assertEqual(line["bytes"], len(content))
        self.assertEqual(line["sha256"], hashlib.sha256(content).hexdigest())
        self.assertEqual(line["md5"], hashlib.md5(content).hexdigest())
        self.assertEqual((line["width"], line["height"]), (320, 240))
        pdq = line["signals"][0]
        self.assertEqual(pdq["kind"], "pdq")
        self.assertRegex(pdq["value"], "^[0-9a-f]{64}$")
        self.assertGreaterEqual(pdq["quality"], 50)

    def test_bank_create_list_show_retire_restore(self):
        (made,) = self.weir_json("bank create", "ARCHIVE", "--description", "old releases")
        self.assertEqual(made["name"], "ARCHIVE")
        self.assertEqual(made["state"], "active")
        self.assertEqual(made["entries"], 0)
        (error,) = self.weir_json("bank create", "ARCHIVE", status=2)
        self.assertEqual(error["error"]["code"], "conflict")
        (error,) = self.weir_json("bank create", "archive of things", status=2)
        self.assertEqual(error["error"]["code"], "invalid")
        (error,) = self.weir_json("bank show", "ELSEWHERE", status=2)
        self.assertEqual(error["error"]["code"], "not_found")
        self.weir("bank", "create", "OTHER")
        self.assertEqual([bank["name"] for bank in self.weir_json("bank list")],
                         ["ARCHIVE", "OTHER"])
        self.assertEqual(self.weir_json("bank retire", "OTHER")[0]["state"], "retired")
        self.assertEqual(self.weir_json("bank restore", "OTHER")[0]["state"], "active")

    def test_add_then_match_finds_edited_copies_and_nothing_else(self):
        self.weir("bank", "create", "ARCHIVE")
        known = self.save_pictures(5, self.folder / "known")
        added = self.weir_json("add", "--bank", "ARCHIVE", "--label", "series=test",
                               self.folder / "known")
        self.assertEqual([line["status"] for line in added], ["new"] * 5)
        self.assertEqual([line["path"] for line in added], [str(path) for path in known])
        self.assertEqual(added[0]["labels"], {"series": "test"})
        self.assertEqual(added[0]["name"], known[0].name)

        picture = make_picture(3)
        copies = {
            "recoded.webp": picture, "small.png": picture.resize((160, 120)),
            "mirrored.jpg": ImageOps.mirror(picture), "turned.jpg": picture.rotate(90, expand=True),
            "boxed.jpg": ImageOps.expand(picture, (0, 40), "black"),
            "same.jpg": None, "other.jpg": make_picture(99),
        }
        for name, copy in copies.items():
            if copy is None:
                (self.files / name).write_bytes(known[2].read_bytes())
            else:
                copy.save(self.files / name, quality=60)
        lines = {Path(line["path"]).name: line
                 for line in self.weir_json("match", "--bank", "ARCHIVE", self.files)}
        self.assertEqual(set(lines), set(copies))
        self.assertEqual(lines["other.jpg"]["matches"], [])
        for name in set(copies) - {"other.jpg"}:
            (match,) = lines[name]["matches"]
            self.assertEqual(match["bank"], "ARCHIVE", name)
            self.assertEqual(match["name"], known[2].name, name)
            self.assertEqual(match["entry"], added[2]["id"], name)
            self.assertLess(match["expected_false_alarms"], 1e-6)
            self.assertEqual(match["kind"], "exact" if name == "same.jpg" else "image")
            self.assertTrue(match["evidence"])
        boxed = lines["boxed.jpg"]["matches"][0]
        x, y, width, height = boxed["region"]["item"]
        self.assertEqual((x, width), (0, 320))
        self.assertAlmostEqual(y, 40, delta=3)
        self.assertAlmostEqual(height, 240, delta=6)
        self.assertEqual(boxed["region"]["entry"], [0, 0, 320, 240])

    def test_adding_again_changes_nothing(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(4)
        first = self.weir_json("add", "--bank", "ARCHIVE", self.files)
        again = self.weir_json("add", "--bank", "ARCHIVE", self.files)
        self.assertEqual([line["status"] for line in again], ["present"] * 4)
        self.assertEqual([line["id"] for line in again], [line["id"] for line in first])
        self.assertEqual(self.weir_json("bank show", "ARCHIVE")[0]["entries"], 4)

    def test_a_retired_bank_is_not_matched(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(2)
        self.weir("add", "--bank", "ARCHIVE", self.files)
        self.weir("bank", "retire", "ARCHIVE")
        for line in self.weir_json("match", self.files):
            self.assertEqual(line["matches"], [])
        (error,) = self.weir_json("match", "--bank", "ARCHIVE", self.files, status=2)
        self.assertEqual(error["error"]["code"], "conflict")
        self.weir("bank", "restore", "ARCHIVE")
        for line in self.weir_json("match", self.files):
            self.assertEqual(len(line["matches"]), 1)

    def test_export_and_import_round_trip_in_every_format(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(6)
        self.weir("add", "--bank", "ARCHIVE", "--label", "series=test", self.files)
        for number, form in enumerate(["plain", "csv", "jsonl"]):
            path = self.folder / f"list.{form}"
            self.weir("export", "--bank", "ARCHIVE", "--format", form, path)
            bank = f"COPY_{number}"
            self.weir("bank", "create", bank)
            (count,) = self.weir_json("import", "--bank", bank, "--format", form, path)
            self.assertEqual(count["failed"], 0, form)
            self.assertGreater(count["added"], 0, form)
            (again,) = self.weir_json("import", "--bank", bank, "--format", form, path)
            self.assertEqual(again["added"], 0, form)
            for line in self.weir_json("match", "--bank", bank, self.files):
                self.assertTrue(line["matches"], f"{form} {line}")
        # Our own format loses nothing.
        copied = self.weir("export", "--bank", "COPY_2", "--format", "jsonl")
        original = self.weir("export", "--bank", "ARCHIVE", "--format", "jsonl")
        self.assertEqual([entry["signals"] for entry in json_lines(copied)],
                         [entry["signals"] for entry in json_lines(original)])

    def test_an_export_says_what_it_wrote_and_what_it_left_out(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(2)
        self.weir("add", "--bank", "ARCHIVE", self.files)
        path = self.folder / "list.txt"
        (count,) = self.weir_json("export", "--bank", "ARCHIVE", "--format", "vpdq", path)
        self.assertEqual((count["entries"], count["left_out"]), (0, 2))
        said = self.weir("export", "--bank", "ARCHIVE", "--format", "vpdq", path)
        self.assertIn("0 entries written", said)
        self.assertIn("2 have no signal that the format vpdq holds", said)
        (count,) = self.weir_json("export", "--bank", "ARCHIVE", "--format", "csv", path)
        self.assertEqual((count["entries"], count["left_out"]), (2, 0))

    def test_an_option_that_may_be_repeated_takes_one_value(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(1)
        self.weir("add", "--bank", "ARCHIVE", "--label", "series=test", self.files)
        self.assertIn("ARCHIVE #1", self.weir("match", "--bank", "ARCHIVE", self.files))

    def test_import_reports_bad_lines_and_goes_on(self):
        self.weir("bank", "create", "LISTS")
        path = self.folder / "list.txt"
        path.write_text("f" * 64 + "\nnot a hash\n" + "0f" * 32 + "\n\n" + "a" * 63 + "\n")
        lines = self.weir_json("import", "--bank", "LISTS", "--format", "plain", path, status=1)
        self.assertEqual([line["line"] for line in lines[:-1]], [2, 5])
        self.assertEqual(lines[0]["error"]["code"], "invalid")
        self.assertEqual(lines[-1]["added"], 2)
        self.assertEqual(lines[-1]["failed"], 2)

    def test_compare_shows_every_signal_of_both(self):
        picture = make_picture(7)
        picture.save(self.files / "a.jpg")
        ImageOps.mirror(picture).save(self.files / "b.png")
        (line,) = self.weir_json("compare", self.files / "a.jpg", self.files / "b.png")
        self.assertTrue(line["match"])
        by_kind = {row["kind"]: row for row in line["signals"]}
        self.assertFalse(by_kind["sha256"]["agrees"])
        self.assertTrue(by_kind["pdq"]["agrees"])
        self.assertEqual(by_kind["pdq"]["orientation"], "flipy")
        self.assertIn("mirrored", self.weir("compare", self.files / "a.jpg", self.files / "b.png"))

    def test_compare_says_where_a_turned_cutting_lies(self):
        whole = make_picture(7, (640, 480))
        whole.save(self.files / "b.jpg", quality=90)
        turned = whole.rotate(20, Image.BICUBIC).crop((160, 120, 480, 360))
        turned.save(self.files / "a.jpg", quality=80)
        (line,) = self.weir_json("compare", self.files / "a.jpg", self.files / "b.jpg")
        self.assertTrue(line["match"])
        (region,) = line["regions"]
        self.assertEqual(region["verdict"], "copy")
        self.assertFalse(region["mirrored"])
        self.assertEqual(region["transform"], "turned by 20 degrees anticlockwise")
        self.assertGreater(region["inliers"], 20)
        self.assertGreater(region["agreeing"], 0.8)
        self.assertLess(region["differing"], 0.1)
        # Anticlockwise about the middle of the picture; then what is cut off at the left and above.
        cosine, sine = math.cos(math.radians(20)), math.sin(math.radians(20))
        for (x, y), (found_x, found_y) in zip([(0, 0), (640, 0), (640, 480), (0, 480)],
                                              region["outline"]):
            self.assertAlmostEqual(320 + cosine * (x - 320) + sine * (y - 240) - 160, found_x,
                                   delta=3)
            self.assertAlmostEqual(240 - sine * (x - 320) + cosine * (y - 240) - 120, found_y,
                                   delta=3)
        self.assertEqual(region["region"]["a"], [0, 0, 320, 240])
        half_width, half_height = 160 * cosine + 120 * sine, 160 * sine + 120 * cosine
        for found, expected in zip(region["region"]["b"], [320 - half_width, 240 - half_height,
                                                           2 * half_width, 2 * half_height]):
            self.assertAlmostEqual(found, expected, delta=6)
        text = self.weir("compare", self.files / "a.jpg", self.files / "b.jpg")
        self.assertIn("a copy: 320x240 at 0,0 of A shows", text)
        self.assertEqual(text.splitlines()[-1], "match")

    def test_compare_finds_no_region_in_unrelated_pictures(self):
        for seed in (11, 12):
            make_picture(seed, (640, 480)).save(self.files / f"{seed}.jpg")
        (line,) = self.weir_json("compare", self.files / "11.jpg", self.files / "12.jpg")
        self.assertFalse(line["match"])
        self.assertEqual(line["regions"], [])
        self.assertEqual(self.weir("compare", self.files / "11.jpg",
                                   self.files / "12.jpg").splitlines()[-1], "no match")

    def test_compare_tells_an_element_in_common_from_a_copy(self):
        badge = make_picture(5, (160, 160))
        for seed, place in ((21, (20, 30)), (22, (430, 280))):
            picture = make_picture(seed, (640, 480))
            picture.paste(badge, place)
            picture.save(self.files / f"{seed}.png")
        (line,) = self.weir_json("compare", self.files / "21.png", self.files / "22.png")
        self.assertFalse(line["match"])
        (region,) = line["regions"]
        self.assertEqual(region["verdict"], "element")
        text = self.weir("compare", self.files / "21.png", self.files / "22.png")
        self.assertEqual(text.splitlines()[-1],
                         "no match: an element in common, not the same picture")

    def test_compare_says_when_two_pictures_show_one_scene(self):
        # Two moved between the shots, against the same wall.
        mask = Image.new("L", (120, 240))
        ImageDraw.Draw(mask).ellipse([0, 0, 119, 239], fill=255)
        for name, places in (("p.png", [(90, 180), (270, 200)]),
                             ("q.png", [(420, 120), (210, 110)])):
            shot = make_picture(31, (640, 480))
            for seed, place in zip((131, 231), places):
                shot.paste(make_picture(seed, (120, 240)), place, mask)
            shot.save(self.files / name)
        (line,) = self.weir_json("compare", self.files / "p.png", self.files / "q.png")
        self.assertFalse(line["match"])
        self.assertEqual([region["verdict"] for region in line["regions"]], ["same_scene"])
        text = self.weir("compare", self.files / "p.png", self.files / "q.png")
        self.assertEqual(text.splitlines()[-1], "no match: the same scene, not the same picture")

    def test_compare_draws_one_page_of_what_is_shared(self):
        whole = make_picture(7, (640, 480))
        whole.save(self.files / "b.jpg", quality=90)
        copy = ImageOps.mirror(whole).rotate(10, Image.BICUBIC, fillcolor="white")
        copy.paste((20, 20, 20), (180, 140, 330, 290))
        copy.save(self.files / "a <b>&.jpg", quality=80)
        report = self.folder / "pair.html"
        (line,) = self.weir_json("compare", "--report", report, self.files / "a <b>&.jpg",
                                 self.files / "b.jpg")
        self.assertEqual([one["verdict"] for one in line["regions"]], ["copy"])
        page = report.read_text()
        self.assertEqual(page.count("data:image/jpeg;base64,"), 2)
        self.assertEqual(page.count('class="region"'), 2)
        self.assertEqual(page.count('class="spot"'), line["regions"][0]["inliers"])
        agreeing, differing = page.count('"agrees" x='), page.count('"differs" x=')
        self.assertGreater(agreeing, 50)
        self.assertGreater(differing, 2)
        self.assertLess(differing, agreeing / 3)
        self.assertIn("a copy", page)
        self.assertIn("a &lt;b&gt;&amp;.jpg", page)
        self.assert_complete_and_blurred(page)
        # A over B is turned back: what B shows, but for what A covers.
        (drawn,) = re.findall(r"data:image/bmp;base64,([^\"]+)", page)
        with Image.open(io.BytesIO(base64.b64decode(drawn))) as over:
            self.assertEqual((over.size, over.mode), ((480, 360), "L"))
            apart = ImageChops.difference(over, whole.convert("L").resize(over.size))
            self.assertLess(ImageStat.Stat(apart.crop((60, 200, 200, 300))).mean[0], 12)
        self.assertFalse(report.with_name("pair.html.part").exists())

    def test_a_page_that_cannot_be_written_is_said_and_leaves_nothing(self):
        paths = self.save_pictures(2)
        (line,) = self.weir_json("compare", "--report", self.folder / "none" / "x.html", *paths,
                                 status=2)
        self.assertEqual(line["error"]["code"], "not_found")
        (self.files / "bad.jpg").write_bytes(b"no picture")
        self.weir("compare", "--report", self.folder / "x.html", paths[0],
                  self.files / "bad.jpg", status=2)
        self.assertEqual([path.name for path in self.folder.glob("x.html*")], [])

    def assert_complete_and_blurred(self, page):
        """No script, nothing from elsewhere, and pictures that must be asked for."""
        self.assertIn("default-src 'none'; img-src data:; style-src 'unsafe-inline'", page)
        self.assertIn("blur(", page)
        self.assertNotRegex(page.lower(), r"<script|javascript:|\son[a-z]+=|https?:|@import|<link")
        for source in re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(.{5})", page):
            self.assertEqual(source, "data:")

    def test_report_outlines_a_turned_copy_as_it_lies(self):
        self.weir("bank", "create", "ARCHIVE")
        whole = make_picture(7, (640, 480))
        (self.folder / "known").mkdir()
        whole.save(self.folder / "known" / "b.jpg", quality=90)
        self.weir("add", "--bank", "ARCHIVE", self.folder / "known")
        whole.rotate(25, Image.BICUBIC, expand=True, fillcolor="white").save(self.files / "a.jpg")
        report = self.folder / "report.html"
        (line,) = self.weir_json("match", "--report", report, self.files)
        (corners,) = re.findall(r'<polygon class="region" points="([^"]+)"', report.read_text())
        (evidence,) = [one for one in line["matches"][0]["evidence"] if one["kind"] == "features"]
        found = [tuple(float(number) for number in corner.split(","))
                 for corner in corners.split()]
        self.assertEqual(len(found), 4)
        for x, y in evidence["outline"]:
            self.assertLess(min(math.hypot(x - to_x, y - to_y) for to_x, to_y in found), 3)
        self.assert_complete_and_blurred(report.read_text())

    def test_report_is_one_page_with_blurred_pairs(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(2)
        self.weir("add", "--bank", "ARCHIVE", self.files)
        report = self.folder / "report.html"
        self.weir("match", "--report", report, self.files)
        page = report.read_text()
        self.assertEqual(page.count("<article>"), 2)
        self.assertEqual(page.count("data:image/jpeg;base64,"), 4)
        self.assertIn("blur(", page)
        self.assertNotIn("<script", page)
        self.assertFalse(report.with_name("report.html.part").exists())

    def test_low_quality_is_said_and_does_not_fail(self):
        self.weir("bank", "create", "ARCHIVE")
        Image.new("RGB", (200, 200), (90, 90, 90)).save(self.files / "flat.png")
        (line,) = self.weir_json("add", "--bank", "ARCHIVE", self.files)
        self.assertIn("notes", line)
        (line,) = self.weir_json("match", self.files)
        self.assertEqual(line["matches"][0]["kind"], "exact")
        self.assertIn("quality", line["notes"][0])

    def test_the_same_output_with_any_number_of_workers(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(12)
        self.weir("add", "--bank", "ARCHIVE", self.files)
        outputs = {self.weir("match", "--json", "--workers", str(n), self.files) for n in (1, 2, 5)}
        self.assertEqual(len(outputs), 1)

    def test_config_prints_what_is_in_force_and_reads_it_back(self):
        path = self.folder / "weir.toml"
        path.write_text("[limits]\ndeadline_ms = 1234\n[server]\nhost_names = ['a.test', 'b']\n")
        printed = self.weir("--config", path, "config")
        self.assertIn("deadline_ms = 1234", printed)
        self.assertIn('host_names = ["a.test", "b"]', printed)
        path.write_text(printed)
        self.assertEqual(self.weir("--config", path, "config"), printed)
        path.write_text("[limits]\ndeadline = 5\n")
        (error,) = json_lines(self.weir("--config", path, "config", "--json", status=2))
        self.assertEqual(error["error"]["code"], "invalid")
        self.assertIn("limits.deadline", error["error"]["message"])
        for names in ('"a.test"', '["a.test:80"]', '[""]', "[1]"):
            path.write_text(f"[server]\nhost_names = {names}\n")
            (error,) = json_lines(self.weir("--config", path, "config", "--json", status=2))
            self.assertIn("server.host_names must be a list", error["error"]["message"])

    def test_wrong_usage_exits_with_two(self):
        for words in ([], ["dance"], ["match"], ["add", "x"], ["bank"]):
            run = subprocess.run(self.command(*words), capture_output=True)
            self.assertEqual(run.returncode, 2, words)
            self.assertTrue(run.stderr, words)


class HostileInput(WeirCase):
    """Each bad file is an object with an error; the run goes on and the rest is done."""

    def errors_of(self, *paths):
        lines = self.weir_json("hash", *paths, status=1)
        return {Path(os.fsdecode(line["path"])).name: line["error"]["code"]
                for line in lines if "error" in line}

    def test_bad_files_cost_only_themselves(self):
        self.save_pictures(2)
        good = (self.files / "picture-00001.jpg").read_bytes()
        (self.files / "empty.jpg").write_bytes(b"")
        (self.files / "text.jpg").write_text("this is no picture\n" * 100)
        (self.files / "noise.png").write_bytes(bytes((i * 37 + i // 7) % 256 for i in range(9999)))
        (self.files / "head.jpg").write_bytes(good[:40])
        (self.files / "wrong-extension.png").write_bytes(good)
        errors = self.errors_of(self.files)
        self.assertEqual(errors["empty.jpg"], "invalid")
        self.assertEqual(errors["text.jpg"], "invalid")
        self.assertEqual(errors["noise.png"], "invalid")
        self.assertEqual(errors["head.jpg"], "corrupt")
        self.assertNotIn("wrong-extension.png", errors)
        self.assertNotIn("picture-00001.jpg", errors)

    def test_a_huge_picture_is_refused_by_its_header(self):
        # A PNG that says 100,000 x 100,000 and has nothing to show for it.
        import struct
        import zlib
        def chunk(kind, content):
            return (struct.pack(">I", len(content)) + kind + content +
                    struct.pack(">I", zlib.crc32(kind + content)))
        header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
        (self.files / "huge.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
            chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
        self.assertEqual(self.errors_of(self.files)["huge.png"], "limit")

    def test_unreadable_missing_and_special_files(self):
        self.save_pictures(1)
        self.assertEqual(self.errors_of(self.files, self.files / "missing.jpg")["missing.jpg"],
                         "not_found")
        os.mkfifo(self.files / "pipe")
        (line,) = self.weir_json("hash", self.files / "pipe", status=1)
        self.assertEqual(line["error"]["code"], "invalid")
        self.weir("hash", self.files)  # inside a folder a pipe is passed over
        if os.geteuid() != 0:
            (self.files / "locked.jpg").write_bytes(b"x")
            (self.files / "locked.jpg").chmod(0)
            self.assertEqual(self.errors_of(self.files)["locked.jpg"], "denied")

    def test_names_that_are_not_utf8(self):
        make_picture(1).save(self.files / "a.jpg")
        os.rename(self.files / "a.jpg", os.fsencode(self.files) + b"/caf\xe9\xff.jpg")
        (line,) = self.weir_json("hash", self.files)
        self.assertIn("caf", line["path"])
        self.weir("bank", "create", "ARCHIVE")
        (line,) = self.weir_json("add", "--bank", "ARCHIVE", self.files)
        self.assertEqual(line["status"], "new")
        self.assertEqual(len(self.weir_json("match", self.files)[0]["matches"]), 1)

    def test_folders_that_contain_themselves(self):
        self.save_pictures(2, self.files / "inner")
        (self.files / "inner" / "loop").symlink_to(self.files)
        (self.files / "self").symlink_to("self")
        lines = self.weir_json("hash", self.files, status=1)
        self.assertEqual(sum("error" not in line for line in lines), 2)

    def test_a_home_that_cannot_be_used(self):
        blocked = self.folder / "file"
        blocked.write_text("not a folder")
        run = subprocess.run([self.command()[0], "--home", blocked, "bank", "list", "--json"],
                             capture_output=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn(str(blocked), json.loads(run.stdout)["error"]["message"])

    def test_a_damaged_database_is_said_to_be_so(self):
        self.weir("bank", "create", "ARCHIVE")
        (self.home / "weir.db").write_bytes(b"this is not a database, however long it may be" * 99)
        for extra in ("weir.db-wal", "weir.db-shm"):
            (self.home / extra).unlink(missing_ok=True)
        (line,) = self.weir_json("bank list", status=2)
        self.assertEqual(line["error"]["code"], "corrupt")

    def test_damaged_snapshots_are_built_anew(self):
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(3)
        self.weir("add", "--bank", "ARCHIVE", self.files)
        snapshots = self.home / "snapshots"
        (snapshots / "pdq-2.hamming").write_bytes(b"junk" * 1000)
        (snapshots / "pdq-999999.hamming").write_bytes(b"")
        for line in self.weir_json("match", self.files):
            self.assertEqual(len(line["matches"]), 1)


if __name__ == "__main__":
    unittest.main()
