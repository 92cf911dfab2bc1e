from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_dataset.video import count_frames, frame_rate, read_frames, sample_indices, sample_video
from tests.runs import frame_of, write_video

NUM_FRAMES = 75  # Three groups of pictures.


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "größe 1.mp4"
    write_video(path, NUM_FRAMES)
    return path


@pytest.fixture(scope="module")
def decoded(clip: Path) -> np.ndarray:
    with av.open(str(clip)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


@given(st.integers(1, 2000), st.integers(1, 80))
def test_samples_are_spread_evenly_and_rounded_half_down(num_frames: int, k: int) -> None:
    indices = sample_indices(num_frames, k)
    assert len(indices) == min(num_frames, k)
    assert indices == sorted(set(indices))
    assert indices[0] == 0
    if k == 1:
        return
    assert indices[-1] == num_frames - 1
    if k < num_frames:
        for i, index in enumerate(indices):
            exact = Fraction((num_frames - 1) * i, k - 1)
            assert exact - Fraction(1, 2) <= index < exact + Fraction(1, 2)


def test_samples_known_by_hand() -> None:
    assert sample_indices(10, 4) == [0, 3, 6, 9]
    assert sample_indices(6, 3) == [0, 2, 5]  # 2.5 goes down.
    assert sample_indices(3, 8) == [0, 1, 2]
    assert sample_indices(1, 1) == [0]


@pytest.mark.parametrize(("num_frames", "k"), [(0, 1), (1, 0), (-3, 2)])
def test_sampling_nothing_is_refused(num_frames: int, k: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        sample_indices(num_frames, k)


def test_every_single_frame_is_the_one_of_a_sequential_decode(clip: Path, decoded: np.ndarray) -> None:
    assert count_frames(clip) == len(decoded) == NUM_FRAMES
    assert frame_rate(clip) == 10.0
    for index in range(NUM_FRAMES):
        assert np.array_equal(read_frames(clip, [index])[0], decoded[index]), index


def test_what_processors_are_told_of_sampled_frames(clip: Path, decoded: np.ndarray) -> None:
    frames, metadata = sample_video(clip, 4)
    indices = sample_indices(NUM_FRAMES, 4)
    assert np.array_equal(frames, decoded[indices])
    assert metadata == {
        "total_num_frames": NUM_FRAMES,
        "fps": 10.0,
        "duration": NUM_FRAMES / 10,
        "frames_indices": indices,
    }


def test_a_model_is_given_the_last_frame_of_a_short_video_again(tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    write_video(path, 3)
    frames, metadata = sample_video(path, 5)
    assert np.array_equal(frames, read_frames(path, [0, 1, 2, 2, 2]))
    assert metadata["frames_indices"] == [0, 1, 2, 2, 2]
    assert metadata["total_num_frames"] == 3


@given(st.lists(st.integers(0, NUM_FRAMES - 1), min_size=1, max_size=12))
def test_frames_come_in_the_order_asked_for_repeated_or_not(
    clip: Path, decoded: np.ndarray, indices: list[int]
) -> None:
    assert np.array_equal(read_frames(clip, indices), decoded[indices])


def test_colours_are_those_that_were_encoded(clip: Path) -> None:
    written = np.stack([frame_of(index) for index in range(NUM_FRAMES)]).astype(int)
    error = np.abs(read_frames(clip, range(NUM_FRAMES)).astype(int) - written)
    assert error.mean() < 8  # Lossy, with chroma at half the resolution; swapped channels are off by 80.


@pytest.mark.parametrize("indices", [[], [-1], [3, -1]])
def test_impossible_indices_are_refused(clip: Path, indices: list[int]) -> None:
    with pytest.raises(ValueError, match="from 0 on"):
        read_frames(clip, indices)


def test_a_frame_beyond_the_end_is_named(clip: Path) -> None:
    with pytest.raises(ValueError, match=rf"{clip.name} has no frame {NUM_FRAMES}"):
        read_frames(clip, [0, NUM_FRAMES])


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_an_error_that_names_it(clip: Path, tmp_path: Path, part: float) -> None:
    content = clip.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(ValueError, match=r"cut\.mp4"):
        read_frames(cut, [NUM_FRAMES - 1])


def test_other_files_are_errors_that_name_them(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video at all " * 100)
    for read in (count_frames, frame_rate, lambda path: read_frames(path, [0])):
        with pytest.raises(ValueError, match=r"text\.mp4"):
            read(text)
        with pytest.raises(FileNotFoundError, match=r"absent\.mp4"):
            read(tmp_path / "absent.mp4")


def test_a_file_with_sound_alone_has_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    for read in (count_frames, frame_rate, lambda path: read_frames(path, [0])):
        with pytest.raises(ValueError, match=r"sound\.mp4 has no video stream"):
            read(path)


def test_uneven_time_stamps_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "uneven.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for index, time in enumerate((0, 100, 155, 300, 421)):
            frame = av.VideoFrame.from_ndarray(frame_of(index), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(ValueError, match=r"uneven\.mp4 has no constant frame rate"):
        read_frames(path, [3])
