from pathlib import Path

import av
import numpy as np
import pytest

from simsv_generation.camera import Camera
from simsv_generation.seeding import rng
from simsv_generation.video import KEYFRAME_INTERVAL, PlaneWriter, VideoWriter


def moving_picture(count: int) -> list[np.ndarray]:
    smooth = rng(0, "picture").integers(0, 256, (6, 8, 3), dtype=np.uint8).repeat(16, 0).repeat(16, 1)
    return [np.ascontiguousarray(np.roll(smooth, 2 * index, 1)) for index in range(count)]


def write(path: Path, frames: list[np.ndarray], fps: int = 10) -> bytes:
    with VideoWriter(path, Camera(frames[0].shape[1], frames[0].shape[0], 60), fps) as writer:
        for frame in frames:
            writer.write(frame)
    return path.read_bytes()


def test_equal_frames_give_equal_files(tmp_path: Path) -> None:
    frames = moving_picture(40)
    assert write(tmp_path / "a.mp4", frames) == write(tmp_path / "b.mp4", frames)


def test_the_file_holds_every_frame_at_its_time(tmp_path: Path) -> None:
    frames = moving_picture(70)
    write(tmp_path / "clip.mp4", frames, fps=12)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        decoded = list(container.decode(stream))
        assert stream.codec_context.pix_fmt == "yuv420p"
    assert len(decoded) == 70
    assert [round(frame.time * 12) for frame in decoded] == list(range(70))
    assert [index for index, frame in enumerate(decoded) if frame.key_frame][:2] == [0, KEYFRAME_INTERVAL]
    difference = np.abs(decoded[33].to_ndarray(format="rgb24").astype(int) - frames[33])
    assert np.median(difference) < 12


def test_the_index_comes_before_the_pictures(tmp_path: Path) -> None:
    data = write(tmp_path / "clip.mp4", moving_picture(5))
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_single_frame_is_a_video(tmp_path: Path) -> None:
    write(tmp_path / "one.mp4", moving_picture(1))
    with av.open(str(tmp_path / "one.mp4")) as container:
        assert len(list(container.decode(video=0))) == 1


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "missing" / "clip.mp4", moving_picture(2))


def write_planes(path: Path, planes: np.ndarray, fps: int = 10) -> bytes:
    with PlaneWriter(path, Camera(planes.shape[2], planes.shape[1], 60), fps) as writer:
        for plane in planes:
            writer.write(plane)
    return path.read_bytes()


def test_equal_planes_give_equal_files_with_no_trace_of_their_maker(tmp_path: Path) -> None:
    planes = rng(0, "planes").integers(0, 65536, (5, 24, 32), dtype=np.uint16)
    first = write_planes(tmp_path / "a.mkv", planes)
    assert write_planes(tmp_path / "b.mkv", planes) == first
    assert write_planes(tmp_path / "c.mkv", planes[::-1]) != first
    assert b"Lavf6" not in first


@pytest.mark.parametrize("fps", [1, 7, 10, 16, 24, 30, 60, 240])
def test_planes_come_back_bit_by_bit_at_their_time(tmp_path: Path, fps: int) -> None:
    planes = rng(0, "planes").integers(0, 65536, (9, 6, 10), dtype=np.uint16)
    write_planes(tmp_path / "clip.mkv", planes, fps)
    with av.open(str(tmp_path / "clip.mkv")) as container:
        decoded = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == fps
    assert all(frame.key_frame for frame in decoded)
    assert [round(frame.time * fps) for frame in decoded] == list(range(9))
    assert np.array_equal(np.stack([frame.to_ndarray() for frame in decoded]), planes)


@pytest.mark.parametrize("shape", [(2, 2), (2, 640), (384, 2), (64, 96)])
def test_planes_of_any_size(tmp_path: Path, shape: tuple[int, int]) -> None:
    planes = rng(0, "planes").integers(0, 65536, (2, *shape), dtype=np.uint16)
    write_planes(tmp_path / "clip.mkv", planes)
    with av.open(str(tmp_path / "clip.mkv")) as container:
        assert np.array_equal(np.stack([frame.to_ndarray() for frame in container.decode(video=0)]), planes)
