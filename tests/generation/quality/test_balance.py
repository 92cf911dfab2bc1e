from collections import Counter
from collections.abc import Sequence
from typing import Any

from simsv_generation.quality.balance import LEAD, PER_HOUSE, PER_OBJECT, capped, even, even_ranks
from tests.generation.quality.asked import choice_rows, make_row


def chosen(options: Sequence[str], *answers: str) -> list[dict[str, Any]]:
    return [make_row(str(k), options=list(options), answer=answer) for k, answer in enumerate(answers)]


def letters(rows: Sequence[Any]) -> Counter[str]:
    return Counter(row["answer_letter"] for row in rows)


def spread(counts: Counter[str], among: Sequence[str]) -> int:
    return max(counts[each] for each in among) - min(counts[each] for each in among)


# Caps


def test_a_house_has_its_first_questions() -> None:
    rows = [make_row(f"{house}-{k}", house=house) for k in range(PER_HOUSE + 3) for house in (0, 1)]
    assert capped(rows) == rows[: 2 * PER_HOUSE]


def test_an_object_is_named_so_often_and_no_more() -> None:
    rows = [make_row(str(k), referents=("bed|1", f"lamp|{k}")) for k in range(PER_OBJECT + 4)]
    rows.append(make_row("last", referents=("lamp|0", f"lamp|{PER_OBJECT}")))
    assert capped(rows) == [*rows[:PER_OBJECT], rows[-1]]


def test_an_object_of_another_house_is_another_object() -> None:
    rows = [make_row(f"{house}-{k}", house=house, referents=("bed|1",)) for k in range(PER_OBJECT) for house in (0, 1)]
    assert capped(rows) == rows


def test_nothing_is_capped_of_nothing() -> None:
    assert capped([]) == []
    assert capped(rows := [make_row("only")]) == rows


# Even answers


def test_letters_and_closed_answers_are_even() -> None:
    rows = [row for row in choice_rows(40, 10, told=0.0) if row["answer"] == "left" or row["id"].endswith(("1", "2"))]
    assert spread(Counter(row["answer"] for row in rows), ("left", "right")) > 50
    kept = even(rows)
    assert spread(letters(kept), "AB") <= LEAD
    assert spread(Counter(row["answer"] for row in kept), ("left", "right")) <= LEAD
    assert 70 < len(kept) < len(rows) / 2
    assert kept == [row for row in rows if row in kept]


def test_the_first_of_a_letter_are_kept_and_none_more_is_lost() -> None:
    rows = [make_row(str(k), options=[f"{k}", f"{k}!"], answer=f"{k}!" if k < 4 else f"{k}") for k in range(30)]
    assert even(rows) == rows[: 4 + 4 + LEAD]


def test_even_answers_stay_whole() -> None:
    rows = chosen(["yes", "no"], "yes", "no", "no", "no", "yes")
    assert even(rows) == rows


def test_open_answers_are_left_alone() -> None:
    # Every answer is "bed", in an even letter; but what else could be chosen differs, so "bed" is no answer to learn.
    rows = [
        make_row(str(k), options=["bed", f"thing {k}"] if k % 2 else [f"thing {k}", "bed"], answer="bed")
        for k in range(20)
    ]
    assert even(rows) == rows
    closed = [{**row, "options": ["bed", "sofa"] if row["answer_letter"] == "A" else ["sofa", "bed"]} for row in rows]
    assert len(even(closed)) == LEAD


def test_when_all_answers_are_equal_few_are_left() -> None:
    assert even(rows := chosen(["links", "rechts"], *["rechts"] * 9)) == rows[:LEAD]


def test_an_answer_that_is_never_right_limits_the_others() -> None:
    rows = chosen(["left", "right", "back"], *["left", "right", "left", "right"] * 5)
    assert even(rows) == rows[: 2 * LEAD]


def test_numbers_have_no_letters_to_even() -> None:
    rows = [make_row(str(k), value=5.0) for k in range(9)]
    assert even(rows) == rows
    assert even([]) == []


# Even ranks


def ranked(row_id: str, rank: int, letter: int) -> dict[str, Any]:
    numbers = ["10", "100", "20", "9.5"]
    answer = sorted(numbers, key=float)[rank]
    numbers.remove(answer)
    numbers.insert(letter, answer)
    return make_row(row_id, options=numbers, answer=answer)


def test_ranks_of_numbers_are_even() -> None:
    # The second smallest is right twice as often as any other; letters are even.
    rows = [ranked(f"{rank}-{k}", rank, k % 4) for k in range(40) for rank in (0, 1, 1, 2, 3)]
    rows = [{**row, "id": f"{k}"} for k, row in enumerate(rows)]
    kept = even_ranks(rows)
    ranks = Counter(str(sorted(map(float, row["options"])).index(float(row["answer"]))) for row in kept)
    assert spread(ranks, "0123") <= LEAD
    assert spread(letters(kept), "ABCD") <= LEAD
    assert 150 < len(kept) < 170
    assert kept == [row for row in rows if row in kept]


def test_ranks_that_are_even_stay_whole_and_none_is_none() -> None:
    rows = [ranked(f"{rank}-{letter}", rank, letter) for rank in range(4) for letter in range(4)]
    assert even_ranks(rows) == rows
    assert even_ranks([]) == []
