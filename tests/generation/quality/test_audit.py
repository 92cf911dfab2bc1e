from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from simsv_dataset.taxonomy import QuestionType
from simsv_generation.quality.audit import FEWEST, audit
from simsv_generation.quality.choices import with_numbers
from tests.generation.quality.asked import choice_rows, number_rows

SIDE = QuestionType("side", "left or right", "choice", num_options=2)
LENGTH = QuestionType("length", "how long", "number", unit="cm")
SIZE = QuestionType("size", "how long such things are", "number", unit="cm", category_tells=True)


@pytest.mark.parametrize(("told", "excess"), [(0.8, 0.4), (0.4, 0.2)])
def test_the_interval_covers_the_excess_that_was_planted(told: float, excess: float) -> None:
    # One who knows what is usual is right in the share `told` and in half of the rest; a constant in half of all.
    _, report = audit(SIDE, choice_rows(50, 24, told=told), 5)
    record = report["choice"]
    assert record.excess_low < record.forest - record.best_constant < record.excess_high
    assert record.excess_low <= excess <= record.excess_high
    assert 0.02 < record.excess_high - record.excess_low < 0.15


def test_where_there_is_no_leak_the_interval_does_not_lie_above_none() -> None:
    _, report = audit(SIDE, choice_rows(20, 24, told=0.0), 5)
    assert report["choice"].excess_low <= 0
    assert (report["choice"].num_rows, report["choice"].num_houses, report["choice"].chance) == (480, 20, 0.5)
    assert report["choice"].forest == pytest.approx(0.5, abs=0.08)
    assert report["choice"].best_constant == pytest.approx(0.52, abs=0.03)


def test_more_of_the_same_about_a_house_is_no_more_certain() -> None:
    rows = choice_rows(12, 18, told=1.0)
    copies = [{**row, "id": f"{row['id']}-{copy}"} for row in rows for copy in range(3)]
    once, thrice = (audit(SIDE, each, 5)[1]["choice"] for each in (rows, copies))
    assert once.forest == thrice.forest == 1
    assert (once.excess_low, once.excess_high) == (thrice.excess_low, thrice.excess_high)
    assert once.excess_high - once.excess_low > 0.05


def test_scores_of_choices_are_beliefs_in_the_answer() -> None:
    rows = choice_rows(20, 25, told=0.8)
    scores, _ = audit(SIDE, rows, 5)
    kinds = sorted({row["question"] for row in rows})
    usual = np.array([row["answer"] == ("left", "right")[kinds.index(row["question"]) % 2] for row in rows])
    assert all(score is not None and 0 <= score <= 1 for score in scores)
    assert len(set(scores)) > 20, "beliefs, not hits and misses"
    assert np.mean(np.array(scores)[usual]) > 0.75
    assert np.mean(np.array(scores)[~usual]) < 0.25


def offered(rows: Sequence[dict[str, Any]]) -> list[Any]:
    return with_numbers(rows, 5, same_kind=True)


def test_numbers_are_audited_as_such_and_as_choices() -> None:
    plain = offered(number_rows(20, 25, told=0.6))
    rows = [{**row, **({"numeric_options": None} if k < 50 else {})} for k, row in enumerate(plain)]
    scores, report = audit(LENGTH, rows, 5)
    assert list(report) == ["number", "choice"]
    assert (report["number"].chance, report["choice"].chance) == (None, 0.25)
    assert report["number"].num_rows == 500
    assert 400 < report["choice"].num_rows == sum(row["numeric_options"] is not None for row in rows) <= 450
    # Scores are those of the numbers: what the forest's estimate gets in tenths.
    assert np.mean(np.array(scores)) == pytest.approx(report["number"].forest, abs=1e-4)
    assert {round(10 * score, 6) % 1 for score in scores if score is not None} == {0.0}


def test_to_know_the_kind_is_no_fault_where_the_kind_tells() -> None:
    rows = offered(number_rows(10, 25, told=0.8))
    gated = [
        {form: record.is_gated for form, record in audit(question_type, rows, 5)[1].items()}
        for question_type in (LENGTH, SIZE)
    ]
    assert gated[0]["number"]
    assert not gated[1]["number"]
    rows = offered(number_rows(20, 25, told=0.5))
    assert audit(SIZE, rows, 5)[1]["choice"].is_gated


def test_too_few_to_tell_are_not_scored() -> None:
    for rows in ([], choice_rows(1, 1, told=1.0), choice_rows(FEWEST - 1, 1, told=1.0), choice_rows(1, 300, told=1.0)):
        assert audit(SIDE, rows, 5) == ([None] * len(rows), {})
    assert audit(LENGTH, [], 5) == ([], {})
    scores, report = audit(SIDE, choice_rows(FEWEST, 1, told=1.0), 5)
    assert None not in scores
    assert report["choice"].num_rows == FEWEST


def test_too_few_with_numbers_to_choose_from_are_audited_as_numbers_alone() -> None:
    rows = number_rows(10, 25, told=0.5)
    rows = offered(rows[: FEWEST - 1]) + rows[FEWEST - 1 :]
    scores, report = audit(LENGTH, rows, 5)
    assert list(report) == ["number"]
    assert None not in scores


def test_another_type_is_audited_with_other_folds() -> None:
    rows = choice_rows(10, 24, told=0.3)
    other = QuestionType("other side", "left or right", "choice", num_options=2)
    first, again, others = (audit(question_type, rows, 5)[0] for question_type in (SIDE, SIDE, other))
    assert first == again != others
