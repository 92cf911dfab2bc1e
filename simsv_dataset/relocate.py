"""Heal a release that was moved: its rows name their videos by absolute paths."""

import shutil
from dataclasses import replace
from pathlib import Path

from simsv_dataset.manifest import Manifest, hash_files, read_manifest, write_durably, write_manifest
from simsv_dataset.readme import readme_text
from simsv_dataset.release import read_split, table_pattern, with_video_root, write_split


def relocate(folder: Path) -> None:
    """Write the folder into the rows, and a README as after a build; then the release is what a build here would be.

    Can be repeated when it was interrupted. Videos are not looked at.

    Raises:
        FileNotFoundError: the folder has no manifest.
        ValueError: the rows are not those of the manifest, and nothing was changed.
        OSError: the disk refuses.
    """
    folder = folder.resolve()
    manifest = read_manifest(folder)
    draft = folder / ".relocating"
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir()
    try:
        write_rows(folder, manifest, draft, str(folder))
    except ValueError:
        shutil.rmtree(draft)
        raise
    write_durably(draft / "README.md", readme_text(manifest, str(folder)).encode())
    changed = [path.relative_to(draft).as_posix() for path in sorted(draft.rglob("*")) if path.is_file()]
    for path in changed:
        (draft / path).replace(folder / path)
    write_manifest(folder, replace(manifest, files={**manifest.files, **hash_files(folder, changed)}))
    shutil.rmtree(draft)


def write_rows(folder: Path, manifest: Manifest, target: Path, root: str) -> None:
    """Write all tables of a release into another folder, with the videos at another place.

    Args:
        folder: of the release.
        manifest: its own.
        target: an empty folder.
        root: absolute path or address under which `videos/` will be.

    Raises:
        ValueError: the rows are not those of the manifest, or a table is damaged.
        OSError: the disk refuses.
    """
    for config, splits in manifest.configs.items():
        for split, record in splits.items():
            moved = (with_video_root(table, root) for table in read_split(folder, config, split))
            if write_split(target, config, split, moved, record.num_rows) != record:
                raise ValueError(f"{folder / table_pattern(config, split)} has other rows than {folder}/manifest.json")
