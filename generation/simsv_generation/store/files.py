"""Files that are whole or not there, and the errors of a disk that cannot take them."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from simsv_dataset.exits import CommandFailed, ExitCode

DISK_ERRORS: Final = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
    }
)
"""The machine's trouble: never the fault of what was being made, and gone once there is room or permission."""


@contextmanager
def disk_trouble(path: Path) -> Iterator[None]:
    """Turn an OSError of `DISK_ERRORS` into CommandFailed `DISK`; other errors pass.

    Args:
        path: what the message names when the error itself names no file.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        raise CommandFailed(
            ExitCode.DISK,
            f"{error.filename or path}: {os.strerror(error.errno)}; nothing half-written is kept: "
            "make room or allow writing, and run the same command again",
        ) from error


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file and wait until it is on the disk. The name itself is durable after `sync_folder`."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_atomically(path: Path, data: bytes) -> None:
    """Create or replace a file; a reader, or a machine that loses its power, sees the old or the new content."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.rename(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
