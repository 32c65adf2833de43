# SPDX-License-Identifier: Apache-2.0
"""Videos, from `weir add` to `weir match` and over HTTP, and jobs that outlive the server."""

import http.client
import json
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from weir_case import Server, WeirCase, make_picture

SIZE = (320, 180)
RATE = 10  # frames a second
SHOT_SECONDS = 4


# Videos and a home that several tests begin with, made once.
MADE = tempfile.TemporaryDirectory(prefix="weir-test-")


def copy_of(name, to, make):
    """What `make` writes to a path, made once for each name and copied to `to`."""
    kept = Path(MADE.name) / name
    if not kept.exists():
        make(kept)
    (shutil.copytree if kept.is_dir() else shutil.copy)(kept, to)
    return to


def write_video(path, frames, options=("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23")):
    """Encodes RGB pictures of SIZE."""
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
         "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE), "-i", "-", "-pix_fmt", "yuv420p",
         *options, path], stdin=subprocess.PIPE)
    for frame in frames:
        encoder.stdin.write(frame.tobytes())
    encoder.stdin.close()
    assert encoder.wait() == 0, path
    return path


def shots(seed, count):
    """Frames of `count` shots, each a slow pan over a picture of its own."""
    for shot in range(count):
        picture = make_picture(1000 * seed + shot, (SIZE[0] * 2, SIZE[1] * 2))
        for frame in range(SHOT_SECONDS * RATE):
            share = frame / (SHOT_SECONDS * RATE)
            left, top = int(share * SIZE[0] * 0.8), int(share * SIZE[1] * 0.5)
            yield picture.crop((left, top, left + SIZE[0], top + SIZE[1]))


@unittest.skipUnless(shutil.which("ffmpeg"), "ffmpeg writes the videos")
class Videos(WeirCase):
    def archive(self, seed, count=6):
        return copy_of(f"archive-{seed}-{count}.mp4", self.files / f"archive-{seed}.mp4",
                       lambda path: write_video(path, shots(seed, count)))

    def compilation(self):
        """8 s of archive 1 from 4 s on, 8 s of something new, 8 s of archive 2 from 12 s on."""
        def make(path):
            second = SHOT_SECONDS * RATE
            frames = list(shots(1, 6))[second:3 * second] + list(shots(3, 2)) \
                + list(shots(2, 6))[3 * second:5 * second]
            write_video(path, frames, ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "28"))
        return copy_of("compilation.mkv", self.folder / "compilation.mkv", make)

    def joined(self, name, inputs, *options):
        """The video tracks of all inputs side by side, as they are."""
        path = self.folder / name
        command = ["ffmpeg", "-v", "error", "-y"]
        for one in inputs:
            command += ["-i", one]
        for number in range(len(inputs)):
            command += ["-map", f"{number}:v"]
        subprocess.run([*command, "-c", "copy", *options, path], check=True)
        return path

    def test_the_track_that_players_show_is_looked_at_and_others_are_named(self):
        self.weir("bank", "create", "VIDEOS")
        self.archive(1, 2)
        self.weir("add", "--bank", "VIDEOS", self.files)
        known = self.files / "archive-1.mp4"
        other = write_video(self.folder / "other.mp4", shots(5, 2))
        (line,) = self.weir_json("match", self.joined(
            "second.mkv", [other, known], "-disposition:v:0", "0", "-disposition:v:1", "default"))
        self.assertEqual(len(line["matches"]), 1, line)
        self.assertIn("not the other 1 video track", " ".join(line["notes"]))
        (line,) = self.weir_json("match", self.joined(
            "first.mkv", [other, known], "-disposition:v:0", "default", "-disposition:v:1", "0"))
        self.assertEqual(line["matches"], [])
        self.assertIn("not the other 1 video track", " ".join(line["notes"]))

        cover = self.folder / "cover.jpg"
        make_picture(7, SIZE).save(cover)
        for name in ("cover.mp4", "cover.mkv"):
            (line,) = self.weir_json("match", self.joined(
                name, [cover, known], "-disposition:v:0", "default", "-disposition:v:1", "0"))
            self.assertEqual(len(line["matches"]), 1, line)
            self.assertEqual(line.get("notes", []), [])

    def assert_near(self, span, wanted, seconds=0.6):
        for got, want in zip(span, wanted):
            self.assertLessEqual(abs(got - want), seconds, f"{span} is not {wanted}")

    def check_compilation(self, answer, ids):
        self.assertEqual(answer["media"], "video")
        self.assert_near([answer["duration_s"]], [24])
        self.assertEqual({match["entry"] for match in answer["matches"]}, set(ids))
        self.assertTrue(0.5 < answer["coverage"] < 0.8, answer["coverage"])
        wanted = {ids[0]: ([0, 8], [4, 12]), ids[1]: ([16, 24], [12, 20])}
        for match in answer["matches"]:
            self.assertEqual(match["kind"], "video")
            self.assertEqual(len(match["segments"]), 1, match["segments"])
            segment = match["segments"][0]
            self.assertEqual((round(segment["speed"], 1), segment["mirrored"]), (1.0, False))
            self.assert_near(segment["item"], wanted[match["entry"]][0])
            self.assert_near(segment["entry"], wanted[match["entry"]][1])

    def add_archives(self):
        for seed in (1, 2):
            self.archive(seed)

        def make(home):
            self.weir("bank", "create", "ARCHIVE")
            added = self.weir_json("add", "--bank", "ARCHIVE", self.files)
            self.assertEqual([one["media"] for one in added], ["video", "video"])
            for one in added:
                self.assert_near([one["duration_s"]], [24])
            type(self).archive_ids = [one["id"] for one in added]
            shutil.move(self.home, home)
        copy_of("home", self.home, make)
        return self.archive_ids

    def test_a_compilation_says_which_seconds_of_which_video_it_shows(self):
        ids = self.add_archives()
        report = self.folder / "report.html"
        path = self.compilation()
        answer = self.weir_json("match", "--report", report, path)[0]
        self.check_compilation(answer, ids)
        page = report.read_text()
        self.assertGreaterEqual(page.count("<svg class=\"timeline\""), 3)
        self.assertIn("data:image/bmp", page)
        self.assertNotIn("http", page.replace("http-equiv", ""))
        text = self.weir("match", path)
        self.assertIn("shows 0:04", text)

        again = self.weir_json("add", "--bank", "ARCHIVE", self.files)
        self.assertEqual([one["status"] for one in again], ["present", "present"])
        exact = self.weir_json("match", self.files / "archive-1.mp4")[0]["matches"][0]
        self.assertEqual((exact["entry"], exact["kind"], exact["coverage"]), (ids[0], "exact", 1))
        self.weir("bank", "retire", "ARCHIVE")
        self.assertEqual(self.weir_json("match", path)[0]["matches"], [])

    def test_a_truncated_video_is_matched_as_far_as_it_goes_and_said_to_be_truncated(self):
        self.add_archives()
        whole = write_video(self.folder / "whole.mkv", shots(1, 6)).read_bytes()
        half = self.folder / "half.mkv"
        half.write_bytes(whole[:len(whole) // 2])
        answer = self.weir_json("match", half)[0]
        self.assertTrue(answer["matches"])
        self.assertTrue(any("truncated" in note for note in answer["notes"]), answer)
        self.assertIn("note: truncated", self.weir("match", half))
        self.assertIn("truncated", self.weir("compare", half, self.files / "archive-1.mp4"))

    def test_two_videos_are_compared(self):
        report = self.folder / "compare.html"
        answer = self.weir_json("compare", "--report", report, self.compilation(),
                                self.archive(1))[0]
        self.assertTrue(answer["match"])
        self.assert_near(answer["segments"][0]["a"], [0, 8])
        self.assert_near(answer["segments"][0]["b"], [4, 12])
        self.assertIn("<svg class=\"timeline\"", report.read_text())

    def test_the_api_answers_at_once_or_later_and_the_same(self):
        ids = self.add_archives()
        server = Server(self.home)
        self.addCleanup(server.kill)
        content = self.compilation().read_bytes()
        status, at_once = server.call("POST", "/v1/match?name=c.mkv", content, "video/x-matroska")
        self.assertEqual(status, 200)
        self.check_compilation(at_once, ids)
        status, begun = server.call("POST", "/v1/match?name=c.mkv&async=1", content,
                                    "video/x-matroska")
        self.assertEqual(status, 202)
        events = self.events(server, begun["job"])
        self.assertEqual(events[-1][0], "done")
        self.assertEqual(events[-1][1]["result"], at_once)

    def events(self, server, job, timeout=120):
        """The server-sent events of a job up to the end, by name and data."""
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
        link.request("GET", f"/v1/jobs/{job}/events", headers={"Accept": "text/event-stream"})
        reply = link.getresponse()
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers["Content-Type"], "text/event-stream")
        events, name = [], None
        for line in reply:
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[len("event: "):]
            elif line.startswith("data: "):
                events.append((name, json.loads(line[len("data: "):])))
        link.close()
        return events

    def ended(self, server, job, seconds=180):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status, view = server.call("GET", f"/v1/jobs/{job}")
            self.assertEqual(status, 200)
            if view["state"] in ("done", "failed"):
                return view
            time.sleep(0.1)
        raise AssertionError("the job did not end")

    def test_a_job_survives_kill_9_and_gives_the_same_answer(self):
        self.add_archives()
        # Long enough to be in the middle of it when the server dies.
        path = self.folder / "long.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", "9", "-i",
                        self.files / "archive-1.mp4", "-c", "copy", path], check=True)
        content = path.read_bytes()
        server = Server(self.home)
        status, begun = server.call("POST", "/v1/match?name=l.mp4&async=1", content, "video/mp4")
        self.assertEqual(status, 202)
        undisturbed = self.ended(server, begun["job"])
        self.assertEqual(undisturbed["state"], "done", undisturbed)
        status, begun = server.call("POST", "/v1/match?name=l.mp4&async=1", content, "video/mp4")
        self.assertEqual(status, 202)
        deadline = time.monotonic() + 60
        view = {}
        while view.get("state") != "running" or view["progress"] == 0:
            status, view = server.call("GET", f"/v1/jobs/{begun['job']}")
            self.assertNotIn(view["state"], ("done", "failed"), "over before it could be killed")
            self.assertLess(time.monotonic(), deadline, "the job never began")
            time.sleep(0.01)
        server.kill()
        self.assertTrue((self.home / "spool" / f"job-{begun['job']}").exists())

        server = Server(self.home)
        self.addCleanup(server.kill)
        events = self.events(server, begun["job"])
        self.assertEqual(events[-1][0], "done")
        self.assertEqual(events[-1][1]["result"], undisturbed["result"])
        self.assertTrue(undisturbed["result"]["matches"])
        self.assertEqual([file.name for file in (self.home / "spool").iterdir()], [])


if __name__ == "__main__":
    unittest.main()
