import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.camera import Pose
from simsv_generation.episode import Sensor, StandIn, Trajectory, Visibility
from simsv_generation.look import Look
from simsv_generation.store import Refusal, RunRecord, RunStore
from simsv_generation.store.lock import hold_lock
from tests.episodes import make_episode
from tests.generation.crash_points import tree_digest
from tests.generation.small_runs import EPISODE, ID, RECORD, commit, numbered


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with one episode."""
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        commit(store)
    return tmp_path / "run"


# Episodes


def test_an_episode_comes_back_as_it_was(run: Path) -> None:
    read = RunStore.open(run).read_episode(ID)
    for field in fields(Visibility):
        mine, theirs = getattr(EPISODE.visibility, field.name), getattr(read.visibility, field.name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
    assert replace(read, visibility=EPISODE.visibility) == EPISODE


def test_awkward_episodes_come_back_too(tmp_path: Path) -> None:
    nothing_seen = replace(EPISODE, visibility=make_episode([], num_frames=20).visibility)
    odd_pose = Pose((-1e-9, 1e5, 0.1 + 0.2), -180.0, 29.9999)
    one_step = replace(EPISODE.trajectory.steps[0], pose=odd_pose, room_id="Zimmer|ü", time=1 / 3)
    single = replace(
        nothing_seen,
        episode_id="test-test-000001-w2",
        trajectory=Trajectory("test-test-000001", 2, (one_step,)),
        frame_hashes=EPISODE.frame_hashes[:1],
        house=replace(EPISODE.house, house_id="test-test-000001", spec={"rooms": [], "ü": None}),
        look=Look(-180.0, -0.00001, 1 / 3, (), 0.1 + 0.2, 2**31 - 1),
        sensor=Sensor(1 / 3, 1.0),
        stand_ins=(StandIn("table", "Größe/1", "its file is damaged: ü"), StandIn("chair", "", "")),
        attributions=("", "Bett, größer by Ü, CC0 1.0, from nowhere"),
    )
    with RunStore.writing(tmp_path / "a=b" / "run", RECORD) as store:
        for episode in (nothing_seen, single):
            commit(store, episode)
            read = store.read_episode(episode.episode_id)
            assert read.visibility.bbox.shape == (0, 4)
            assert replace(read, visibility=episode.visibility) == episode


def test_equal_episodes_are_equal_bytes_with_no_trace_of_their_maker(tmp_path: Path, run: Path) -> None:
    with RunStore.writing(tmp_path / "again", RECORD) as store:
        commit(store)
    assert tree_digest(run) == tree_digest(tmp_path / "again")
    folder = RunStore.open(run).episode_folder(ID)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert str(tmp_path).encode() not in everything
    assert os.uname().nodename.encode() not in everything


def test_episodes_are_listed_in_order_and_found_in_their_shards(tmp_path: Path) -> None:
    episodes = [numbered("train", 1000), numbered("train", 999, 1), numbered("test", 2), numbered("train", 999)]
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        for episode in episodes:
            assert not store.has(episode.episode_id)
            assert commit(store, episode)
            assert store.has(episode.episode_id)
        assert store.episode_ids() == sorted(episode.episode_id for episode in episodes)
        assert store.video_path("test-train-001000-w0").parts[-3:] == ("001", "test-train-001000-w0", "video.mp4")
        assert store.refused_tours("test-train-000999-w1") == ["too_long"]


def test_the_first_of_two_commits_wins(run: Path) -> None:
    before = tree_digest(run)
    with RunStore.writing(run, RECORD) as store:
        assert commit(store, video=b"other pictures") is False
    assert tree_digest(run) == before


def test_what_is_not_committed_is_gone(run: Path) -> None:
    before = tree_digest(run)
    with RunStore.writing(run, RECORD) as store:
        with pytest.raises(FileNotFoundError):
            commit(store, replace(EPISODE, episode_id="test-train-000001-w0"), video=None)
        assert not list((run / "tmp").iterdir())
        (run / "tmp" / "left by a dead worker").mkdir()
    assert tree_digest(run) == before
    assert not list((run / "tmp").iterdir())


HOSTILE = """
..
../../etc-train-000001-w0
x/../y-train-000001-w0
a-train-000001-w0/..
A-train-000001-w0
a-dev-000001-w0
a-train-1-w0
-train-000001-w0
a-train-١٢٣٤٥٦-w0
a-train-000001-w9999
""".splitlines()


@pytest.mark.parametrize("name", [*HOSTILE, "a-train-000001-w0\n", "a-train-000001-w0\0", "a" * 300])
def test_hostile_ids_are_refused(run: Path, name: str) -> None:
    store = RunStore.open(run)
    with pytest.raises(ValueError, match="is no episode id"):
        store.has(name)
    with pytest.raises(ValueError, match="is no episode id"):
        store.questions_path(name)
    with pytest.raises(ValueError, match="is no episode id"), store.begin(name):
        pass
    with pytest.raises(ValueError, match="is no house id"):
        store.refuse(name, Refusal("x", ""))


# Damage


@pytest.mark.parametrize("name", ["episode.json", "house.json", "steps.parquet", "video.mp4", "visibility.parquet"])
def test_one_flipped_byte_is_found(run: Path, name: str) -> None:
    store = RunStore.open(run)
    assert store.verify_commit(ID) == []
    path = store.episode_folder(ID) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert store.verify_commit(ID) == [f"{path} has another SHA-256 than was committed"]


@pytest.mark.parametrize("name", ["episode.json", "house.json", "steps.parquet", "visibility.parquet"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\x00PAR1" * 9, None])
def test_a_damaged_episode_is_named_not_a_crash(run: Path, name: str, damage: bytes | None) -> None:
    store = RunStore.open(run)
    path = store.episode_folder(ID) / name
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(ValueError, match=f"the episode in .*{ID} is damaged"):
        store.read_episode(ID)


@pytest.mark.parametrize("damage", ["no commit.json", "empty commit.json", "another's commit.json", "short video"])
def test_torn_episodes_are_put_aside_and_made_again(run: Path, damage: str) -> None:
    folder = RunStore.open(run).episode_folder(ID)
    path = folder / ("video.mp4" if damage == "short video" else "commit.json")
    content = path.read_bytes()
    path.write_bytes(
        {"short video": content[:-1], "another's commit.json": content.replace(b"-w0", b"-w1")}.get(damage, b"")
    )
    if damage == "no commit.json":
        path.unlink()
    problems = RunStore.open(run).verify_commit(ID)
    assert len(problems) == 1
    assert str(path) in problems[0]
    with RunStore.writing(run, RECORD) as store:
        assert not store.has(ID)
        assert len(list(run.glob(f"quarantine/{ID}.*/{ID}/episode.json"))) == 1
        assert commit(store)
    assert problems[0] in (run / "events.jsonl").read_text()


MODAL = replace(EPISODE, modalities=("depth", "instance"))


def commit_modal(store: RunStore, names: Sequence[str] = ("depth.mkv", "instances.mkv")) -> bool:
    with store.begin(ID) as folder:
        for name in ("video.mp4", *names):
            (folder / name).write_bytes(b"moving pictures")
        return store.commit(folder, MODAL)


def test_modalities_are_committed_with_their_hashes(tmp_path: Path) -> None:
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        assert commit_modal(store)
        assert store.read_episode(ID).modalities == ("depth", "instance")
        path = store.modality_path(ID, "instance")
        assert path.read_bytes() == b"moving pictures"
        recorded = json.loads((store.episode_folder(ID) / "commit.json").read_bytes())["files"]["instances.mkv"]
        assert recorded == {"bytes": 15, "sha256": sha256(b"moving pictures").hexdigest()}
        assert store.verify_commit(ID) == []
        path.write_bytes(b"moving picturez")
        assert store.verify_commit(ID) == [f"{path} has another SHA-256 than was committed"]


def test_a_modality_that_was_not_written_is_not_committed(tmp_path: Path) -> None:
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        with pytest.raises(FileNotFoundError, match=r"instances\.mkv"):
            commit_modal(store, names=["depth.mkv"])
        assert store.episode_ids() == []


@pytest.mark.parametrize("content", [None, b"moving"])
def test_an_episode_with_a_torn_modality_is_made_again(tmp_path: Path, content: bytes | None) -> None:
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        commit_modal(store)
        path = store.modality_path(ID, "depth")
        path.unlink()
        if content:
            path.write_bytes(content)
        assert [str(path) in problem for problem in store.verify_commit(ID)] == [True]
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        assert not store.has(ID)
        assert commit_modal(store)


def test_a_modality_that_no_one_knows_is_damage(tmp_path: Path) -> None:
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        commit_modal(store)
        path = store.episode_folder(ID) / "episode.json"
        path.write_bytes(path.read_bytes().replace(b'"instance"', b'"smell"'))
        with pytest.raises(ValueError, match=f"{ID} is damaged: ValueError: unknown modalities .*smell"):
            store.read_episode(ID)


# Houses


def test_refused_and_failed_houses_are_remembered(run: Path) -> None:
    with RunStore.writing(run, RECORD) as store:
        store.refuse("test-train-000003", Refusal("no_reachable_position", "größer"))
        store.refuse("test-train-000001", Refusal("too_long", ""))
        store.fail("test-train-000002", {"detail": ["a", "b"]})
        assert list(store.refused()) == ["test-train-000001", "test-train-000003"]
        assert store.refused()["test-train-000003"] == Refusal("no_reachable_position", "größer")
        assert store.failed() == {"test-train-000002": {"house_id": "test-train-000002", "detail": ["a", "b"]}}
        ordinals = store.unrefused_ordinals("test", "train")
        assert [next(ordinals) for _ in range(3)] == [0, 2, 4]
        store.forget_failure("test-train-000002")
        store.forget_failure("test-train-000002")
        assert store.failed() == {}


# Whose folder it is


def refused_folder(folder: Path, record: RunRecord = RECORD) -> str:
    with pytest.raises(CommandFailed) as failed, RunStore.writing(folder, record):
        pass
    assert failed.value.code == ExitCode.USAGE
    return str(failed.value)


def test_a_folder_that_is_no_run_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(CommandFailed, match=f"{path} is not a run") as failed:
            RunStore.open(path)
        assert failed.value.code == ExitCode.USAGE


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"config": {}}', "\x00"])
def test_a_damaged_run_record_is_named(run: Path, content: str) -> None:
    (run / "run.json").write_text(content)
    with pytest.raises(CommandFailed, match=r"run\.json is damaged") as failed:
        RunStore.open(run)
    assert failed.value.code == ExitCode.USAGE
    assert "is damaged" in refused_folder(run)


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    assert "holds thesis.tex but no run.json" in refused_folder(tmp_path)
    assert "is a file" in refused_folder(tmp_path / "thesis.tex")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_run_that_died_before_its_record_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    (tmp_path / ".run.json.k3j4").touch()
    with RunStore.writing(tmp_path, RECORD) as store:
        assert store.episode_ids() == []
    assert not (tmp_path / ".run.json.k3j4").exists()


def test_another_configuration_is_refused_with_what_differs(run: Path) -> None:
    before = tree_digest(run)
    said = refused_folder(run, replace(RECORD, config={"seed": 1, "tour": {"step": 0.25}}))
    assert "seed: 1, not 0; tour.step: 0.25, not 0.2" in said
    assert 'versions.numpy: "2.1", not "2.0"' in refused_folder(run, replace(RECORD, versions={"numpy": "2.1"}))
    assert tree_digest(run) == before


def test_more_of_the_same_may_be_asked_for(run: Path) -> None:
    with RunStore.writing(run, replace(RECORD, extent={"houses": {"train": 9}})) as store:
        assert store.has(ID)
    assert RunStore.open(run).record.extent == {"houses": {"train": 9}}
    assert RunStore.open(run).record.digest == RECORD.digest == json.loads((run / "run.json").read_text())["digest"]


# One generator at a time


def test_two_generators_at_once(run: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"""
import time
from pathlib import Path
from simsv_generation.store.lock import hold_lock
with hold_lock(Path({str(run / ".lock")!r})):
    print("held", flush=True)
    time.sleep(60)
""",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert f"process {holder.pid} on {os.uname().nodename}" == RunStore.open(run).lock_holder()
        with pytest.raises(CommandFailed, match=f"process {holder.pid} on") as failed, RunStore.writing(run, RECORD):
            pass
        assert failed.value.code == ExitCode.LOCKED
    finally:
        holder.kill()
        holder.communicate()
    assert RunStore.open(run).lock_holder() is None
    with RunStore.writing(run, RECORD) as store:
        assert store.lock_holder() == f"process {os.getpid()} on {os.uname().nodename}"


def test_a_run_without_a_lock_file_is_held_by_nobody(run: Path) -> None:
    (run / ".lock").unlink()
    assert RunStore.open(run).lock_holder() is None


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), hold_lock(tmp_path / ".lock"):
            raise ZeroDivisionError
