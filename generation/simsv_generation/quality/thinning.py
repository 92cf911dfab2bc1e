"""Takes out what words alone give away, as evenly as it can be done.

Where a forest believes in an answer more than one who reads nothing would, the row is kept with the chance that makes
up for it: prior / belief. So what is left is not what the forest gets wrong, which could be learnt as well, but as
nearly as possible what it can say nothing about. Every row's lot is drawn by its own id, whatever other rows there are.
"""

from collections.abc import Sequence

import numpy as np

from simsv_generation.quality.balance import Row
from simsv_generation.quality.forest import guess
from simsv_generation.seeding import rng

FEWEST = 200
"""Rows of a type below which a forest says too little to act on."""
ROUNDS = 12


def thinned(rows: Sequence[Row], most_excess: float, seed: int, *, strength: float = 1.0) -> list[Row]:
    """The rows of which a forest guesses at most `most_excess` (share of the score) more than the best constant.

    Args:
        rows: of one question type.
        most_excess: where to stop; after `ROUNDS` rounds, or with fewer than `FEWEST` rows, it stops anyway.
        seed: of the release.
        strength: exponent of the chances. Below 1 more rounds are needed, and more rows are left at an excess above 0.
    """
    kept = list(rows)
    for turn in range(ROUNDS):
        if len(kept) < FEWEST or len({row["house_id"] for row in kept}) < 2:
            break
        guesses = guess(kept, int(rng(seed, "thinning", turn).integers(2**31)))
        if guesses.excess <= most_excess:
            break
        lots = np.array([rng(seed, "lot", turn, row["id"]).random() for row in kept])
        chances = np.maximum(guesses.prior, 1) / np.maximum(guesses.belief, 1)
        stays = lots ** (1 / strength) < chances
        kept = [row for row, stay in zip(kept, stays.tolist(), strict=True) if stay]
    return kept
