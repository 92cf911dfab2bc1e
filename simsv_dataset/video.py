"""Which frames a model is given, their pixels, and what else is stored of them, decoded with PyAV."""

import errno
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


def sample_indices(num_frames: int, k: int) -> list[int]:
    """Indices of `k` uniformly spread frames, the first and the last among them.

    Index i is (num_frames - 1) * i / (k - 1), rounded half down in integers; the one index for k = 1 is 0. With
    k >= num_frames every frame is taken once. Questions, loader and evaluation all sample here, so that the frame
    budget of a question means the frames that a model gets.

    Raises:
        ValueError: `num_frames` or `k` is less than 1.
    """
    if num_frames < 1 or k < 1:
        raise ValueError(f"num_frames and k must be at least 1, got {num_frames} and {k}")
    if k >= num_frames:
        return list(range(num_frames))
    intervals = max(k - 1, 1)
    return [(2 * (num_frames - 1) * i + intervals - 1) // (2 * intervals) for i in range(k)]


def count_frames(path: str | Path) -> int:
    """Number of frames that a video file announces.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no video, or does not say how many frames it has.
    """
    import av

    try:
        with av.open(str(path)) as container:
            return _announced(container)
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise ValueError(f"{path} is no readable video: {error}") from error


def frame_rate(path: str | Path) -> float:
    """Frames a second of a video file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no video, or has no frame rate.
    """
    import av

    try:
        with av.open(str(path)) as container:
            rate = _video_stream(container).average_rate
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise ValueError(f"{path} is no readable video: {error}") from error
    if not rate:
        raise ValueError(f"{path} has no frame rate")
    return float(rate)


def sample_frames(path: str | Path, k: int) -> NDArray[np.uint8]:
    """`read_frames` of the indices that `sample_indices` gives for as many frames as the file announces.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: as `count_frames`, `sample_indices` and `read_frames`.
    """
    decoded = _decode(path, lambda num_frames: sample_indices(num_frames, k), _to_rgb)
    return np.asarray(decoded, dtype=np.uint8)


def sample_video(path: str | Path, k: int) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """What a model is given of a video: `k` frames, and what video processors of `transformers` want to know of them.

    They are those of `sample_frames`; of a shorter video the last one is repeated, because videos of a batch must be of
    equal length.

    Returns:
        The frames, shape (k, height, width, 3), uint8, sRGB, and the processor's `video_metadata` of them:
        `total_num_frames`, `fps`, `duration` in seconds, and `frames_indices`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: as `sample_frames` and `frame_rate`.
    """
    count, rate = count_frames(path), frame_rate(path)
    indices = sample_indices(count, k)
    indices += indices[-1:] * (k - len(indices))
    metadata = {"total_num_frames": count, "fps": rate, "duration": count / rate, "frames_indices": indices}
    return read_frames(path, indices), metadata


def read_frames(path: str | Path, indices: Sequence[int]) -> NDArray[np.uint8]:
    """The frames of a video file with these indices, in this order, shape (len(indices), height, width, 3), sRGB.

    Indices are exact: a frame's index is its time stamp times the (constant) frame rate. The decoder jumps to the
    last keyframe before a wanted frame where that saves work, so with a keyframe every 30 frames at most 30 frames are
    decoded for one. Decoding is single-threaded, since data loaders run one process per core.

    A file that was cut short is an error here, a few flipped bits are none: only its SHA-256 in the manifest of a
    release tells whether a video is undamaged.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: no index is given, or the file is no video, is damaged, has no such frame, or has no constant
            frame rate.
    """
    decoded = _decode(path, indices, _to_rgb)
    return np.asarray(decoded, dtype=np.uint8)


def read_depth(path: str | Path, indices: Sequence[int]) -> NDArray[np.float32]:
    """Planar depth along the optical axis of the frames with these indices, from a release's `depth` file.

    Returns:
        Shape (len(indices), height, width), metres, to the nearest millimetre; 0 where nothing is hit.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: as of `read_ids`.
    """
    return read_ids(path, indices).astype(np.float32) / np.float32(1000.0)


def read_ids(path: str | Path, indices: Sequence[int]) -> NDArray[np.uint16]:
    """The numbers in the frames with these indices, from a release's `instance` or `semantic` file.

    They are exactly what was written. Every frame is decoded for itself, so a few of many cost no more than a few. As
    of videos, flipped bits are found by the file's SHA-256 alone.

    Returns:
        Shape (len(indices), height, width).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: no index is given, or the file is no video, was cut short, has no such frame, or its pixels are
            no 16-bit numbers.
    """

    def numbers(frame: "VideoFrame") -> NDArray[Any]:
        if frame.format.name != "gray16le":
            raise ValueError(f"{path} has pixels of {frame.format.name}, not numbers of 16 bits")
        return frame.to_ndarray()

    return np.asarray(_decode(path, indices, numbers), dtype=np.uint16)


def _to_rgb(frame: "VideoFrame") -> NDArray[Any]:
    return frame.to_ndarray(format="rgb24")


def _decode(
    path: str | Path,
    indices: Sequence[int] | Callable[[int], Sequence[int]],
    to_array: "Callable[[VideoFrame], NDArray[Any]]",
) -> NDArray[Any]:
    """The frames with these indices, or those chosen by their number, in this order, as arrays."""
    import av

    found: dict[int, NDArray[Any]] = {}
    try:
        with av.open(str(path)) as container:
            stream = _video_stream(container)
            if callable(indices):
                indices = indices(_announced(container))
            wanted = sorted(set(indices))
            if not wanted or wanted[0] < 0:
                raise ValueError(f"indices of frames of {path} must be numbers from 0 on, got {list(indices)}")
            stream.codec_context.thread_count = 1
            # Groups of pictures are closed, so a keyframe has the same rank in the file and in time.
            keyframes = [0, *(rank for rank, entry in enumerate(stream.index_entries) if rank and entry.is_keyframe)]
            frames, reached = _decode_from(container, stream, 0), -1
            for index in wanted:
                keyframe = keyframes[bisect_right(keyframes, index) - 1]
                if keyframe > reached + 1:
                    frames = _decode_from(container, stream, keyframe)
                for reached, frame in frames:
                    if reached == index:
                        found[index] = to_array(frame)
                        break
                else:
                    raise ValueError(f"{path} has no frame {index}")
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise ValueError(f"{path} is no readable video: {error}") from error
    except av.error.OSError as error:
        # So FFmpeg calls Matroska that ends within its header.
        if error.errno != errno.EIO:
            raise
        raise ValueError(f"{path} is no readable video: {error}") from error
    return np.stack([found[index] for index in indices])


def _announced(container: "InputContainer") -> int:
    """How many frames a file says it has."""
    count = _video_stream(container).frames
    if count < 1:
        raise ValueError(f"{container.name} does not say how many frames it has")
    return count


def _video_stream(container: "InputContainer") -> "VideoStream":
    if not container.streams.video:
        raise ValueError(f"{container.name} has no video stream")
    return container.streams.video[0]


def _decode_from(
    container: "InputContainer", stream: "VideoStream", keyframe: int
) -> "Iterator[tuple[int, VideoFrame]]":
    """Frames with their indices, from the keyframe with this index on."""
    rate, unit = stream.average_rate, stream.time_base
    if not rate or not unit:
        raise ValueError(f"{container.name} has no frame rate")
    container.seek(round(keyframe / rate / unit), stream=stream)
    # Whole numbers, since fractions would cost as much as decoding a small frame.
    frames, ticks = (unit * rate).as_integer_ratio()
    for frame in container.decode(stream):
        # The nearest index. Matroska's clock ticks in milliseconds, so a time stamp may be off by half a tick.
        index = -1 if frame.pts is None else (2 * frame.pts * frames + ticks) // (2 * ticks)
        if frame.pts is None or 2 * abs(frame.pts * frames - index * ticks) > frames:
            raise ValueError(f"{container.name} has no constant frame rate")
        if frame.is_corrupt:
            raise ValueError(f"{container.name} is damaged at frame {index}")
        yield index, frame
