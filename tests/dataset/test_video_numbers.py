"""`read_depth` and `read_ids`."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simsv_dataset
from simsv_dataset.video import read_depth, read_frames, read_ids
from simsv_generation.camera import Camera
from simsv_generation.seeding import rng
from simsv_generation.video import PlaneWriter
from tests.runs import write_video

NUM_FRAMES = 40
PLANES = rng(0, "planes").integers(0, 65536, (NUM_FRAMES, 24, 32), dtype=np.uint16)


def write(path: Path, fps: int = 10, planes: np.ndarray = PLANES) -> Path:
    with PlaneWriter(path, Camera(planes.shape[2], planes.shape[1], 60.0), fps) as writer:
        for plane in planes:
            writer.write(plane)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("planes") / "größe.mkv")


@given(st.lists(st.integers(0, NUM_FRAMES - 1), min_size=1, max_size=12))
def test_numbers_come_as_written_in_the_order_asked_for(clip: Path, indices: list[int]) -> None:
    numbers = read_ids(clip, indices)
    assert numbers.dtype == np.uint16
    assert np.array_equal(numbers, PLANES[indices])


@pytest.mark.parametrize("fps", [1, 3, 7, 16, 24, 29, 60, 240])
def test_time_stamps_in_milliseconds_do_not_confuse_the_frames(tmp_path: Path, fps: int) -> None:
    path = write(tmp_path / "clip.mkv", fps)
    for indices in ([0], [NUM_FRAMES - 1], [1, 17, 18, 3], range(NUM_FRAMES)):
        assert np.array_equal(read_ids(path, indices), PLANES[indices])


def test_depth_is_in_metres(tmp_path: Path) -> None:
    planes = np.array([[[0, 1], [1234, 65535]]], np.uint16)
    depth = read_depth(write(tmp_path / "depth.mkv", planes=planes), [0])
    assert depth.dtype == np.float32
    assert np.array_equal(depth, np.array([[[0, 0.001], [1.234, 65.535]]], np.float32))


def test_the_package_itself_has_them() -> None:
    assert (simsv_dataset.read_depth, simsv_dataset.read_ids) == (read_depth, read_ids)


@pytest.mark.parametrize("indices", [[], [-1], [3, -1]])
def test_impossible_indices_are_refused(clip: Path, indices: list[int]) -> None:
    with pytest.raises(ValueError, match="from 0 on"):
        read_ids(clip, indices)


def test_a_frame_beyond_the_end_is_named(clip: Path) -> None:
    with pytest.raises(ValueError, match=rf"{clip.name} has no frame {NUM_FRAMES}"):
        read_depth(clip, [0, NUM_FRAMES])


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.6, 0.9])
def test_a_truncated_file_is_an_error_that_names_it(clip: Path, tmp_path: Path, part: float) -> None:
    content = clip.read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(ValueError, match=r"cut\.mkv"):
        read_ids(cut, [NUM_FRAMES - 1])
    if part >= 0.3:
        assert np.array_equal(read_ids(cut, [5, 2]), PLANES[[5, 2]])


def test_other_files_are_errors_that_name_them(tmp_path: Path) -> None:
    (tmp_path / "text.mkv").write_text("no video at all " * 100)
    with pytest.raises(ValueError, match=r"text\.mkv"):
        read_ids(tmp_path / "text.mkv", [0])
    with pytest.raises(FileNotFoundError, match=r"absent\.mkv"):
        read_depth(tmp_path / "absent.mkv", [0])


def test_pictures_are_no_numbers(tmp_path: Path) -> None:
    write_video(tmp_path / "video.mp4")
    with pytest.raises(ValueError, match=r"video\.mp4 has pixels of yuv420p, not numbers of 16 bits"):
        read_ids(tmp_path / "video.mp4", [0])
    assert read_frames(tmp_path / "video.mp4", [0]).dtype == np.uint8
