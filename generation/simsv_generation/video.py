"""Video files that are the same bytes on every x86-64 CPU and cheap to sample frames from.

`VideoWriter` writes what eyes and models look at, `PlaneWriter` numbers that must come back as they were.
"""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import OutputContainer
from av.filter import Graph
from av.video.stream import VideoStream
from numpy.typing import NDArray

from simsv_generation.camera import Camera

KEYFRAME_INTERVAL = 30
_OPTIONS = {
    "preset": "veryfast",
    "crf": "23",
    "g": str(KEYFRAME_INTERVAL),
    # No deblocking, CABAC or weighted prediction: 2.4 times less work for a reader that samples frames.
    "tune": "fastdecode",
    # One thread and CPU-independent code paths: libx264's choices otherwise depend on cores and vector width.
    "threads": "1",
    "x264-params": "cpu-independent=1",
    # What the conversion below produces.
    "color_range": "tv",
    "colorspace": "smpte170m",
    "color_primaries": "bt709",
    "color_trc": "iec61966-2-1",
}


_LOSSLESS_OPTIONS = {
    "level": "3",
    # Every frame for itself, so that a reader can go straight to it.
    "g": "1",
    "slices": "4",
    "slicecrc": "1",
    "threads": "1",
}


class _Writer:
    """A file with one video stream, a frame every 1 / fps seconds. Owns the open file until it is left.

    Encoder and muxer run in their bit-exact modes, so equal frames give an equal file for one version of PyAV.
    """

    def __init__(self, container: OutputContainer, stream: VideoStream, camera: Camera, pixels: str, fps: int) -> None:
        self._container, self._stream, self._fps, self._count = container, stream, fps, 0
        stream.width, stream.height = camera.width, camera.height
        stream.pix_fmt = pixels
        stream.time_base = stream.codec_context.time_base = Fraction(1, fps)

    def __enter__(self) -> Self:
        return self

    def _append(self, frame: av.VideoFrame) -> None:
        # Without an explicit time the encoder's rate control sees frames that last for ever.
        self._stamp(frame)
        self._container.mux(self._stream.encode(frame))
        self._count += 1

    def _stamp(self, frame: av.VideoFrame) -> None:
        frame.pts, frame.time_base = self._count, Fraction(1, self._fps)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()


class PlaneWriter(_Writer):
    """Writes 16-bit images, such as depths or ids, as FFV1 in Matroska, lossless."""

    def __init__(self, path: Path, camera: Camera, fps: int) -> None:
        container = av.open(str(path), "w", format="matroska", options={"fflags": "+bitexact"})
        stream = container.add_stream("ffv1", rate=fps, options=dict(_LOSSLESS_OPTIONS))
        super().__init__(container, stream, camera, "gray16le", fps)

    def write(self, plane: NDArray[np.uint16]) -> None:
        """Append an image of shape (height, width)."""
        self._append(av.VideoFrame.from_ndarray(plane, format="gray16le"))


class VideoWriter(_Writer):
    """Writes pictures as H.264 in MP4, yuv420p; the colour conversion is bit-exact as well."""

    def __init__(self, path: Path, camera: Camera, fps: int) -> None:
        container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"})
        stream = container.add_stream("libx264", rate=fps, options=dict(_OPTIONS))
        super().__init__(container, stream, camera, "yuv420p", fps)
        self._convert = Graph()
        source = self._convert.add_buffer(
            width=camera.width, height=camera.height, format=av.VideoFormat("rgb24"), time_base=Fraction(1, fps)
        )
        scale = self._convert.add("scale", "flags=bicubic+accurate_rnd+bitexact+full_chroma_int")
        to_planar = self._convert.add("format", "pix_fmts=yuv420p")
        source.link_to(scale)
        scale.link_to(to_planar)
        to_planar.link_to(self._convert.add("buffersink"))
        self._convert.configure()

    def write(self, rgb: NDArray[np.uint8]) -> None:
        """Append a frame of shape (height, width, 3)."""
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        self._stamp(frame)
        self._convert.push(frame)
        planar = self._convert.pull()
        assert isinstance(planar, av.VideoFrame)
        self._append(planar)
