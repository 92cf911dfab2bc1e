import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simsv_dataset.manifest import (
    BlindRecord,
    FileRecord,
    Manifest,
    RowDigest,
    SplitRecord,
    hash_files,
    is_release,
    list_files,
    read_manifest,
    relative_video,
    write_manifest,
)
from simsv_dataset.schema import SCHEMA_VERSION

MANIFEST = Manifest(
    schema_version=SCHEMA_VERSION,
    simsv_version="0.1.0",
    seed=3,
    config={"tour": {"step_m": 0.2}, "name": "größe"},
    config_digest="c" * 64,
    questions_config={"per_episode": 20},
    sources_digest="d" * 64,
    simulators=({"name": "embedded", "version": "1", "build": "x", "assets": "parametric"},),
    licences={"CC0 1.0": 2, "CC BY 3.0": 1},
    configs={"3q": {"train": SplitRecord(2, 100, "a" * 64)}, "episodes": {"train": SplitRecord(1, 50, "b" * 64)}},
    dropped={"object_counting": {"answer_ahead": 2}},
    blind={"object_counting": {"number": BlindRecord(900, 20, None, 0.5, 0.52, 0.01, 0.03, False)}},
    rejections={"object_abs_distance": {"close": 4}},
    refused_houses={"unreachable": 1},
    files={"README.md": FileRecord(5, "e" * 64)},
)


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    assert not is_release(tmp_path)
    write_manifest(tmp_path, MANIFEST)
    assert is_release(tmp_path)
    assert read_manifest(tmp_path) == MANIFEST
    write_manifest(tmp_path, replace(MANIFEST, seed=4))
    assert read_manifest(tmp_path).seed == 4
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def change(folder: Path, **changes: Any) -> None:
    write_manifest(folder, MANIFEST)
    path = folder / "manifest.json"
    content = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "recipe"}, '"kind": "simsv release"'),
        ({"kind": None}, '"kind": "simsv release"'),
        ({"schema_version": 99}, "schema_version is 99"),
        ({"schema_version": None}, "schema_version is None"),
        ({"seed": None}, "seed"),
        ({"files": None}, "files"),
        ({"files": {"a": {"sha256": "x"}}}, "num_bytes"),
        ({"files": {"../../etc/passwd": {"sha256": "x", "num_bytes": 1}}}, "passwd"),
        ({"files": {"/etc/passwd": {"sha256": "x", "num_bytes": 1}}}, "passwd"),
        ({"configs": {"../3q": {}}}, "3q"),
        ({"configs": {"3q": {"../train": {"num_rows": 1, "num_bytes": 1, "sha256": ""}}}}, "train"),
        ({"configs": ["3q"]}, "items"),
        ({"author": "me"}, "author"),
        ({"licences": None}, "licences"),
        ({"licences": {"CC0 1.0": 1, "Finders Keepers": 2}}, "Finders Keepers"),
    ],
)
def test_another_manifest_is_refused_and_the_field_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    change(tmp_path, **changes)
    with pytest.raises(ValueError, match=r"manifest\.json") as caught:
        read_manifest(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'"simsv release"'])
def test_what_is_no_manifest_makes_no_release(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    assert not is_release(tmp_path)
    with pytest.raises(ValueError, match=r"manifest\.json"):
        read_manifest(tmp_path)


def test_no_manifest_is_another_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_manifest(tmp_path)


def row(path: str, **more: Any) -> dict[str, Any]:
    return {"id": "a", "video": {"bytes": None, "path": path}, **more}


def hash_of(*rows: dict[str, Any]) -> str:
    digest = RowDigest()
    digest.update(rows)
    return digest.record().sha256


def test_rows_hash_the_same_wherever_their_release_lies() -> None:
    here = hash_of(row("/home/ü/simsv/videos/train/000/a.mp4"))
    assert here == hash_of(row("hf://datasets/org/simsv@v1/videos/train/000/a.mp4"))
    assert here == hash_of(row("/videos/test/001/b/videos/train/000/a.mp4"))
    assert here != hash_of(row("/home/ü/simsv/videos/train/000/b.mp4"))
    assert here == hashlib.sha256(b'{"id":"a","video":{"bytes":null,"path":"videos/train/000/a.mp4"}}\n').hexdigest()


def test_rows_hash_in_their_order() -> None:
    a, b = (row("/r/videos/train/000/a.mp4", margin=margin) for margin in (0.1, 0.2))
    assert len({hash_of(a, b), hash_of(b, a), hash_of(a), hash_of()}) == 4


def test_rows_are_counted_and_measured() -> None:
    digest = RowDigest()
    digest.update([row("/r/videos/train/000/a.mp4"), row("/r/videos/train/000/ü.mp4")])
    record = digest.record()
    assert (record.num_rows, record.num_bytes) == (
        2,
        2 * len('{"id":"a","video":{"bytes":null,"path":"videos/train/000/a.mp4"}}\n') + 1,
    )


def test_nan_has_no_hash() -> None:
    with pytest.raises(ValueError, match="JSON"):
        hash_of(row("/r/videos/train/000/a.mp4", margin=float("nan")))


@pytest.mark.parametrize(
    "path", ["", "a.mp4", "/r/train/000/a.mp4", "train/000/a.mp4", "/r/videos/train/000/more/a.mp4"]
)
def test_a_path_outside_of_a_release_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no video of a release"):
        relative_video(path)


def test_files_are_listed_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "ü.txt").write_bytes(b"abc")
    (tmp_path / "a").write_bytes(b"")
    write_manifest(tmp_path, MANIFEST)
    assert list_files(tmp_path) == ["a", "b/c/ü.txt"]
    assert hash_files(tmp_path, list_files(tmp_path)) == {
        "a": FileRecord(0, hashlib.sha256(b"").hexdigest()),
        "b/c/ü.txt": FileRecord(3, hashlib.sha256(b"abc").hexdigest()),
    }
