import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.store import RunStore
from simsv_generation.store.files import DISK_ERRORS, disk_trouble, write_atomically
from tests.generation.crash_points import tree_digest
from tests.generation.small_runs import ID, RECORD, commit, write_two


@pytest.mark.slow
def test_killed_or_full_at_every_call(tmp_path: Path) -> None:
    for mode in ("kill", "full"):
        (tmp_path / mode).mkdir()
        command = [sys.executable, "-m", "tests.generation.crash_points", mode, str(tmp_path / mode)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        [line] = done.stdout.splitlines()
        assert int(line.removeprefix("points: ")) > 20


@pytest.mark.parametrize("number", sorted(DISK_ERRORS))
def test_a_disk_in_trouble_is_no_ones_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def failing(*arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(CommandFailed, match=os.strerror(number)) as failed:
        write_two(tmp_path / "run", b"")
    assert failed.value.code == ExitCode.DISK
    assert str(tmp_path / "run") in str(failed.value)


def test_other_errors_of_the_system_are_not_the_disks(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk_trouble(tmp_path):
        (tmp_path / "none").read_bytes()
    with pytest.raises(CommandFailed, match="/some/file: Permission denied"), disk_trouble(tmp_path):
        raise PermissionError(errno.EACCES, "x", "/some/file")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")

    def failing(*arguments: object) -> None:
        raise OSError(errno.EIO, "x")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="x"):
            write_atomically(path, b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.json", b"old")]
    write_atomically(path, b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.json", b"new")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 kB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_full_and_then_is_not(small_disk: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="No space left on device") as failed:
        write_two(small_disk / "run", bytes(200_000))
    assert failed.value.code == ExitCode.DISK
    store = RunStore.open(small_disk / "run")
    assert store.episode_ids() == ["test-train-000001-w0"]
    assert store.verify_commit("test-train-000001-w0") == []
    assert not list((small_disk / "run" / "tmp").iterdir())
    subprocess.run(["mount", "-o", "remount,size=2m", str(small_disk)], check=True)
    write_two(small_disk / "run", bytes(200_000))
    write_two(tmp_path / "undisturbed", bytes(200_000))
    assert tree_digest(small_disk / "run") == tree_digest(tmp_path / "undisturbed")


def test_a_disk_that_cannot_be_written(small_disk: Path) -> None:
    with RunStore.writing(small_disk / "run", RECORD) as store:
        commit(store)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for folder in ("run", "other"):
        with pytest.raises(CommandFailed, match="Read-only file system") as failed:
            with RunStore.writing(small_disk / folder, RECORD):
                pass
        assert failed.value.code == ExitCode.DISK
    assert RunStore.open(small_disk / "run").episode_ids() == [ID]
    assert RunStore.open(small_disk / "run").lock_holder() is None
