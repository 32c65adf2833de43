# SPDX-License-Identifier: Apache-2.0
"""What the whole-system tests stand on: a home of their own, the real program, made pictures."""

import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from api_page import ApiPage
from PIL import Image, ImageDraw, ImageFilter

WEIR = Path(os.environ["WEIR_BIN"]) / "weir"
START_SECONDS = 30


def make_picture(seed, size=(320, 240)):
    """A picture with enough detail for PDQ, the same for the same seed."""
    numbers = random.Random(seed)
    picture = Image.new("RGB", size)
    draw = ImageDraw.Draw(picture)

    def colour():
        return tuple(numbers.randrange(256) for _ in range(3))

    draw.rectangle([0, 0, *size], fill=colour())
    for _ in range(60):
        x, y = numbers.randrange(size[0]), numbers.randrange(size[1])
        width, height = numbers.randrange(8, size[0] // 2), numbers.randrange(8, size[1] // 2)
        shape = draw.ellipse if numbers.random() < 0.5 else draw.rectangle
        shape([x - width // 2, y - height // 2, x + width // 2, y + height // 2], fill=colour())
    return picture.filter(ImageFilter.GaussianBlur(1))


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


PAGE = ApiPage()


class Server:
    """A running `weir serve` on a free port, with the little HTTP that tests need."""

    def __init__(self, home, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = open(Path(home).parent / "serve.log", "ab")
        self.process = subprocess.Popen(
            [WEIR, "--home", home, "serve", "--listen", f"127.0.0.1:{self.port}", *options],
            stdout=subprocess.DEVNULL, stderr=self.log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError("weir serve did not become ready; see serve.log")
            time.sleep(0.02)

    def call(self, method, path, body=None, content_type="application/json", host=None):
        """Status and parsed answer; a body that is no bytes is sent as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body,
                                         method=method, headers={"Content-Type": content_type})
        if host:
            request.add_header("Host", host)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                status, kind, answer = (reply.status, reply.headers["Content-Type"],
                                        self.parse(reply))
        except urllib.error.HTTPError as refusal:
            with refusal:
                status, kind, answer = (refusal.code, refusal.headers["Content-Type"],
                                        self.parse(refusal))
        PAGE.check(method, path, status, kind, answer)
        return status, answer

    @staticmethod
    def parse(reply):
        content = reply.read()
        if "json" in (reply.headers.get("Content-Type") or ""):
            return json.loads(content)
        return content.decode()

    def upload(self, path, files, fields=()):
        """POST of a form: files are (name, bytes), fields (name, text)."""
        edge = "edge-of-a-part"
        parts = []
        for name, text in fields:
            parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
                         f"{text}\r\n".encode())
        for name, content in files:
            head = (f'--{edge}\r\nContent-Disposition: form-data; name="file"; '
                    f'filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n')
            parts.append(head.encode() + content + b"\r\n")
        parts.append(f"--{edge}--\r\n".encode())
        return self.call("POST", path, b"".join(parts), f"multipart/form-data; boundary={edge}")

    def stop(self):
        """As Ctrl-C does; gives the exit status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=60)
        self.log.close()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class WeirCase(unittest.TestCase):
    """A test with an empty home and a folder for files."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.home = self.folder / "home"
        self.files = self.folder / "files"
        self.files.mkdir()

    def command(self, *words):
        return [WEIR, "--home", self.home, *words]

    def weir(self, *words, status=0, **options):
        """Runs a verb and gives its standard output; fails on another exit status."""
        run = subprocess.run(self.command(*words), capture_output=True, timeout=300, **options)
        output = run.stdout.decode()
        self.assertEqual(run.returncode, status,
                         f"{words}\n{output}\n{run.stderr.decode(errors='replace')}")
        return output

    def weir_json(self, verb, *words, status=0):
        """The parsed JSON Lines of a verb; `verb` may be two words, such as "bank create"."""
        return json_lines(self.weir(*verb.split(), "--json", *words, status=status))

    def save_pictures(self, count, folder=None, first_seed=1, size=(320, 240)):
        """Makes JPEG files in `folder` and gives their paths."""
        folder = folder or self.files
        folder.mkdir(exist_ok=True)
        paths = []
        for seed in range(first_seed, first_seed + count):
            path = folder / f"picture-{seed:05}.jpg"
            make_picture(seed, size).save(path, quality=90)
            paths.append(path)
        return paths
