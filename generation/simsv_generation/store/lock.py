"""One generator at a time in a run; the kernel takes the lock back when its holder dies, however it dies."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from simsv_dataset.exits import CommandFailed, ExitCode

_PATIENCE: Final = 0.5
"""Seconds: longer than `lock_holder` looks at the lock."""


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file. Raises CommandFailed `LOCKED`, naming pid and host, when another process holds it.

    On network disks without working locks two generators could run side by side; the commit protocol then still
    keeps every episode whole, and one of each.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _try_lock(handle, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise CommandFailed(
                    ExitCode.LOCKED, f"{path.parent} is being written by {_read(handle)}; wait for it, or stop it"
                )
            time.sleep(0.05)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def lock_holder(path: Path) -> str | None:
    """Who holds the lock, such as "process 4711 on node-3"; None when nobody does."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return None if _try_lock(handle, fcntl.LOCK_SH) else _read(handle)
    finally:
        os.close(handle)


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(handle: int) -> str:
    return os.pread(handle, 300, 0).decode(errors="replace") or "an unknown process"
