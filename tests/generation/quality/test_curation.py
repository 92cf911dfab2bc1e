from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from simsv_dataset.taxonomy import QuestionType
from simsv_generation.quality import Curated, curate
from simsv_generation.quality.balance import LEAD, PER_HOUSE
from simsv_generation.quality.curation import MOST_EXCESS_OF_KNOWLEDGE
from tests.generation.quality.asked import choice_rows, make_row, number_rows

SIDE = QuestionType("side", "left or right", "choice", num_options=2)
LENGTH = QuestionType("length", "how long", "number", unit="cm")
SIZE = QuestionType("size", "how long such things are", "number", unit="cm", category_tells=True)


def ids(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def in_splits(rows: list[dict[str, Any]], num_train: int) -> dict[str, list[dict[str, Any]]]:
    """The first houses in train, the others in test."""
    train = [row for row in rows if int(row["house_id"].removeprefix("house-")) < num_train]
    return {"train": train, "test": rows[len(train) :]}


def leaky() -> dict[str, list[dict[str, Any]]]:
    """Questions of which too many are about one house, too many are answered left, and the kind tells too much."""
    rows = choice_rows(24, PER_HOUSE + 4, told=0.5)
    return in_splits([row for row in rows if row["answer"] == "left" or not row["id"].endswith("7")], 18)


@pytest.fixture(scope="module")
def sides() -> Curated:
    """What is published of `leaky`."""
    return curate(SIDE, leaky(), 3, as_asked=False)


@pytest.fixture(scope="module")
def sizes() -> Curated:
    """What is published of numbers of which the kind tells something, as it may."""
    return curate(SIZE, {"train": number_rows(25, PER_HOUSE, told=0.55)}, 3, as_asked=False)


def test_what_is_dropped_adds_up_and_says_why(sides: Curated) -> None:
    asked, curated = leaky(), sides
    published = sum(map(len, curated.rows.values()))
    assert sum(curated.dropped.values()) == sum(map(len, asked.values())) - published
    assert set(curated.dropped) == {"surplus_of_its_house_or_object", "answer_ahead", "words_give_it_away"}
    surplus = Counter(row["house_id"] for rows in asked.values() for row in rows)
    assert curated.dropped["surplus_of_its_house_or_object"] == sum(
        max(count - PER_HOUSE, 0) for count in surplus.values()
    )
    assert min(curated.dropped.values()) > 0


def test_what_is_published_is_capped_even_and_no_longer_given_away(sides: Curated) -> None:
    asked, curated = leaky(), sides
    for split, rows in curated.rows.items():
        assert ids(rows) == [row["id"] for row in asked[split] if row["id"] in set(ids(rows))]
        assert max(Counter(row["house_id"] for row in rows).values()) <= PER_HOUSE
        for told in ("answer", "answer_letter"):
            (_, most), (_, fewest) = Counter(row[told] for row in rows).most_common()
            assert most - fewest <= LEAD
        assert all(0 <= row["blind_score"] <= 1 for row in rows)
    record = curated.blind["choice"]
    assert record.num_rows == sum(map(len, curated.rows.values())) > 250
    assert record.excess_low < 0.02
    assert record.forest - record.best_constant < 0.06


def test_as_asked_everything_is_kept_and_the_report_tells() -> None:
    asked = leaky()
    curated = curate(SIDE, asked, 3, as_asked=True)
    assert {split: ids(rows) for split, rows in curated.rows.items()} == {
        split: ids(rows) for split, rows in asked.items()
    }
    assert curated.dropped == {}
    assert curated.blind["choice"].excess_low > 0.1


def test_the_same_seed_publishes_the_same_and_another_seed_does_not() -> None:
    asked = {"train": choice_rows(12, 20, told=0.7)}
    first, again, other = (curate(SIDE, asked, seed, as_asked=False) for seed in (1, 1, 2))
    assert first == again
    assert ids(first.rows["train"]) != ids(other.rows["train"])


def test_what_the_kind_tells_is_knowledge_only_where_it_is_said_to_be(sizes: Curated) -> None:
    asked = {"train": number_rows(25, PER_HOUSE, told=0.55)}
    length = curate(LENGTH, asked, 3, as_asked=False)
    assert ids(sizes.rows["train"]) == ids(asked["train"])
    told = sizes.blind["number"].forest - sizes.blind["number"].best_constant
    assert 0.02 < told < MOST_EXCESS_OF_KNOWLEDGE + 0.02
    assert length.dropped["words_give_it_away"] > 100
    assert length.blind["number"].excess_low < 0.02


def test_numbers_to_choose_from_give_nothing_away_either(sizes: Curated) -> None:
    rows = sizes.rows["train"]
    offered = [(row["numeric_options"], row["value"]) for row in rows if row["numeric_options"]]
    assert 250 < len(offered) < len(rows)
    ranks = Counter(sorted(options).index(value) for options, value in offered)
    places = Counter(options.index(value) for options, value in offered)
    for counts in (ranks, places):
        assert max(counts.values()) - min(counts.values()) <= LEAD
        assert len(counts) == 4


def test_numbers_have_more_to_choose_from_as_asked() -> None:
    asked = {"train": number_rows(4, PER_HOUSE, told=0.3)}
    counts = [
        sum(row["numeric_options"] is not None for row in curate(LENGTH, asked, 3, as_asked=as_asked).rows["train"])
        for as_asked in (True, False)
    ]
    assert len(asked["train"]) >= counts[0] > counts[1] > 0


def test_numbers_of_other_kinds_are_offered_only_where_the_kind_tells_nothing() -> None:
    rare = [make_row("rare", question="How long is the Kühltruhe?", value=90.0)]
    asked = {"train": [*rare, *number_rows(4, 20, told=0.3)]}
    length, size = (curate(question_type, asked, 3, as_asked=True).rows["train"][0] for question_type in (LENGTH, SIZE))
    assert len(length["numeric_options"]) == 4
    assert size["numeric_options"] is None


def test_nothing_comes_of_nothing() -> None:
    for question_type in (SIDE, LENGTH, SIZE):
        for asked in ({}, {"train": [], "test": []}):
            for as_asked in (True, False):
                assert curate(question_type, asked, 3, as_asked=as_asked) == Curated({}, {}, {})


@pytest.mark.parametrize("as_asked", [True, False])
def test_one_question_is_published_without_a_score(as_asked: bool) -> None:
    row = make_row("größe", question="Wo ist die „Größe“?", options=["links", "rechts"], answer="links")
    curated = curate(SIDE, {"test": [row], "train": []}, 3, as_asked=as_asked)
    assert curated == Curated({"test": [{**row, "blind_score": None}]}, {}, {})
    number = make_row("one", value=4.5)
    curated = curate(LENGTH, {"test": [number]}, 3, as_asked=as_asked)
    assert curated == Curated({"test": [{**number, "blind_score": None}]}, {}, {})


def test_one_house_is_capped_and_not_scored() -> None:
    asked = {"validation": choice_rows(1, 300, told=1.0)}
    curated = curate(SIDE, asked, 3, as_asked=False)
    assert PER_HOUSE >= len(curated.rows["validation"]) > PER_HOUSE / 4
    assert {row["blind_score"] for row in curated.rows["validation"]} == {None}
    assert curated.blind == {}
    assert sum(curated.dropped.values()) == 300 - len(curated.rows["validation"])


def test_where_all_answers_are_equal_next_to_none_are_published() -> None:
    rows = [make_row(str(k), house=k % 30, options=["left", "right"], answer="right") for k in range(300)]
    curated = curate(SIDE, {"train": rows}, 3, as_asked=False)
    assert ids(curated.rows["train"]) == ids(rows[:LEAD])
    assert curated.dropped == {"answer_ahead": 300 - LEAD}
    equal = curate(LENGTH, {"train": [make_row(str(k), house=k, value=3.0) for k in range(220)]}, 3, as_asked=False)
    assert {row["numeric_options"] for row in equal.rows["train"]} == {None}
    assert (equal.dropped, equal.blind["number"].best_constant) == ({}, 1.0)
