"""Caps, and even answers: which questions are kept of those that were asked, before anyone guesses at them.

Rows are looked at in the order of their hashes, and counts are integers, so the same rows are kept wherever and
whenever a release is built.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PER_HOUSE = 24
"""Questions of one type about one house, at most."""
PER_OBJECT = 10
"""Questions of one type that name one object, at most."""
LEAD = 2
"""Rows by which a letter, or an answer that all rows offer, may be ahead of the one that has fewest."""

Row = Mapping[str, Any]


def capped(rows: Sequence[Row]) -> list[Row]:
    """The first rows of every house and every object, up to the caps.

    Args:
        rows: of one question type.
    """
    houses: Counter[str] = Counter()
    objects: Counter[tuple[str, str]] = Counter()
    kept = []
    for row in rows:
        house = row["house_id"]
        named = [(house, referent) for referent in row["referents"]]
        if houses[house] < PER_HOUSE and all(objects[name] < PER_OBJECT for name in named):
            kept.append(row)
            houses[house] += 1
            objects.update(named)
    return kept


def even(rows: Sequence[Row]) -> list[Row]:
    """The rows without those by which one letter, or one answer of a fixed set, would be right more often than another.

    Args:
        rows: of one question type.
    """
    is_closed = len({frozenset(row["options"] or ()) for row in rows}) == 1
    groups = [[*_answers(row, is_closed)] for row in rows]
    kept = list(range(len(rows)))
    while kept:
        counts = Counter(answer for index in kept for answer, _ in groups[index])
        fewest = {kind: min(counts[each] for each in kind) for index in kept[:1] for _, kind in groups[index]}
        taken: Counter[tuple[str, str]] = Counter()
        fewer = []
        for index in kept:
            if all(taken[answer] < fewest[kind] + LEAD for answer, kind in groups[index]):
                fewer.append(index)
                taken.update(answer for answer, _ in groups[index])
        if len(fewer) == len(kept):
            break
        kept = fewer
    return [rows[index] for index in kept]


def even_ranks(rows: Sequence[Row]) -> list[Row]:
    """`even`, also in how many of its options are smaller than the answer.

    Args:
        rows: numbers asked as choices of equally many.
    """
    ranked = [
        {**row, "options": [str(rank) for rank in range(len(row["options"]))], "answer": _rank(row)} for row in rows
    ]
    kept = {row["id"] for row in even(ranked)}
    return [row for row in rows if row["id"] in kept]


def _rank(row: Row) -> str:
    return str(sum(float(option) < float(row["answer"]) for option in row["options"]))


def _answers(row: Row, is_closed: bool) -> Iterator[tuple[tuple[str, str], tuple[tuple[str, str], ...]]]:
    """What is counted of a row's answer, each with everything that it must be even with."""
    options = row["options"]
    if options is None:
        return
    letters = tuple(("letter", letter) for letter in "ABCDEFGH"[: len(options)])
    yield ("letter", row["answer_letter"]), letters
    if is_closed:
        yield ("text", row["answer"]), tuple(("text", option) for option in sorted(options))
