"""A release as it will lie on the Hub: the same files, but rows that name their videos by address, and a full card."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from huggingface_hub.hf_api import RepoFile

from simsv_dataset.manifest import (
    MANIFEST_NAME,
    FileRecord,
    Manifest,
    canonical_json,
    hash_files,
    list_files,
    write_manifest,
)
from simsv_dataset.relocate import write_rows
from simsv_hub.card import Place, write_card

HUB_FILES = frozenset({".gitattributes"})
"""What a repository has of its own."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to upload."""

    path: Path
    """Where it lies on this machine."""
    record: FileRecord

    def is_same(self, file: RepoFile) -> bool:
        """Whether the Hub has this content: by its SHA-256, or for small files by the name that git gives it."""
        if file.size != self.record.num_bytes:
            return False
        return file.lfs.sha256 == self.record.sha256 if file.lfs else file.blob_id == self._git_oid()

    def _git_oid(self) -> str:
        content = self.path.read_bytes()
        return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


Files = Mapping[str, LocalFile]
"""All files of a release by their path in the repository, in the order in which they are to be uploaded."""


def write_published(folder: Path, manifest: Manifest, draft: Path, repo_id: str, tag: str) -> Files:
    """Write what is another on the Hub into an empty folder, and list the whole release.

    Equal releases give equal files, whatever folder they lie in.

    Args:
        folder: of the release.
        manifest: its own.
        draft: an empty folder; it must stay until all is uploaded.
        repo_id: where the release is going to lie.
        tag: under which tag.

    Raises:
        ValueError: the rows are not those of the manifest.
        OSError: the disk refuses.
    """
    root = f"hf://datasets/{repo_id}@{tag}"
    write_rows(folder, manifest, draft, root)
    write_card(folder, draft, manifest, Place(root, repo_id, tag))
    records = hash_files(draft, list_files(draft))
    manifest = replace(manifest, files=dict(sorted({**manifest.files, **records}.items())))
    write_manifest(draft, manifest)
    paths = sorted(manifest.files, key=lambda path: (not path.endswith((".mp4", ".mkv", ".tar")), path))
    files = {path: LocalFile((draft if path in records else folder) / path, manifest.files[path]) for path in paths}
    return files | {MANIFEST_NAME: LocalFile(draft / MANIFEST_NAME, hash_files(draft, [MANIFEST_NAME])[MANIFEST_NAME])}


def digest(files: Files) -> str:
    """SHA-256 of the names and contents of a release."""
    return hashlib.sha256(
        canonical_json({path: file.record.sha256 for path, file in files.items()}).encode()
    ).hexdigest()


def differences(files: Files, there: Mapping[str, RepoFile]) -> tuple[list[str], list[str]]:
    """How a state of the repository differs from a release.

    Returns:
        Paths that are missing there or have another content, in the order of `files`; and paths that must not be there.
    """
    wrong = [path for path, file in files.items() if path not in there or not file.is_same(there[path])]
    return wrong, sorted(set(there) - set(files) - HUB_FILES)
