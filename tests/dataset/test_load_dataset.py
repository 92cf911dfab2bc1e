"""What `load_dataset("simsv", ...)` of plain `datasets` does with what may lie in a folder `simsv`.

Why a release is as it is: a README with configs, plain Parquet, and videos beside it that rows name by absolute paths.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Video, load_dataset
from datasets.exceptions import DataFilesNotFoundError, DatasetNotFoundError

from simsv_dataset.manifest import read_manifest
from tests.runs import write_video

pytestmark = pytest.mark.usefixtures("datasets_cache")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which one types."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_release_has_its_configs_and_a_video_column(small_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_release.parent)
    for config, splits in read_manifest(small_release).configs.items():
        rows = load_dataset("simsv", config, split=next(iter(splits)))
        assert rows.features["video"] == Video(decode=False)
        assert Path(rows[0]["video"]["path"]).is_file()


def test_a_package_of_that_name_is_taken_for_data(here: Path) -> None:
    (here / "simsv").mkdir()
    (here / "simsv" / "__init__.py").touch()
    with pytest.raises(DataFilesNotFoundError):
        load_dataset("simsv", "3q")


def test_a_loading_script_is_refused(here: Path) -> None:
    (here / "simsv").mkdir()
    (here / "simsv" / "simsv.py").touch()
    with pytest.raises(RuntimeError, match="Dataset scripts are no longer supported"):
        load_dataset("simsv", "3q")


def test_without_a_folder_the_bare_name_is_the_hubs(here: Path) -> None:
    with pytest.raises((ConnectionError, DatasetNotFoundError)):
        load_dataset("simsv", "3q")
    assert not list(here.iterdir())


@pytest.mark.parametrize("name", ["../simsv", "org/../../simsv", "größe/simsv"])
def test_names_that_lead_elsewhere_find_nothing(here: Path, name: str) -> None:
    with pytest.raises((ConnectionError, DatasetNotFoundError, FileNotFoundError, ValueError)):
        load_dataset(name, "3q")


def test_a_folder_of_videos_gives_absolute_paths_and_no_way_out_of_it(here: Path) -> None:
    (here / "simsv" / "videos").mkdir(parents=True)
    write_video(here / "simsv" / "videos" / "a.mp4")
    metadata = {"file_name": ["videos/a.mp4", "videos/a.mp4"], "question": ["one?", "two?"]}
    pq.write_table(pa.table(metadata), here / "simsv" / "metadata.parquet")
    rows = load_dataset("videofolder", data_dir="simsv", split="train").cast_column("video", Video(decode=False))
    assert {row["video"]["path"] for row in rows} == {str(here / "simsv" / "videos" / "a.mp4")}
    # So two configs, each with a folder of its own, cannot share one folder of videos.
    (here / "simsv" / "metadata.parquet").unlink()
    (here / "simsv" / "3q").mkdir()
    outside = {"file_name": ["../videos/a.mp4"], "question": ["one?"]}
    pq.write_table(pa.table(outside), here / "simsv" / "3q" / "metadata.parquet")
    with pytest.raises(Exception, match=r"metadata|file_name|generating"):
        load_dataset("videofolder", data_dir="simsv/3q", split="train")


def test_relative_paths_stay_as_they_are(here: Path) -> None:
    rows = pa.table({"video": pa.array([{"bytes": None, "path": "videos/a.mp4"}])})
    (here / "simsv").mkdir()
    pq.write_table(rows, here / "simsv" / "train.parquet")
    loaded = load_dataset("simsv", split="train").cast_column("video", Video(decode=False))
    assert loaded[0]["video"]["path"] == "videos/a.mp4"


def test_videos_inside_rows_work_and_are_there_once_for_every_question(here: Path) -> None:
    write_video(here / "a.mp4")
    content = (here / "a.mp4").read_bytes()
    (here / "simsv").mkdir()
    video = pa.array(
        [{"bytes": content, "path": None}] * 10, pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    )
    pq.write_table(pa.table({"video": video}), here / "simsv" / "train.parquet", use_dictionary=False, compression=None)
    rows = load_dataset("simsv", split="train").cast_column("video", Video(decode=False))
    assert all(row["video"]["bytes"] == content for row in rows)
    assert (here / "simsv" / "train.parquet").stat().st_size > 10 * len(content)
