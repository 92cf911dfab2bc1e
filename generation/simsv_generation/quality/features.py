"""What a model that reads nothing but words could know of an answer: integers for a random forest.

Most are rates: how often an answer was right among other houses' questions with the same word. A rate never counts the
questions of the fold that it is used for, nor, in training, those of the row's own fold, else a rare word would tell
the forest the very answer that it is asked for.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from simsv_generation.quality.reading import Reading

FOLDS = 5
_WORDS = 7
"""Words of a question that are looked at; a pair of an order of six counts as a word too."""

_NUMBER = re.compile(r"\d+(\.\d+)?")

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]


class ChoiceFeatures:
    """Features of options: one case for every option of every row, in their order."""

    def __init__(self, readings: Sequence[Reading], right: Integers, folds: Integers) -> None:
        """Take the questions in.

        Args:
            readings: of N rows with options.
            right: shape (N,), index of the right option.
            folds: shape (N,), from 0 to `FOLDS` - 1.
        """
        self.row = np.repeat(np.arange(len(readings)), [len(reading.options) for reading in readings])
        """Shape (cases,): which row."""
        place = np.concatenate([np.arange(len(reading.options)) for reading in readings])
        self.is_right: Bools = right[self.row] == place
        """Shape (cases,): whether the option is the answer."""
        self.fold = folds[self.row]
        """Shape (cases,): fold of the row."""
        told = [list(_clues(reading, option)) for reading in readings for option in reading.options]
        self._clues = _numbered([[clue for clue, _ in clues] for clues in told])
        self._signs = _padded([[sign for _, sign in clues] for clues in told], 0)
        ranks = np.concatenate([_ranks(reading.options) for reading in readings])
        self._plain = np.column_stack([place, ranks, _words(readings)[self.row]])

    def known(self, held: int) -> Integers:
        """Shape (cases, features): what is known of each case when fold `held` is held out."""
        seen, won = _sums(self._clues, self.fold, held, np.where(self.is_right[:, None], self._signs, 0))
        rates = 1000 * won * self._signs // (seen + 2)
        total = rates.sum(1)
        largest = np.full(self.row[-1] + 1, total.min())
        np.maximum.at(largest, self.row, total)
        told = [total, rates.max(1), rates.min(1), total - largest[self.row]]
        return np.column_stack([self._plain, rates, np.minimum(seen, 50), *told])


class NumberFeatures:
    """Features of questions whose answer is a number, given as the band of the scale that it lies in."""

    def __init__(self, readings: Sequence[Reading], bands: Integers, folds: Integers) -> None:
        """Take the questions in: readings of N rows, the band and the fold of each, shape (N,)."""
        names = [reading.names[:_WORDS] for reading in readings]
        self._clues = _numbered([[*((name,) for name in named), *combinations(named[1:4], 2)] for named in names])
        self._bands, self._folds, self._plain = bands, folds, _words(readings)

    def known(self, held: int) -> Integers:
        """Shape (N, features): what is known of each row when fold `held` is held out."""
        seen, total = _sums(self._clues, self._folds, held, np.broadcast_to(self._bands[:, None], self._clues.shape))
        middle = int(self._bands[self._folds != held].mean()) * 2
        return np.column_stack([self._plain, 1000 * (total + middle) // (seen + 2), np.minimum(seen, 50)])


def _sums(clues: Integers, folds: Integers, held: int, values: Integers) -> tuple[Integers, Integers]:
    """How often each clue was there, and the sum of its values, in other folds than `held` and the case's own.

    Args:
        clues: shape (cases, width), numbers of clues; -1 for none.
        folds: shape (cases,).
        held: the fold whose values must not be looked at.
        values: shape (cases, width).
    """
    there = clues >= 0
    seen = np.zeros((clues.max(initial=0) + 1, FOLDS), np.int64)
    sums = np.zeros_like(seen)
    of_case = np.broadcast_to(folds[:, None], clues.shape)
    counted = there & (of_case != held)
    np.add.at(seen, (clues[counted], of_case[counted]), 1)
    np.add.at(sums, (clues[counted], of_case[counted]), values[counted])
    others = [np.where(there, table.sum(1)[clues] - table[clues, of_case], 0) for table in (seen, sums)]
    return others[0], others[1]


def _clues(reading: Reading, option: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """What bears on an option, and whether for it (1) or, where its opposite is what is counted, against it (-1)."""
    if reading.is_order:
        parts = option.split(", ")
        for first, second in sorted(combinations(parts, 2), key=sorted):
            yield ("order", *sorted((first, second))), 1 if first < second else -1
        for place, part in enumerate(parts):
            yield ("place", part, str(place)), 1
    else:
        for name in reading.names[:_WORDS]:
            yield (name, option), 1


def _ranks(options: Sequence[str]) -> Integers:
    """How many options are smaller than each; 0 where they are no numbers."""
    if not all(_NUMBER.fullmatch(option) for option in options):
        return np.zeros(len(options), np.int64)
    return np.argsort(np.argsort([float(option) for option in options]))


def _words(readings: Sequence[Reading]) -> Integers:
    """Shape (N, words): the words of each question as numbers, 0 for none."""
    return 1 + _numbered([reading.names[:_WORDS] for reading in readings], _WORDS)


def _numbered(clues: Sequence[Sequence[object]], width: int = 1) -> Integers:
    """Clues as numbers in the order in which they first appear, -1 for none, in rows of equal length."""
    numbers: dict[object, int] = {}
    return _padded([[numbers.setdefault(clue, len(numbers)) for clue in row] for row in clues], -1, width)


def _padded(rows: Sequence[Sequence[int]], filler: int, width: int = 1) -> Integers:
    width = max(width, *map(len, rows))
    return np.array([[*row, *[filler] * (width - len(row))] for row in rows], np.int64)
