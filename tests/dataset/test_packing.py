import json
import os
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

from simsv_dataset import load
from simsv_dataset.downloads import local_video
from simsv_dataset.manifest import read_manifest
from simsv_dataset.packing import pack, video_paths
from simsv_dataset.relocate import relocate
from simsv_generation.build import Choice, build
from simsv_generation.store import RunStore
from tests.runs import flip

pytestmark = pytest.mark.usefixtures("datasets_cache")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path / "home"))


@pytest.fixture
def packed(small_release: Path, tmp_path: Path) -> Path:
    """The small release again, with its videos in tar files."""
    build(RunStore.open(small_release.parent / "run"), tmp_path / "simsv", Choice(is_packed=True))
    return tmp_path / "simsv"


def test_rows_are_those_of_loose_videos_and_frames_too(packed: Path, small_release: Path) -> None:
    assert read_manifest(packed).configs == read_manifest(small_release).configs
    assert not list(packed.rglob("*.mp4"))
    for split in ("train", "validation", "test"):
        ours, others = (load(folder, "object_abs_distance", split, frames=3) for folder in (packed, small_release))
        assert len(ours) == len(others) > 0
        for a, b in zip(ours, others, strict=True):
            assert a["id"] == b["id"]
            assert np.array_equal(a["frames"], b["frames"])


def test_every_member_is_the_video(packed: Path, small_release: Path) -> None:
    loose = video_paths(small_release, read_manifest(small_release).files)
    assert video_paths(packed, read_manifest(packed).files) == loose
    for path in loose.values():
        assert local_video(f"{packed}/{path}").read_bytes() == (small_release / path).read_bytes()
        with tarfile.open((packed / path).parent.with_suffix(".tar")) as tar:
            content = tar.extractfile(path.rsplit("/", 1)[1])
            assert content is not None
            assert content.read() == (small_release / path).read_bytes()


def test_the_same_videos_give_the_same_bytes(small_release: Path, tmp_path: Path) -> None:
    packs = []
    for name in ("a", "b"):
        shutil.copytree(small_release / "videos", tmp_path / name / "videos")
        pack(tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        packs.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert packs[0] == packs[1]
    assert {path.suffix for path, _ in packs[0]} == {".tar", ".json"}


def test_a_member_is_taken_out_once(packed: Path) -> None:
    (path, *_) = video_paths(packed, read_manifest(packed).files).values()
    first = local_video(f"{packed}/{path}")
    made = first.stat().st_mtime_ns
    assert local_video(f"{packed}/{path}") == first
    assert first.stat().st_mtime_ns == made


def test_damage_is_named(packed: Path) -> None:
    (path, *_) = video_paths(packed, read_manifest(packed).files).values()
    index = (packed / path).parent.with_suffix(".json")
    with pytest.raises(FileNotFoundError, match=r"none\.mp4 is not in .*000\.json"):
        local_video(f"{(packed / path).parent}/none.mp4")
    with pytest.raises(FileNotFoundError, match="relocate"):
        local_video(f"{packed}/videos/train/123/none.mp4")
    offset = json.loads(index.read_bytes())[Path(path).name]["offset"]
    flip(index.with_suffix(".tar"), offset + 100)
    with pytest.raises(ValueError, match="is damaged"):
        local_video(f"{packed}/{path}")
    index.write_text("{")
    with pytest.raises(ValueError, match=r"000\.json is damaged"):
        local_video(f"{packed}/{path}")
    with pytest.raises(ValueError, match=r"000\.json is damaged"):
        video_paths(packed, read_manifest(packed).files)
    index.write_text("[]")
    with pytest.raises(ValueError, match=r"000\.json is damaged"):
        local_video(f"{packed}/{path}")


@pytest.mark.parametrize(
    "change",
    [{"offset": "512"}, {"offset": -1}, {"num_bytes": True}, {"sha256": "../../../out"}, {"sha256": 7}, {"x": 0}],
)
def test_a_member_that_cannot_be_is_named_and_writes_nothing(
    packed: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    (path, *_) = video_paths(packed, read_manifest(packed).files).values()
    index = (packed / path).parent.with_suffix(".json")
    members = json.loads(index.read_bytes())
    members[Path(path).name] |= change
    index.write_text(json.dumps(members))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=r"000\.json is damaged: test-test-000000-w0\.mp4: "):
        local_video(f"{packed}/{path}")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_tar_file_that_ends_early_or_is_gone_is_named(packed: Path) -> None:
    (path, *_) = video_paths(packed, read_manifest(packed).files).values()
    tar = (packed / path).parent.with_suffix(".tar")
    os.truncate(tar, 1000)
    with pytest.raises(ValueError, match=f"{path} is damaged"):
        local_video(f"{packed}/{path}")
    tar.unlink()
    with pytest.raises(FileNotFoundError, match=r"000\.tar"):
        local_video(f"{packed}/{path}")


def test_a_moved_release_is_healed(packed: Path, small_release: Path, tmp_path: Path) -> None:
    moved = packed.rename(tmp_path / "möved")
    relocate(moved)
    row = load(moved, "object_abs_distance", "train", frames=2)[0]
    assert row["video"]["path"].startswith(f"{moved}/videos/train/")
    assert np.array_equal(row["frames"], load(small_release, "object_abs_distance", "train", frames=2)[0]["frames"])
