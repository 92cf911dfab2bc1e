from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simsv_generation.quality.features import FOLDS
from simsv_generation.quality.forest import QUANTUM, fold_of, guess
from tests.generation.quality.asked import choice_rows, make_row, number_rows, order_rows

MAKERS = (choice_rows, order_rows, number_rows)
Maker = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("make_rows", MAKERS)
def test_a_planted_leak_is_found(make_rows: Maker) -> None:
    assert guess(make_rows(20, 25, told=0.8), 1).excess > 0.2


@pytest.mark.parametrize("make_rows", MAKERS)
def test_nothing_is_found_in_noise(make_rows: Maker) -> None:
    assert -0.1 < guess(make_rows(20, 25, told=0.0), 1).excess < 0.03


def test_numbers_to_choose_from_are_given_away_by_their_rank() -> None:
    rows = []
    for row in number_rows(20, 20, told=0.0):
        options = [f"{row['value'] * factor:g}" for factor in (2, 0.5, 1, 3)]
        turn = len(rows) % 4
        rows.append(
            make_row(row["id"], house=len(rows) % 20, options=options[turn:] + options[:turn], answer=options[2])
        )
    guesses = guess(rows, 1)
    assert guesses.forest.mean() > 0.95 * QUANTUM
    assert guesses.constant.mean() < 0.3 * QUANTUM


def test_a_house_does_not_tell_of_itself() -> None:
    # Turned answers of one house turn the belief about them, so nothing of the house was in what the forest was told.
    rows = choice_rows(12, 20, told=0.7)
    turned = [
        {**row, "answer": "left" if row["answer"] == "right" else "right"} if row["house_id"] == "house-3" else row
        for row in rows
    ]
    own = np.array([row["house_id"] == "house-3" for row in rows])
    before, after = guess(rows, 1).belief, guess(turned, 1).belief
    assert set((before + after)[own].tolist()) <= {QUANTUM - 1, QUANTUM}
    assert before[own].std() > 20


def test_belief_goes_with_the_answer() -> None:
    rows = choice_rows(20, 25, told=0.8)
    leans = np.array(["left", "right"])[
        [sorted({row["question"] for row in rows}).index(row["question"]) % 2 for row in rows]
    ]
    guesses = guess(rows, 1)
    usual = leans == [row["answer"] for row in rows]
    assert 0.7 < usual.mean() < 0.97
    assert guesses.belief[usual].mean() > 0.75 * QUANTUM
    assert guesses.belief[~usual].mean() < 0.25 * QUANTUM
    assert (guesses.prior == QUANTUM // 2).all()


def test_the_best_constant_is_a_letter_or_a_text() -> None:
    def constant(*answers: str, turned: bool) -> int:
        options = ["left", "right"]
        rows = [
            make_row(str(k), house=k, options=options[::-1] if turned and k % 2 else options, answer=answer)
            for k, answer in enumerate(answers)
        ]
        return int(guess(rows, 1).constant.sum())

    # "left" is right 7 times of 8, in either letter; the letter A only 5 times.
    assert constant(*["left"] * 6, "right", "left", turned=True) == 7 * QUANTUM
    # Whatever the letter stands for, it is right 8 times.
    assert constant(*["left", "right"] * 4, turned=True) == 8 * QUANTUM


@pytest.mark.parametrize("values", [[2.0] * 20, [1.0] * 19 + [4.0]])
def test_numbers_that_are_nearly_all_equal_leave_a_forest_nothing_to_add(values: list[float]) -> None:
    guesses = guess([make_row(str(k), house=k, value=value) for k, value in enumerate(values)], 1)
    assert guesses.excess == 0
    assert guesses.constant.sum() == values.count(values[0]) * QUANTUM


def test_choices_that_are_all_equal_leave_a_forest_nothing_to_add() -> None:
    rows = [make_row(str(k), house=k % 7, options=["links", "größer"], answer="größer") for k in range(60)]
    assert guess(rows, 1).excess == 0


def test_options_that_are_believed_in_alike_share_the_score() -> None:
    # Eight options of the other house are too few for a tree to tell any apart.
    assert guess(choice_rows(2, 4, told=1.0), 1).forest.tolist() == [QUANTUM // 2] * 8


def test_two_houses_are_enough() -> None:
    assert len(guess(choice_rows(2, 10, told=0.0), 1).forest) == 20
    assert len(guess(number_rows(2, 10, told=0.0), 1).forest) == 20


def test_the_same_seed_guesses_the_same_and_another_otherwise() -> None:
    rows = choice_rows(10, 10, told=0.4)
    first, again, other = (guess(rows, seed).belief for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_folds_are_of_whole_houses_and_equally_many() -> None:
    houses = [f"größe-{k % 23}" for k in range(100)]
    folds = fold_of(houses, 1)
    by_house = dict(zip(houses, folds.tolist(), strict=True))
    assert [by_house[house] for house in houses] == folds.tolist()
    assert sorted(np.bincount(list(by_house.values()), minlength=FOLDS).tolist()) == [4, 4, 5, 5, 5]
    assert fold_of(houses[::-1], 1).tolist() == folds[::-1].tolist()
    assert fold_of(houses, 2).tolist() != folds.tolist()
    assert fold_of(["only"] * 3, 1).tolist() == [0, 0, 0]
