"""A feature may know the answers of other houses, and no more; else the report would only say how well it cheats."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from simsv_generation.quality.features import FOLDS, ChoiceFeatures, Integers, NumberFeatures
from simsv_generation.quality.reading import read
from tests.generation.quality.asked import choice_rows, make_row, number_rows, order_rows

Features = ChoiceFeatures | NumberFeatures
NUM_ROWS = 200


def of_choices(rows: Sequence[dict[str, Any]], folds: Integers, changed: Integers) -> ChoiceFeatures:
    """Features of choices; where `changed`, the other option is said to be right."""
    right = np.array([row["options"].index(row["answer"]) for row in rows])
    return ChoiceFeatures(read(rows), np.where(changed, 1 - right, right), folds)


def of_numbers(rows: Sequence[dict[str, Any]], folds: Integers, changed: Integers) -> NumberFeatures:
    """Features of numbers in eight bands; where `changed`, the number is said to be the largest."""
    bands = np.searchsorted(np.geomspace(10, 1000, 9)[1:-1], [row["value"] for row in rows])
    return NumberFeatures(read(rows), np.where(changed, 7, bands), folds)


def of_cases(features: Features, folds: Integers) -> Integers:
    """Which fold each row of the table of features is of."""
    return features.fold if isinstance(features, ChoiceFeatures) else folds


@pytest.mark.parametrize(
    ("make_rows", "features_of"), [(choice_rows, of_choices), (order_rows, of_choices), (number_rows, of_numbers)]
)
@pytest.mark.parametrize("held", range(FOLDS))
def test_answers_that_are_held_out_move_no_feature(
    make_rows: Callable[..., list[dict[str, Any]]], features_of: Callable[..., Features], held: int
) -> None:
    rows, folds = make_rows(NUM_ROWS, 1, told=0.5), np.arange(NUM_ROWS) % FOLDS
    plain = features_of(rows, folds, folds < 0)
    changed = features_of(rows, folds, folds == held)
    np.testing.assert_array_equal(plain.known(held), changed.known(held))
    # But those answers are there to be learnt from for all others.
    other = (held + 1) % FOLDS
    moved = (plain.known(other) != changed.known(other)).any(1)
    assert moved[of_cases(plain, folds) == other].mean() > 0.5


@pytest.mark.parametrize("make_rows", [choice_rows, order_rows])
def test_what_is_known_in_training_of_a_choice_has_nothing_of_its_own_fold(
    make_rows: Callable[..., list[dict[str, Any]]],
) -> None:
    rows, folds = make_rows(NUM_ROWS, 1, told=0.5), np.arange(NUM_ROWS) % FOLDS
    plain, changed = (of_choices(rows, folds, folds == fold) for fold in (-1, 2))
    own = plain.fold == 2
    np.testing.assert_array_equal(plain.known(4)[own], changed.known(4)[own])
    assert (plain.known(4) != changed.known(4)).any()


def test_what_is_known_in_training_of_a_number_has_nothing_of_its_own_fold() -> None:
    folds = np.arange(NUM_ROWS) % FOLDS
    readings, bands = read(number_rows(NUM_ROWS, 1, told=0.5)), np.arange(NUM_ROWS) // 5 % 8
    turned = bands.copy()
    turned[folds == 2] = bands[folds == 2][::-1]
    plain, changed = (NumberFeatures(readings, each, folds).known(4) for each in (bands, turned))
    np.testing.assert_array_equal(plain[folds == 2], changed[folds == 2])
    assert (plain != changed).any()


def test_a_rate_is_the_share_of_other_folds_where_it_was_right() -> None:
    # Kind "bed": right is "left" in folds 0, 1 and 3. What fold 1 is told when fold 0 is held out is of fold 3 alone.
    rows = [
        make_row(str(k), house=k, question=f"Where is the {kind}?", options=["left", "right"], answer=answer)
        for k, (kind, answer) in enumerate([("bed", "left"), ("bed", "left"), ("sofa", "right"), ("bed", "left")])
    ]
    features = of_choices(rows, np.arange(4), np.zeros(4, bool))
    place, rank, template, kind = features.known(0)[2, :4].tolist()
    assert (place, rank) == (0, 0)
    assert features.known(0)[3, :4].tolist() == [1, 0, template, kind]
    rates = [features.known(held)[0].tolist() for held in (0, 3)]
    width = 2
    columns = slice(9, 9 + width)  # After the place, the rank and seven words: the wording, then "0 bed".
    assert rates[0][columns] == [1000 * 2 // 5, 1000 * 2 // 4]
    assert rates[1][columns] == [1000 * 1 // 4, 1000 * 1 // 3]


def test_an_order_speaks_for_and_against() -> None:
    rows = order_rows(40, 1, told=1.0)
    features = of_choices(rows, np.arange(40) % FOLDS, np.zeros(40, bool))
    rate = features.known(0)[:, 9]  # Of the pair, after the place, the rank and seven words.
    assert rate[features.is_right].min() >= 0
    assert rate[~features.is_right].max() <= 0
    assert rate[features.is_right].mean() > 50


def test_everything_is_a_whole_number_in_rows_of_one_width() -> None:
    rows = [
        make_row("a", question="Is the bed nearer at 3.5 s?", options=["9.5", "10"], answer="10"),
        make_row("b", house=1, question="Is the „Größe“ nearer at 12.0 s?", options=["1", "0.5"], answer="1"),
    ]
    features = of_choices(rows, np.array([0, 1]), np.zeros(2, bool))
    known = features.known(0)
    assert known.dtype == np.int64
    assert known.shape[0] == 4
    assert known[:, 1].tolist() == [0, 1, 1, 0], "numbers to choose from are known by their rank, not as text"
