"""Video files that are the same bytes on every x86-64 CPU and cheap to sample frames from."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
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


class VideoWriter:
    """Writes one H.264 file, yuv420p, one frame every 1 / fps seconds.

    Encoder, muxer and colour conversion run in their bit-exact modes, so equal frames give an equal file for one
    version of PyAV.
    """

    def __init__(self, path: Path, camera: Camera, fps: int) -> None:
        self._fps = fps
        self._count = 0
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        stream = self._container.add_stream("libx264", rate=fps, options=dict(_OPTIONS))
        assert isinstance(stream, VideoStream)
        self._stream = stream
        self._stream.width, self._stream.height = camera.width, camera.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, fps)
        self._stream.codec_context.time_base = Fraction(1, fps)
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

    def __enter__(self) -> Self:
        return self

    def write(self, rgb: NDArray[np.uint8]) -> None:
        """Append a frame of shape (height, width, 3)."""
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame.pts, frame.time_base = self._count, Fraction(1, self._fps)
        self._convert.push(frame)
        planar = self._convert.pull()
        assert isinstance(planar, av.VideoFrame)
        # Without an explicit time the encoder's rate control sees frames that last for ever.
        planar.pts, planar.time_base = self._count, Fraction(1, self._fps)
        self._container.mux(self._stream.encode(planar))
        self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()
