import errno
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simsv_dataset.manifest import list_files
from simsv_dataset.release import QUESTION_SHAPE, read_split, replacing, with_video_root, write_split
from simsv_dataset.schema import QUESTION_SCHEMA, to_table
from tests.runs import make_rows, make_walk, published


def questions(count: int) -> pa.Table:
    rows = make_rows(make_walk(), {"object_abs_distance": count})
    return to_table([published(row) for row in rows], QUESTION_SCHEMA)


# Tables


@pytest.mark.parametrize(
    ("count", "files"), [(1, 1), (999, 1), (1000, 1), (1001, 1), (15_999, 1), (16_000, 32), (20_001, 32)]
)
def test_rows_come_back_in_their_order_from_files_of_equal_size(tmp_path: Path, count: int, files: int) -> None:
    table = questions(count)
    record = write_split(tmp_path, "3q", "train", [table])
    assert record.num_rows == count
    assert pa.concat_tables(read_split(tmp_path, "3q", "train")).equals(table)
    paths = sorted((tmp_path / "3q").iterdir())
    assert [path.name for path in paths] == [f"train-{k:05d}.parquet" for k in range(files)]
    sizes = []
    for path in paths:
        metadata = pq.read_metadata(path)
        sizes.append(metadata.num_rows)
        groups = [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]
        assert set(groups[:-1]) <= {QUESTION_SHAPE.rows_per_group}
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(("num_rows", "files"), [(0, 0), (640_000, 32), (640_001, 64), (10**7, 512)])
def test_more_rows_make_more_files_for_as_many_readers(num_rows: int, files: int) -> None:
    assert QUESTION_SHAPE.num_files(num_rows) == files


@pytest.mark.parametrize("num_rows", [9, 11])
def test_rows_that_were_announced_otherwise_are_an_error(tmp_path: Path, num_rows: int) -> None:
    with pytest.raises(ValueError, match="rows than were announced"):
        write_split(tmp_path, "3q", "train", [questions(10)], num_rows)


def test_bytes_and_record_do_not_depend_on_how_rows_lay_in_memory(tmp_path: Path) -> None:
    table = questions(2500)
    piecewise = [table.slice(start, 7) for start in range(0, 2500, 7)]
    shuffled_twice = table.take(list(range(2499, -1, -1))).take(list(range(2499, -1, -1)))
    records = [
        write_split(tmp_path / str(k), "3q", "train", tables)
        for k, tables in enumerate(([table], piecewise, [shuffled_twice, table.slice(0, 0)]))
    ]
    assert records[0] == records[1] == records[2]
    files = [(tmp_path / str(k) / "3q" / "train-00000.parquet").read_bytes() for k in range(3)]
    assert files[0] == files[1] == files[2]


def test_no_rows_make_no_file(tmp_path: Path) -> None:
    assert write_split(tmp_path, "3q", "train", [questions(0)]).num_rows == 0
    assert list_files(tmp_path) == []


def test_descriptions_are_in_the_files(tmp_path: Path) -> None:
    write_split(tmp_path, "3q", "train", [questions(1)])
    schema = pq.read_schema(tmp_path / "3q" / "train-00000.parquet")
    assert schema.metadata == QUESTION_SCHEMA.metadata
    for field in QUESTION_SCHEMA:
        assert schema.field(field.name).metadata[b"description"] == field.metadata[b"description"]


def test_a_flipped_byte_in_a_page_is_an_error(tmp_path: Path) -> None:
    write_split(tmp_path, "3q", "train", [questions(50)])
    path = tmp_path / "3q" / "train-00000.parquet"
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"3q/train-00000\.parquet is damaged"):
        list(read_split(tmp_path, "3q", "train"))


def test_videos_get_another_root() -> None:
    moved = with_video_root(questions(3), "hf://datasets/org/simsv@v1")
    assert (
        moved["video"].to_pylist() == [{"bytes": None, "path": "hf://datasets/org/simsv@v1/videos/train/000/a.mp4"}] * 3
    )
    assert moved.schema.equals(QUESTION_SCHEMA, check_metadata=True)
    assert with_video_root(moved, "/r").equals(questions(3))


# Taking the target's place


def test_the_new_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "simsv"
    for text in ("one", "two"):
        with replacing(target) as draft:
            assert list(draft.iterdir()) == []
            (draft / text).write_text(text)
        assert [path.name for path in target.iterdir()] == [text]
        assert [path.name for path in target.parent.iterdir()] == ["simsv"]
        assert target.stat().st_mode & 0o777 == 0o777 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_an_exception_leaves_the_old_folder_and_no_draft(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "simsv"
    target.mkdir()
    (target / "old").touch()

    def fail() -> None:
        with replacing(target) as draft:
            (draft / "videos").mkdir()
            (draft / "videos" / "new").touch()
            raise error

    with pytest.raises(error):
        fail()
    assert [path.name for path in target.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["simsv"]


def test_the_old_folder_comes_back_when_the_new_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "simsv"
    target.mkdir()
    (target / "old").touch()
    rename = Path.rename

    def failing(path: Path, place: Path) -> Path:
        if path.name == ".simsv.draft":
            raise OSError(errno.EIO, "broken disk", str(path))
        return rename(path, place)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="broken disk"), replacing(target):
        pass
    assert [path.name for path in target.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["simsv"]


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    target = tmp_path / "simsv"
    (tmp_path / ".simsv.draft" / "videos").mkdir(parents=True)
    (tmp_path / ".simsv.draft" / "videos" / "half").touch()
    (tmp_path / ".simsv.draft" / "manifest.json").touch()
    (tmp_path / ".simsv.old").mkdir()
    with replacing(target) as draft:
        (draft / "new").touch()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["simsv"]


def test_only_one_process_at_a_time(tmp_path: Path) -> None:
    target = tmp_path / "simsv"
    code = f"""
from pathlib import Path
from simsv_dataset.release import replacing
try:
    with replacing(Path({str(target)!r})):
        print("entered")
except BlockingIOError as error:
    print("blocked", error.filename)
"""
    with replacing(target) as draft:
        (draft / "mine").touch()
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert other.stdout.startswith("blocked")
        assert (draft / "mine").exists()
    assert (target / "mine").exists()


def test_a_link_in_place_of_the_draft_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").touch()
    (tmp_path / ".simsv.draft").symlink_to(precious)
    with pytest.raises(OSError, match="draft"), replacing(tmp_path / "simsv"):
        pass
    assert (precious / "letter").exists()
