from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simsv_dataset.loader import with_frames, with_messages
from simsv_dataset.schema import QUESTION_SCHEMA
from simsv_dataset.sims_vsi import load_sims_vsi
from tests.runs import write_video

VIDEO = "train/000017/raw_navigation_camera__1.mp4"
CHOICE = (
    "<image>\nThese are frames of a video.\nIf I am standing by the bed, is the sofa left or right?\n"
    "Options:\nA. left\nB. right\nAnswer with the option's letter from the given choices directly."
)
NUMBER = (
    "<image>\nThese are frames of a video.\nWhat is the distance between the bed and the sofa (in meters)?\n"
    "Please answer the question using a single word or phrase."
)


def turns(*texts: str, **others: str) -> list[dict[str, Any]]:
    """Human and gpt in turn."""
    keys = ["value", *others]
    return [
        {"from": ("human", "gpt")[k % 2], **dict.fromkeys(keys), "value": text, **others}
        for k, text in enumerate(texts)
    ]


def published(
    question_type: str = "obj_rel_direction_easy", fmt: str = "mc", video: str = VIDEO, **fields: Any
) -> dict[str, Any]:
    return {
        "video": video,
        "conversations": turns(CHOICE, "B"),
        "question_type": question_type,
        "fmt": fmt,
        **fields,
    }


def write(folder: Path, rows: Sequence[Mapping[str, Any]], name: str = "sims_vsi_3q_40k") -> None:
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


def read(folder: Path, rows: Sequence[Mapping[str, Any]], **options: Any) -> list[dict[str, Any]]:
    write(folder, rows)
    return list(load_sims_vsi(folder, folder / "unpacked", **options))


def test_a_choice(tmp_path: Path) -> None:
    (row,) = read(tmp_path, [published()])
    assert list(row) == QUESTION_SCHEMA.names
    assert row["id"] == "sims_vsi-000000-0"
    assert row["question_type"] == "object_rel_direction_easy"
    assert row["question"] == "If I am standing by the bed, is the sofa left or right?"
    assert (row["options"], row["answer"], row["answer_letter"]) == (["left", "right"], "right", "B")
    assert row["value"] is None
    assert row["video"] == {"bytes": None, "path": str(tmp_path / "unpacked" / VIDEO)}
    assert row["house_id"] == "train/000017"
    assert row["margin"] is row["min_frames"] is None


def test_a_number(tmp_path: Path) -> None:
    (row,) = read(tmp_path, [published("obj_abs_distance", "oe", conversations=turns(NUMBER, "2.4"))])
    assert row["question"] == "What is the distance between the bed and the sofa (in meters)?"
    assert (row["question_type"], row["options"], row["answer_letter"]) == ("object_abs_distance", None, None)
    assert (row["answer"], row["value"], row["unit"]) == ("2.4", 2.4, "m")


@pytest.mark.parametrize("answer", ["A", "A.", "A. left", "(A) left", "A) left", " A\n"])
def test_letters_however_they_are_written(tmp_path: Path, answer: str) -> None:
    (row,) = read(tmp_path, [published(conversations=turns(CHOICE, answer))])
    assert row["answer"] == "left"


def test_an_open_choice_is_its_text(tmp_path: Path) -> None:
    (row,) = read(tmp_path, [published(fmt="oe", conversations=turns("<image>\nIs it left or right?", "left"))])
    assert (row["question"], row["options"], row["answer"], row["value"]) == (
        "Is it left or right?",
        None,
        "left",
        None,
    )


@pytest.mark.parametrize("key", ["pwdvalue", "größe"])
def test_text_under_a_wrong_key_is_found(tmp_path: Path, key: str) -> None:
    lost = turns(CHOICE, "B")
    lost[0] |= {"value": None, key: CHOICE}
    kept = [{**turn, key: turn.get(key)} for turn in turns(CHOICE, "A")]
    rows = read(tmp_path, [published(conversations=kept), published(conversations=lost)])
    assert rows[0]["question"] == rows[1]["question"]
    assert [row["answer"] for row in rows] == ["left", "right"]


def test_several_questions_of_a_row_are_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, [published(), published(conversations=turns(CHOICE, "A", "And now, left or right?", "left"))])
    assert [row["id"] for row in rows] == ["sims_vsi-000000-0", "sims_vsi-000001-0", "sims_vsi-000001-1"]
    assert [row["answer"] for row in rows] == ["right", "left", "left"]


def test_formats_can_be_chosen(tmp_path: Path) -> None:
    both = [published(), published(fmt="oe", conversations=turns(NUMBER, "7"))] * 700
    assert len(read(tmp_path, both)) == 1400
    (first, *_) = only = read(tmp_path, both, fmt="oe")
    assert len(only) == 700
    assert first["id"] == "sims_vsi-000001-0"
    assert read(tmp_path, both, fmt="other") == []


def test_both_tables(tmp_path: Path) -> None:
    write(tmp_path, [published()] * 2, "sims_vsi_200k")
    write(tmp_path, [published()] * 3, "sims_vsi_3q_40k")
    assert len(load_sims_vsi(tmp_path, tmp_path, "sims_vsi_200k")) == 2
    assert len(load_sims_vsi(tmp_path, tmp_path, "sims_vsi_3q")) == 3


@pytest.mark.parametrize(
    "name",
    [
        "obj_count",
        "obj_abs_distance",
        "obj_size_est",
        "room_size_est",
        "obj_rel_distance",
        "obj_rel_direction_easy",
        "obj_rel_direction_medium",
        "obj_rel_direction_hard",
        "obj_appearance_order",
        "vsi_obj_appearance_order",
    ],
)
def test_all_published_types_have_one_of_ours(tmp_path: Path, name: str) -> None:
    (row,) = read(tmp_path, [published(name)])
    assert row["question_type"].removeprefix("object_").split("_")[0] in name.replace("count", "counting")


def test_rows_mix_with_ours_and_become_conversations_with_frames(
    tmp_path: Path, small_release: Path, datasets_cache: Path
) -> None:
    from datasets import concatenate_datasets

    import simsv_dataset

    video = tmp_path / VIDEO
    video.parent.mkdir(parents=True)
    write_video(video)
    write(tmp_path, [published(), published("obj_abs_distance", "oe", conversations=turns(NUMBER, "2.4"))])
    theirs = load_sims_vsi(tmp_path, tmp_path)
    mixed = concatenate_datasets([theirs, simsv_dataset.load(small_release)])
    assert mixed.features == theirs.features
    rows = with_frames(with_messages(mixed, "mc_letter", 3), 4)
    assert rows[0]["question_ids"] == ["sims_vsi-000000-0", "sims_vsi-000001-0"]
    assert rows[0]["frames"].dtype == np.uint8
    said = [message["content"][-1]["text"] for message in rows[0]["messages"]]
    assert said == [CHOICE.removeprefix("<image>\n"), "B", NUMBER.partition("video.\n")[2], "2.4"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"conversations": []}, "human and gpt in turn"),
        ({"conversations": turns(CHOICE)}, "human and gpt in turn"),
        ({"conversations": turns(CHOICE, "B")[::-1]}, "human and gpt in turn"),
        ({"conversations": turns(CHOICE, "")}, "a turn must have one text"),
        ({"conversations": turns(CHOICE, "C")}, r"'C' is none of the options \['left', 'right'\]"),
        ({"conversations": turns(CHOICE, "left")}, "'left' is none of the options"),
        ({"conversations": turns("<image>\nThese are frames of a video.", "B")}, "there is no question"),
        ({"question_type": "obj_colour"}, "question_type 'obj_colour' is none"),
        ({"video": "../../etc/passwd"}, "video must lie in the unpacked folder"),
        ({"video": "/etc/passwd"}, "video must lie in the unpacked folder"),
    ],
)
def test_what_is_not_as_described_is_named_with_its_row(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=rf"sims_vsi_3q_40k\.parquet: row 1: .*{message}"):
        read(tmp_path, [published(), published(**fields)])


def test_a_turn_with_two_texts_and_no_value_is_refused(tmp_path: Path) -> None:
    turn = {"from": "human", "value": None, "a": "one", "b": "two"}
    answer = {"from": "gpt", "value": "B", "a": None, "b": None}
    with pytest.raises(ValueError, match="one text"):
        read(tmp_path, [published(conversations=[turn, answer])])


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"sims_vsi_3q_40k\.parquet"):
        load_sims_vsi(tmp_path, tmp_path)
    with pytest.raises(ValueError, match="config '3q' is none of sims_vsi_200k, sims_vsi_3q"):
        load_sims_vsi(tmp_path, tmp_path, "3q")  # type: ignore[arg-type]
