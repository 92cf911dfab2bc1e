"""Sampling of frames beside a decoder that does nothing else."""

import time
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from simsv_dataset.video import sample_frames, sample_indices
from simsv_generation.camera import Camera
from simsv_generation.video import VideoWriter

NUM_FRAMES, SAMPLED, ROUNDS = 300, 32, 7
CAMERA = Camera(384, 224, 60.0)


def run() -> list[dict[str, Any]]:
    """`sample_32_frames_vs_bare_decoder`: speed of our reader over that of the least code that gets the same frames."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "walk.mp4"
        write_moving(path)
        assert np.array_equal(sample_frames(path, SAMPLED), _bare(path))
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(cpu_seconds(lambda: sample_frames(path, SAMPLED)))
            bare.append(cpu_seconds(lambda: _bare(path)))
    ratio = min(bare) / min(ours)
    detail = (
        f"{SAMPLED} of {NUM_FRAMES} frames of 384x224, a keyframe every 30: {1000 * min(ours):.0f} CPU-ms, "
        f"bare {1000 * min(bare):.0f}; best of {ROUNDS}"
    )
    return [
        {
            "name": "sample_32_frames_vs_bare_decoder",
            "value": ratio,
            "unit": "ratio",
            "limit": 0.9,
            "detail": detail,
        }
    ]


def _bare(path: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The wanted frames, knowing beforehand how many there are, their rate and where the keyframes are."""
    frames = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        unit = stream.time_base
        assert unit is not None
        ticks = int(Fraction(1, 10) / unit)
        decoder, reached = container.decode(stream), -1
        keyframes = list(range(0, NUM_FRAMES, 30))
        for index in sample_indices(NUM_FRAMES, SAMPLED):
            keyframe = keyframes[bisect_right(keyframes, index) - 1]
            if keyframe > reached + 1:
                container.seek(keyframe * ticks, stream=stream)
                decoder = container.decode(stream)
            for frame in decoder:
                if frame.pts == index * ticks:
                    frames.append(frame.to_ndarray(format="rgb24"))
                    reached = index
                    break
    return np.stack(frames).astype(np.uint8, copy=False)


def write_moving(path: Path, camera: Camera = CAMERA) -> None:
    """A picture that moves as a walk does: a texture that slides by, with some noise."""
    width, height = camera.width, camera.height
    texture = np.random.Generator(np.random.Philox(0)).integers(
        0, 255, (height // 8 + 12, width // 8 + 92, 3), np.uint8
    )
    texture = texture.repeat(8, axis=0).repeat(8, axis=1)
    with VideoWriter(path, camera, fps=10) as writer:
        for index in range(NUM_FRAMES):
            top, left = index // 6, 2 * index
            writer.write(np.ascontiguousarray(texture[top : top + height, left : left + width]))


def cpu_seconds(work: Callable[[], object]) -> float:
    """What one call takes of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start
