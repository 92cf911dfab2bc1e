from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simsv_dataset.mixtures import (
    ALL,
    MIXTURES,
    SIZES,
    Mixture,
    hash_rank,
    in_mixed_order,
    largest_mixture,
    largest_total,
    mixed,
    quotas,
)
from simsv_dataset.taxonomy import QUESTION_TYPES

NAMES = st.text("abcdef", min_size=1, max_size=3)
WEIGHTS = st.dictionaries(NAMES, st.integers(1, 60), min_size=1, max_size=5)


def fits(shares: Mapping[str, int], available: Mapping[str, int]) -> bool:
    return all(share <= available.get(name, 0) for name, share in shares.items())


def test_the_paper_s_mixture_is_the_paper_s_counts() -> None:
    (mixture,) = [mixture for mixture in MIXTURES if mixture.name == "3q"]
    assert sum(mixture.weights.values()) == 25_000
    assert quotas(mixture.weights, 25_000) == mixture.weights
    assert quotas(mixture.weights, 1_000) == {
        "object_abs_distance": 345,
        "obj_appearance_order": 255,
        "object_rel_direction_medium": 156,
        "object_rel_direction_hard": 154,
        "object_rel_direction_easy": 90,
    }


def test_mixtures_mix_known_types() -> None:
    for mixture in MIXTURES:
        assert set(mixture.weights) <= {question_type.name for question_type in QUESTION_TYPES}


@given(WEIGHTS, st.integers(0, 3000))
def test_quotas_share_out_everything_within_one_row_of_the_exact_share(weights: dict[str, int], total: int) -> None:
    shares = quotas(weights, total)
    assert list(shares) == list(weights)
    assert sum(shares.values()) == total
    for name, weight in weights.items():
        assert abs(shares[name] - Fraction(weight * total, sum(weights.values()))) < 1


@given(WEIGHTS, st.integers(0, 3000))
def test_a_larger_weight_never_gets_less(weights: dict[str, int], total: int) -> None:
    shares = quotas(weights, total)
    by_weight = sorted(weights, key=lambda name: weights[name])
    for small, large in pairwise(by_weight):
        if weights[small] < weights[large]:
            assert shares[small] <= shares[large]


def test_equal_remainders_go_to_the_type_named_first() -> None:
    assert quotas({"b": 1, "a": 1}, 3) == {"b": 2, "a": 1}


@given(WEIGHTS, st.dictionaries(NAMES, st.integers(0, 40), max_size=6))
def test_the_largest_total_fits_and_no_larger_one_does(weights: dict[str, int], available: dict[str, int]) -> None:
    total = largest_total(weights, available)
    assert fits(quotas(weights, total), available)
    everything = sum(available.get(name, 0) for name in weights)
    assert not any(fits(quotas(weights, larger), available) for larger in range(total + 1, everything + 1))


@given(WEIGHTS, st.dictionaries(NAMES, st.integers(0, 40), max_size=6))
def test_a_mixture_leaves_out_what_is_not_there_and_nothing_else(
    weights: dict[str, int], available: dict[str, int]
) -> None:
    mixture = largest_mixture(weights, available)
    assert set(mixture) == {name for name in weights if available.get(name, 0) > 0}
    assert fits(mixture, available)
    assert sum(mixture.values()) > 0 or not mixture


def test_a_huge_release_is_no_long_search() -> None:
    weights = MIXTURES[0].weights
    available = {name: 10**15 + k for k, name in enumerate(weights)}
    total = largest_total(weights, available)
    assert fits(quotas(weights, total), available)
    assert not fits(quotas(weights, total + 1), available)


@pytest.mark.parametrize(("weights", "total"), [({}, 1), ({"a": 0}, 1), ({"a": 2, "b": -1}, 1), ({"a": 1}, -1)])
def test_impossible_shares_are_refused(weights: dict[str, int], total: int) -> None:
    with pytest.raises(ValueError, match=r"weights|total"):
        quotas(weights, total)


@given(st.lists(st.text(max_size=8), unique=True, max_size=30), st.data())
def test_mixed_order_depends_on_the_ids_alone_so_that_selections_nest(ids: list[str], data: st.DataObject) -> None:
    def order(some: list[str]) -> list[str]:
        ordered: list[str] = in_mixed_order(pa.table({"id": pa.array(some, pa.string())}))["id"].to_pylist()
        return ordered

    ordered = order(ids)
    assert sorted(ordered) == sorted(ids)
    assert order(data.draw(st.permutations(ids))) == ordered
    fewer = set(data.draw(st.lists(st.sampled_from(ids)))) if ids else set()
    assert order([id_ for id_ in ids if id_ in fewer]) == [id_ for id_ in ordered if id_ in fewer]


def test_mixed_order_is_the_same_for_ever() -> None:
    rows = pa.table({"id": ["a", "b", "c", "d"], "n": [0, 1, 2, 3]})
    assert in_mixed_order(rows).to_pydict() == {"id": ["a", "b", "d", "c"], "n": [0, 1, 3, 2]}


# Tables


def table(name: str, count: int, split: str = "train") -> pa.Table:
    """So many rows of a type, in hash order."""
    ids = sorted((f"{split}-{name}-{k}" for k in range(count)), key=hash_rank)
    return pa.table({"id": ids, "type": [name] * count})


def ids(rows: pa.Table) -> list[str]:
    found: list[str] = rows["id"].to_pylist()
    return found


def test_all_is_everything_once_in_mixed_order() -> None:
    tables = {name: {"train": table(name, 30), "test": table(name, 4, "test")} for name in ("größe", "object_counting")}
    tables["room_count"] = {"validation": table("room_count", 1, "validation")}
    everything = mixed(tables)[ALL]
    assert list(everything) == ["train", "validation", "test"]
    for split, rows in everything.items():
        of_split = [by_split[split] for by_split in tables.values() if split in by_split]
        assert rows == in_mixed_order(pa.concat_tables(of_split))


def test_sizes_are_nested_and_in_the_mixture_s_proportions() -> None:
    mixture = MIXTURES[0]
    counts = {name: 1 + share for name, share in quotas(mixture.weights, 1_300).items()}
    tables = {name: {"train": table(name, count), "test": table(name, count, "test")} for name, count in counts.items()}
    configs = mixed(tables)
    assert [name for name in configs if name.startswith("3q")] == ["3q", "3q_250", "3q_500", "3q_1k"]
    assert list(configs["3q"]) == ["train", "test"]
    nested = [configs[name]["train"] for name in ("3q_250", "3q_500", "3q_1k", "3q")]
    assert [rows.num_rows for rows in nested[:3]] == [250, 500, 1_000]
    assert 1_300 <= nested[3].num_rows <= 1_310
    for smaller, larger in pairwise([*nested, configs[ALL]["train"]]):
        kept = set(ids(smaller))
        assert [id_ for id_ in ids(larger) if id_ in kept] == ids(smaller)
    for rows in nested:
        assert Counter(rows["type"].to_pylist()) == quotas(mixture.weights, rows.num_rows)
    assert all(list(configs[f"3q_{size}"]) == ["train"] for size in ("250", "500", "1k"))


def test_a_mixture_does_not_begin_with_the_type_that_there_is_most_of() -> None:
    mixture = MIXTURES[0]
    shares = quotas(mixture.weights, 1_000)
    plenty = {
        name: {"train": table(name, share * (50 if name == "object_rel_direction_easy" else 1))}
        for name, share in shares.items()
    }
    types = mixed(plenty)["3q"]["train"]["type"].to_pylist()
    for name, share in shares.items():
        # The positions of a type are spread as if drawn: their mean has the standard deviation 1000 / sqrt(12 share).
        positions = [k for k, found in enumerate(types) if found == name]
        assert abs(sum(positions) / share - 500) < 4 * 1_000 / (12 * share) ** 0.5


def test_a_mixture_that_lacks_a_type_has_no_sizes() -> None:
    lacking = dict.fromkeys(list(MIXTURES[0].weights)[1:], 500)
    configs = mixed({name: {"train": table(name, count)} for name, count in lacking.items()})
    assert [name for name in configs if name.startswith("3q")] == ["3q"]
    assert set(configs["3q"]["train"]["type"].to_pylist()) == set(lacking)


def test_nothing_is_mixed_of_nothing() -> None:
    assert mixed({}) == {}
    assert list(mixed({"room_count": {"test": table("room_count", 1, "test")}})) == [ALL]


@pytest.mark.parametrize("mixture", MIXTURES, ids=lambda mixture: mixture.name)
def test_no_larger_total_takes_rows_from_the_sizes_that_are_published(mixture: Mixture) -> None:
    # The method of largest remainders can do so; with these weights it does not.
    for size in SIZES.values():
        smaller = quotas(mixture.weights, size)
        for total in [*range(size + 1, size + 200), *(other for other in SIZES.values() if other > size)]:
            assert fits(smaller, quotas(mixture.weights, total))
