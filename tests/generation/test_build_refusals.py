"""What `simsv build` will not do, and what it leaves behind when it is stopped."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.manifest import list_files, read_manifest
from simsv_generation.build import Choice, main
from simsv_generation.build import build as build_release
from simsv_generation.store import RunStore
from tests.runs import contents, flip, make_rows, make_walk, rows, write_questions, write_run

build = partial(build_release, choice=Choice(as_asked=True))
WALKS = [make_walk("train", 0), make_walk("train", 1), make_walk("train", 1, walk=1), make_walk("test", 0)]


@pytest.fixture
def run(tmp_path: Path) -> RunStore:
    """Two houses with three walks in train, one in test, with two questions of every type about each walk."""
    return write_run(tmp_path / "run", WALKS, {})


# What is refused


def failure(*arguments: str | Path) -> tuple[ExitCode, str]:
    with pytest.raises(CommandFailed) as caught:
        main([str(argument) for argument in arguments])
    return caught.value.code, str(caught.value)


@pytest.mark.parametrize("name", ["notes.txt", "manifest.json", "README.md", "3q/train-00000.parquet"])
def test_a_folder_that_is_not_ours_is_left_alone(run: RunStore, tmp_path: Path, name: str) -> None:
    out = tmp_path / "theses"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text('{"kind": "something else"}')
    code, message = failure("--run", run.root, "--out", out)
    assert code == ExitCode.USAGE
    assert str(out) in message
    assert [path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()] == [name]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "theses"]
    assert failure("--relocate", out)[0] == ExitCode.USAGE


def test_a_file_in_the_place_of_the_release_is_left_alone(run: RunStore, tmp_path: Path) -> None:
    (tmp_path / "simsv").write_text("mine")
    assert failure("--run", run.root, "--out", tmp_path / "simsv")[0] == ExitCode.USAGE
    assert (tmp_path / "simsv").read_text() == "mine"


def test_a_path_that_cannot_be_written_down_is_refused(run: RunStore, tmp_path: Path) -> None:
    code, message = failure("--run", run.root, "--out", tmp_path / "bad\udcff")
    assert (code, message.isascii()) == (ExitCode.USAGE, True)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_root_of_the_disk_is_no_release(run: RunStore) -> None:
    assert failure("--run", run.root, "--out", "/")[0] == ExitCode.USAGE


def test_an_empty_folder_is_taken(run: RunStore, tmp_path: Path) -> None:
    (tmp_path / "simsv").mkdir()
    build(run, tmp_path / "simsv")
    assert (tmp_path / "simsv" / "manifest.json").exists()


def test_a_link_is_followed_to_where_the_release_is(run: RunStore, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "simsv").symlink_to(tmp_path / "disk" / "release")
    build(run, tmp_path / "simsv")
    assert (tmp_path / "simsv").is_symlink()
    assert rows(tmp_path / "simsv", "3q", "test")[0]["video"]["path"].startswith(f"{tmp_path}/disk/release/")


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    assert failure("--run", tmp_path, "--out", tmp_path / "simsv") == (
        ExitCode.USAGE,
        f"{tmp_path} is not a run: it has no run.json",
    )


def test_a_run_without_episodes_or_questions_says_what_to_do(tmp_path: Path) -> None:
    write_run(tmp_path / "empty", [])
    code, message = failure("--run", tmp_path / "empty", "--out", tmp_path / "simsv")
    assert (code, "simsv generate" in message) == (ExitCode.INCOMPLETE, True)
    run = write_run(tmp_path / "run", WALKS)
    write_questions(run, WALKS[0].episode_id, [])
    code, message = failure("--run", run.root, "--out", tmp_path / "simsv")
    assert code == ExitCode.INCOMPLETE
    assert f"3 of 4 episodes have no questions yet, {WALKS[3].episode_id} for one" in message
    assert f"simsv ask --run {run.root}" in message
    assert not (tmp_path / "simsv").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"questions": [], "rejections": {}}',
        b'{"questions": [5], "rejections": {}, "config": {}}',
        b'{"questions": [{"id": "a"}], "rejections": {}, "config": {}}',
        b'{"questions": [], "rejections": {"x": 5}, "config": {}}',
        b'{"questions": null, "rejections": {}, "config": {}}',
        b"\xff\xfe",
    ],
)
def test_damaged_questions_are_named_and_leave_the_old_release(run: RunStore, tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "simsv"
    build(run, out)
    before = contents(out)
    run.questions_path(WALKS[1].episode_id).write_bytes(content)
    code, message = failure("--run", run.root, "--out", out)
    assert code == ExitCode.FAILURES
    assert f"{WALKS[1].episode_id}.json is damaged" in message
    assert contents(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "simsv"]


@pytest.mark.parametrize("changes", [{"question_type": "riddle"}, {"margin": float("nan")}, {"answer": 3}])
def test_a_bad_question_is_refused(run: RunStore, tmp_path: Path, changes: dict[str, Any]) -> None:
    walk = WALKS[0]
    (row,) = make_rows(walk, {"object_abs_distance": 1})
    write_questions(run, walk.episode_id, [{**row, **changes}])
    code, message = failure("--run", run.root, "--out", tmp_path / "simsv")
    assert code == ExitCode.FAILURES
    assert next(iter(changes)).removeprefix("question_") in message


def test_a_question_twice_is_refused(run: RunStore, tmp_path: Path) -> None:
    walk = WALKS[0]
    (row,) = make_rows(walk, {"object_abs_distance": 1})
    write_questions(run, walk.episode_id, [row, row])
    code, message = failure("--run", run.root, "--out", tmp_path / "simsv")
    assert (code, row["id"] in message) == (ExitCode.FAILURES, True)


def test_questions_of_two_configurations_are_refused(run: RunStore, tmp_path: Path) -> None:
    write_questions(run, WALKS[0].episode_id, [], config={"per_episode": 99})
    code, message = failure("--run", run.root, "--out", tmp_path / "simsv")
    assert (code, "simsv ask" in message) == (ExitCode.INCOMPLETE, True)


@pytest.mark.parametrize("name", ["video.mp4", "house.json", "steps.parquet", "episode.json", "commit.json"])
def test_a_damaged_episode_is_never_released(run: RunStore, tmp_path: Path, name: str) -> None:
    flip(run.episode_folder(WALKS[2].episode_id) / name)
    code, message = failure("--run", run.root, "--out", tmp_path / "simsv")
    assert code == ExitCode.FAILURES
    assert WALKS[2].episode_id in message
    assert "simsv generate" in message
    assert not (tmp_path / "simsv").exists()


def test_an_edited_release_is_not_relocated(run: RunStore, tmp_path: Path) -> None:
    build(run, tmp_path / "simsv")
    flip(tmp_path / "simsv" / "3q" / "train-00000.parquet", 200)
    code, message = failure("--relocate", tmp_path / "simsv")
    assert code == ExitCode.FAILURES
    assert "3q" in message


def test_out_and_relocate_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        [],
        ["--run", "a", "--relocate", "b"],
        ["--relocate", "b", "--out", "c"],
        ["--relocate", "b", "--as-asked"],
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == ExitCode.USAGE
    assert "--out" in capsys.readouterr().err


# Trouble on the way


def run_build(run: RunStore, out: Path, before: str) -> subprocess.CompletedProcess[str]:
    """`simsv build` in a process of its own that does something else first."""
    code = textwrap.dedent(before) + textwrap.dedent(
        """
        import sys
        from simsv_dataset import cli
        sys.exit(cli.main(["build", "--run", sys.argv[1], "--out", sys.argv[2]]))
        """
    )
    return subprocess.run([sys.executable, "-c", code, run.root, out], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize(
    "function", ["shutil.copyfile", "simsv_generation.build.write_manifest", "os.rename", "os.fsync"]
)
def test_a_killed_build_leaves_the_old_release_or_the_new(
    run: RunStore, tmp_path: Path, function: str, calls: int
) -> None:
    out = tmp_path / "simsv"
    build(run, out)
    new = tmp_path / "new" / "simsv"
    old = contents(out)
    write_questions(run, WALKS[3].episode_id, make_rows(WALKS[3], {"object_abs_distance": 4}))
    killed = run_build(
        run,
        out,
        f"""
        import importlib, os, signal
        import simsv_generation.build
        module, name = {function!r}.rsplit(".", 1)
        module = importlib.import_module(module)
        original, calls = getattr(module, name), []
        def dying(*arguments, **named):
            calls.append(name)
            if len(calls) == {calls}:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)
        setattr(module, name, dying)
        """,
    )
    reached = killed.returncode == -signal.SIGKILL
    assert reached or killed.returncode == 0, killed.stderr
    if out.exists():
        manifest = read_manifest(out)
        assert sorted(manifest.files) == list_files(out)
        assert contents(out) == old or len(rows(out, "object_abs_distance", "test")) == 4
    build(run, out)
    after = contents(out)
    shutil.rmtree(out)
    build(run, out)
    assert after == contents(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "simsv"]
    assert not new.exists()


def test_a_disk_that_is_full_leaves_nothing_half_written(run: RunStore, tmp_path: Path) -> None:
    out = tmp_path / "simsv"
    limited = run_build(run, out, "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))")
    assert limited.returncode == ExitCode.DISK, limited.stderr
    assert "Traceback" not in limited.stderr
    assert "too large" in limited.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_cannot_be_written_is_disk_trouble(run: RunStore, tmp_path: Path) -> None:
    forbidden = tmp_path / "forbidden"
    forbidden.mkdir(mode=0o500)
    # Root may write anywhere but among the kernel's own files.
    out = Path("/sys/kernel/simsv") if os.geteuid() == 0 else forbidden / "simsv"
    code, message = failure("--run", run.root, "--out", out)
    assert code == ExitCode.DISK
    assert str(out.parent) in message


def test_two_builds_at_once(run: RunStore, tmp_path: Path) -> None:
    from simsv_dataset.release import replacing

    with replacing(tmp_path / "simsv"):
        code, message = failure("--run", run.root, "--out", tmp_path / "simsv")
    assert (code, str(tmp_path / "simsv") in message) == (ExitCode.LOCKED, True)
