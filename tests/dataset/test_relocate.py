import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from simsv_dataset.manifest import list_files, read_manifest
from simsv_dataset.release import read_split, write_split
from simsv_dataset.relocate import relocate


def contents(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in [*list_files(folder), "manifest.json"]}


def test_a_moved_release_is_healed_for_good(small_release: Path, tmp_path: Path) -> None:
    moved = tmp_path / "größer name" / "sim sv"
    shutil.copytree(small_release, moved)
    before = contents(moved)
    relocate(moved)
    after = contents(moved)
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {path for path in after if path.endswith(".parquet")} | {"manifest.json", "README.md"}
    for config, splits in read_manifest(moved).configs.items():
        for split in splits:
            for table in read_split(moved, config, split):
                assert all(Path(video["path"]).is_relative_to(moved) for video in table["video"].to_pylist())
                assert all(Path(video["path"]).is_file() for video in table["video"].to_pylist())
    relocate(moved)
    assert contents(moved) == after
    back = tmp_path / "back"
    moved.rename(back)
    shutil.rmtree(tmp_path / "größer name")
    relocate(back)
    assert read_manifest(back).configs == read_manifest(small_release).configs


def test_an_edited_release_is_not_relocated(small_release: Path, tmp_path: Path) -> None:
    moved = tmp_path / "simsv"
    shutil.copytree(small_release, moved)
    (table,) = read_split(moved, "object_rel_direction_easy", "train")
    position = table.schema.get_field_index("answer")
    edited = table.set_column(position, table.schema.field(position), pa.array(["left"] * len(table)))
    write_split(moved, "object_rel_direction_easy", "train", [edited])
    before = contents(moved)
    with pytest.raises(ValueError, match=r"object_rel_direction_easy/train-\*\.parquet has other rows"):
        relocate(moved)
    assert contents(moved) == before


def test_a_relocation_that_was_interrupted_goes_on(
    small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved, done = tmp_path / "simsv", tmp_path / "done" / "simsv"
    shutil.copytree(small_release, moved)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("simsv_dataset.relocate.write_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            relocate(moved)
    relocate(moved)
    after = contents(moved)
    shutil.copytree(small_release, done)
    moved.rename(tmp_path / "elsewhere")
    done.rename(moved)
    relocate(moved)
    assert contents(moved) == after
