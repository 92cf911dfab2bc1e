"""What a model's predictions are worth: scores by question type, their means, and what guessing would have got.

A score is `simsv_dataset.metrics.score`, that of VSI-Bench. Its interval is by a bootstrap over houses, since questions
about one house go right and wrong together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simsv_dataset import metrics
from simsv_dataset.taxonomy import QUESTION_TYPES, VSI_BENCH_TYPES

COLUMNS: Final = ("id", "question_type", "options", "answer", "answer_letter", "house_id")
"""Of a question, what is needed to score it."""
RESAMPLES: Final = 1000
"""Of the houses, for an interval."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean score, or a difference of two, as a share of the full score."""

    value: float
    low: float | None
    """Lower end of the 95 % interval; None where all questions are about one house."""
    high: float | None
    """And its upper end."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was scored on some questions; shares of the full score, rounded to six digits as lmms-eval does."""

    num_rows: int
    num_houses: int
    model: Estimate
    chance: float | None
    """Of a random option; None where there are numbers, of which there is none."""
    best_constant: float
    """Of the answer that is best for these very questions when every question of a type gets the same: a letter or a
    text for choices, one of the true numbers for numbers. So it is what can be got without looking, and a bit more."""
    blind: Estimate | None
    """Of the predictions without video; None when there are none."""
    gain: Estimate | None
    """Of the video: `model` minus `blind`, on the same questions."""


@dataclass(frozen=True, slots=True)
class Scores:
    """All that `score_predictions` finds."""

    types: Mapping[str, Score]
    """By question type, in the order of `QUESTION_TYPES`; only those that were asked."""
    vsi_bench: Score | None
    """Mean over the types that VSI-Bench has, as it takes it (`metrics.overall`); None when none was asked."""
    macro: Score
    """The same over all types."""
    micro: Score
    """Mean over questions."""


def score_predictions(
    rows: Iterable[Mapping[str, Any]], predictions: Mapping[str, str], blind: Mapping[str, str] | None = None
) -> Scores:
    """Score what a model said.

    Args:
        rows: the questions, with at least `COLUMNS`.
        predictions: question id to what the model said; others than those of `rows` are not looked at.
        blind: the same of the same model without the video.

    Raises:
        ValueError: there is no question.
        KeyError: a question has no prediction.
    """
    rows = list(rows)
    if not rows:
        raise ValueError("there are no questions to score")
    houses = {house: k for k, house in enumerate(sorted({row["house_id"] for row in rows}))}
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_type.setdefault(row["question_type"], []).append(row)
    names = [question_type.name for question_type in QUESTION_TYPES if question_type.name in by_type]
    parts = {name: _part(by_type[name], predictions, blind, houses) for name in names}
    draws = _draws(len(houses))
    shared = [name for name in names if name in VSI_BENCH_TYPES]
    return Scores(
        types={name: _score([[part]], draws) for name, part in parts.items()},
        vsi_bench=_macro(parts, shared, draws) if shared else None,
        macro=_macro(parts, names, draws),
        micro=_score([[_pooled(list(parts.values()))]], draws),
    )


def truth(row: Mapping[str, Any]) -> str:
    """What the answer to a question is compared with: its letter, or its number as text."""
    return str(row["answer"] if row["options"] is None else row["answer_letter"])


@dataclass(frozen=True, slots=True)
class _Part:
    """Sums over some questions."""

    totals: Reals
    """Scores of the model, a random option, the best constant and, where there is one, the blind model, in H houses:
    shape (3 or 4, H); NaN where there is no such score."""
    counts: Reals
    """Questions about each house, shape (H,)."""


def _part(
    rows: Sequence[Mapping[str, Any]],
    predictions: Mapping[str, str],
    blind: Mapping[str, str] | None,
    houses: Mapping[str, int],
) -> _Part:
    """Of rows of one type."""
    is_number = rows[0]["options"] is None
    scored = [
        _scored(rows, predictions),
        np.array([np.nan if is_number else 1 / len(row["options"]) for row in rows]),
        _best_number(rows) if is_number else _best_choice(rows),
        *([] if blind is None else [_scored(rows, blind)]),
    ]
    of_house = [houses[row["house_id"]] for row in rows]
    totals = [np.bincount(of_house, weights=scores, minlength=len(houses)) for scores in scored]
    return _Part(np.array(totals, np.float64), np.bincount(of_house, minlength=len(houses)).astype(np.float64))


def _scored(rows: Sequence[Mapping[str, Any]], predictions: Mapping[str, str]) -> Reals:
    return np.array([metrics.score(row["question_type"], predictions[row["id"]], truth(row)) for row in rows])


def _best_choice(rows: Sequence[Mapping[str, Any]]) -> Reals:
    """Score of each row when the answer is always the letter, or the text, that is right most often."""
    letters, texts = ([str(row[key]) for row in rows] for key in ("answer_letter", "answer"))
    (letter, letter_hits), (text, text_hits) = (Counter(answers).most_common(1)[0] for answers in (letters, texts))
    answers, best = (texts, text) if text_hits > letter_hits else (letters, letter)
    return np.array([float(answer == best) for answer in answers])


def _best_number(rows: Sequence[Mapping[str, Any]]) -> Reals:
    """Score of each row when the answer is always the true number that scores most."""
    values = np.array([float(row["answer"]) for row in rows])
    numbers, counts = np.unique(values, return_counts=True)
    best = max(numbers, key=lambda number: metrics.mean_relative_accuracy(number, numbers) @ counts)
    return metrics.mean_relative_accuracy(best, values)


def _pooled(parts: Sequence[_Part]) -> _Part:
    return _Part(np.sum([part.totals for part in parts], axis=0), np.sum([part.counts for part in parts], axis=0))


def _macro(parts: Mapping[str, _Part], names: Sequence[str], draws: Reals) -> Score:
    return _score([[parts[name] for name in column] for column in metrics.columns(names)], draws)


def _score(columns: Sequence[Sequence[_Part]], draws: Reals) -> Score:
    """Of the mean over columns of the means over their parts."""
    counts = np.sum([part.counts for column in columns for part in column], axis=0)
    model, chance, constant, *blind = _means(columns, np.ones((1, len(counts))))[0].tolist()
    has_interval = np.count_nonzero(counts) > 1
    drawn = _means(columns, draws if has_interval else draws[:0]).T
    return Score(
        num_rows=int(counts.sum()),
        num_houses=int(np.count_nonzero(counts)),
        model=_estimate(model, drawn[0]),
        chance=None if np.isnan(chance) else round(chance, 6),
        best_constant=round(constant, 6),
        blind=_estimate(blind[0], drawn[3]) if blind else None,
        gain=_estimate(model - blind[0], drawn[0] - drawn[3]) if blind else None,
    )


def _estimate(value: float, drawn: Reals) -> Estimate:
    if not drawn.size:
        return Estimate(round(value, 6), None, None)
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return Estimate(round(value, 6), round(low, 6), round(high, 6))


def _means(columns: Sequence[Sequence[_Part]], draws: Reals) -> Reals:
    """The mean over columns of the means over their parts, when houses count as often as drawn.

    Args:
        columns: C of them, each of some parts, with A scores each.
        draws: how often each house counts, shape (R, H).

    Returns:
        Shape (R, A), without the draws in which there is no question; parts and columns that a draw lacks are left
        out of its means.
    """
    of_columns = []
    for column in columns:
        # Not by BLAS, whose sums depend on its threads.
        counts = np.stack([np.einsum("rh,h->r", draws, part.counts) for part in column])
        totals = np.stack([np.einsum("rh,ah->ra", draws, part.totals) for part in column])
        of_columns.append(_mean(_ratio(totals, counts), counts > 0))
    means, is_there = (np.stack(parts) for parts in zip(*of_columns, strict=True))
    means, is_there = _mean(means, is_there)
    return means[is_there]


def _mean(values: Reals, is_there: NDArray[np.bool_]) -> tuple[Reals, NDArray[np.bool_]]:
    """The mean over the first axis of those that are there, and whether any is: (P, R, A), (P, R) to (R, A), (R,)."""
    return _ratio(np.where(is_there[..., None], values, 0).sum(0), is_there.sum(0)), is_there.sum(0) > 0


def _ratio(totals: Reals, counts: NDArray[Any]) -> Reals:
    """`totals` (..., A) by `counts` (...); 0 where nothing is counted."""
    ratios = np.zeros_like(totals)
    np.divide(totals, counts[..., None], out=ratios, where=counts[..., None] > 0)
    return ratios


def _draws(num_houses: int) -> Reals:
    """How often each house is drawn, shape (`RESAMPLES`, `num_houses`); the same for every table."""
    generator = np.random.Generator(np.random.Philox(0))
    return generator.multinomial(num_houses, np.full(num_houses, 1 / num_houses), RESAMPLES).astype(np.float64)
