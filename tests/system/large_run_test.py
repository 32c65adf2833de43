# SPDX-License-Identifier: Apache-2.0
"""A run over many small files: memory bounded, a full disk survived. The cores used are printed.

WEIR_FILES sets the number of files (default 1,000; the claim is made for 5,000).
"""

import json
import os
import subprocess
import threading
import time
import unittest

from weir_case import WeirCase, make_picture

FILES = int(os.environ.get("WEIR_FILES", "1000"))
MOST_BYTES = 300 * 1000 * 1000


def memory_of_family(root):
    """Proportional memory of a process and all below it, in bytes: shared pages count once."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
    total, wanted = 0, [root]
    while wanted:
        one = wanted.pop()
        wanted += children.get(one, [])
        try:
            with open(f"/proc/{one}/smaps_rollup") as rollup:
                for line in rollup:
                    if line.startswith("Pss:"):
                        total += 1024 * int(line.split()[1])
        except OSError:
            continue  # ended meanwhile
    return total


class LargeRun(WeirCase):
    def test_many_small_files_are_matched_in_little_memory(self):
        pictures = [self.files / f"{seed}.jpg" for seed in range(20)]
        for seed, path in enumerate(pictures):
            make_picture(seed, (320, 240)).save(path, quality=90)
        for number in range(20, FILES):
            os.link(pictures[number % 20], self.files / f"{number}.jpg")
        self.weir("bank", "create", "ARCHIVE")
        self.weir("add", "--bank", "ARCHIVE", *pictures)

        start = time.monotonic()
        before = os.times()
        process = subprocess.Popen(self.command("match", "--json", self.files),
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        peak = 0

        def watch():
            nonlocal peak
            while process.poll() is None:
                peak = max(peak, memory_of_family(process.pid))
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        output, _ = process.communicate()
        watcher.join()
        seconds = time.monotonic() - start
        after = os.times()
        busy = (after.children_user + after.children_system -
                before.children_user - before.children_system) / seconds
        print(f"{FILES} files in {seconds:.1f} s, {FILES / seconds:.0f}/s, {busy:.2f} cores, "
              f"peak {peak / 1e6:.0f} MB", flush=True)
        lines = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(lines), FILES)
        self.assertTrue(all(line["matches"] for line in lines))
        if not os.environ.get("WEIR_SANITIZE"):  # which takes memory of its own
            self.assertLess(peak, MOST_BYTES)

    def test_a_full_disk_fails_the_write_and_loses_nothing(self):
        small = self.folder / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", small],
                                 capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("mounting a small disk needs root")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.home = small / "home"
        self.weir("bank", "create", "ARCHIVE")
        self.save_pictures(400, size=(64, 64))
        run = subprocess.run(self.command("add", "--json", "--bank", "ARCHIVE", self.files),
                             capture_output=True, timeout=300)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        said = [line["name"] for line in lines if line.get("status") == "new"]
        refused = [line["error"] for line in lines if "error" in line]
        self.assertEqual(run.returncode, 1)
        self.assertTrue(said)
        self.assertTrue(refused)
        self.assertEqual({error["code"] for error in refused}, {"unavailable"})
        self.assertIn("disk", refused[0]["message"])
        # With room again everything said is there, and the rest can follow.
        subprocess.run(["mount", "-o", "remount,size=100m", small], check=True)
        kept = [json.loads(line) for line in
                self.weir("export", "--bank", "ARCHIVE", "--format", "jsonl").splitlines()]
        self.assertLessEqual(set(said), {entry["name"] for entry in kept})
        self.weir("add", "--bank", "ARCHIVE", self.files)
        self.assertEqual(self.weir_json("bank show", "ARCHIVE")[0]["entries"], 400)


if __name__ == "__main__":
    unittest.main()
