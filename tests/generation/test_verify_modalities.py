"""What is wrong with the files beside the videos does not go unseen, not even a careful forger's work."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsv_dataset.manifest import read_manifest
from simsv_dataset.modalities import MODALITIES, modality_path
from simsv_dataset.video import count_frames, read_frames, read_ids
from simsv_generation.camera import Camera
from simsv_generation.episode import Frame
from simsv_generation.generate.configuration import ModalitiesConfig
from simsv_generation.simulators.settings import EmbeddedSettings
from simsv_generation.verify import verify
from simsv_generation.video import PlaneWriter, VideoWriter
from tests.generation.fake_world import FakeSimulator
from tests.generation.recorded import WALK, know_the_fake_world, release
from tests.generation.test_verify import edit_row, rewrite
from tests.runs import flip

HERE = EmbeddedSettings()
VIDEO = f"videos/train/000/{WALK}.mp4"
NUMBERS = ("depth", "instance", "semantic")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release with every modality."""
    know_the_fake_world(monkeypatch)
    return release(tmp_path)


def forge(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]) -> str:
    """Write a modality anew, all frames changed, and all that the manifest says of it; its path."""
    path = modality_path(name, VIDEO)
    every = range(count_frames(folder / VIDEO))
    if name == "edge":
        images: Any = change(read_frames(folder / path, every))
        writer: Any = VideoWriter
    else:
        images, writer = change(read_ids(folder / path, every)), PlaneWriter
    with writer(folder / path, Camera(images.shape[2], images.shape[1], 60.0), 10) as file:
        for image in images:
            file.write(np.ascontiguousarray(image))
    rewrite(folder, read_manifest(folder))
    return path


def test_a_release_with_modalities_is_whole_and_true(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(folder, 1, HERE) == []
    printed = capsys.readouterr().out
    assert "modalities: depth of 1, instance of 1, semantic of 1, edge of 1 episodes" in printed
    assert "frames: 2 rendered again bit by bit" in printed


def test_a_release_without_any_says_nothing_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    know_the_fake_world(monkeypatch)
    assert verify(release(tmp_path, ModalitiesConfig()), 0, HERE) == []
    assert "modalities" not in capsys.readouterr().out


@pytest.mark.parametrize("name", MODALITIES)
def test_one_flipped_bit_and_a_missing_file(folder: Path, name: str) -> None:
    path = modality_path(name, VIDEO)
    flip(folder / path)
    assert verify(folder, 0, HERE) == [f"{path} was changed"]
    (folder / path).unlink()
    assert verify(folder, 0, HERE) == [f"{path} is missing"]


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_contradict_the_row(folder: Path, name: str) -> None:
    path = forge(folder, name, lambda images: np.roll(images, 7, axis=2) + np.uint16(1))
    problems = verify(folder, 0, HERE)
    assert f"{path}: frame 0 is not what the episode says" in problems
    assert all(problem.startswith(path) for problem in problems)


@pytest.mark.parametrize("name", MODALITIES)
def test_what_only_a_renderer_can_tell(folder: Path, name: str) -> None:
    path = forge(folder, name, lambda images: images[:, ::-1] if name == "depth" else np.flip(images, axis=2))
    [*problems] = verify(folder, 1, HERE)
    assert any(problem.startswith(f"{path}: frame ") and "is not what is rendered" in problem for problem in problems)


def test_one_number_in_a_thousand(folder: Path) -> None:
    def change(images: np.ndarray) -> np.ndarray:
        images[:, 5, 5] += 1
        return images

    assert (
        "frame 0 is not what the episode says" in verify(folder, 0, HERE)[0]
        if forge(folder, "instance", change)
        else ""
    )
    forge(folder, "depth", change)
    assert any("depth" in problem and "is not what is rendered" in problem for problem in verify(folder, 1, HERE))


@pytest.mark.parametrize("name", MODALITIES)
@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda images: images[:-1], "has no frame"),
        (lambda images: images[[*range(len(images)), 0]], "has more than the"),
        (lambda images: images[:, :-2], "its frames have the size 60x46, not 60x48"),
    ],
    ids=["short", "long", "small"],
)
def test_frames_too_few_too_many_or_too_small(folder: Path, name: str, change: Any, trouble: str) -> None:
    path = forge(folder, name, change)
    problems = [problem for problem in verify(folder, 0, HERE) if trouble in problem]
    assert len(problems) == 1
    assert problems[0].startswith(path)


def test_a_file_that_is_no_modality_at_all(folder: Path) -> None:
    path = modality_path("depth", VIDEO)
    shutil.copy(folder / VIDEO, folder / path)
    rewrite(folder, read_manifest(folder))
    [problem] = verify(folder, 0, HERE)
    assert "has pixels of yuv420p" in problem


def test_a_file_that_no_row_names_and_a_row_without_its_file(folder: Path) -> None:
    path = folder / modality_path("edge", VIDEO)
    path.rename(path.with_name("another.mp4"))
    rewrite(folder, read_manifest(folder))
    assert verify(folder, 0, HERE) == [
        f"{path.with_name('another.mp4').relative_to(folder)} is in no row of episodes",
        f"{path.relative_to(folder)} is not in the release, but in the row of {WALK}",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"depth": "/etc/passwd"},
        {"depth": "../depth.mkv"},
        {"semantic_legend": ["", "floor"]},
        {"semantic_legend": None},
    ],
)
def test_a_row_whose_modalities_contradict_it(folder: Path, change: dict[str, Any]) -> None:
    edit_row(folder, "episodes", lambda row: row["modalities"].update(change), everywhere=True)
    assert verify(folder, 0, HERE) == [f"episode {WALK}: its columns contradict each other in modalities"]


def test_another_renderer_is_not_asked_about_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render = FakeSimulator.render

    def otherwise(self: FakeSimulator, *arguments: Any) -> Frame:
        frame = render(self, *arguments)
        return Frame(frame.rgb, frame.depth + np.float32(0.01), frame.instance_ids)

    monkeypatch.setattr(FakeSimulator, "render", otherwise)
    assert not [problem for problem in verify(folder, 1, HERE) if "modalities/" in problem]
