import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation import status
from simsv_generation.episode import StandIn, Trajectory
from simsv_generation.store import Refusal, RunRecord, RunStore
from simsv_generation.store.lock import hold_lock
from tests.episodes import make_episode

RECORD = RunRecord(
    {"seed": 0, "houses": {"source": "test"}, "walks_per_house": 2},
    {"numpy": "2.0"},
    {"houses": {"test": 0, "train": 2, "validation": 1}},
)
EPISODE = make_episode([], num_frames=20)


def add(
    store: RunStore,
    split: str,
    ordinal: int,
    walk: int,
    refused_tours: tuple[str, ...] = (),
    stand_ins: tuple[StandIn, ...] = (),
) -> None:
    house_id = f"test-{split}-{ordinal:06d}"
    episode = replace(
        EPISODE,
        episode_id=f"{house_id}-w{walk}",
        trajectory=Trajectory(house_id, walk, EPISODE.trajectory.steps),
        stand_ins=stand_ins,
    )
    with store.begin(episode.episode_id) as folder:
        (folder / "video.mp4").write_bytes(b"")
        store.commit(folder, episode, refused_tours)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two of three houses made, one of them in the place of a refused one; one walk of the third."""
    with RunStore.writing(tmp_path / "run", RECORD) as store:
        store.refuse("test-train-000000", Refusal("too_small", ""))
        add(store, "train", 1, 0, ("too_long", "blocked"))
        add(store, "train", 1, 1, ("too_long",))
        add(store, "train", 2, 0)
        add(store, "validation", 0, 0)
        add(store, "validation", 0, 1)
    return tmp_path / "run"


def told(run: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = status.main([str(run)])
    return code, capsys.readouterr().out.splitlines()


def test_an_incomplete_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(run, capsys)
    assert code == ExitCode.INCOMPLETE
    assert lines[1:] == [
        "train      1 of 2 houses, 3 episodes",
        "validation 1 of 1 houses, 2 episodes",
        "test       0 of 0 houses, 0 episodes",
        "refused    1 (too_small 1) houses, 3 (too_long 2, blocked 1) tours",
        "questions  0 of 5 episodes asked",
        "generator  none at work",
        "status: 5 episodes; houses: train 1 of 2, validation 1 of 1, test 0 of 0; refused: 1 (too_small 1); failed: 0",
    ]
    assert str(run) in lines[0]
    assert RECORD.digest[:12] in lines[0]


def test_objects_without_their_model_are_counted(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chairs = tuple(StandIn(name, "Chair_1", "it is damaged") for name in ("chair|1", "chair|2"))
    with RunStore.writing(run, RECORD) as store:
        add(store, "train", 2, 1, stand_ins=(*chairs, StandIn("lamp", "Größe", "it is unknown")))
        add(store, "train", 3, 0, stand_ins=chairs)
    _, lines = told(run, capsys)
    assert "stand-ins  5 objects drawn without their 2 models, which are damaged or unknown" in lines


def test_a_complete_run_that_was_asked(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RunStore.writing(run, RECORD) as store:
        add(store, "train", 2, 1)
    (run / "questions").mkdir()
    for episode_id in store.episode_ids():
        store.questions_path(episode_id).write_text("{}")
    code, lines = told(run, capsys)
    assert code == ExitCode.DONE
    assert "questions  6 of 6 episodes asked" in lines


def test_failures_are_told_with_the_command_that_shows_them_again(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with RunStore.writing(run, RECORD) as store:
        store.fail(
            "test-train-000002", {"reproduce": "simsv generate --house x", "detail": ["KeyError: 3", "Traceback"]}
        )
    code, lines = told(run, capsys)
    assert code == ExitCode.FAILURES
    assert "failed     test-train-000002: KeyError: 3; to see it again: simsv generate --house x" in lines


def test_a_generator_at_work_is_named_and_not_disturbed(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hold_lock(run / ".lock"):
        _, lines = told(run, capsys)
    assert any(line.startswith("generator  process ") for line in lines)


def test_a_run_with_nothing_in_it_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RunStore.writing(tmp_path / "run", RECORD):
        pass
    code, lines = told(tmp_path / "run", capsys)
    assert code == ExitCode.INCOMPLETE
    assert lines[-1].startswith("status: 0 episodes; houses: train 0 of 2")


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=f"{tmp_path} is not a run") as failed:
        status.main([str(tmp_path)])
    assert failed.value.code == ExitCode.USAGE


def test_status_needs_neither_simulator_nor_generator(run: Path) -> None:
    code = """
import sys
for name in ("procthor", "moderngl", "embreex", "av", "pebble", "scipy"):
    sys.modules[name] = None
from simsv_dataset import cli
sys.exit(cli.main(["status", sys.argv[1]]))
"""
    done = subprocess.run([sys.executable, "-c", code, str(run)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (ExitCode.INCOMPLETE, "")
