"""A run on disk: what is configured, what is done, what was refused, what failed.

    run.json  .lock  events.jsonl
    episodes/<nnn>/<episode_id>/{episode.json, house.json, steps.parquet, video.mp4, visibility.parquet, commit.json}
    and, where the configuration asks for them, {depth.mkv, instances.mkv, semantic.mkv, edge.mp4} in the same folders
    refused/<house_id>.json  failed/<house_id>.json  questions/<episode_id>.json  quarantine/  tmp/

An episode is done when its folder has its final name, and nothing else says so. The folder is made under `tmp/`, every
file is written through to the disk, `commit.json` records their sizes and SHA-256, and one rename publishes it; a
process killed at any point leaves an episode whole or absent. <nnn> is the house ordinal divided by 1000.
"""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any, Self

from simsv_dataset.exits import CommandFailed, ExitCode
from simsv_dataset.modalities import MODALITIES
from simsv_generation.config import canonical_json, differences, digest
from simsv_generation.episode import Episode, StandIn
from simsv_generation.scene import Split
from simsv_generation.store.episode_files import (
    EPISODE_FILES,
    MODALITY_FILES,
    VIDEO,
    decode_episode,
    encode_episode,
    read_refused_tours,
    read_stand_ins,
)
from simsv_generation.store.files import (
    disk_trouble,
    sha256_of,
    sync_file,
    sync_folder,
    write_atomically,
    write_durably,
)
from simsv_generation.store.ids import checked_episode_id, checked_house_id, house_id, shard_of
from simsv_generation.store.lock import hold_lock, lock_holder


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The content of `run.json`."""

    config: Mapping[str, Any]
    """The configuration that decides what is made."""
    versions: Mapping[str, str]
    """Distribution to version, of everything that decides bytes."""
    extent: Mapping[str, Any]
    """How much was last asked for; not in the digest."""

    @property
    def digest(self) -> str:
        """Hex SHA-256 of configuration and versions: runs with the same digest make the same episodes."""
        return digest({"config": self.config, "versions": self.versions})

    def to_json(self) -> bytes:
        """The bytes of `run.json`."""
        text = json.dumps({"digest": self.digest, **asdict(self)}, sort_keys=True, indent=1, allow_nan=False)
        return f"{text}\n".encode()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a house gives no episodes; the next ordinal takes its place."""

    reason: str
    detail: str


class RunStore:
    """A run folder. Owns nothing but its path: any number of processes may hold one.

    Raises CommandFailed `USAGE` where a folder is not a run, ValueError for an id that no episode or house can have.
    """

    def __init__(self, root: Path, record: RunRecord) -> None:
        self.root = root
        self.record = record

    @classmethod
    def open(cls, root: Path) -> Self:
        """A run that exists. Raises CommandFailed `USAGE` when the folder is none."""
        try:
            data = json.loads((root / "run.json").read_bytes())
            record = RunRecord(data["config"], data["versions"], data["extent"])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise CommandFailed(ExitCode.USAGE, f"{root} is not a run: it has no run.json") from error
        except (ValueError, KeyError, TypeError) as error:
            raise CommandFailed(ExitCode.USAGE, f"{root / 'run.json'} is damaged: {error!r}") from error
        return cls(root, record)

    @classmethod
    @contextmanager
    def writing(cls, root: Path, record: RunRecord) -> Iterator[Self]:
        """Begin or continue a run, as its only generator; what dead generators left half-made is swept away.

        Raises:
            CommandFailed: `USAGE` when the folder holds something else or another configuration's run (with what
                differs), `LOCKED` when another generator is at it, `DISK` when it cannot be written.
        """
        with disk_trouble(root):
            if root.exists() and not root.is_dir():
                raise CommandFailed(ExitCode.USAGE, f"{root} is a file; --run needs a folder")
            root.mkdir(parents=True, exist_ok=True)
            if not (root / "run.json").exists() and (others := _foreign_names(root)):
                raise CommandFailed(
                    ExitCode.USAGE, f"{root} holds {others[0]} but no run.json; give an empty folder or a run"
                )
            with hold_lock(root / ".lock"):
                store = cls(root, record)
                store._settle_record()
                for name in ("episodes", "refused", "failed", "tmp"):
                    (root / name).mkdir(exist_ok=True)
                store._sweep()
                store._quarantine_torn_episodes()
                try:
                    yield store
                finally:
                    store._sweep()

    # Episodes

    def episode_ids(self) -> list[str]:
        """All committed episodes, sorted."""
        return sorted(path.name for path in self.root.glob("episodes/[0-9][0-9][0-9]/*-w*"))

    def has(self, episode_id: str) -> bool:
        """Whether the episode is committed."""
        return self.episode_folder(episode_id).is_dir()

    def episode_folder(self, episode_id: str) -> Path:
        """Where the episode is, or will be."""
        return self.root / "episodes" / shard_of(episode_id) / episode_id

    def video_path(self, episode_id: str) -> Path:
        """The video of an episode."""
        return self.episode_folder(episode_id) / VIDEO

    def modality_path(self, episode_id: str, name: str) -> Path:
        """The file of a modality of `simsv_dataset.modalities`, where the episode has it."""
        return self.episode_folder(episode_id) / MODALITIES[name]

    def read_episode(self, episode_id: str) -> Episode:
        """A committed episode. Raises ValueError, naming the folder, when there is none or it is damaged."""
        return decode_episode(self.episode_folder(episode_id))

    def refused_tours(self, episode_id: str) -> list[str]:
        """Why earlier draws of the episode's tour were refused."""
        return read_refused_tours(self.episode_folder(episode_id))

    def stand_ins(self, episode_id: str) -> tuple[StandIn, ...]:
        """Objects of the episode that are drawn without their model."""
        return read_stand_ins(self.episode_folder(episode_id))

    def questions_path(self, episode_id: str) -> Path:
        """Where the questions about an episode are, once it was asked about."""
        return self.root / "questions" / f"{checked_episode_id(episode_id)}.json"

    @contextmanager
    def begin(self, episode_id: str) -> Iterator[Path]:
        """A temporary folder for the episode's video and modalities; gone at the end unless `commit` published it."""
        folder = Path(tempfile.mkdtemp(prefix=f"{checked_episode_id(episode_id)}.", dir=self.root / "tmp"))
        try:
            yield folder
        finally:
            if folder.exists():
                shutil.rmtree(folder)

    def commit(self, folder: Path, episode: Episode, refused_tours: Sequence[str] = ()) -> bool:
        """Publish a folder from `begin` that holds the video and the episode's modalities.

        False when the episode was there already.
        """
        final = self.episode_folder(episode.episode_id)
        for name, content in encode_episode(episode, refused_tours).items():
            write_durably(folder / name, content)
        modalities = [MODALITIES[name] for name in episode.modalities]
        for name in (VIDEO, *modalities):
            sync_file(folder / name)
        files = {
            name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)}
            for name in (*EPISODE_FILES, *modalities)
        }
        commit = {"episode_id": episode.episode_id, "files": files}
        write_durably(folder / "commit.json", canonical_json(commit).encode())
        folder.chmod(0o755)
        sync_folder(folder)
        if not final.parent.is_dir():
            final.parent.mkdir(exist_ok=True)
            sync_folder(final.parent.parent)
        try:
            os.rename(folder, final)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                return False
            raise
        sync_folder(final.parent)
        return True

    def verify_commit(self, episode_id: str) -> list[str]:
        """Every way in which an episode's files are not what was committed; empty when all is well."""
        folder = self.episode_folder(episode_id)
        if problems := _size_problems(folder):
            return problems
        return [
            f"{folder / name} has another SHA-256 than was committed"
            for name, (_, sha256) in _committed(folder).items()
            if sha256_of(folder / name) != sha256
        ]

    # Houses without episodes

    def refuse(self, house_id: str, refusal: Refusal) -> None:
        """Note that a house gives no episodes."""
        write_atomically(self._house_file("refused", house_id), canonical_json(asdict(refusal)).encode())

    def unrefused_ordinals(self, source: str, split: Split) -> Iterator[int]:
        """0, 1, 2 and so on without the houses that are refused at the time each is asked for."""
        return (n for n in count() if not self._house_file("refused", house_id(source, split, n)).exists())

    def refused(self) -> dict[str, Refusal]:
        """Refused houses by id, sorted."""
        files = sorted(self.root.glob("refused/*.json"))
        return {path.stem: Refusal(**json.loads(path.read_bytes())) for path in files}

    def fail(self, house_id: str, failure: Mapping[str, Any]) -> None:
        """Note that a house could not be made, with all that helps to find out why."""
        text = json.dumps({"house_id": house_id, **failure}, indent=1, allow_nan=False)
        write_atomically(self._house_file("failed", house_id), f"{text}\n".encode())

    def forget_failure(self, house_id: str) -> None:
        """The house was made, or refused, after all."""
        self._house_file("failed", house_id).unlink(missing_ok=True)

    def failed(self) -> dict[str, dict[str, Any]]:
        """Failed houses by id, sorted: what `fail` was given."""
        return {path.stem: json.loads(path.read_bytes()) for path in sorted(self.root.glob("failed/*.json"))}

    # The run itself

    def log(self, event: Mapping[str, Any]) -> None:
        """Append a line to `events.jsonl`, for people and machines that watch; the store never reads it."""
        with (self.root / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(canonical_json(event) + "\n")

    def lock_holder(self) -> str | None:
        """The generator at work, such as "process 4711 on node-3"; None when there is none."""
        return lock_holder(self.root / ".lock")

    def _house_file(self, folder: str, house_id: str) -> Path:
        return self.root / folder / f"{checked_house_id(house_id)}.json"

    def _settle_record(self) -> None:
        if not (self.root / "run.json").exists():
            write_atomically(self.root / "run.json", self.record.to_json())
            return
        there = RunStore.open(self.root).record
        if there.digest != self.record.digest:
            mine = {**self.record.config, "versions": self.record.versions}
            changed = differences(mine, {**there.config, "versions": there.versions})
            raise CommandFailed(
                ExitCode.USAGE,
                f"{self.root} is a run with another configuration ({'; '.join(changed)}); "
                "use that configuration or another folder",
            )
        if there.extent != self.record.extent:
            write_atomically(self.root / "run.json", self.record.to_json())

    def _sweep(self) -> None:
        """Delete what was never committed. Renamed first: a dying worker cannot publish a half-deleted folder."""
        trash = self.root / "trash"
        trash.mkdir(exist_ok=True)
        for path in sorted((self.root / "tmp").iterdir()):
            path.rename(Path(tempfile.mkdtemp(dir=trash)) / path.name)
        shutil.rmtree(trash)
        for folder in (self.root, self.root / "refused", self.root / "failed"):
            for path in folder.glob(".*.json.*"):
                path.unlink()

    def _quarantine_torn_episodes(self) -> None:
        """Put episodes aside whose files are not even as long as committed; they are then made again."""
        for episode_id in self.episode_ids():
            if problems := _size_problems(self.episode_folder(episode_id)):
                (self.root / "quarantine").mkdir(exist_ok=True)
                place = Path(tempfile.mkdtemp(prefix=f"{episode_id}.", dir=self.root / "quarantine"))
                self.episode_folder(episode_id).rename(place / episode_id)
                self.log({"kind": "quarantined", "item": episode_id, "detail": "; ".join(problems)})


def _committed(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file, by the commit record."""
    commit = json.loads((folder / "commit.json").read_bytes())
    if commit["episode_id"] != folder.name:
        raise ValueError(f"it is of episode {commit['episode_id']}")
    names = (*EPISODE_FILES, *(name for name in MODALITY_FILES if name in commit["files"]))
    return {name: (commit["files"][name]["bytes"], commit["files"][name]["sha256"]) for name in names}


def _size_problems(folder: Path) -> list[str]:
    try:
        committed = _committed(folder)
    except FileNotFoundError:
        return [f"{folder / 'commit.json'} is missing"]
    except (ValueError, KeyError, TypeError) as error:
        return [f"{folder / 'commit.json'} is damaged: {error!r}"]
    there = {path.name: path.stat().st_size for path in folder.iterdir()}
    return [
        f"{folder / name} is missing" if name not in there else f"{folder / name} has another size than was committed"
        for name, (size, _) in committed.items()
        if there.get(name) != size
    ]


def _foreign_names(root: Path) -> list[str]:
    """What a run that was killed before it had its run.json cannot have left behind."""
    return sorted(p.name for p in root.iterdir() if p.name != ".lock" and not p.name.startswith(".run.json."))
