from collections.abc import Callable
from typing import Any

import pytest

from simsv_generation.quality import thinning
from simsv_generation.quality.forest import guess
from simsv_generation.quality.thinning import FEWEST, thinned
from tests.generation.quality.asked import choice_rows, number_rows, order_rows

Maker = Callable[..., list[dict[str, Any]]]
TARGET = 0.01
AUDIT_SEED = 2026


@pytest.fixture
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thinning stops after its first round."""
    monkeypatch.setattr(thinning, "ROUNDS", 1)


@pytest.mark.parametrize(
    ("make_rows", "told", "least"), [(choice_rows, 0.6, 0.2), (order_rows, 0.6, 0.2), (number_rows, 0.55, 0.03)]
)
def test_a_leak_is_thinned_out_for_other_forests_too(make_rows: Maker, told: float, least: float) -> None:
    rows = make_rows(20, 30, told=told)
    assert guess(rows, AUDIT_SEED).excess > least
    kept = thinned(rows, TARGET, 3)
    assert guess(kept, AUDIT_SEED).excess < 0.05
    assert len(kept) > 0.4 * len(rows)
    assert kept == [row for row in rows if row in kept]


@pytest.mark.parametrize("make_rows", [choice_rows, order_rows, number_rows])
def test_what_words_do_not_give_away_stays_whole(make_rows: Maker) -> None:
    rows = make_rows(20, 20, told=0.0)
    assert thinned(rows, TARGET, 3) == rows


def test_a_leak_that_is_allowed_stays() -> None:
    rows = choice_rows(20, 20, told=0.5)
    assert thinned(rows, 0.5, 3) == rows


def test_usual_answers_go_and_unusual_ones_stay(one_round: None) -> None:
    rows = choice_rows(20, 20, told=0.6)
    places = sorted({row["question"] for row in rows})
    kept = {row["id"] for row in thinned(rows, TARGET, 3)}
    stayed: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows:
        is_usual = row["answer"] == ("left", "right")[places.index(row["question"]) % 2]
        stayed[is_usual].append(row["id"] in kept)
    assert sum(stayed[False]) > 0.9 * len(stayed[False])
    assert sum(stayed[True]) < 0.6 * len(stayed[True])


def test_less_strength_takes_out_less_in_a_round(one_round: None) -> None:
    rows = choice_rows(20, 20, told=0.6)
    strong, weak = (len(thinned(rows, TARGET, 3, strength=strength)) for strength in (1.0, 0.5))
    assert strong < weak - 20 < weak < len(rows)


def test_lots_are_drawn_by_id(one_round: None) -> None:
    rows = choice_rows(20, 15, told=0.6)
    renamed = [{**row, "id": f"größe-{row['id']}"} for row in rows]
    kept, again, others = (thinned(each, TARGET, 3) for each in (rows, rows, renamed))
    assert kept == again
    assert [row["id"] for row in kept] != [row["id"].removeprefix("größe-") for row in others]


@pytest.mark.parametrize(
    "rows",
    [[], choice_rows(1, 1, told=1.0), choice_rows(1, FEWEST + 50, told=1.0), choice_rows(FEWEST - 1, 1, told=1.0)],
    ids=["none", "one", "one house", "too few"],
)
def test_where_a_forest_would_say_too_little_all_stays(rows: list[dict[str, Any]]) -> None:
    assert thinned(rows, TARGET, 3) == rows


def test_rows_enough_are_thinned() -> None:
    rows = choice_rows(FEWEST, 1, told=1.0)
    assert len(thinned(rows, TARGET, 3)) < FEWEST
