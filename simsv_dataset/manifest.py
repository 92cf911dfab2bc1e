"""The manifest of a release: what must be in the folder, what it was made from, and what was refused on the way."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simsv_dataset.attribution import LICENCES
from simsv_dataset.chat import with_video
from simsv_dataset.schema import SCHEMA_VERSION

MANIFEST_NAME = "manifest.json"
KIND = "simsv release"
"""Value of the key `kind`, by which a folder is known to be a release of ours."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a release."""

    num_bytes: int
    sha256: str
    """Hex digest of its content."""


@dataclass(frozen=True, slots=True)
class SplitRecord:
    """One split of a config."""

    num_rows: int
    num_bytes: int
    """Size of all rows as lines of canonical JSON, the video path relative to the release."""
    sha256: str
    """Hex digest of these lines, in the order of the rows: the same wherever a release lies, whatever wrote it."""


@dataclass(frozen=True, slots=True)
class BlindRecord:
    """What can be guessed of the questions of one type and form by their words alone, without the video.

    Scores are means of the metric of the form, from 0 to 1.
    """

    num_rows: int
    num_houses: int
    chance: float | None
    """Score of a random option; null for numbers, of which there is none."""
    best_constant: float
    """Score of the answer that is best when it is always the same."""
    forest: float
    """Score of a random forest that read the words of the questions of other houses, with their answers."""
    excess_low: float
    """Forest minus best constant: lower end of the 95 % interval, by a bootstrap over houses."""
    excess_high: float
    """And its upper end."""
    is_gated: bool
    """Whether a high excess is a fault; not where to know the kind of thing is to know something of the answer."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that `manifest.json` says. It is written last, so a release that has one was completed."""

    schema_version: int
    """`simsv_dataset.schema.SCHEMA_VERSION`."""
    simsv_version: str
    """Of the software that built the release."""
    seed: int
    config: Mapping[str, Any]
    """Canonical configuration of the run."""
    config_digest: str
    """SHA-256 of configuration and versions by which the run knows itself."""
    questions_config: Mapping[str, Any]
    """Canonical configuration of the questions."""
    sources_digest: str
    """SHA-256 of everything the release was built from: the commit record and the questions of every episode."""
    simulators: tuple[Mapping[str, str], ...]
    """What rendered the episodes, each once."""
    licences: Mapping[str, int]
    """Licence to the number of lines that `ATTRIBUTION.md` has under it; empty where no model of others is shown."""
    configs: Mapping[str, Mapping[str, SplitRecord]]
    """Config name to split to what it holds; only those that have rows."""
    rejections: Mapping[str, Mapping[str, int]]
    """Question type to reason to number of refused candidates; under "objects", of seen objects that none may name."""
    dropped: Mapping[str, Mapping[str, int]]
    """Question type to reason to number of true questions that are not published, for the sake of balance."""
    blind: Mapping[str, Mapping[str, BlindRecord]]
    """Question type to form ("number" or "choice") to what can be guessed; only those with enough rows to tell."""
    refused_houses: Mapping[str, int]
    """Reason to number of houses that were replaced by the next."""
    files: Mapping[str, FileRecord]
    """Path in the release, with slashes, to its content; all files but the manifest itself."""


class RowDigest:
    """Counts and hashes the rows of a split, wherever their release lies. Owns the record of the rows so far."""

    def __init__(self) -> None:
        self._num_rows, self._num_bytes, self._digest = 0, 0, hashlib.sha256()

    def update(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows with the columns of a release, in order.

        Raises:
            ValueError: a row has a NaN, an infinity or a video path that is no release's.
        """
        for row in rows:
            path = relative_video(row["video"]["path"])
            placeless = {**row, "video": {**row["video"], "path": path}}
            if "messages" in row:
                placeless["messages"] = with_video(row["messages"], path)
            line = canonical_json(placeless).encode() + b"\n"
            self._digest.update(line)
            self._num_rows += 1
            self._num_bytes += len(line)

    def record(self) -> SplitRecord:
        """The rows so far."""
        return SplitRecord(self._num_rows, self._num_bytes, self._digest.hexdigest())


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, without spaces, text as is. Raises ValueError for a NaN or an infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def relative_video(path: str) -> str:
    """The path inside its release, `videos/<split>/<nnn>/<name>`, of a video path or address.

    Raises:
        ValueError: it does not end like that.
    """
    parts = path.split("/")[-4:]
    if len(parts) != 4 or parts[0] != "videos":
        raise ValueError(f"{path!r} is no video of a release: it must end in videos/<split>/<nnn>/<name>")
    return "/".join(parts)


def hash_files(folder: Path, paths: Iterable[str]) -> dict[str, FileRecord]:
    """Size and SHA-256 of files of a folder, sorted by path. Raises OSError when one cannot be read."""
    records = {}
    for path in sorted(paths):
        with (folder / path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            records[path] = FileRecord(file.tell(), digest)
    return records


def list_files(folder: Path) -> list[str]:
    """Paths, with slashes, of all files below a folder except its manifest, sorted."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(path for path in paths if path != MANIFEST_NAME)


def check_files(folder: Path, manifest: Manifest) -> list[str]:
    """Missing, changed and unknown files of a release, in words. Raises OSError when one cannot be read."""
    there = set(list_files(folder))
    now = hash_files(folder, there & set(manifest.files))
    return [
        *(f"{path} is missing" for path in sorted(set(manifest.files) - there)),
        *(f"{path} is not in the manifest" for path in sorted(there - set(manifest.files))),
        *(f"{path} was changed" for path in now if now[path] != manifest.files[path]),
    ]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`, in one step even where there was one before."""
    path, draft = folder / MANIFEST_NAME, folder / f"{MANIFEST_NAME}.draft"
    content = {"kind": KIND, **asdict(manifest)}
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_durably(draft, f"{text}\n".encode())
    draft.replace(path)


def is_release(folder: Path) -> bool:
    """Whether a folder has a manifest of ours, of whatever version and state."""
    try:
        _load(folder / MANIFEST_NAME)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return True


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release.

    Raises:
        FileNotFoundError: the folder has none.
        ValueError: it is none of ours, or of another schema version; names the field.
    """
    path = folder / MANIFEST_NAME
    content = _load(path)
    if content.get("schema_version") != SCHEMA_VERSION:
        found = content.get("schema_version")
        raise ValueError(f"{path}: schema_version is {found}, this software reads {SCHEMA_VERSION}")
    try:
        configs = {
            config: {split: SplitRecord(**record) for split, record in splits.items()}
            for config, splits in content["configs"].items()
        }
        files = {name: FileRecord(**record) for name, record in content["files"].items()}
        blind = {
            question_type: {form: BlindRecord(**record) for form, record in forms.items()}
            for question_type, forms in content["blind"].items()
        }
        simulators = tuple(content["simulators"])
        if unknown := sorted(set(content["licences"]) - set(LICENCES)):
            raise KeyError(f"licences: {unknown}")
        manifest = Manifest(**{**content, "configs": configs, "blind": blind, "files": files, "simulators": simulators})
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is malformed: {error}") from error
    for name in (*files, *configs, *(split for splits in configs.values() for split in splits)):
        if name.startswith("/") or ".." in name.split("/"):
            raise ValueError(f"{path}: files must lie in the release, got {name!r}")
    return manifest


def _load(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} is no JSON: {error}") from error
    if not isinstance(content, dict) or content.pop("kind", None) != KIND:
        raise ValueError(f'{path} is no manifest of simsv: it lacks "kind": "{KIND}"')
    return content


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
