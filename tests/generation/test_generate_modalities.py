"""What `simsv generate` records beside the videos."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simsv_dataset.modalities import MODALITIES
from simsv_dataset.video import read_depth, read_frames, read_ids
from simsv_generation.annotate import hash_frame
from simsv_generation.camera import Camera
from simsv_generation.config import identity
from simsv_generation.generate import GenerateConfig
from simsv_generation.generate.configuration import ModalitiesConfig
from simsv_generation.modalities import category_table, outlines
from simsv_generation.store import RunStore
from tests.factories import PLAIN
from tests.generation.crash_points import tree_digest
from tests.generation.fake_world import FakeSimulator
from tests.generation.recorded import WALK, know_the_fake_world, record
from tests.generation.test_generate import MADE, episodes, generated

FLAGS = [text for name in MODALITIES for text in (f"--modalities.{name}", "true")]
FILES = ["depth.mkv", "edge.mp4", "instances.mkv", "semantic.mkv"]


def test_nothing_is_recorded_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know_the_fake_world(monkeypatch)
    assert GenerateConfig().modalities.chosen() == ()
    assert identity(GenerateConfig())["modalities"] == dict.fromkeys(MODALITIES, False)
    store = record(tmp_path, ModalitiesConfig())
    assert store.read_episode(WALK).modalities == ()
    assert not set(FILES) & {path.name for path in store.episode_folder(WALK).iterdir()}


@pytest.mark.parametrize("name", MODALITIES)
def test_each_can_be_had_alone_and_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    know_the_fake_world(monkeypatch)
    (tmp_path / "without").mkdir()
    without = record(tmp_path / "without", ModalitiesConfig())
    store = record(tmp_path, replace(ModalitiesConfig(), **{name: True}))
    assert store.read_episode(WALK).modalities == (name,)
    mine, theirs = ({path.name for path in each.episode_folder(WALK).iterdir()} for each in (store, without))
    assert mine - theirs == {MODALITIES[name]}
    assert store.video_path(WALK).read_bytes() == without.video_path(WALK).read_bytes()
    assert store.read_episode(WALK).frame_hashes == without.read_episode(WALK).frame_hashes


def test_the_files_hold_what_the_simulator_showed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know_the_fake_world(monkeypatch)
    store = record(tmp_path)
    episode = store.read_episode(WALK)
    assert episode.modalities == tuple(MODALITIES)
    count = len(episode.trajectory.steps)
    every = range(count)
    depth = read_depth(store.modality_path(WALK, "depth"), every)
    instance, semantic = (read_ids(store.modality_path(WALK, name), every) for name in ("instance", "semantic"))
    edge = read_frames(store.modality_path(WALK, "edge"), every)
    assert depth.shape == instance.shape == semantic.shape == edge.shape[:3] == (count, 48, 60)
    simulator = FakeSimulator(PLAIN)
    simulator.load(episode.house, episode.look)
    for step in episode.trajectory.steps:
        frame = simulator.render(step.pose, Camera(64, 48, episode.camera.vertical_fov)).cropped(2)
        assert hash_frame(frame).depth == episode.frame_hashes[step.index].depth
        assert np.abs(depth[step.index] - frame.depth).max() <= 0.0005 + 1e-6
        assert np.array_equal(instance[step.index], frame.instance_ids)
        assert np.array_equal(semantic[step.index], category_table(episode.house)[frame.instance_ids])
        assert ((edge[step.index, :, :, 0] > 127) == outlines(frame.instance_ids)).mean() > 0.99


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_workers_or_interruptions(tmp_path: Path) -> None:
    generated(tmp_path / "run", *FLAGS)
    whole = episodes(tmp_path / "run")
    assert len([path for path in whole if path.endswith((".mkv", "edge.mp4"))]) == 4 * len(MADE)
    store = RunStore.open(tmp_path / "run")
    assert all(store.verify_commit(episode_id) == [] for episode_id in MADE)
    generated(tmp_path / "again", *FLAGS, "--workers", "1", faults={"fake-train-000002": "die once"})
    assert episodes(tmp_path / "again") == whole
    # A file that is gone is made again.
    store.modality_path(MADE[0], "semantic").unlink()
    generated(tmp_path / "run", *FLAGS)
    assert episodes(tmp_path / "run") == whole


def test_a_run_without_them_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know_the_fake_world(monkeypatch)
    record(tmp_path)
    before = tree_digest(tmp_path / "run")
    _, err = generated(tmp_path / "run", code=2)
    assert "modalities.depth: false, not true" in err
    assert tree_digest(tmp_path / "run") == before
