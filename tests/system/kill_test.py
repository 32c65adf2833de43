# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: what was acknowledged is there, whole; nothing is there by half.

A moment is told by how much has been said until then, not by a clock: on a busy machine it comes
later.

WEIR_KILLS sets the number of moments (default 50) for each test.
"""

import os
import random
import subprocess
import threading
import time
import unittest

from weir_case import Server, WeirCase, json_lines

KILLS = int(os.environ.get("WEIR_KILLS", "50"))
SEED = int(os.environ.get("WEIR_SEED", "20261122"))


class KilledAtRandom(WeirCase):
    def setUp(self):
        super().setUp()
        self.numbers = random.Random(SEED)
        print(f"seed {SEED}, {KILLS} kills", flush=True)

    def entries(self, bank):
        return json_lines(self.weir("export", "--bank", bank, "--format", "jsonl"))

    def assert_whole(self, entries):
        for entry in entries:
            kinds = [signal["kind"] for signal in entry["signals"]]
            self.assertEqual(kinds[:2], ["sha256", "md5"])
            self.assertIn("pdq", kinds)
        digests = [entry["signals"][0]["value"] for entry in entries]
        self.assertEqual(len(digests), len(set(digests)), "the same file twice")

    def test_add_loses_nothing_it_said_and_completes_when_run_again(self):
        paths = self.save_pictures(12, size=(160, 120))
        cut_short = 0
        for round_number in range(KILLS):
            bank = f"ROUND_{round_number}"
            self.weir("bank", "create", bank)
            process = subprocess.Popen(
                self.command("add", "--json", "--bank", bank, self.files),
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            early = [process.stdout.readline() for _ in range(self.numbers.randrange(len(paths)))]
            time.sleep(self.numbers.uniform(0.0, 0.01))  # anywhere between two of them
            process.kill()
            output = b"".join(early) + process.stdout.read()
            process.communicate()
            said = [line for line in output.decode().splitlines() if line.endswith("}")]
            said = json_lines("\n".join(said))
            cut_short += len(said) < len(paths)

            kept = self.entries(bank)
            self.assert_whole(kept)
            names = {entry["name"] for entry in kept}
            for line in said:
                self.assertIn(line["name"], names)
            self.weir("add", "--bank", bank, self.files)
            completed = self.entries(bank)
            self.assert_whole(completed)
            self.assertEqual(len(completed), len(paths))
        self.assertGreater(cut_short, KILLS // 4, "the kills came too late to show anything")

    def test_api_writes_that_were_answered_survive(self):
        self.weir("bank", "create", "WRITES")
        said = {}
        for _ in range(KILLS):
            server = Server(self.home)
            stop = threading.Event()

            def write(worker):
                count = 0
                while not stop.is_set():
                    count += 1
                    value = f"{SEED:016x}{id(server) & 0xffffffff:08x}{worker:08x}{count:032x}"
                    try:
                        status, answer = server.call(
                            "POST", "/v1/banks/WRITES/entries",
                            {"signals": [{"kind": "sha256", "value": value},
                                         {"kind": "pdq", "value": value[::-1]}],
                             "labels": {"worker": str(worker)}})
                    except OSError:
                        return
                    if status == 201:
                        said[answer["id"]] = value

            writers = [threading.Thread(target=write, args=(i,)) for i in range(2)]
            for writer in writers:
                writer.start()
            enough = len(said) + self.numbers.randrange(20)
            while len(said) < enough and any(writer.is_alive() for writer in writers):
                time.sleep(0.001)
            server.kill()
            stop.set()
            for writer in writers:
                writer.join()

        kept = json_lines(self.weir("export", "--bank", "WRITES", "--format", "jsonl"))
        values = {entry["signals"][0]["value"] for entry in kept}
        self.assertGreater(len(said), KILLS, "too few writes to show anything")
        for value in said.values():
            self.assertIn(value, values)
        for entry in kept:
            self.assertEqual([signal["kind"] for signal in entry["signals"]], ["sha256", "pdq"])
            self.assertIn("worker", entry["labels"])
        # And they are found: the index agrees with what is kept.
        server = Server(self.home)
        for value in list(said.values())[-20:]:
            _, answer = server.call("POST", "/v1/match",
                                    {"signals": [{"kind": "pdq", "value": value[::-1]}]})
            self.assertTrue(answer["matches"])
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
