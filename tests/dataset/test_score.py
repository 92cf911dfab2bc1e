"""Scores of predictions: against brute force, against what must be, and at the edges."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simsv_dataset import metrics
from simsv_dataset.score import RESAMPLES, Estimate, Scores, score_predictions, truth

NUMBER, CHOICE = "object_abs_distance", "object_rel_distance"
DIRECTIONS = tuple(f"object_rel_direction_{level}" for level in ("easy", "medium", "hard"))
OURS = "camera_turn"
"""A type that VSI-Bench does not have."""
TYPES = (NUMBER, CHOICE, *DIRECTIONS, OURS)
Row = dict[str, Any]


def make_row(number: int, question_type: str = CHOICE, house: int = 0, answer: str = "left") -> Row:
    is_number = question_type == NUMBER
    options = ["left", "right"]
    return {
        "id": f"q{number}",
        "question_type": question_type,
        "options": None if is_number else options,
        "answer": answer,
        "answer_letter": None if is_number else "AB"[options.index(answer)],
        "house_id": f"house-{house}",
    }


def right(rows: Sequence[Row]) -> dict[str, str]:
    return {row["id"]: truth(row) for row in rows}


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Row], dict[str, str], dict[str, str]]:
    """Rows of some types and houses, and what two models say to them, right or wrong."""
    rows = []
    for number in range(draw(st.integers(1, 25))):
        question_type = draw(st.sampled_from(TYPES))
        answers = ["0.5", "1.0", "1.1", "7.0"] if question_type == NUMBER else ["left", "right"]
        rows.append(make_row(number, question_type, draw(st.integers(0, 4)), draw(st.sampled_from(answers))))
    said = st.sampled_from(["A", "B.", "1.0", "about one", "", "Größe"])
    return rows, {row["id"]: draw(said) for row in rows}, {row["id"]: draw(said) for row in rows}


def brute(rows: Sequence[Row], said: Mapping[str, str]) -> dict[str, float]:
    """Every value of the table by its definition, with Python's own numbers."""
    scored = {row["id"]: metrics.score(row["question_type"], said[row["id"]], truth(row)) for row in rows}
    of_type = {
        name: [scored[row["id"]] for row in rows if row["question_type"] == name]
        for name in {row["question_type"] for row in rows}
    }
    means = {name: sum(scores) / len(scores) for name, scores in of_type.items()}
    values = {**means, "macro": metrics.overall(means), "micro": sum(scored.values()) / len(scored)}
    shared = {name: mean for name, mean in means.items() if name != OURS}
    return values | ({"vsi_bench": metrics.overall(shared)} if shared else {})


def ends(estimate: Estimate | None) -> tuple[float, float]:
    """Of an interval that must be there."""
    assert estimate is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def table(scores: Scores) -> dict[str, Any]:
    named = {**scores.types, "macro": scores.macro, "micro": scores.micro}
    return named | ({"vsi_bench": scores.vsi_bench} if scores.vsi_bench else {})


@settings(deadline=None)
@given(questions())
def test_the_table_is_what_brute_force_finds(asked) -> None:
    rows, said, blind = asked
    found = table(score_predictions(rows, said, blind))
    of_model, of_blind = brute(rows, said), brute(rows, blind)
    assert found.keys() == of_model.keys()
    for name, score in found.items():
        assert score.model.value == pytest.approx(of_model[name], abs=1e-6)
        assert score.blind.value == pytest.approx(of_blind[name], abs=1e-6)
        assert score.gain.value == pytest.approx(of_model[name] - of_blind[name], abs=2e-6)


@settings(deadline=None)
@given(questions())
def test_intervals_hold_the_mean_and_lie_between_none_and_all(asked) -> None:
    rows, said, _ = asked
    for score in table(score_predictions(rows, said)).values():
        assert (score.model.low is None) == (score.model.high is None) == (score.num_houses == 1)
        if score.model.low is not None:
            assert 0 <= score.model.low <= score.model.value <= score.model.high <= 1


@settings(deadline=None)
@given(questions())
def test_right_answers_score_all_and_no_constant_more(asked) -> None:
    rows, said, _ = asked
    for score in table(score_predictions(rows, right(rows), said)).values():
        assert score.model.value == 1
        assert 0 < score.best_constant <= 1
        assert score.gain.value == pytest.approx(1 - score.blind.value, abs=2e-6)
        if score.num_houses > 1:
            assert (score.model.low, score.model.high) == (1, 1)


@settings(deadline=None)
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_questions_and_predictions_is_nothing(asked, random) -> None:
    rows, said, _ = asked
    mixed, mixed_said = list(rows), list(said.items())
    random.shuffle(mixed)
    random.shuffle(mixed_said)
    one, two = table(score_predictions(rows, said)), table(score_predictions(mixed, dict(mixed_said)))
    assert list(one) == list(two)
    for name, score in one.items():
        assert two[name].model.value == pytest.approx(score.model.value, abs=2e-6)
        assert two[name].best_constant == pytest.approx(score.best_constant, abs=2e-6)


@settings(deadline=None)
@given(questions())
def test_no_constant_answer_beats_the_best(asked) -> None:
    rows, _, _ = asked
    scores = score_predictions(rows, right(rows))
    for constant in ("A", "B", "0.5", "1.0", "1.1", "7.0"):
        said = score_predictions(rows, dict.fromkeys((row["id"] for row in rows), constant))
        for name, score in said.types.items():
            if name != NUMBER or any(row["answer"] == constant for row in rows):
                assert score.model.value <= scores.types[name].best_constant


def test_the_best_constant_of_choices_may_be_a_text() -> None:
    rows = [
        {**make_row(k), "options": ["left", "right"][:: 1 - 2 * (k % 2)], "answer_letter": "AB"[k % 2]}
        for k in range(4)
    ]
    (score,) = score_predictions(rows, right(rows)).types.values()
    assert (score.best_constant, score.chance) == (1.0, 0.5)


def test_chance_is_of_choices_alone() -> None:
    rows = [make_row(0), {**make_row(1), "options": list("abcd")}, make_row(2, NUMBER, answer="2.0")]
    scores = score_predictions(rows, right(rows))
    assert scores.types[CHOICE].chance == 0.375
    assert scores.types[NUMBER].chance is scores.macro.chance is scores.micro.chance is None
    assert score_predictions(rows[:2], right(rows)).macro.chance == 0.375


def test_levels_of_direction_are_one_type_of_the_mean() -> None:
    rows = [make_row(k, name, house=k) for k, name in enumerate((*DIRECTIONS, CHOICE, OURS))]
    said = {**right(rows), "q0": "B", "q1": "B", "q4": "B"}
    scores = score_predictions(rows, said)
    assert scores.vsi_bench is not None
    assert scores.vsi_bench.model.value == round((1 / 3 + 1) / 2, 6)
    assert scores.vsi_bench.num_rows == 4
    assert scores.macro.model.value == round((1 / 3 + 1 + 0) / 3, 6)
    assert scores.micro.model.value == 0.4


def test_what_vsi_bench_does_not_ask_has_no_mean_of_its() -> None:
    rows = [make_row(0, OURS)]
    assert score_predictions(rows, right(rows)).vsi_bench is None


def test_houses_are_drawn_and_not_questions() -> None:
    """Questions of a house that all go one way tell no more than one of them."""
    few = [make_row(k, house=k) for k in range(20)]
    many = [make_row(100 * k + copy, house=k) for k in range(20) for copy in range(50)]
    by_house = {f"house-{k}": "AB"[k % 2] for k in range(20)}
    (of_few,), (of_many,) = (
        score_predictions(rows, {row["id"]: by_house[row["house_id"]] for row in rows}).types.values()
        for rows in (few, many)
    )
    assert of_few.model == of_many.model
    assert ends(of_few.model) == pytest.approx((0.3, 0.7), abs=0.051)
    spread = [make_row(k, house=k) for k in range(1000)]
    (of_spread,) = score_predictions(spread, {row["id"]: "AB"[k % 2] for k, row in enumerate(spread)}).types.values()
    assert ends(of_spread.model) == pytest.approx((0.469, 0.531), abs=0.01)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """Models of known accuracy, whose houses differ, on forty houses of unequal size."""
    generator = np.random.Generator(np.random.Philox(1))
    covered = 0
    for _ in range(200):
        rows, said = [], {}
        for house in range(40):
            accuracy = generator.beta(3, 2)
            for _ in range(int(generator.integers(1, 8))):
                row = make_row(len(rows), house=house)
                rows.append(row)
                said[row["id"]] = "A" if generator.random() < accuracy else "B"
        low, high = ends(score_predictions(rows, said).micro.model)
        covered += low <= 0.6 <= high
    assert 175 <= covered <= 199


def test_the_same_predictions_have_the_same_intervals() -> None:
    rows = [make_row(k, TYPES[1 + k % 5], house=k % 7) for k in range(70)]
    said = {row["id"]: "AB"[k % 3 == 0] for k, row in enumerate(rows)}
    assert score_predictions(rows, said) == score_predictions(rows, dict(reversed(said.items())))


def test_an_interval_of_a_gain_is_of_pairs() -> None:
    """Where both arms go right and wrong together their difference is certain, however wide the scores are."""
    rows = [make_row(k, house=k) for k in range(30)]
    said = {row["id"]: "AB"[k % 2] for k, row in enumerate(rows)}
    (score,) = score_predictions(rows, said, said).types.values()
    assert ends(score.gain) == (0, 0)
    low, high = ends(score.model)
    assert high - low > 0.2


def test_a_type_in_few_houses_is_not_lost_in_resamples_without_it() -> None:
    rows = [make_row(k, house=k) for k in range(RESAMPLES // 10)]
    rows += [make_row(1000, NUMBER, house=0, answer="2.0"), make_row(1001, NUMBER, house=1, answer="2.0")]
    scores = score_predictions(rows, {**right(rows), "q1001": "9"})
    number = scores.types[NUMBER]
    assert (number.num_rows, number.num_houses, ends(number.model)) == (2, 2, (0, 1))
    assert ends(scores.macro.model) < (1, 1)


def test_nothing_to_score_and_a_question_without_prediction_are_errors() -> None:
    with pytest.raises(ValueError, match="no questions"):
        score_predictions([], {})
    with pytest.raises(KeyError, match="q0"):
        score_predictions([make_row(0)], {})
    with pytest.raises(KeyError, match="q0"):
        score_predictions([make_row(0)], {"q0": "A"}, {})
