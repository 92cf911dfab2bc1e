"""Answers of a small run by the oracles; and the oracles by answers that are wrong."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsv_dataset.taxonomy import QUESTION_TYPES
from simsv_generation.store import RunStore
from tests.conformance.answer_truth import answer_truth, main, pictures, table
from tests.conformance.oracles.boxes import Block, gap, gap_to_point
from tests.conformance.oracles.frames import look
from tests.conformance.oracles.geometry import Geometry
from tests.conformance.oracles.people import apart, away
from tests.conformance.oracles.pixels import Pixels
from tests.conformance.oracles.stored import Stored, Unclear, encloses
from tests.conformance.oracles.wording import TYPES, actions, understood

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


@pytest.fixture(scope="module")
def stored(run_folder: Path) -> Stored:
    store = RunStore.open(run_folder)
    episodes = [Stored.read(run_folder, store.episode_folder(name)) for name in store.episode_ids()]
    return max(episodes, key=lambda episode: len({row["question_type"] for row in episode.questions}))


@pytest.fixture(scope="module")
def pixels(run_folder: Path, stored: Stored) -> Pixels:
    return Pixels(stored, look(stored, pictures(stored, RunStore.open(run_folder))))


def others(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The question with every answer that is not its own, or a few where there is no end of them."""
    if row["options"] is not None:
        wrong = [option for option in row["options"] if option != row["answer"]]
        return [{**row, "answer": text, "answer_letter": "ABCDEFGH"[row["options"].index(text)]} for text in wrong]
    unit = {"m": 0.1, "m2": 0.1}.get(row["unit"], 1.0)
    values = [round(row["value"] + off * unit, 1) for off in (-1, 1, 20)]
    text = "{:.1f}" if unit == 0.1 else "{:.0f}"
    return [{**row, "answer": text.format(value), "value": value} for value in values]


def test_every_answer_of_a_run_is_true(run_folder: Path) -> None:
    truth = answer_truth(run_folder, 3)
    assert truth.disagreements == []
    assert truth.asked.total() > 200
    assert truth.by_geometry == truth.asked
    assert truth.frames_saved == truth.frames > 100
    assert truth.pixels_outside == 0
    assert truth.by_pixels.total() > 100
    assert truth.decided.total() > 0.8 * truth.by_pixels.total()
    assert f"{truth.asked.total()}" in table(truth).splitlines()[-1]


def test_the_script_fails_without_enough_questions(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--run", str(run_folder), "--episodes", "0"]) == 1
    assert "only 0 questions" in capsys.readouterr().out


def test_geometry_takes_no_other_answer(stored: Stored) -> None:
    geometry, found = Geometry(stored), set()
    for row in stored.questions:
        assert geometry.check(row) == ""
        for wrong in others(row):
            assert geometry.check(wrong), wrong["question"]
            found.add(row["question_type"])
    assert len(found) > 10


def test_a_room_goes_by_a_name_that_only_one_can_have(stored: Stored) -> None:
    sizes = [row for row in stored.questions if row["question_type"] == "room_size_estimation"]
    row = next(row for row in sizes if row["subject"])
    (named,) = (room for room in stored.house["rooms"] if room["room_id"] == row["subject"])
    assert Geometry(stored).check(row) == ""
    twin = {**named, "room_id": "room|twin"}
    crowded = replace(stored, house={**stored.house, "rooms": [*stored.house["rooms"], twin]})
    assert "may be the" in Geometry(crowded).check(row)
    passage = {"kind": "passage", "room_ids": ["room|other", named["room_id"]]}
    joined = replace(stored, house={**stored.house, "openings": [*stored.house["openings"], passage]})
    assert "goes over into another room" in Geometry(joined).check(row)


def test_pixels_take_no_other_answer_where_they_decide(pixels: Pixels) -> None:
    count = 0
    for row in pixels.stored.questions:
        verdict = pixels.check(row)
        # Of a size, pixels know the least alone.
        if verdict is not None and verdict.is_decided and "size" not in row["question_type"]:
            # And a number to the width of their bounds.
            for other in others(row) if row["options"] is not None else others(row)[-1:]:
                assert (found := pixels.check(other)) is not None
                assert found.problem, other["question"]
                count += 1
    assert count > 100


def test_pixels_fill_no_less_than_a_size(pixels: Pixels) -> None:
    rows = [row for row in pixels.stored.questions if row["question_type"] == "object_size_estimation"]
    assert rows
    for row in rows:
        less = {**row, "answer": str(round(row["value"] / 2)), "value": float(round(row["value"] / 2))}
        assert (verdict := pixels.check(less)) is not None
        assert "pixels fill" in verdict.problem


def test_a_name_must_be_of_one_thing(stored: Stored) -> None:
    row = next(row for row in stored.questions if row["question_type"] == "object_abs_distance")
    geometry = Geometry(stored)
    name = understood(row["question_type"], row["question"])["a"]
    unicorn = {**row, "question": row["question"].replace(name, "unicorn")}
    assert geometry.check(unicorn) == "there is no unicorn"
    thing = stored.the(name)
    house = {**stored.house, "objects": [dict(other) for other in stored.house["objects"]]}
    seen = next(other.number for other in stored.things if stored.seen[other.number].any() and other is not thing)
    house["objects"][seen]["category"] = name
    assert Geometry(replace(stored, house=house)).check(row) == f"the video shows 2 of {name}"
    assert "worded" in geometry.check({**row, "question": "How far is it?"})


def test_all_types_are_understood() -> None:
    assert set(TYPES) == {kind.name for kind in QUESTION_TYPES}
    with pytest.raises(Unclear, match="worded"):
        understood("room_count", "How many rooms?")
    walk = "1. Go forward until the tv 2. [please fill in] 3. Go forward until the bed"
    assert actions(walk) == ["tv", "", "bed"]
    with pytest.raises(Unclear, match="numbered"):
        actions(walk.replace("2.", "4."))


def turned(degrees: float) -> list[float]:
    half = math.radians(degrees) / 2
    return [math.cos(half), 0.0, 0.0, math.sin(half)]


@pytest.mark.parametrize(
    ("center", "degrees", "distance"),
    [
        ([3.0, 0.0, 0.0], 0.0, 2.0),  # faces
        ([3.0, 2.0, 0.0], 0.0, math.hypot(2.0, 1.0)),  # edges
        ([3.0, 2.0, 2.0], 90.0, math.sqrt(6.0)),  # corners
        ([3.0, 0.0, 0.0], 45.0, 2.5 - math.sqrt(0.5)),  # an edge before a face
        ([0.5, 0.2, 0.1], 30.0, 0.0),  # one in the other
    ],
)
def test_distances_between_boxes(center: list[float], degrees: float, distance: float) -> None:
    a = Block.of([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0])
    low, high = gap(a, Block.of(center, [1.0, 1.0, 1.0], turned(degrees)))
    assert low - 1e-3 <= distance <= high + 1e-3
    assert high - low < 1e-3


def test_distance_of_a_point() -> None:
    block = Block.of([0.0, 0.0, 1.0], [2.0, 1.0, 2.0], turned(90.0))
    low, high = gap_to_point(block, np.array([2.5, 0.0, 1.0]))
    assert low == pytest.approx(2.0, abs=1e-3)
    assert high == pytest.approx(2.0, abs=1e-3)


def test_ways_and_outlines() -> None:
    assert away(SQUARE, np.array([[0.5, 0.5], [2.0, 0.5], [2.0, 2.0]])) == pytest.approx([0.0, 1.0, math.sqrt(2)])
    hollow = np.array([[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [0, 1]], dtype=float)
    assert encloses(hollow, np.array([[1.0, 0.5], [1.0, 2.0], [2.5, 2.5]])).tolist() == [True, False, True]
    solids = np.array([[[0.0, 1.0], [4.0, 1.0]], [[0.0, 3.0], [4.0, 3.0]]])
    ways = apart(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[2.0, 0.5], [2.0, 2.0]]), solids)
    assert ways == pytest.approx(np.array([[0.5, 2.5], [0.0, 1.0]]))
