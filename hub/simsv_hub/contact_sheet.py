"""A picture of what the videos of a release look like: a row of frames for each of a few of them."""

import io
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.downloads import local_video
from simsv_dataset.manifest import Manifest
from simsv_dataset.packing import video_paths
from simsv_dataset.video import count_frames, read_frames, sample_indices

CONTACT_SHEET_NAME: Final = "contact_sheet.jpg"
Pixels = NDArray[np.uint8]
_ROWS, _COLUMNS, _TRIED = 4, 4, 4
_WIDTH, _HEIGHT = 288, 160
"""Of one frame, pixels."""


def contact_sheet(folder: Path, manifest: Manifest) -> bytes:
    """A JPEG of four frames each of up to four videos, spread over the release; the same bytes for the same videos.

    Raises:
        FileNotFoundError, ValueError: a video is not there, or is damaged.
    """
    videos = [*video_paths(folder, manifest.files).values()]
    chosen = [videos[k] for k in sample_indices(len(videos), min(_ROWS, len(videos)))]
    return _jpeg(np.concatenate([_row(local_video(f"{folder}/{path}")) for path in chosen]))


def _row(path: Path) -> Pixels:
    """Of each quarter of a walk the frame with most to see, out of four."""
    num_frames = count_frames(path)
    tried = _COLUMNS * _TRIED
    frames = read_frames(path, [(2 * k + 1) * num_frames // (2 * tried) for k in range(tried)])
    small = [_scaled(frame) for frame in frames]
    best = [max(small[k : k + _TRIED], key=_detail) for k in range(0, tried, _TRIED)]
    return np.concatenate(best, axis=1)


def _scaled(frame: Pixels) -> Pixels:
    from av.video.frame import VideoFrame

    return VideoFrame.from_ndarray(frame, "rgb24").reformat(_WIDTH, _HEIGHT).to_ndarray().astype(np.uint8, copy=False)


def _detail(pixels: Pixels) -> int:
    """How much neighbouring pixels differ."""
    return int(np.abs(np.diff(pixels.astype(np.int32), axis=1)).sum())


def _jpeg(pixels: Pixels) -> bytes:
    """Encode an image of shape (height, width, 3), sRGB."""
    import av
    from av.video.frame import VideoFrame

    memory = io.BytesIO()
    with av.open(memory, "w", format="image2pipe") as container:
        stream = container.add_stream("mjpeg", 1, {"qmin": "3", "qmax": "3"})
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = "yuvj420p"
        stream.codec_context.thread_count = 1
        container.mux([*stream.encode(VideoFrame.from_ndarray(pixels, "rgb24")), *stream.encode()])
    return memory.getvalue()
