"""What a random forest makes of the words alone.

Houses are shared out to five folds, and every fold is predicted by a forest that saw the other four, after "Test-Set
Stress-Test" (arXiv 2511.04655). A number is predicted as a belief over bands of its scale; then the estimate is given
that scores best on average under that belief, just as the best constant is chosen under all answers.

All that comes out is whole thousandths, and sums of these: sums of floating-point numbers depend on the processor.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simsv_dataset.metrics import mean_relative_accuracy
from simsv_generation.quality.features import FOLDS, ChoiceFeatures, Integers, NumberFeatures
from simsv_generation.quality.reading import Reading, read
from simsv_generation.seeding import rng

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

QUANTUM = 1000
"""Parts of a score or of a belief."""
_BANDS = 16
"""Bands of the scale of a number, with equally many rows."""
_ESTIMATES = 64
"""Numbers from which an estimate is chosen."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """What words alone make of N rows."""

    forest: Integers
    """Shape (N,), thousandths: score of the forest's answer under the metric of the type."""
    constant: Integers
    """Shape (N,), thousandths: score of the answer that is best when it is always the same."""
    belief: Integers
    """Shape (N,), thousandths: what the forest believes of the true answer, or of its band."""
    prior: Integers
    """Shape (N,), thousandths: what one who reads nothing would believe of it."""

    @property
    def excess(self) -> float:
        """How much more than the best constant the forest scores on average, as a share of the full score."""
        return int((self.forest - self.constant).sum()) / (QUANTUM * len(self.forest))


def guess(rows: Sequence[Mapping[str, Any]], seed: int) -> Guesses:
    """Guesses at rows of one type, from at least two houses; as choices when the rows have options."""
    readings = read(rows)
    folds = fold_of([row["house_id"] for row in rows], seed)
    if rows[0]["options"] is None:
        return _guess_numbers(np.array([row["value"] for row in rows]), readings, folds, seed)
    right = np.array([reading.options.index(row["answer"]) for row, reading in zip(rows, readings, strict=True)])
    return _guess_choices([row["answer"] for row in rows], right, readings, folds, seed)


def fold_of(house_ids: Sequence[str], seed: int) -> Integers:
    """Fold of each row: houses in the order of a hash, dealt out in turn, so that all folds have equally many."""
    ranked = sorted(set(house_ids), key=lambda house: hashlib.sha256(f"{seed}/{house}".encode()).digest())
    folds = {house: rank % FOLDS for rank, house in enumerate(ranked)}
    return np.array([folds[house] for house in house_ids], np.int64)


def _guess_choices(
    answers: Sequence[str], right: Integers, readings: Sequence[Reading], folds: Integers, seed: int
) -> Guesses:
    cases = ChoiceFeatures(readings, right, folds)
    belief = np.zeros(len(cases.row), np.int64)
    for fold in np.unique(folds).tolist():
        known, held = cases.known(fold), cases.fold == fold
        forest = _forest(seed, fold).fit(known[~held], cases.is_right[~held])
        belief[held] = np.rint(forest.predict_proba(known[held])[:, 1] * QUANTUM)
    total, best, ties, hits = np.zeros((4, len(right)), np.int64)
    np.add.at(total, cases.row, belief)
    np.maximum.at(best, cases.row, belief)
    is_best = belief == best[cases.row]
    np.add.at(ties, cases.row, is_best)
    np.add.at(hits, cases.row, is_best & cases.is_right)
    prior = np.array([QUANTUM // len(reading.options) for reading in readings])
    return Guesses(
        forest=QUANTUM * hits // ties,
        constant=QUANTUM * _best_constant(answers, right),
        belief=np.where(total > 0, QUANTUM * belief[cases.is_right] // np.maximum(total, 1), prior),
        prior=prior,
    )


def _guess_numbers(values: NDArray[np.float64], readings: Sequence[Reading], folds: Integers, seed: int) -> Guesses:
    limits = np.unique(np.quantile(values, np.arange(1, _BANDS) / _BANDS, method="lower"))
    bands = np.unique(np.searchsorted(limits, values, side="right"), return_inverse=True)[1]
    estimates = np.unique(np.quantile(values, np.linspace(0, 1, _ESTIMATES), method="lower"))
    scores = np.rint(mean_relative_accuracy(estimates[:, None], values) * QUANTUM).astype(np.int64)
    sizes = np.bincount(bands)
    # What each estimate scores, on average, where the answer is in a band.
    of_bands = np.stack([scores[:, bands == band].sum(1) // size for band, size in enumerate(sizes.tolist())])
    rows = NumberFeatures(readings, bands, folds)
    belief = np.zeros((len(values), len(sizes)), np.int64)
    for fold in np.unique(folds).tolist():
        known, held = rows.known(fold), folds == fold
        forest = _forest(seed, fold).fit(known[~held], bands[~held])
        belief[np.ix_(held, forest.classes_)] = np.rint(forest.predict_proba(known[held]) * QUANTUM)
    every = np.arange(len(values))
    return Guesses(
        forest=scores[(belief @ of_bands).argmax(1), every],
        constant=scores[scores.sum(1).argmax()],
        belief=belief[every, bands],
        prior=QUANTUM * sizes[bands] // len(values),
    )


def _best_constant(answers: Sequence[str], right: Integers) -> Integers:
    """Where it is right to say always the same letter, or always the same text, whichever is right more often."""
    _, of_text = np.unique(np.array(answers), return_inverse=True)
    letters = np.bincount(right)
    text = np.bincount(of_text).argmax()
    is_text = of_text == text
    return np.asarray(is_text if is_text.sum() > letters.max() else right == letters.argmax(), np.int64)


def _forest(seed: int, fold: int) -> "RandomForestClassifier":
    from sklearn.ensemble import RandomForestClassifier  # takes a second, which small releases never need

    state = int(rng(seed, "forest", fold).integers(2**31))
    return RandomForestClassifier(n_estimators=60, max_depth=12, min_samples_leaf=8, n_jobs=1, random_state=state)
