"""A release on disk: where its files lie, how its tables are written and read, and how it takes its place.

    <release>/README.md                                   front matter that `datasets` reads, and a short text
    <release>/manifest.json                               `simsv_dataset.manifest`, written last
    <release>/<config>/<split>-<number>.parquet           `episodes`, mixtures, one config for every question type
    <release>/videos/<split>/<nnn>/<episode_id>.mp4       each video once
    <release>/modalities/                                 `simsv_dataset.modalities`, where they were recorded

Equal rows give equal bytes for one version of PyArrow, whatever they went through in memory.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from simsv_dataset.chat import with_video
from simsv_dataset.downloads import web_address
from simsv_dataset.manifest import RowDigest, SplitRecord, relative_video
from simsv_dataset.schema import EPISODE_SCHEMA, MESSAGE_SCHEMA, QUESTION_SCHEMA

SPLITS = ("train", "validation", "test")
EPISODES = "episodes"
"""The config that is of walks."""
MESSAGES = "_messages"
"""How the name of a config of conversations ends."""


@dataclass(frozen=True, slots=True)
class TableShape:
    """How rows are laid out. A reader takes a row group at a time, and files are what parallel readers share out.

    To change these numbers is to change `SCHEMA_VERSION`: `simsv_dataset.relocate` relies on finding the same files.
    """

    rows_per_group: int
    rows_to_share: int
    """From so many rows on there are `shares` files; fewer are in one, of which parallel readers take turns."""
    shares: int
    rows_per_file: int
    """Where they would have more than so many, there are twice as many files, and so on."""

    def num_files(self, num_rows: int) -> int:
        """How many files have so many rows; all have as many, or one more."""
        if num_rows < self.rows_to_share:
            return min(num_rows, 1)
        return self.shares * -(-num_rows // (self.shares * self.rows_per_file))


QUESTION_SHAPE = TableShape(rows_per_group=1000, rows_to_share=16_000, shares=32, rows_per_file=20_000)
"""32 files are for 8 GPUs with 4 workers each. The head of a file is some 10 kB, which is little beside 500 rows."""
EPISODE_SHAPE = TableShape(rows_per_group=8, rows_to_share=256, shares=32, rows_per_file=256)
"""An episode is about a megabyte in memory."""


def video_path(split: str, group: str, episode_id: str) -> str:
    """Path in the release of an episode's video; `group` keeps folders small, because a Hub wants few files in each."""
    return f"videos/{split}/{group}/{episode_id}.mp4"


def table_pattern(config: str, split: str) -> str:
    """Glob pattern, relative to the release, of the files of one split of a config."""
    return f"{config}/{split}-*.parquet"


def config_schema(config: str) -> pa.Schema:
    """The columns of a config."""
    if config == EPISODES:
        return EPISODE_SCHEMA
    return MESSAGE_SCHEMA if config.endswith(MESSAGES) else QUESTION_SCHEMA


def write_split(
    folder: Path, config: str, split: str, tables: Iterable[pa.Table], num_rows: int | None = None
) -> SplitRecord:
    """Write one split of a config and wait until it is on the disk.

    Args:
        folder: of the release.
        config: names the folder in it, and the columns.
        split: names the files.
        tables: the rows, in order.
        num_rows: how many these are; then one row group at a time is held in memory, else all rows.

    Raises:
        ValueError: a row cannot be hashed (`RowDigest`), a table has other columns than the config, or there are not
            `num_rows` rows.
        OSError: the disk refuses.
    """
    if num_rows is None:
        tables = list(tables)
        num_rows = sum(table.num_rows for table in tables)
    schema, shape = config_schema(config), EPISODE_SHAPE if config == EPISODES else QUESTION_SHAPE
    (folder / config).mkdir(parents=True, exist_ok=True)
    digest, rest = RowDigest(), _Rows(tables)
    num_files = shape.num_files(num_rows)
    for number in range(num_files):
        left = num_rows // num_files + (number < num_rows % num_files)
        with (folder / table_pattern(config, split).replace("*", f"{number:05d}")).open("wb") as file:
            with pq.ParquetWriter(
                file, schema, compression="zstd", compression_level=3, write_page_checksum=True
            ) as writer:
                while left:
                    group = rest.take(min(left, shape.rows_per_group))
                    writer.write_table(group, row_group_size=shape.rows_per_group)
                    digest.update(group.to_pylist())
                    left -= group.num_rows
            file.flush()
            os.fsync(file.fileno())
    rest.check_end()
    return digest.record()


def read_split(folder: Path, config: str, split: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The row groups of one split of a config, in order, all columns or some.

    Raises:
        ValueError: a file is damaged; names it.
    """
    for path in sorted(folder.glob(table_pattern(config, split))):
        yield from read_file(str(path), columns)


def read_file(path: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The row groups of one file of a table, in order, all columns or some.

    Args:
        path: of the file, or its `hf://` address.
        columns: those to read; of a file of the Hub, only they are fetched.

    Raises:
        ValueError: the file is damaged; names it.
    """
    try:
        with _opened(path) as content, pq.ParquetFile(content, page_checksum_verification=True) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, columns=columns)
    # What Arrow raises for damage is a bare OSError without a number, or a ValueError.
    except (OSError, pa.ArrowInvalid) as error:
        if isinstance(error, OSError) and (error.errno or type(error) is not OSError):
            raise
        raise ValueError(f"{path} is damaged: {error}") from error


def _opened(path: str) -> AbstractContextManager[Any]:
    if not path.startswith("hf://"):
        return nullcontext(path)
    from huggingface_hub import HfFileSystem

    return cast("AbstractContextManager[Any]", HfFileSystem().open(path))


def with_video_root(table: pa.Table, root: str) -> pa.Table:
    """The table with its videos in another release folder or at another address. Raises ValueError for other paths."""
    paths = [f"{root}/{relative_video(path)}" for path in table["video"].combine_chunks().field("path").to_pylist()]
    position = table.schema.get_field_index("video")
    field = table.schema.field(position)
    moved = table.set_column(position, field, pa.array([{"bytes": None, "path": path} for path in paths], field.type))
    if "messages" not in table.schema.names:
        return moved
    position = table.schema.get_field_index("messages")
    rows = zip(table["messages"].to_pylist(), paths, strict=True)
    messages = [with_video(row, web_address(path)) for row, path in rows]
    field = table.schema.field(position)
    return moved.set_column(position, field, pa.array(messages, field.type))


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends, and vanishes when it raises.

    What was at `target` is removed after the change. A process that is killed leaves the old or the new folder at
    `target`, or for the moment between two renames none, and a draft that the next one clears away.

    Raises:
        BlockingIOError: another process is replacing the same target.
        OSError: the disk refuses.
    """
    draft, old = (target.with_name(f".{target.name}.{word}") for word in ("draft", "old"))
    draft.mkdir(parents=True, exist_ok=True)
    with _locked(draft):
        for leftover in draft.iterdir():
            _remove(leftover)
        try:
            yield draft
            for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
                _sync_names(folder)
            _remove(old)
            if target.exists():
                target.rename(old)
            draft.rename(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.rename(target)
            _remove(draft)
            raise
        _sync_names(target.parent)
        _remove(old)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder that the kernel lets go of when the process ends, however it ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held the lock before may have moved the folder into its place meanwhile.
        if not folder.exists() or not os.path.samestat(os.fstat(handle), folder.stat()):
            raise BlockingIOError(errno.EWOULDBLOCK, "another process has just used it", str(folder))
        yield
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Rows:
    """Takes rows from tables, however they lie in them. Owns those that were read and not taken."""

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        self._tables = iter(tables)
        self._rest: list[pa.Table] = []

    def take(self, num_rows: int) -> pa.Table:
        """The next rows. Raises ValueError when there are not so many."""
        while sum(part.num_rows for part in self._rest) < num_rows:
            table = next(self._tables, None)
            if table is None:
                raise ValueError("there are fewer rows than were announced")
            self._rest.append(table)
        joined = pa.concat_tables(self._rest)
        self._rest = [joined.slice(num_rows)]
        return joined.slice(0, num_rows).combine_chunks()

    def check_end(self) -> None:
        """See that all rows were taken. Raises ValueError."""
        if any(table.num_rows for table in chain(self._rest, self._tables)):
            raise ValueError("there are more rows than were announced")
