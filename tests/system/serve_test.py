# SPDX-License-Identifier: Apache-2.0
"""The server as its clients meet it, and beside the command line on the same home."""

import concurrent.futures
import io
import signal
import unittest

from PIL import ImageOps

from weir_case import PAGE, Server, WeirCase, make_picture


def as_bytes(picture, form="JPEG"):
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()


class Serving(WeirCase):
    def setUp(self):
        super().setUp()
        self.server = Server(self.home)
        self.addCleanup(self.server.kill)

    def test_a_bank_is_made_filled_matched_and_retired(self):
        call = self.server.call
        self.assertEqual(call("POST", "/v1/banks", {"name": "ARCHIVE"})[0], 201)
        self.assertEqual(call("POST", "/v1/banks", {"name": "ARCHIVE"})[0], 409)
        self.assertEqual(call("POST", "/v1/banks", {"name": "no such name"})[0], 400)
        original = as_bytes(make_picture(1))
        status, entry = self.server.upload("/v1/banks/ARCHIVE/entries", [("one.jpg", original)])
        self.assertEqual((status, entry["status"], entry["name"]), (201, "new", "one.jpg"))
        status, again = self.server.upload("/v1/banks/ARCHIVE/entries", [("one.jpg", original)])
        self.assertEqual((status, again["status"], again["id"]), (200, "present", entry["id"]))

        copy = as_bytes(ImageOps.mirror(make_picture(1)), "PNG")
        status, answer = self.server.upload("/v1/match", [("copy.png", copy)])
        self.assertEqual(status, 200)
        self.assertEqual(answer["path"], "copy.png")
        self.assertEqual([match["entry"] for match in answer["matches"]], [entry["id"]])
        status, answer = self.server.upload("/v1/match", [("other.png",
                                                           as_bytes(make_picture(2), "PNG"))])
        self.assertEqual((status, answer["matches"]), (200, []))

        path = f"/v1/banks/ARCHIVE/entries/{entry['id']}"
        self.assertEqual(call("GET", path)[1]["name"], "one.jpg")
        self.assertEqual(call("DELETE", path)[0], 200)
        self.assertEqual(self.server.upload("/v1/match", [("copy.png", copy)])[1]["matches"], [])
        self.assertEqual(call("PATCH", path, {"state": "active"})[0], 200)
        self.assertEqual(len(self.server.upload("/v1/match", [("c", copy)])[1]["matches"]), 1)
        self.assertEqual(call("PATCH", "/v1/banks/ARCHIVE", {"state": "retired"})[0], 200)
        self.assertEqual(self.server.upload("/v1/match", [("c", copy)])[1]["matches"], [])

    def test_what_the_command_line_adds_the_next_query_finds(self):
        self.weir("bank", "create", "ARCHIVE")
        paths = self.save_pictures(3)
        for path in paths:
            content = path.read_bytes()
            self.assertEqual(self.server.upload("/v1/match", [("q", content)])[1]["matches"], [])
            self.weir("add", "--bank", "ARCHIVE", path)
            (match,) = self.server.upload("/v1/match", [("q", content)])[1]["matches"]
            self.assertEqual(match["name"], path.name)
        # And the other way round.
        other = make_picture(50)
        self.server.upload("/v1/banks/ARCHIVE/entries", [("other.jpg", as_bytes(other))])
        other.save(self.files / "other.png")
        (line,) = self.weir_json("match", self.files / "other.png")
        self.assertEqual(line["matches"][0]["name"], "other.jpg")

    def test_batches_answer_in_order_and_one_bad_item_fails_alone(self):
        self.server.call("POST", "/v1/banks", {"name": "ARCHIVE"})
        good = as_bytes(make_picture(1))
        self.server.upload("/v1/banks/ARCHIVE/entries", [("good.jpg", good)])
        status, answer = self.server.upload(
            "/v1/match", [("a.jpg", good), ("bad.jpg", b"no picture"), ("c.jpg", good)])
        self.assertEqual(status, 200)
        first, bad, last = answer["results"]
        self.assertEqual(len(first["matches"]), 1)
        self.assertEqual(bad["error"]["code"], "invalid")
        self.assertEqual(last["path"], "c.jpg")
        self.assertEqual(self.server.upload("/v1/match", [("bad.jpg", b"no picture")])[0], 400)

    def test_signals_alone_match_in_every_orientation(self):
        self.server.call("POST", "/v1/banks", {"name": "ARCHIVE"})
        make_picture(1).save(self.files / "a.png")
        self.weir("add", "--bank", "ARCHIVE", self.files / "a.png")
        ImageOps.mirror(make_picture(1)).save(self.files / "b.png")
        (line,) = self.weir_json("hash", self.files / "b.png")
        pdq = line["signals"][0]
        status, answer = self.server.call(
            "POST", "/v1/match",
            {"items": [{"signals": [{"kind": "pdq", "value": pdq["value"]}]},
                       {"signals": [{"kind": "md5", "value": "00" * 16}]}]})
        self.assertEqual(status, 200)
        self.assertEqual(len(answer["results"][0]["matches"]), 1)
        self.assertEqual(answer["results"][1]["matches"], [])

    def test_entries_are_paged_by_id(self):
        self.server.call("POST", "/v1/banks", {"name": "PAGES"})
        for number in range(25):
            self.server.call("POST", "/v1/banks/PAGES/entries",
                             {"signals": [{"kind": "md5", "value": f"{number:032x}"}]})
        seen, after = [], 0
        while after is not None:
            status, page = self.server.call(
                "GET", f"/v1/banks/PAGES/entries?limit=10&after={after}")
            self.assertEqual(status, 200)
            seen += [entry["signals"][0]["value"] for entry in page["entries"]]
            after = page["next"]
        self.assertEqual(seen, [f"{number:032x}" for number in range(25)])

    def test_wrong_requests_get_the_status_that_says_so(self):
        call = self.server.call
        for method, path, body, expected in [
                ("GET", "/v1/nothing", None, 404), ("PUT", "/v1/banks", {}, 405),
                ("GET", "/v1/banks/NONE", None, 404), ("POST", "/v1/banks", b"{", 400),
                ("POST", "/v1/match", {"signals": [{"kind": "pdq", "value": "xyz"}]}, 400),
                ("POST", "/v1/match", {"signals": []}, 400),
                ("POST", "/v1/match", {"signals": [{"kind": "md5", "value": "0" * 32}],
                                       "banks": ["NONE"]}, 404),
                ("GET", "/v1/banks/NONE/entries?limit=0", None, 400)]:
            status, answer = call(method, path, body)
            self.assertEqual(status, expected, (method, path))
            self.assertIn("message", answer["error"])

    def test_an_answer_that_the_page_does_not_describe_is_noticed(self):
        bank = {"name": "A", "description": "", "kind": "known", "state": "active", "entries": 0,
                "created": "2026-01-31T09:15:00Z"}

        def check(status=200, kind="application/json", **more):
            PAGE.check("GET", "/v1/banks/A", status, kind, {**bank, **more})

        check()
        for wrong in ({"kind": "text/html"}, {"status": 201}, {"entries": "0"}, {"colour": "red"}):
            with self.subTest(wrong=wrong), self.assertRaises(AssertionError):
                check(**wrong)

    def test_health_metrics_and_description(self):
        self.assertEqual(self.server.call("GET", "/healthz")[0], 200)
        self.assertIn("weir_", self.server.call("GET", "/metrics")[1])
        self.assertIn("openapi:", self.server.call("GET", "/openapi.yaml")[1])

    def test_interrupting_finishes_what_was_accepted(self):
        self.server.call("POST", "/v1/banks", {"name": "LAST"})
        pictures = [as_bytes(make_picture(seed, (1600, 1200))) for seed in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(self.server.upload, "/v1/banks/LAST/entries",
                                 [(f"{number}.jpg", picture)])
                     for number, picture in enumerate(pictures)]
            while not any(call.done() for call in calls):
                pass
            self.server.process.send_signal(signal.SIGTERM)
            answered = 0
            for call in calls:
                try:
                    answered += call.result()[0] == 201
                except OSError:
                    pass  # was not accepted any more
        self.assertEqual(self.server.process.wait(timeout=60), 0)
        self.assertGreaterEqual(answered, 1)
        (bank,) = self.weir_json("bank show", "LAST")
        self.assertGreaterEqual(bank["entries"], answered)


class ServingUnderAName(WeirCase):
    """A proxy on the same machine that passes on the name it was asked under."""

    def test_names_that_are_configured_are_answered(self):
        self.home.mkdir()
        (self.home / "weir.toml").write_text('[server]\nhost_names = ["weir.test", "b.test"]\n')
        server = Server(self.home)
        self.addCleanup(server.kill)
        for host in ("localhost", "weir.test", "B.TEST:443"):
            self.assertEqual(server.call("GET", "/v1/banks", host=host)[0], 200, host)
        status, answer = server.call("GET", "/v1/banks", host="weir.test.example")
        self.assertEqual(status, 421)
        self.assertIn("server.host_names", answer["error"]["message"])


if __name__ == "__main__":
    unittest.main()
