import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_dataset.chat import (
    ANSWER_STYLES,
    answer_text,
    conversation,
    group_by_video,
    message_rows,
    message_table,
    question_text,
    with_video,
)
from simsv_dataset.metrics import score
from simsv_dataset.release import config_schema, read_split, with_video_root, write_split
from simsv_dataset.schema import MESSAGE_SCHEMA

CHOICE: dict[str, Any] = {
    "id": "q-choice",
    "question_type": "object_rel_direction_easy",
    "question": "Is the lamp left or right?",
    "options": ["right", "left"],
    "answer": "left",
    "answer_letter": "B",
    "numeric_options": None,
    "rationale": "It is on the left side. So the answer is left.",
    "episode_id": "e",
    "video": {"bytes": None, "path": "/r/videos/train/000/e.mp4"},
}
NUMBER: dict[str, Any] = {
    **CHOICE,
    "id": "q-number",
    "question_type": "object_abs_distance",
    "question": "How far is it (in meters)?",
    "options": None,
    "answer": "2.0",
    "answer_letter": None,
    "numeric_options": [1.1, 2.0, 3.4, 0.8],
    "rationale": "They are 2.03 apart. So the answer is 2.0.",
}


def about(video: str, name: str) -> dict[str, Any]:
    return {**NUMBER, "id": name, "video": {"bytes": None, "path": f"/r/videos/train/000/{video}.mp4"}}


def test_choices_are_put_to_the_letter_as_vsi_bench_puts_them() -> None:
    (message, _) = conversation([CHOICE], "/v.mp4")
    assert message["content"][1]["text"] == (
        "These are frames of a video.\n"
        "Is the lamp left or right?\n"
        "Options:\n"
        "A. right\n"
        "B. left\n"
        "Answer with the option's letter from the given choices directly."
    )


def test_numbers_are_put_to_the_letter_as_vsi_bench_puts_them() -> None:
    (message, _) = conversation([NUMBER], "/v.mp4")
    assert message["content"][1]["text"] == (
        "These are frames of a video.\n"
        "How far is it (in meters)?\n"
        "Please answer the question using a single word or phrase."
    )


@pytest.mark.parametrize(
    ("style", "choice", "number"),
    [
        ("mc_letter", "B", "2.0"),
        ("mc", "B. left", "B. 2.0"),
        ("open", "left", "2.0"),
        (
            "rationale",
            "It is on the left side. So the answer is left.\nB",
            "They are 2.03 apart. So the answer is 2.0.\n2.0",
        ),
    ],
)
def test_answers_of_every_style(style, choice: str, number: str) -> None:
    assert answer_text(CHOICE, style) == choice
    assert answer_text(NUMBER, style) == number


@pytest.mark.parametrize(
    ("style", "choice", "number"),
    [("mc_letter", True, False), ("mc", True, True), ("open", False, False), ("rationale", True, False)],
)
def test_options_are_shown_where_the_answer_is_a_letter(style, choice: bool, number: bool) -> None:
    assert ("\nOptions:\nA. right\nB. left\n" in question_text(CHOICE, style)) is choice
    assert ("\nOptions:\nA. 1.1\nB. 2.0\nC. 3.4\nD. 0.8\n" in question_text(NUMBER, style)) is number


def test_a_number_without_options_stays_one_in_mc() -> None:
    row = {**NUMBER, "numeric_options": None}
    assert question_text(row, "mc") == question_text(row, "mc_letter")
    assert answer_text(row, "mc") == "2.0"


@pytest.mark.parametrize("style", ["mc_letter", "mc"])
def test_what_is_taught_is_scored_as_right(style) -> None:
    assert score(CHOICE["question_type"], answer_text(CHOICE, style), CHOICE["answer_letter"]) == 1
    assert score(NUMBER["question_type"], answer_text(NUMBER, "mc_letter"), NUMBER["answer"]) == 1


def test_only_the_first_turn_has_the_video_and_says_what_it_is() -> None:
    messages = conversation([CHOICE, NUMBER, CHOICE], "/v.mp4")
    assert [message["role"] for message in messages] == ["user", "assistant"] * 3
    assert messages[0]["content"][0] == {"type": "video", "video": "/v.mp4"}
    assert [part["type"] for message in messages for part in message["content"]] == ["video", *["text"] * 6]
    said = [message["content"][-1]["text"] for message in messages]
    assert ["These are frames" in text for text in said] == [True, False, False, False, False, False]
    assert said[1::2] == ["B", "2.0", "B"]
    # A null key would be a second video to a chat template.
    assert all(None not in part.values() for message in messages for part in message["content"])


def test_what_cannot_be_asked_is_named() -> None:
    with pytest.raises(ValueError, match=r"'letter' is none of mc_letter, mc, open, rationale"):
        question_text(CHOICE, "letter")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"q-choice: the answer 'up' is none of the options"):
        answer_text({**CHOICE, "answer": "up"})
    with pytest.raises(ValueError, match="q-choice has no rationale"):
        answer_text({**CHOICE, "rationale": ""}, "rationale")


# Several questions


@given(st.lists(st.sampled_from("abc"), max_size=30), st.sampled_from([1, 3, 5]))
def test_groups_hold_every_row_once_full_but_the_last_of_each_video(videos: list[str], size: int) -> None:
    rows = [about(video, f"{k:02d}") for k, video in enumerate(videos)]
    groups = group_by_video(rows, size)
    assert sorted(row["id"] for group in groups for row in group) == [row["id"] for row in rows]
    assert [group[0]["id"] for group in groups] == sorted(group[0]["id"] for group in groups)
    for group in groups:
        assert len({row["video"]["path"] for row in group}) == 1
        assert [row["id"] for row in group] == sorted(row["id"] for row in group)
    short = Counter(group[0]["video"]["path"] for group in groups if len(group) < size)
    assert all(number == 1 for number in short.values())
    assert len(groups) == sum(-(-number // size) for number in Counter(videos).values())


def test_groups_of_a_video_do_not_depend_on_the_others() -> None:
    rows = [about(video, f"{k:02d}") for k, video in enumerate("abcabcabca")]
    alone = group_by_video([row for row in rows if "a.mp4" in row["video"]["path"]], 3)
    assert [group for group in group_by_video(rows, 3) if "a.mp4" in group[0]["video"]["path"]] == alone


def test_a_conversation_without_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 question, got 0"):
        group_by_video([CHOICE], 0)


# Stored


@pytest.mark.parametrize("style", ANSWER_STYLES)
def test_rows_are_stored_as_json_of_what_they_are(style) -> None:
    rows = [CHOICE, NUMBER, about("größe", "ü")]
    made = list(message_rows(rows, style=style, questions_per_conversation=3))
    table = message_table(rows, style=style, questions_per_conversation=3)
    assert table.schema.equals(MESSAGE_SCHEMA)
    assert [{**row, "messages": [json.loads(text) for text in row["messages"]]} for row in table.to_pylist()] == made
    assert [row["question_ids"] for row in made] == [["q-choice", "q-number"], ["ü"]]
    assert all(row["images"] == [] for row in made)


def test_no_rows_make_an_empty_table() -> None:
    assert message_table([]).num_rows == 0


def test_a_moved_or_published_release_moves_the_video_in_its_messages_too() -> None:
    table = message_table([CHOICE, NUMBER], questions_per_conversation=5)
    published = with_video_root(table, "hf://datasets/org/simsv@v1.0")
    row = published.to_pylist()[0]
    assert row["video"]["path"] == "hf://datasets/org/simsv@v1.0/videos/train/000/e.mp4"
    # No processor of a model knows hf://.
    address = json.loads(row["messages"][0])["content"][0]["video"]
    assert address == "https://huggingface.co/datasets/org/simsv/resolve/v1.0/videos/train/000/e.mp4"
    assert row["messages"][1:] == table.to_pylist()[0]["messages"][1:]
    assert with_video_root(published, "/r").equals(table)


def test_the_record_of_conversations_does_not_depend_on_their_place(tmp_path) -> None:
    table = message_table([CHOICE, NUMBER])
    here = write_split(tmp_path / "a", "3q_messages", "train", [table])
    there = write_split(tmp_path / "b", "3q_messages", "train", [with_video_root(table, "hf://datasets/org/simsv@v1")])
    assert here == there
    assert pa.concat_tables(read_split(tmp_path / "a", "3q_messages", "train")).equals(table)
    answers = message_table([{**CHOICE, "answer": "right"}, NUMBER])
    assert write_split(tmp_path / "c", "3q_messages", "train", [answers]) != here
    assert config_schema("3q_messages") == MESSAGE_SCHEMA


def test_messages_keep_everything_but_the_video() -> None:
    (row,) = message_table([CHOICE, NUMBER], questions_per_conversation=2).to_pylist()
    assert with_video(with_video(row["messages"], "/elsewhere.mp4"), "/r/videos/train/000/e.mp4") == row["messages"]
