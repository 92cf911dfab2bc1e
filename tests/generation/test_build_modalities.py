"""Modalities on their way into a release."""

from pathlib import Path

import datasets
import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import list_files, read_manifest
from simsv_dataset.modalities import MODALITIES, modality_path
from simsv_dataset.relocate import relocate
from simsv_dataset.video import read_depth
from simsv_generation.build import build
from simsv_generation.generate.configuration import ModalitiesConfig
from simsv_generation.modalities import semantic_legend
from simsv_generation.store import RunStore
from tests.generation.recorded import WALK, know_the_fake_world, record, release
from tests.runs import contents, flip, rows

VIDEO = f"videos/train/000/{WALK}.mp4"


@pytest.fixture(autouse=True)
def _fake_world(monkeypatch: pytest.MonkeyPatch) -> None:
    know_the_fake_world(monkeypatch)


def test_every_file_is_there_and_named_by_its_row(tmp_path: Path) -> None:
    out = release(tmp_path)
    store = RunStore.open(tmp_path / "run")
    [row] = rows(out, "episodes", "train")
    for name in MODALITIES:
        path = row["modalities"][name]
        assert path == modality_path(name, VIDEO)
        assert (out / path).read_bytes() == store.modality_path(WALK, name).read_bytes()
        assert path in read_manifest(out).files
    assert row["modalities"]["semantic_legend"] == list(semantic_legend(store.read_episode(WALK).house))


def test_those_that_were_not_recorded_are_null(tmp_path: Path) -> None:
    out = release(tmp_path, ModalitiesConfig(depth=True))
    [row] = rows(out, "episodes", "train")
    others = dict.fromkeys(("instance", "semantic", "edge", "semantic_legend"))
    assert row["modalities"] == {"depth": modality_path("depth", VIDEO), **others}
    assert [path for path in list_files(out) if path.startswith("modalities/")] == [modality_path("depth", VIDEO)]


@pytest.mark.parametrize("modalities", [ModalitiesConfig(), ModalitiesConfig(depth=True, semantic=True)])
@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_loads_the_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modalities: ModalitiesConfig, streaming: bool
) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    out = release(tmp_path, modalities)
    loaded = datasets.load_dataset(str(out), "episodes", split="train", streaming=streaming)
    row = next(iter(loaded))
    assert row["modalities"] == rows(out, "episodes", "train")[0]["modalities"]
    if modalities.depth:
        assert read_depth(out / row["modalities"]["depth"], [0, 1]).shape == (2, 48, 60)


def test_a_moved_release_needs_no_new_paths_for_them(tmp_path: Path) -> None:
    out = release(tmp_path)
    before = rows(out, "episodes", "train")[0]["modalities"]
    moved = tmp_path / "größe"
    out.rename(moved)
    relocate(moved)
    [row] = rows(moved, "episodes", "train")
    assert row["modalities"] == before
    assert row["video"]["path"] == f"{moved}/{VIDEO}"


@pytest.mark.parametrize("name", MODALITIES)
def test_a_damaged_or_missing_one_is_put_back(tmp_path: Path, name: str) -> None:
    out = release(tmp_path)
    before = contents(out)
    path = out / modality_path(name, VIDEO)
    for damage in (flip, Path.unlink):
        damage(path)
        build(RunStore.open(tmp_path / "run"), out)
        assert contents(out) == before


@pytest.mark.parametrize("name", MODALITIES)
def test_a_damaged_one_of_a_run_is_never_released(tmp_path: Path, name: str) -> None:
    store = record(tmp_path)
    flip(store.modality_path(WALK, name))
    with pytest.raises(CommandFailed, match=f"{MODALITIES[name]} has another SHA-256") as failed:
        build(store, tmp_path / "simsv")
    assert failed.value.code == ExitCode.FAILURES
    assert not (tmp_path / "simsv").exists()
