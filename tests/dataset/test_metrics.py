"""The scores are those of lmms-eval 0.7.3, whose scores of a grid are pinned here, and asked for where it is there."""

import hashlib
import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simsv_dataset.metrics import (
    exact_relative_accuracy,
    first_number,
    first_word,
    mean_relative_accuracy,
    number_at_start,
    overall,
    score,
)

NUMBER, CHOICE = "object_abs_distance", "object_rel_distance"
TOKENS = "2 .5 -3 1.25. 1,200 one Twenty-one and hundred thousand m a ٣ x5y".split()
FORMS = ("{}", "{}m", " {} meters.", "About {}.", "{}.", "**{}**", "{} to 12", "\n{}\n", "-{}", "chair 7: {}")
PINNED = {
    "responses": "fc8e9e544232c25f198f3aab97a2cc4a51d244066cffb65c5ae7fa7be58de9bd",
    "values": "d716da3bebb95aa1058d44970007e083c49d6fc51cb8a4f59b585446c37d11d6",
    "letters": "9bd661d9c72a349a5e8ae51eab77d0b913f57af91e14dcf2b5b198b9881d2909",
}
"""SHA-256 of what lmms-eval 0.7.3 (wheel from PyPI) scored on each part of the grid."""


def responses() -> Iterator[tuple[str, str, str]]:
    """What models say when they mean a number: every sequence of up to four tokens."""
    for length in range(5):
        for words in product(TOKENS, repeat=length):
            for truth in ("2", "21.0"):
                yield NUMBER, " ".join(words), truth


def values() -> Iterator[tuple[str, str, str]]:
    """Right and wrong numbers, many of them exactly at a threshold, in every form."""
    for truth in (0.1, 0.3, 0.7, 1.0, 1.1, 2.0, 3.0, 4.5, 7.3, 10.0, 33.0, 60.0, 123.4, 999.0):
        for percent in range(0, 205, 5):
            for form in FORMS:
                yield NUMBER, form.format(round(truth * percent / 100, 6)), f"{truth}"
    for truth in range(2, 60):
        for value in range(150):
            yield "object_counting", f"{value}", f"{truth}"


def letters() -> Iterator[tuple[str, str, str]]:
    """What models say when they choose."""
    for begin, letter, middle, end in product(
        ("", " ", "(", "Answer: ", "\n", "."),
        ("A", "b", "AB", "E", ""),
        ("", ".", "..", ")", ",", ":", "\n", "\t", " "),
        ("", " chair", "chair", ".", " ."),
    ):
        for truth in "ABCD":
            yield CHOICE, begin + letter + middle + end, truth


GRID = {"responses": responses, "values": values, "letters": letters}
Scorer = Callable[[str, str, str], float]


def digest(part: str, scorer: Scorer) -> str:
    lines = (f"{scorer(*case).hex()}\n" for case in GRID[part]())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("part", GRID)
def test_all_scores_of_the_grid_are_those_of_lmms_eval(part: str) -> None:
    assert digest(part, score) == PINNED[part]


@pytest.fixture(scope="module")
def theirs() -> Scorer:
    """The scorer of an installed lmms-eval, without the rest of it, which needs torch."""
    spec = importlib.util.find_spec("lmms_eval")
    if spec is None or spec.submodule_search_locations is None:
        # Where nobody reads the reasons of skipped tests, a test that cannot run has failed.
        (pytest.fail if "CI" in os.environ else pytest.skip)("lmms-eval is not installed")
    path = Path(spec.submodule_search_locations[0]) / "tasks" / "vsibench" / "utils.py"
    module_spec = importlib.util.spec_from_file_location("lmms_eval_vsibench", path)
    assert module_spec is not None
    assert module_spec.loader is not None
    module = importlib.util.module_from_spec(module_spec)
    module_spec.loader.exec_module(module)

    def scorer(question_type: str, response: str, truth: str) -> float:
        row = {"question_type": question_type, "ground_truth": truth}
        scored = module.vsibench_process_results(row, [response])["vsibench_overall"]
        return float(scored["accuracy" if question_type == CHOICE else "MRA:.5:.95:.05"])

    return scorer


@pytest.mark.parametrize("part", GRID)
def test_an_installed_lmms_eval_scores_the_grid_alike(part: str, theirs: Scorer) -> None:
    for case in GRID[part]():
        assert score(*case) == theirs(*case), case
    assert digest(part, theirs) == PINNED[part]


@pytest.mark.parametrize(
    ("response", "number"),
    [
        ("", None),
        ("chairs", None),
        ("There are 3 boxes", 3.0),
        ("Three boxes.", 3.0),
        ("one apple, room 2", 1.0),
        (".5", 5.0),
        ("1e2", 1.0),
        ("1,200", 1.0),
        ("12 to 15", 12.0),
        ("-2.5 m", -2.5),
        ("3.", 3.0),
        ("three hundred and twenty-one thousand and five", 321_005.0),
        ("hundred", 100.0),
        ("two 3 four", 6.0),
        ("someone", None),
        ("hundred " * 200, math.inf),
        ("9" * 400, math.inf),
    ],
)
def test_first_number(response: str, number: float | None) -> None:
    assert first_number(response) == number


@pytest.mark.parametrize(
    ("response", "word"),
    [("A", "A"), ("b.", "b"), ("A)", "A)"), ("(A)", "(A)"), ("B, the chair", "B,"), ("A\nthe", "A\nthe"), (" A", "")],
)
def test_first_word(response: str, word: str) -> None:
    assert first_word(response) == word


def test_thresholds_have_the_artefacts_of_floating_point() -> None:
    assert mean_relative_accuracy(1.05, 1.0) == 1.0
    assert mean_relative_accuracy(9.0, 10.0) == 0.9
    assert mean_relative_accuracy(8.0, 10.0) == 0.6
    assert exact_relative_accuracy(1.05, 1.0) == 0.9
    assert exact_relative_accuracy(9.0, 10.0) == 0.8
    assert exact_relative_accuracy(8.0, 10.0) == 0.6
    assert exact_relative_accuracy(8.01, 10.0) == 0.7


def test_estimates_and_truths_may_be_arrays() -> None:
    table = mean_relative_accuracy(np.array([[1.0], [2.0]]), np.array([1.0, 2.0, 4.0]))
    assert table.tolist() == [[1.0, 0.1, 0.0], [0.0, 1.0, 0.1]]


def test_strict_scores_take_the_first_word_and_the_paper_s_inequality() -> None:
    assert [score(NUMBER, response, "2", strict=True) for response in ("2 m", "2.", "two", "2m", "about 2")] == [
        1.0,
        1.0,
        0.0,
        0.0,
        0.0,
    ]
    assert (score(NUMBER, "1", "2"), score(NUMBER, "1", "2", strict=True)) == (0.1, 0.0)
    assert score(NUMBER, "inf", "2", strict=True) == score(NUMBER, "nan", "2", strict=True) == 0.0
    assert score(CHOICE, "a.", "A", strict=True) == 1.0
    assert number_at_start("") is None


@given(st.decimals(-50, 50, places=2), st.decimals("0.1", 50, places=1))
@example(Decimal("0.95"), Decimal("1.0"))
def test_for_decimals_the_strict_score_is_never_larger(value, truth) -> None:
    strict = exact_relative_accuracy(float(value), float(truth))
    assert strict <= mean_relative_accuracy(float(value), float(truth))


@given(st.text())
def test_any_text_has_a_score(response: str) -> None:
    for strict in (False, True):
        assert 0 <= score(NUMBER, response, "2", strict=strict) <= 1
        assert score(CHOICE, response, "A", strict=strict) in (0, 1)


def test_accuracy_falls_with_the_error() -> None:
    accuracies = [score(NUMBER, f"{value}", "100") for value in range(100, 200)]
    assert all(a >= b for a, b in pairwise(accuracies))
    assert accuracies[0] == 1
    assert accuracies[-1] == 0


@pytest.mark.parametrize("truth", ["0", "-1", "nan", "inf", "chair"])
@pytest.mark.parametrize("response", ["1", "none"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_truth_without_relative_errors_is_refused(truth: str, response: str, strict: bool) -> None:
    with pytest.raises(ValueError, match=truth):
        score(NUMBER, response, truth, strict=strict)


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(KeyError, match="vibes"):
        score("vibes", "A", "A")


def test_the_levels_of_direction_count_as_one_type() -> None:
    scores = {"object_rel_direction_easy": 0.5, "object_rel_direction_medium": 0.25, "object_counting": 0.5}
    assert overall(scores) == 0.4375
    assert overall({**scores, "object_rel_direction_hard": 0.0}) == 0.375
    assert overall({"object_counting": 1 / 3}) == 0.333333
    with pytest.raises(ValueError, match="without scores"):
        overall({})
