"""Videos of large releases: a folder of them packed in one tar file, with an index beside it.

    videos/train/000/<episode_id>.mp4   becomes a member of   videos/train/000.tar, found by   videos/train/000.json

The Hub advises to stay below 100,000 files in a data set. Rows go on naming `videos/train/000/<episode_id>.mp4`, so
row hashes, configs and recipes are those of the same release with loose videos; `simsv_dataset.downloads.local_video`
finds the member, and reads nothing else of the tar file.
"""

import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

_HEADER: Final = 512
"""Bytes before the content of a member, by the USTAR format; its names here are far below 100 letters."""


@dataclass(frozen=True, slots=True)
class Member:
    """Where a video lies in its tar file."""

    offset: int
    num_bytes: int
    sha256: str
    """Hex digest of its content."""

    def __post_init__(self) -> None:
        # The digest becomes the name of a file, and an index may come from anybody.
        for number in (self.offset, self.num_bytes):
            if type(number) is not int or number < 0:
                raise ValueError(f"{number!r} is no number of bytes")
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(f"{self.sha256!r} is no SHA-256")

    def check(self, content: bytes, name: str) -> bytes:
        """The content, if it is the video's. Raises ValueError when it is not."""
        if sha256(content).hexdigest() != self.sha256:
            raise ValueError(f"{name} is damaged: the tar file that it is packed in, or its index, was changed")
        return content


def pack(folder: Path) -> None:
    """Pack every folder of videos of a release, and remove it; the same videos give the same bytes.

    Args:
        folder: of the release, without a manifest as yet.
    """
    for group in sorted(path for path in (folder / "videos").glob("*/*") if path.is_dir()):
        index: dict[str, dict[str, object]] = {}
        with group.with_suffix(".tar").open("wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
                for video in sorted(group.iterdir()):
                    member = tarfile.TarInfo(video.name)
                    member.size, member.mode = video.stat().st_size, 0o644
                    with video.open("rb") as content:
                        digest = file_digest(content, "sha256").hexdigest()
                        content.seek(0)
                        index[video.name] = asdict(Member(tar.offset + _HEADER, member.size, digest))
                        tar.addfile(member, content)
            _sync(file)
        with group.with_suffix(".json").open("wb") as file:
            file.write(json.dumps(index, separators=(",", ":"), sort_keys=True).encode())
            _sync(file)
        shutil.rmtree(group)


def _sync(file: BinaryIO) -> None:
    """Wait until a file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def pack_of(path: str) -> tuple[str, str, str]:
    """Of a video, as rows name it: the tar file that it may be packed in, the index of that, and its name there."""
    group, name = path.rsplit("/", 1)
    return f"{group}.tar", f"{group}.json", name


def find_member(index: Path, name: str) -> Member:
    """Where the index of a tar file says that a video lies.

    Raises:
        FileNotFoundError: there is no such index, or no such video in it.
        ValueError: the index is damaged; names it.
    """
    members = _read_index(index)
    if name not in members:
        raise FileNotFoundError(f"{name} is not in {index}")
    try:
        return Member(**members[name])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{index} is damaged: {name}: {error}") from error


def _read_index(path: Path) -> dict[str, Any]:
    try:
        index = json.loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if not isinstance(index, dict):
        raise ValueError(f"{path} is damaged: it must be an object of members, not a {type(index).__name__}")
    return index


def video_paths(folder: Path, files: Iterable[str]) -> Mapping[str, str]:
    """Episode id to the path of its video as rows name it, loose or packed, sorted.

    Args:
        folder: of a release.
        files: paths of its files.

    Raises:
        ValueError: an index is damaged; names it.
    """
    found: dict[str, str] = {}
    for path in sorted(path for path in files if path.startswith("videos/")):
        if path.endswith(".mp4"):
            found[Path(path).stem] = path
        elif path.endswith(".json"):
            names = _read_index(folder / path)
            found |= {Path(name).stem: f"{path.removesuffix('.json')}/{name}" for name in names}
    return found
