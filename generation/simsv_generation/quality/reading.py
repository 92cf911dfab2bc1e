"""What the words of questions say to someone who never sees the video: what is named, and what one may choose."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_WORD = re.compile(r"\d+\.\d+|\w[\w'-]*|[^\w\s]")
_NUMBER = re.compile(r"\d+\.\d+|\d+")
_MOST_NAMES = 6
_BANDS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as its words alone tell it."""

    names: tuple[str, ...]
    """The wording, and what stands in its gaps with its place there, such as "0 bed", "1 sofa".

    A number is read as one of eight bands of the numbers of its place.
    """
    options: tuple[str, ...]
    """What one may choose; of a number asked as such none."""

    @property
    def is_order(self) -> bool:
        """Whether every option has the same parts in another order."""
        parts = {tuple(sorted(option.split(", "))) for option in self.options}
        return len(parts) == 1 and len(next(iter(parts))) > 1


def read(rows: Sequence[Mapping[str, Any]]) -> list[Reading]:
    """Readings of rows of one question type, in their order.

    A wording is known by the words that all of its questions have; the runs of other words are what fills its gaps.
    Nothing but `template_id`, `question` and `options` is looked at, so a new question type needs no line here.
    """
    words = [_WORD.findall(row["question"]) for row in rows]
    common: dict[str, set[str]] = {}
    for row, spoken in zip(rows, words, strict=True):
        common[row["template_id"]] = common.get(row["template_id"], set(spoken)) & set(spoken)
    gaps = [_gaps(spoken, common[row["template_id"]]) for row, spoken in zip(rows, words, strict=True)]
    bands = _bands([(row["template_id"], filled) for row, filled in zip(rows, gaps, strict=True)])
    return [
        Reading(_names(row["template_id"], filled, bands), tuple(row["options"] or ()))
        for row, filled in zip(rows, gaps, strict=True)
    ]


def _gaps(words: Sequence[str], common: set[str]) -> list[str]:
    """Runs of words that are not common to all questions of the wording."""
    runs: list[list[str]] = [[]]
    for word in words:
        if word in common or word == ",":
            runs.append([])
        else:
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]


def _numbers(filled: Sequence[str]) -> list[float]:
    """The numbers in the gaps, and how far the second is from the first."""
    numbers = [float(name) for name in filled if _NUMBER.fullmatch(name)]
    return [*numbers, *(abs(b - a) for a, b in pairwise(numbers))]


def _bands(read: Sequence[tuple[str, list[str]]]) -> dict[tuple[str, int], list[float]]:
    """Of every wording and number in it, the limits of bands that hold equally many questions."""
    found: dict[tuple[str, int], list[float]] = {}
    for template, filled in read:
        for position, number in enumerate(_numbers(filled)):
            found.setdefault((template, position), []).append(number)
    return {
        key: [sorted(numbers)[len(numbers) * band // _BANDS] for band in range(1, _BANDS)]
        for key, numbers in found.items()
    }


def _names(template: str, filled: Sequence[str], bands: Mapping[tuple[str, int], list[float]]) -> tuple[str, ...]:
    spoken = [name for name in filled if not _NUMBER.fullmatch(name)][:_MOST_NAMES]
    banded = [
        f"number {position} in band {sum(number >= limit for limit in bands[template, position])}"
        for position, number in enumerate(_numbers(filled))
    ]
    return (template, *(f"{position} {name}" for position, name in enumerate(spoken)), *banded)
