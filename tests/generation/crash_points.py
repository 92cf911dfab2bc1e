"""Writes a small run and is stopped at every call that reaches the disk, one after the other.

    python -m tests.generation.crash_points kill|full FOLDER

At point k the process is killed, or the disk is full. The run is then continued undisturbed and must be what an
undisturbed run is. Prints the number of points, and every point at which that was not so.
"""

import errno
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_generation.store import Refusal, RunRecord, RunStore
from simsv_generation.store.episode_files import encode_episode
from tests.episodes import make_episode, make_object

CALLS = ("fsync", "mkdir", "rename", "unlink", "rmdir")
RECORD = RunRecord({"seed": 0}, {"simsv": "1"}, {})
EPISODE = replace(make_episode([make_object("table", 2, 2)], num_frames=20), modalities=("depth", "edge"))


def write_run(run: Path) -> None:
    """An episode and a refused house, where they are missing."""
    with RunStore.writing(run, RECORD) as store:
        if not store.has(EPISODE.episode_id):
            with store.begin(EPISODE.episode_id) as folder:
                for name in ("video.mp4", "depth.mkv", "edge.mp4"):
                    (folder / name).write_bytes(b"moving pictures")
                store.commit(folder, EPISODE)
        store.refuse("test-train-000001", Refusal("too_small", ""))


def tree_digest(run: Path) -> dict[str, str]:
    """File to SHA-256, for every file whose bytes are promised, and every one that should not be there."""
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.name not in (".lock", "events.jsonl"))
    return {str(path.relative_to(run)): sha256(path.read_bytes()).hexdigest() for path in files}


def disturb(point: int, mode: str) -> None:
    """Make the call number `point` of `CALLS` in this process go wrong."""
    counter = count(1)

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def reaching_the_disk(*arguments: Any, **options: Any) -> Any:
            if next(counter) == point:
                if mode == "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **options)

        return reaching_the_disk

    for name in CALLS:
        setattr(os, name, watched(getattr(os, name)))


def in_a_fork(run: Path, point: int = 0, mode: str = "") -> int:
    """The wait status of a process that writes the run."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    disturb(point, mode)
    try:
        write_run(run)
    except CommandFailed as error:
        os._exit(error.code)
    os._exit(ExitCode.DONE)


def main(mode: str, folder: Path) -> None:
    """Try all points."""
    encode_episode(EPISODE, ())  # imports pyarrow, here and not in every fork
    assert in_a_fork(folder / "undisturbed") == 0
    expected = tree_digest(folder / "undisturbed")
    stopped = signal.SIGKILL if mode == "kill" else ExitCode.DISK << 8
    for point in count(1):
        run = folder / str(point)
        status = in_a_fork(run, point, mode)
        if status == 0:
            print(f"points: {point - 1}")
            return
        if status != stopped:
            print(f"point {point}: ended with {status}")
        if in_a_fork(run) != 0 or tree_digest(run) != expected:
            print(f"point {point}: {sorted(tree_digest(run).items() ^ expected.items())}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
