# SPDX-License-Identifier: Apache-2.0
"""What stands in the way of somebody who has got further than they should: how the programs were
built, who may read a home, whom a server runs as, and what is believed of a list."""

import csv
import json
import os
import platform
import pwd
import stat
import subprocess
import unittest
from pathlib import Path

from weir_case import WEIR, Server, WeirCase, make_picture

PROGRAMS = [WEIR, WEIR.parent / "weir-decode"]
SANITIZED = bool(os.environ.get("WEIR_SANITIZE"))


def told(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Built(unittest.TestCase):
    def test_programs_move_in_memory_and_bind_all_at_start(self):
        for program in PROGRAMS:
            self.assertIn("DYN", told("readelf", "-hW", program))
            dynamic = told("readelf", "-dW", program)
            self.assertRegex(dynamic, "BIND_NOW|FLAGS_1.*NOW")
            self.assertRegex(dynamic, "FLAGS_1.*PIE")
            segments = told("readelf", "-lW", program)
            self.assertIn("GNU_RELRO", segments)
            (stack,) = [line for line in segments.splitlines() if "GNU_STACK" in line]
            self.assertNotIn("RWE", stack)
            for line in segments.splitlines():
                if "LOAD" in line:
                    self.assertNotIn("RWE", line)

    @unittest.skipIf(SANITIZED, "a sanitizer checks more, in other ways")
    def test_programs_check_the_stack_and_what_they_copy(self):
        for program in PROGRAMS:
            symbols = told("readelf", "-sW", "--dyn-syms", program)
            self.assertIn("__stack_chk_fail", symbols)
            self.assertRegex(symbols, r"__\w+_chk(@|\b)")
            # The text of a failed check of a container of the standard library.
            self.assertIn(b"__n < this->size()", program.read_bytes())

    @unittest.skipUnless(platform.machine() == "x86_64", "of x86 alone")
    @unittest.skipIf(SANITIZED, "built otherwise")
    def test_functions_begin_with_a_landing_pad(self):
        for program in PROGRAMS:
            code = told("objdump", "-d", "--no-show-raw-insn", program)
            self.assertGreater(code.count("endbr64"), 1_000)


class Case(WeirCase):
    def run_weir(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=300,
                              check=False)

    def serve(self, *options):
        server = Server(self.home, *options)
        self.addCleanup(lambda: server.log.closed or server.kill())
        return server


class Modes(Case):
    """Everything in a home is for its owner alone, whatever wrote it."""

    def open_to_others(self, folder):
        found = []
        for path in [Path(folder), *Path(folder).rglob("*")]:
            if path.lstat().st_mode & 0o077:
                found.append(f"{path} {stat.filemode(path.lstat().st_mode)}")
        return found

    def test_after_every_verb(self):
        os.umask(0o022)
        (picture, other) = self.save_pictures(2)
        listed = self.folder / "list.txt"
        listed.write_text("ab" * 32 + "\n")
        for verb in (["bank", "create", "A"], ["add", "--bank", "A", picture],
                     ["import", "--bank", "A", "--format", "plain", "--kind", "sha256",
                      listed],
                     ["match", picture], ["match", "--report", self.home / "page.html", picture],
                     ["compare", picture, other], ["hash", picture],
                     ["export", "--bank", "A", "--format", "jsonl", self.home / "out.jsonl"],
                     ["bank", "list"], ["bank", "retire", "A"], ["bank", "restore", "A"]):
            self.weir(*verb)
            self.assertEqual(self.open_to_others(self.home), [], verb)
        server = self.serve()
        for path in ("/v1/match", "/v1/match?async=1"):
            server.upload(path, [("a.jpg", picture.read_bytes())])
        self.assertEqual(self.open_to_others(self.home), [])
        server.stop()

    def test_an_open_home_is_said_and_closed(self):
        self.weir("bank", "create", "A")
        os.chmod(self.home, 0o755)
        os.chmod(self.home / "weir.db", 0o644)
        said = self.run_weir("bank", "list").stderr
        self.assertIn("2 files and folders", said)
        self.assertEqual(self.open_to_others(self.home), [])
        self.assertEqual(self.run_weir("bank", "list").stderr, "")


class Written(Case):
    """What is written where others may write, too."""

    def test_nothing_is_written_through_a_link(self):
        (picture,) = self.save_pictures(1)
        self.weir("bank", "create", "A")
        self.weir("add", "--bank", "A", picture)
        victim = self.folder / "victim"
        victim.write_text("keep me")
        link = self.folder / "link"
        link.symlink_to(victim)
        for verb in (["export", "--bank", "A", "--format", "jsonl", link],
                     ["match", "--report", link, picture]):
            done = self.run_weir(*verb)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("is a symbolic link", done.stderr)
        self.assertEqual(victim.read_text(), "keep me")
        self.assertEqual({path.name for path in self.folder.iterdir()},
                         {"files", "home", "link", "victim"})

    def test_a_failed_export_leaves_what_was_there(self):
        target = self.folder / "list.jsonl"
        target.write_text("old")
        self.weir("bank", "create", "A")
        done = self.run_weir("export", "--bank", "NONE", "--format", "jsonl", target)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(target.read_text(), "old")

    def test_a_field_is_no_formula(self):
        self.weir("bank", "create", "A")
        (picture,) = self.save_pictures(1)
        formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "'=x", "'"]
        for number, formula in enumerate(formulas):
            path = self.folder / f"{number}.png"
            make_picture(900 + number).save(path)
            self.weir("add", "--bank", "A", "--label", f"category={formula}", path)
        out = self.folder / "a.csv"
        self.weir("export", "--bank", "A", "--format", "csv", out)
        with out.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        self.assertGreaterEqual(len(rows), len(formulas))
        for row in rows:
            for field in row.values():
                self.assertNotIn(field[:1], ("=", "+", "-", "@"), row)
        self.weir("bank", "create", "B")
        self.weir("import", "--bank", "B", "--format", "csv", out)
        back = self.folder / "b.jsonl"
        self.weir("export", "--bank", "B", "--format", "jsonl", back)
        labels = {json.loads(line)["labels"]["category"] for line in back.read_text().splitlines()}
        self.assertEqual(labels, set(formulas))


class Said(Case):
    """Who says what of an entry."""

    def test_a_list_cannot_make_a_report_open_a_file(self):
        (secret,) = self.save_pictures(1)
        self.weir("bank", "create", "A")
        self.weir("add", "--bank", "A", secret)
        own = self.folder / "own.jsonl"
        self.weir("export", "--bank", "A", "--format", "jsonl", own)
        line = json.loads(own.read_text())
        self.assertEqual(line["provenance"]["weir.path"], str(secret))
        self.weir("bank", "retire", "A")
        self.weir("bank", "create", "B")
        self.weir("import", "--bank", "B", "--format", "jsonl", own)
        copy = self.folder / "copy.png"
        copy.write_bytes(secret.read_bytes())
        again = self.folder / "again.jsonl"
        self.weir("export", "--bank", "B", "--format", "jsonl", again)
        said = json.loads(again.read_text())["provenance"]
        self.assertNotIn("weir.path", said)
        self.assertEqual(said["list.path"], str(secret))
        page = self.folder / "page.html"
        self.weir("match", "--report", page, copy)
        self.assertEqual(page.read_text().count("data:image/jpeg"), 1)

    def test_a_caller_cannot_write_what_the_server_saw(self):
        self.weir("bank", "create", "A")
        server = self.serve()
        entry = {"signals": [{"kind": "pdq", "value": "ab" * 32, "quality": 100}],
                 "provenance": {"weir.path": "/etc/passwd"}}
        status, answer = server.call("POST", "/v1/banks/A/entries", entry)
        self.assertEqual(status, 400)
        self.assertIn("weir.path", answer["error"]["message"])
        server.stop()


class Users(Case):
    @unittest.skipUnless(os.geteuid() == 0, "root alone can become others")
    def test_root_becomes_the_user_that_is_given(self):
        nobody = pwd.getpwnam("nobody")
        os.chmod(self.folder, 0o755)
        os.makedirs(self.home)
        os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        for folder in Path(self.folder).parents:
            if not folder.stat().st_mode & 0o001:
                self.skipTest(f"{folder} is not open to others")
        server = self.serve("--user", "nobody")
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        (users,) = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid:")]
        self.assertEqual(set(users), {str(nobody.pw_uid)})
        server.stop()

    @unittest.skipUnless(os.geteuid() == 0, "it is said to root")
    def test_root_is_told_what_it_does_not_need(self):
        self.serve().stop()
        self.assertIn("runs as root", (self.folder / "serve.log").read_text())

    def test_a_missing_standard_stream_is_no_file_of_ours(self):
        self.weir("bank", "create", "A")
        before = (self.home / "weir.db").read_bytes()[:16]
        subprocess.run(["sh", "-c", f'"{WEIR}" --home "{self.home}" bank show NONE 0<&- 1>&- 2>&-'],
                       check=False)
        self.assertEqual((self.home / "weir.db").read_bytes()[:16], before)


if __name__ == "__main__":
    unittest.main()
