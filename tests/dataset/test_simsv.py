import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsv_dataset.loader import with_frames, with_messages
from simsv_dataset.mixtures import ALL, MIXTURES
from simsv_dataset.release import TableShape
from simsv_dataset.relocate import relocate
from simsv_dataset.simsv import Simsv
from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.build import Choice, build
from tests.runs import make_rows, make_walk, rows, write_questions, write_run

pytestmark = pytest.mark.usefixtures("datasets_cache")

COUNT = 24


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of 24 distances in each of two splits that differ in all that is filtered, in files of six rows."""
    folder = tmp_path_factory.mktemp("varied")
    walks = [make_walk("train"), make_walk("test")]
    store = write_run(folder / "run", walks, {})
    for walk in walks:
        questions = make_rows(walk, {"object_abs_distance": COUNT})
        for k, row in enumerate(questions):
            row["margin"] = k / 10
            row["min_frames"] = (0, 8, 16, 32)[k % 4]
            row["room_ids"] = [f"room|{number}" for number in range(1 + k % 3)]
        write_questions(store, walk.episode_id, questions)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simsv_dataset.release.QUESTION_SHAPE", TableShape(3, COUNT, 4, COUNT))
        build(store, folder / "simsv", Choice(as_asked=True))
    assert len(list((folder / "simsv" / "object_abs_distance").glob("train-*"))) == 4
    return folder / "simsv"


def both_ways(split: str = "train", **fields: Any) -> list[dict[str, Any]]:
    """The rows of a builder, which are the same streamed and prepared."""
    builder = Simsv(**fields)
    streamed = list(builder.as_streaming_dataset(split))
    builder.download_and_prepare()
    assert list(builder.as_dataset(split)) == streamed
    return streamed


def test_every_type_and_mixture_is_a_config() -> None:
    names = [config.name for config in Simsv.BUILDER_CONFIGS]
    assert names == [ALL, *(mixture.name for mixture in MIXTURES), *(kind.name for kind in QUESTION_TYPES)]


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize("config", ["3q", "obj_appearance_order"])
def test_without_filters_it_is_the_config(small_release: Path, config: str, split: str) -> None:
    assert both_ways(split, config_name=config, release=small_release) == rows(small_release, config, split)


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({"min_margin": 1.1}, lambda row: row["margin"] >= 1.1),
        ({"frame_budget": 16}, lambda row: row["min_frames"] in (8, 16)),
        ({"max_rooms": 1}, lambda row: len(row["room_ids"]) == 1),
        ({"min_rooms": 2}, lambda row: len(row["room_ids"]) >= 2),
        (
            {"min_margin": 0.5, "frame_budget": 31, "min_rooms": 2, "max_rooms": 2},
            lambda row: row["margin"] >= 0.5 and row["min_frames"] in (8, 16) and len(row["room_ids"]) == 2,
        ),
    ],
)
def test_filters_and_sizes(varied: Path, fields: dict[str, Any], passes: Any) -> None:
    expected = [row for row in rows(varied, "object_abs_distance", "train") if passes(row)]
    assert 0 < len(expected) < COUNT
    chosen = {"config_name": "object_abs_distance", "release": varied, **fields}
    assert both_ways(**chosen) == expected
    for num_rows in (1, 2, len(expected), COUNT + 1):
        assert both_ways(**chosen, num_rows=num_rows) == expected[:num_rows]


@pytest.mark.parametrize("num_rows", [1, 5, 6, 7, 12, 23, 24, 1000])
def test_sizes_without_filters(varied: Path, num_rows: int) -> None:
    expected = rows(varied, "object_abs_distance", "test")[:num_rows]
    assert both_ways("test", config_name="object_abs_distance", release=varied, num_rows=num_rows) == expected


def test_a_moved_release_is_served_from_where_it_is(small_release: Path, tmp_path: Path) -> None:
    moved = tmp_path / "größe 1" / "simsv"
    shutil.copytree(small_release, moved)
    builder = Simsv("3q", release=moved)
    row = next(iter(with_frames(builder.as_streaming_dataset("test"), 2)))
    assert row["video"]["path"].startswith(str(moved / "videos"))
    assert row["frames"].shape[0] == 2


def test_it_can_be_made_conversations_and_frames(small_release: Path) -> None:
    builder = Simsv("3q", release=small_release, num_rows=4)
    builder.download_and_prepare()
    made = with_frames(with_messages(builder.as_dataset("train"), "open", 3), 3)
    assert sum(len(row["question_ids"]) for row in made) == 4
    assert made[0]["frames"].dtype == np.uint8


def test_a_rebuilt_or_copied_release_is_not_read_from_an_old_cache(tmp_path: Path) -> None:
    walk = make_walk("train")
    store = write_run(tmp_path / "run", [walk], {})
    for answer in ("left", "right"):
        (row,) = make_rows(walk, {"object_rel_direction_easy": 1})
        write_questions(store, walk.episode_id, [{**row, "answer": answer}])
        build(store, tmp_path / "simsv", Choice(as_asked=True))
        (found,) = both_ways(config_name="object_rel_direction_easy", release=tmp_path / "simsv")
        assert found["answer"] == answer
    shutil.copytree(tmp_path / "simsv", tmp_path / "copy")
    relocate(tmp_path / "copy")
    (found,) = both_ways(config_name="object_rel_direction_easy", release=tmp_path / "copy")
    assert found["video"]["path"].startswith(str(tmp_path / "copy"))


def test_a_relative_folder_is_found_from_here(small_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_release.parent)
    assert len(both_ways(config_name="3q")) == len(rows(small_release, "3q", "train"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"num_rows": 0}, "num_rows must be at least 1, got 0"),
        ({"frame_budget": 0}, "frame_budget must be at least 1, got 0"),
        ({"max_rooms": 0}, "max_rooms must be at least 1, got 0"),
        ({"min_margin": -0.1}, "min_margin must be at least 0"),
        ({"min_margin": float("nan")}, "min_margin must be at least 0, got nan"),
        ({"min_rooms": 3, "max_rooms": 2}, "max_rooms 2 is less than min_rooms 3"),
        ({"config_name": "4q"}, "4q.*3q.*object_counting"),
        ({"config_name": "room_count"}, "has no config 'room_count'; it has .*3q"),
        ({"min_margin": 9.0}, "no question of 3q in .* passes"),
    ],
)
def test_what_cannot_be_served_is_named(small_release: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Simsv(**{"config_name": "3q", "release": small_release, **fields}).as_streaming_dataset("train")


def test_a_truncated_table_is_named(varied: Path, tmp_path: Path) -> None:
    copy = tmp_path / "simsv"
    shutil.copytree(varied, copy)
    damaged = copy / "object_abs_distance" / "train-00002.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    builder = Simsv("object_abs_distance", release=copy)
    for read in (lambda: list(builder.as_streaming_dataset("train")), builder.download_and_prepare):
        with pytest.raises(ValueError, match=r"train-00002\.parquet is damaged"):
            read()
