"""Numbers to choose from, for questions whose answer is a number.

The other three are true answers to other questions of the type, where it helps about the very same kind of thing: "the
bed is 45 cm long" would give itself away, the lengths of three other beds do not.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from simsv_generation.quality.balance import Row
from simsv_generation.quality.reading import Reading, read
from simsv_generation.seeding import rng

NUM_OPTIONS = 4
CLOSEST = 1.25
"""Between any two options, the larger is at least so many times the smaller: who can estimate at all can tell them."""
_TRIES = 40
_FEWEST_OTHERS = 8
"""Different answers about the same words below which answers to all questions of the type are taken."""


def with_numbers(rows: Sequence[Row], seed: int, *, same_kind: bool) -> list[Row]:
    """The rows with `numeric_options`, in random order, or null where no three others can be had.

    Each draw is of all four at once from the same answers, so that none of them looks like the true one.

    Args:
        rows: of one question type with numbers.
        seed: of the release.
        same_kind: whether the others must be answers about the same words.
    """
    readings = read(rows)
    pools: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row, reading in zip(rows, readings, strict=True):
        pools[_kind(reading)].append(row["value"])
    everything = [row["value"] for row in rows]
    chosen: list[Row] = []
    for row, reading in zip(rows, readings, strict=True):
        pool = pools[_kind(reading)]
        if len(set(pool)) < _FEWEST_OTHERS and not same_kind:
            pool = everything
        chosen.append({**row, "numeric_options": _drawn(row["value"], pool, rng(seed, "numbers", row["id"]))})
    return chosen


def _kind(reading: Reading) -> tuple[str, ...]:
    """The wording and what it names, apart from numbers."""
    return tuple(name for name in reading.names if not name.startswith("number "))


def _drawn(value: float, pool: Sequence[float], random: np.random.Generator) -> list[float] | None:
    for _ in range(_TRIES):
        others = [pool[index] for index in random.integers(len(pool), size=NUM_OPTIONS - 1).tolist()]
        ordered = sorted([value, *others])
        if all(ordered[k + 1] >= CLOSEST * ordered[k] > 0 for k in range(NUM_OPTIONS - 1)):
            options = [value, *others]
            return [options[index] for index in random.permutation(NUM_OPTIONS).tolist()]
    return None


def as_choice(row: Row) -> Row:
    """A row with `numeric_options` as the choice that it can be asked as: with `options`, and letters."""
    options = [f"{number:g}" for number in row["numeric_options"]]
    answer = f"{row['value']:g}"
    return {
        **row,
        "options": options,
        "answer": answer,
        "answer_letter": "ABCDEFGH"[options.index(answer)],
        "value": None,
    }
