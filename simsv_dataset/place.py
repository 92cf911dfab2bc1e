"""Where a release is: in a folder, or on the Hub."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simsv_dataset.downloads import hub_file
from simsv_dataset.manifest import MANIFEST_NAME, Manifest, read_manifest
from simsv_dataset.release import SPLITS, table_pattern

_REPO_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A release that was found, with its manifest read."""

    name: str
    """What `datasets.load_dataset` is given: a path or ORG/NAME."""
    revision: str | None
    """Commit on the Hub; None for a folder."""
    root: str
    """Absolute path of the folder, or hf://datasets/ORG/NAME@COMMIT."""
    manifest: Manifest

    def files(self, config: str, split: str) -> list[str]:
        """Paths or addresses of the Parquet files of one split of a config, in order. Raises ValueError: `check`."""
        self.check(config, split)
        # The star of the pattern stands for digits, so the order of the names is that of the rows.
        head, tail = table_pattern(config, split).split("*")
        names = (name for name in self.manifest.files if name.startswith(head) and name.endswith(tail))
        return [f"{self.root}/{name}" for name in sorted(names)]

    def check(self, config: str, split: str) -> None:
        """See that there is such a config and split. Raises ValueError that lists those there are."""
        configs = self.manifest.configs
        if config not in configs:
            raise ValueError(f"{self.name} has no config {config!r}; it has {', '.join(configs)}")
        if split not in configs[config]:
            there = ", ".join(split for split in SPLITS if split in configs[config])
            raise ValueError(f"config {config!r} of {self.name} has no split {split!r}; it has {there}")


def find_release(path: str | Path, revision: str | None = None) -> Place:
    """Find a release and read its manifest; of one on the Hub, only that is fetched.

    A folder is taken before a repository of the same name, as `datasets` does.

    Args:
        path: folder of a release, or ORG/NAME of a dataset on the Hub.
        revision: tag, branch or commit on the Hub; its main branch when left out.

    Raises:
        FileNotFoundError: there is neither such a folder with a manifest nor such a name.
        OSError: the Hub cannot be reached; what it answers is a `huggingface_hub.errors.HfHubHTTPError`.
        ValueError: the manifest is none of ours or of another version, or a folder is asked for a revision.
    """
    folder = Path(path)
    if isinstance(path, Path) or folder.exists() or not _REPO_ID.fullmatch(path):
        if revision is not None:
            raise ValueError(f"a revision is of a dataset ORG/NAME on the Hub, and {path} is a folder or no such name")
        if not folder.is_dir():
            raise FileNotFoundError(f"{path} is neither the folder of a release nor ORG/NAME of a dataset on the Hub")
        return Place(str(path), None, str(folder.resolve()), read_manifest(folder))
    manifest = hub_file(path, MANIFEST_NAME, revision)
    # The Hub's cache has a folder for every commit.
    commit = manifest.parent.name
    return Place(path, commit, f"hf://datasets/{path}@{commit}", read_manifest(manifest.parent))
