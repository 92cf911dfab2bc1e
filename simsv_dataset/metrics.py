"""VSI-Bench's scores: what a response to a question is worth, as lmms-eval 0.7.3 counts it.

Choices are right or wrong, numbers get the mean relative accuracy (MRA) of VSI-Bench, arXiv 2412.14171. For every text
of a response these functions give bit for bit what the task `vsibench` of lmms-eval 0.7.3 gives, with its habits: "A)
left" is no answer A, ".5" is read as 5 and "1,200" as 1, and 8 for 10 misses the threshold of 20 %, because 1 - 0.8 is
a little less than 0.2 in floating point, while 9 for 10 meets that of 10 %.

`strict=True` is VSI-Bench as it was published: the relative error must be smaller than the threshold, not equal to it,
in exact arithmetic, and the first word of the response must be the number, as in the code of the paper; "2 m" is 2, and
"about 2 m" or "2m" is nothing.

Where lmms-eval raises, these do not, or say why: a number too large for floating point ("hundred" 200 times) is wrong,
and a true value that is not positive is refused.
"""

import math
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simsv_dataset.taxonomy import QUESTION_TYPES

TOLERANCES: Final = 1 - np.linspace(0.5, 0.95, 10)
"""Largest relative errors that count, shape (10,): 0.5, 0.45, ..., 0.05, as floating point has them."""
_EXACT_TOLERANCES: Final = tuple(Fraction(k, 20) for k in range(1, 11))
_METRICS: Final = {question_type.name: question_type.metric for question_type in QUESTION_TYPES}
_DIRECTIONS: Final = tuple(f"object_rel_direction_{level}" for level in ("easy", "medium", "hard"))

_DIGITS: Final = re.compile(r"-?\d+(?:\.\d+)?")
_LETTERS: Final = re.compile(r"[a-z]+")
_UNITS: Final = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS: Final = {word: number for number, word in enumerate(f"{_UNITS} seventeen eighteen nineteen".split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), start=2)
}
_SCALES: Final = {"hundred": 100, "thousand": 1000}


def score(question_type: str, response: str, truth: str, *, strict: bool = False) -> float:
    """What a response is worth, from 0 to 1.

    Args:
        question_type: a name of `simsv_dataset.taxonomy.QUESTION_TYPES`.
        response: what the model said.
        truth: the column `answer_letter` of a choice, `answer` of a number.
        strict: count as the paper of VSI-Bench does.

    Raises:
        KeyError: there is no such question type.
        ValueError: the true number is not a positive one, of which there is no relative error.
    """
    if _METRICS[question_type] == "accuracy":
        return exact_match(first_word(response), truth)
    value = float(truth)
    number = number_at_start(response) if strict else first_number(response)
    if number is None:
        _check(value)
        return 0.0
    return exact_relative_accuracy(number, value) if strict else float(mean_relative_accuracy(number, value))


def first_word(response: str) -> str:
    """What is taken for the chosen letter: all before the first space, without full stops at its end."""
    return response.split(" ")[0].rstrip(".").strip()


def exact_match(letter: str, truth: str) -> float:
    """1 when both are equal but for upper and lower case, else 0."""
    return float(letter.lower() == truth.lower())


def mean_relative_accuracy(value: ArrayLike, truth: ArrayLike) -> NDArray[np.float64]:
    """The share of the ten `TOLERANCES` that the relative error does not exceed.

    Args:
        value: estimates, any unit.
        truth: true values in that unit, of a shape that fits; the result has the shape of both together.

    Raises:
        ValueError: a true value is not positive and finite.
    """
    true_values = np.asarray(truth, np.float64)
    _check(true_values)
    errors = np.abs(np.asarray(value, np.float64) - true_values) / true_values
    return np.asarray((errors[..., None] <= TOLERANCES).mean(-1))


def exact_relative_accuracy(value: float, truth: float) -> float:
    """The paper's formula without rounding: the share of 0.5, 0.45, ..., 0.05 above the relative error.

    Both numbers count as the shortest decimals that they are written with.

    Raises:
        ValueError: the true value is not positive and finite.
    """
    _check(truth)
    if not math.isfinite(value):
        return 0.0
    true_value = Fraction(repr(truth))
    error = abs(Fraction(repr(value)) - true_value) / true_value
    return sum(error < tolerance for tolerance in _EXACT_TOLERANCES) / len(_EXACT_TOLERANCES)


def first_number(response: str) -> float | None:
    """The first number of a response, in digits or in English words; None when there is none.

    Digits are an optional minus, digits, and a point between digits. Words are added up as they stand, whatever stands
    between them as long as it is no other word: "two hundred and five" is 205, "two 3 four" is 6.
    """
    text = response.strip().lower()
    digits = _DIGITS.search(text)
    words = list(_LETTERS.finditer(text))
    start = next((k for k, word in enumerate(words) if word[0] in _NUMBERS or word[0] in _SCALES), None)
    if start is None or (digits and digits.start() < words[start].start()):
        return float(digits[0]) if digits else None
    whole = part = 0
    for word in words[start:]:
        if word[0] == "thousand":
            whole, part = whole + max(part, 1) * 1000, 0
        elif word[0] == "hundred":
            part = max(part, 1) * 100
        elif word[0] in _NUMBERS:
            part += _NUMBERS[word[0]]
        elif word[0] != "and":
            break
    try:
        return float(whole + part)
    except OverflowError:
        return math.inf


def number_at_start(response: str) -> float | None:
    """The number that the first word of a response is; None when it is none."""
    try:
        return float(first_word(response))
    except ValueError:
        return None


def overall(scores: Mapping[str, float]) -> float:
    """VSI-Bench's score of a model: the mean over question types, the three levels of direction counted as one type.

    Rounded to six digits, as lmms-eval does. Where a level is missing it is the mean of the others.

    Args:
        scores: question type to the mean of its scores.

    Raises:
        ValueError: there is no score.
    """
    if not scores:
        raise ValueError("there is no overall score without scores")
    means = [sum(scores[name] for name in column) / len(column) for column in columns(scores)]
    return round(sum(means) / len(means), 6)


def columns(question_types: Iterable[str]) -> list[list[str]]:
    """What VSI-Bench's mean over types is over: each type by itself, but the levels of direction in one column."""
    names = list(question_types)
    levels = [name for name in _DIRECTIONS if name in names]
    return [[name] for name in names if name not in _DIRECTIONS] + ([levels] if levels else [])


def _check(truth: ArrayLike) -> None:
    values = np.asarray(truth)
    if not bool(np.all(np.isfinite(values) & (values > 0))):
        raise ValueError(f"a relative error needs a positive true value, got {values}")
