from collections import Counter, defaultdict
from itertools import pairwise

from simsv_generation.quality.choices import CLOSEST, NUM_OPTIONS, as_choice, with_numbers
from tests.generation.quality.asked import make_row, number_rows


def about(kind: str, *values: float) -> list[dict[str, object]]:
    return [make_row(f"{kind}-{k}", question=f"How long is the {kind}?", value=value) for k, value in enumerate(values)]


def powers(count: int, base: float = 1.0) -> list[float]:
    return [base * 2**k for k in range(count)]


def test_there_are_four_numbers_each_a_quarter_apart_with_the_true_one_once() -> None:
    rows = with_numbers(number_rows(20, 20, told=0.0), 1, same_kind=False)
    assert sum(row["numeric_options"] is not None for row in rows) > 390
    for row in rows:
        if options := row["numeric_options"]:
            assert len(options) == NUM_OPTIONS
            assert options.count(row["value"]) == 1
            assert all(larger >= CLOSEST * smaller for smaller, larger in pairwise(sorted(options)))


def test_all_else_of_a_row_stays() -> None:
    rows = number_rows(2, 9, told=0.0)
    assert [{**row, "numeric_options": None} for row in with_numbers(rows, 1, same_kind=False)] == rows


def test_the_true_number_is_at_every_place_and_of_every_rank() -> None:
    rows = with_numbers(number_rows(30, 20, told=0.0), 1, same_kind=False)
    offered = [(row["numeric_options"], row["value"]) for row in rows if row["numeric_options"]]
    places = Counter(options.index(value) for options, value in offered)
    ranks = Counter(sorted(options).index(value) for options, value in offered)
    for counts in (places, ranks):
        assert sorted(counts) == [0, 1, 2, 3]
        assert min(counts.values()) > 0.6 * len(offered) / NUM_OPTIONS


def test_others_of_the_same_kind_are_true_answers_about_that_kind() -> None:
    rows = number_rows(20, 20, told=0.7)
    values = defaultdict(set)
    for row in rows:
        values[row["question"]].add(row["value"])
    offered = [row for row in with_numbers(rows, 1, same_kind=True) if row["numeric_options"]]
    assert len(offered) > 200
    assert all(set(row["numeric_options"]) <= values[row["question"]] for row in offered)


def test_few_answers_about_a_kind_are_made_up_for_by_other_kinds_where_that_is_allowed() -> None:
    rows = about("bed", *powers(3)) + about("Größe", *powers(20, base=1.5))
    alone, together = (with_numbers(rows, 1, same_kind=same_kind) for same_kind in (True, False))
    assert [row["numeric_options"] for row in alone[:3]] == [None] * 3
    assert all(set(row["numeric_options"]) & set(powers(20, base=1.5)) for row in together[:3])
    # Of twenty different answers about a kind none needs to come from elsewhere.
    assert all(set(row["numeric_options"]) <= set(powers(20, base=1.5)) for row in together[3:])


def test_other_kinds_do_not_move_the_numbers_of_a_kind() -> None:
    bed, sofa = about("bed", *powers(9)), about("sofa", *powers(9, base=1.1))
    two = with_numbers(bed + sofa, 1, same_kind=True)
    three = with_numbers(sofa + about("椅子", *powers(9, base=1.2)) + bed, 1, same_kind=True)
    assert two[:9] == three[18:]
    assert two[9:] == three[:9]


def test_the_moment_that_is_asked_about_is_no_kind() -> None:
    rows = [make_row(str(k), question=f"How far at {k}.5 s?", value=value) for k, value in enumerate(powers(8))]
    assert all(row["numeric_options"] for row in with_numbers(rows, 1, same_kind=True))


def test_another_seed_offers_other_numbers() -> None:
    rows = number_rows(2, 20, told=0.0)
    first, again, other = (with_numbers(rows, seed, same_kind=False) for seed in (1, 1, 2))
    assert first == again != other


def test_null_where_no_three_others_can_be_had() -> None:
    for values in ([5.0], [5.0] * 30, [1.0, 2.0, 4.0] * 5, [100.0 + k for k in range(20)], [0.0] * 4 + powers(2)):
        rows = with_numbers(about("bed", *values), 1, same_kind=False)
        assert [row["numeric_options"] for row in rows] == [None] * len(values)
    assert with_numbers([], 1, same_kind=True) == []


def test_a_row_as_a_choice_says_the_numbers_as_answers_do() -> None:
    row = {**make_row("a", value=120.0), "numeric_options": [45.5, 300.0, 120.0, 7.25]}
    choice = as_choice(row)
    assert choice["options"] == ["45.5", "300", "120", "7.25"]
    assert (choice["answer"], choice["answer_letter"], choice["value"]) == ("120", "C", None)
    assert row["value"] == 120.0
