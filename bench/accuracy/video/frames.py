# SPDX-License-Identifier: Apache-2.0
"""Frames out of and into video files, one at a time, through pipes to ffmpeg.

Here a frame is rows of BGR bytes; through the pipes go half as many, as brightness and colour of
every second pixel, which is how codecs keep them anyway. So sides must be even.
"""
import os
import subprocess

import cv2
import numpy as np

# One thread each: the workers are the parallelism.
X264 = ["-c:v", "libx264", "-preset", "superfast", "-threads", "1", "-g", "100"]


def x264(crf, extension="mp4"):
    return extension, [*X264, "-crf", str(crf)]


def read(path, start, count, size, fps, *, speed=1.0, backward=False):
    """`count` frames of BGR bytes, `size` (width, height), from `start` seconds on, at `fps`.

    `speed` 2 reads two seconds for one. Filled and cut to the size without squeezing. What a file
    lacks at its end is filled with its last frame. Errors: RuntimeError when there is no frame.
    """
    width, height = size
    length = count / fps * speed
    filters = [f"setpts=(PTS-STARTPTS)/{speed:.6f}", f"fps={fps}:round=near",
               f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=bilinear",
               f"crop={width}:{height}"]
    if backward:
        filters += [f"trim=end_frame={count}", "reverse"]
    call = subprocess.Popen(
        ["ffmpeg", "-v", "quiet", "-nostdin", "-threads", "1", "-ss", f"{start:.3f}", "-t",
         f"{length + 0.2:.3f}", "-i", path, "-an", "-vf", ",".join(filters), "-frames:v",
         str(count), "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"], stdout=subprocess.PIPE)
    frame = None
    try:
        for _ in range(count):
            content = call.stdout.read(width * height * 3 // 2)
            if len(content) == width * height * 3 // 2:
                planes = np.frombuffer(content, np.uint8).reshape(height * 3 // 2, width)
                frame = cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)
            if frame is None:
                raise RuntimeError(f"no frame of {path} from {start:.2f} s on")
            yield frame
    finally:
        call.stdout.close()
        call.kill()
        call.wait()


class Writer:
    """Writes frames of one size; the first one decides it. The file appears when it is whole."""

    def __init__(self, path, fps, options):
        self.path, self.fps, self.options = path, fps, options
        self.call = None
        self.count = 0

    def add(self, frame):
        if self.call is None:
            height, width = frame.shape[:2]
            self.shape = frame.shape
            folder, name = os.path.split(self.path)
            self.part = os.path.join(folder, "part." + name)
            self.call = subprocess.Popen(
                ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
                 "-s", f"{width}x{height}", "-r", str(self.fps), "-i", "-", *self.options,
                 "-map_metadata", "-1", self.part], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert frame.shape == self.shape, (frame.shape, self.shape)
        self.call.stdin.write(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).data)
        self.count += 1

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.call is None:
            return
        self.call.stdin.close()
        with self.call.stderr as pipe:
            said = pipe.read().decode(errors="replace")
        if self.call.wait() != 0:
            raise RuntimeError(f"ffmpeg wrote no {self.path}: {said.strip()[-500:]}")
        if kind is None:
            os.rename(self.part, self.path)
